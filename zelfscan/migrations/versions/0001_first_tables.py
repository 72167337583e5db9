"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEALED = {
    "ballot": ("round_id", "id", "organisation_id", "sealed"),
    "vault_entry": ("organisation_id", "lookup", "sealed"),
}


def upgrade() -> None:
    op.create_table(
        "bank_version",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("bank", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_bank_version")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("session_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("session_key", name=op.f("uq_account_session_key")),
    )
    op.create_index(op.f("ix_account_organisation_id"), "account", ["organisation_id"])

    op.create_table(
        "draft",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_draft_id_is_derived")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_draft_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_draft_expires_on"), "draft", ["expires_on"])

    op.create_table(
        "round",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("minimum_distribution", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_round_state")),
        sa.CheckConstraint("minimum >= 5", name=op.f("ck_round_minimum_of_five")),
        sa.CheckConstraint("minimum_distribution >= 8", name=op.f("ck_round_distribution_of_eight")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_round_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("organisation_id", "title", name=op.f("uq_round_organisation_id")),
    )
    op.create_index(op.f("ix_round_organisation_id"), "round", ["organisation_id"])

    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(kind = 'organisation') = (parent_id IS NULL)", name=op.f("ck_unit_only_the_root_has_no_parent")
        ),
        sa.CheckConstraint("kind IN ('organisation', 'location', 'team')", name=op.f("ck_unit_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_unit_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_unit_parent_id")),
    )
    op.create_index(op.f("ix_unit_organisation_id"), "unit", ["organisation_id"])

    op.create_table(
        "vault_entry",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(lookup) = 32", name=op.f("ck_vault_entry_lookup_is_derived")),
        sa.CheckConstraint("length(sealed) = 7168", name=op.f("ck_vault_entry_all_of_one_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_vault_entry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "lookup", name=op.f("pk_vault_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_vault_entry_lookup"), "vault_entry", ["lookup"])

    op.create_table(
        "assignment",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "role IN ('teamleider', 'locatiemanager', 'organisatiemanager')", name=op.f("ck_assignment_role")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_assignment_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id_unit")),
        sa.PrimaryKeyConstraint("account_id", "unit_id", name=op.f("pk_assignment")),
    )
    op.create_table(
        "ballot",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_ballot_id_is_derived")),
        sa.CheckConstraint("length(sealed) = 4144", name=op.f("ck_ballot_all_of_one_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ballot_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ballot_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "id", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "released_group",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_released_group_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_released_group_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "key", name=op.f("pk_released_group")),
    )
    op.create_table(
        "round_bank",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["bank_version.hash"], name=op.f("fk_round_bank_hash_bank_version")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_round_bank_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_bank_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_round_bank")),
    )
    op.create_table(
        "round_link",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_round_link_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_link_round_id_round")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_round_link_unit_id_unit")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_round_link")),
        sa.UniqueConstraint("round_id", "unit_id", name=op.f("uq_round_link_round_id")),
    )
    _keep_sealed_rows_in_their_page()


def _keep_sealed_rows_in_their_page() -> None:
    """PostgreSQL would move values of a large row to a table of its own, numbered in the order in which they came."""
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in SEALED.items():
            plain = ", ".join(f"ALTER COLUMN {column} SET STORAGE PLAIN" for column in columns)
            op.execute(f"ALTER TABLE {table} {plain}")


def downgrade() -> None:
    op.drop_table("round_link")
    op.drop_table("round_bank")
    op.drop_table("released_group")
    op.drop_table("ballot")
    op.drop_table("assignment")
    op.drop_table("vault_entry")
    op.drop_table("unit")
    op.drop_table("round")
    op.drop_table("draft")
    op.drop_table("account")
    op.drop_table("organisation")
    op.drop_table("installation")
    op.drop_table("bank_version")
