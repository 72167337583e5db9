"""Tell whether the secrets are still those of this database."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("pepper_check", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("installation", "pepper_check")
