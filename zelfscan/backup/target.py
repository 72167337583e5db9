"""What a backup is restored into: an installation that is new, empty or in use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from zelfscan.backup.words import BackupError
from zelfscan.config import Settings
from zelfscan.db import Base, Database
from zelfscan.models import Ballot, Installation, Organisation, Round, VaultEntry

LEFT_BY_CHOICE = (VaultEntry, Ballot)
"""Tables from which an employee takes out what is hers."""

Keys = dict[str, set[tuple[object, ...]]]


@dataclass(frozen=True)
class Target:
    """The installation as it was found.

    Attributes:
        database: None for SQLite without a file.
        has_tables: whether they are there, then of this version.
        in_use: whether it holds an organisation.
        salt: by which two copies of one installation know each other; None when it has none yet.
        closed: ids of its closed rounds.
    """

    database: Database | None
    has_tables: bool = False
    in_use: bool = False
    salt: bytes | None = None
    closed: frozenset[str] = frozenset()

    @cached_property
    def present(self) -> Keys:
        """Per table of `LEFT_BY_CHOICE` the keys of its rows."""
        if self.database is None:
            return {}
        with self.database.read() as session:
            return {
                table.__tablename__: {tuple(row) for row in session.execute(select(*table.__table__.primary_key))}
                for table in LEFT_BY_CHOICE
            }


@contextmanager
def find_target(settings: Settings) -> Iterator[Target]:
    """The installation of these settings, for as long as the block lasts. Makes and changes nothing.

    Raises:
        DatabaseError: its tables are of another version.
    """
    if _is_missing(settings.database):
        yield Target(None)
        return
    database = Database(settings.database)
    try:
        yield _look(database)
    finally:
        database.close()


def _is_missing(address: str) -> bool:
    """Whether it is a file of SQLite that is not there: to look into it would make it."""
    url = make_url(address)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def _look(database: Database) -> Target:
    with database.engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    if not names & set(Base.metadata.tables):
        return Target(database)
    database.check()
    with database.read() as session:
        return _describe(session, database)


def _describe(session: Session, database: Database) -> Target:
    found = session.get(Installation, 1)
    closed = frozenset(session.scalars(select(Round.id).where(Round.state == "closed")))
    in_use = session.scalar(select(Organisation.id).limit(1)) is not None
    return Target(database, True, in_use, found.salt if found else None, closed)


def unreachable(error: OperationalError) -> BackupError:
    """What to tell when a database does not answer, in its own words."""
    return BackupError("no_database", why=str(error.orig).splitlines()[0] if str(error.orig) else "?")
