"""Split the key of a round between two custodians.

SQLite gives a table a new CHECK only together with a new column, or else by writing the table anew, with all that
refers to it; so the constraint comes with the second column, on both databases.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TWO_OR_NONE = "(first_custodian IS NULL) = (second_custodian IS NULL) AND first_custodian <> second_custodian"


def upgrade() -> None:
    op.add_column("round", sa.Column("first_custodian", sa.String(length=80)))
    op.execute(
        "ALTER TABLE round ADD COLUMN second_custodian VARCHAR(80)"
        f" CONSTRAINT ck_round_two_custodians_or_none CHECK ({TWO_OR_NONE})"
    )


def downgrade() -> None:
    op.drop_column("round", "second_custodian")
    op.drop_column("round", "first_custodian")
