"""Alembic's entrance: runs the migrations on the connection that `zelfscan.db` hands over."""

from alembic import context
from sqlalchemy import Connection

from zelfscan.db import Base


def run(connection: Connection) -> None:
    """Run the migrations that Alembic was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
