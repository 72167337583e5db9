"""Keep a version of a bank as canonical JSON, complete with what it picked from the skill library.

A draft holds from here on which banks it asks. Those of before cannot be opened to add that, and are erased.
"""

import sqlalchemy as sa
from alembic import op

from zelfscan.banks.loader import parse_bank

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bank_version RENAME COLUMN source TO content")
    op.execute("DELETE FROM draft")
    versions = sa.table("bank_version", sa.column("hash"), sa.column("bank"), sa.column("content"))
    for row in op.get_bind().execute(sa.select(versions)).all():
        content = parse_bank(row.content, f"{row.bank}.yaml").to_json()
        op.get_bind().execute(sa.update(versions).where(versions.c.hash == row.hash).values(content=content))


def downgrade() -> None:
    """JSON is YAML as well, so that the version before reads it."""
    op.execute("ALTER TABLE bank_version RENAME COLUMN content TO source")
