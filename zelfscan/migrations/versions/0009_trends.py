"""Say of which rounds another one is the repeat, and where the two may be compared."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("trends", sa.JSON()))


def downgrade() -> None:
    op.drop_column("round", "trends")
