"""Making a backup: one moment of the database, in the order of keys, without what must not be kept."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zelfscan.backup.archive import BATCH_ROWS, Writer, new_file
from zelfscan.backup.tables import Table, revisions, tables_at
from zelfscan.db import Database
from zelfscan.progress import bar


def save(database: Database, path: Path, today: date) -> None:
    """Write a backup of all that a database of this version holds, but drafts, secrets and keys.

    Who is taking a scan meanwhile is not held up, and is in it or not as at the moment of the first look.

    Raises:
        BackupError: the file is there already, or cannot be written.
    """
    head = revisions()[0]
    with new_file(path) as file, Writer(file) as writer:
        with _moment(database) as connection:
            for table in tables_at(head):
                writer.add(table, _batches(connection, table))
        writer.finish(version("zelfscan"), head, today)
    database.forget_traces()


@contextmanager
def _moment(database: Database) -> Iterator[sa.Connection]:
    """Within it, every statement sees the database as it was at the first; nobody who writes has to wait."""
    if database.is_sqlite:
        with database.autocommit() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")
        return
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect() as connection:
        yield connection.execution_options(**options)


def _batches(connection: sa.Connection, table: Table) -> Iterator[Sequence[Mapping[str, Any]]]:
    """All rows in the order of their keys: neither the file nor a dump restored from it shows an order of arrival.

    The bar counts batches: one that counts rows would tell, asked again and again, when somebody finished.
    """
    clause = table.clause
    count = connection.scalar(sa.select(sa.func.count()).select_from(clause)) or 0
    statement = sa.select(clause).order_by(*(clause.c[name] for name in table.key))
    found = connection.execution_options(yield_per=BATCH_ROWS).execute(statement).mappings()
    for _, batch in zip(bar(range(-(-count // BATCH_ROWS)), table.name), found.partitions(), strict=True):
        yield batch
