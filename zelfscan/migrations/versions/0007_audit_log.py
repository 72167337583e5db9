"""Note what managers and administrators did."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = (
    "sign_in",
    "failed_sign_in",
    "sign_out",
    "look_at_dashboard",
    "open_round",
    "close_round",
    "check_custody",
    "change_passphrase",
    "print_links",
    "export_release",
    "audit_release",
    "add_account",
    "change_roles",
    "new_password",
    "import_organisation",
    "import_invitations",
    "send_invitations",
    "remind_invitations",
    "demo",
)


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=True),
        sa.Column("hour", sa.String(length=13), nullable=False),
        sa.Column("who", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            f"kind IN ({', '.join(repr(kind) for kind in KINDS)})",
            name=op.f("ck_audit_event_kind"),
        ),
        sa.CheckConstraint("hour LIKE '____-__-__T__'", name=op.f("ck_audit_event_whole_hours")),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR (kind = 'failed_sign_in' AND who = '' AND subject = '')",
            name=op.f("ck_audit_event_of_an_organisation_or_of_nobody"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_event_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_audit_event_organisation_id"), "audit_event", ["organisation_id"])
    op.create_index(op.f("ix_audit_event_hour"), "audit_event", ["hour"])


def downgrade() -> None:
    op.drop_table("audit_event")
