"""Invite people one by one.

An invitation is known by a keyed hash of its link, and used marks by another one, so that no row says who took part.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("invitations_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add_invitation()
    op.create_table(
        "used_invitation",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("claim", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(mark) = 32", name=op.f("ck_used_invitation_mark_is_derived")),
        sa.CheckConstraint("length(claim) = 32", name=op.f("ck_used_invitation_claim_is_derived")),
        *_keys("used_invitation", "mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shown_participation",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        *_keys("shown_participation", "key"),
    )


def _add_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("mailed", sa.String(length=8), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR number IS NOT NULL", name=op.f("ck_invitation_of_somebody")),
        sa.CheckConstraint("mailed IN ('no', 'unsure', 'yes')", name=op.f("ck_invitation_mailed")),
        sa.CheckConstraint("language IN ('nl', 'en')", name=op.f("ck_invitation_language")),
        sa.CheckConstraint("length(lookup) = 32", name=op.f("ck_invitation_lookup_is_derived")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id_unit")),
        sa.UniqueConstraint("lookup", name=op.f("uq_invitation_lookup")),
        sa.UniqueConstraint("email", "round_id", name=op.f("uq_invitation_email")),
        sa.UniqueConstraint("number", "round_id", name=op.f("uq_invitation_number")),
        *_keys("invitation", "id"),
    )


def _keys(table: str, key: str) -> list[sa.Constraint]:
    """The keys that each of these tables has: a round, its organisation, and what tells its rows apart."""
    return [
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f(f"fk_{table}_round_id_round")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("round_id", key, name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    op.drop_table("shown_participation")
    op.drop_table("used_invitation")
    op.drop_table("invitation")
    op.drop_column("round", "invitations_only")
