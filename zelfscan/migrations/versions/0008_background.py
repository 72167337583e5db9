"""Ask background in a round, and keep with a release what the attack on it gave."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("backgrounds", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("round", sa.Column("attack", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "attack")
    op.drop_column("round", "backgrounds")
