"""The database: connection, transactions and migrations, for SQLite and PostgreSQL alike."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, LargeBinary, MetaData, String, create_engine, event, make_url, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, mapped_column

from zelfscan.config import Settings
from zelfscan.errors import ClearError

PATIENCE, MOMENT = 20_000, 50
"""Milliseconds that SQLite waits for another writer, and for readers of the write-ahead log."""

PAUSE = 1.0
"""Seconds after which a connection that nobody used is tried before it is used again."""

MIGRATIONS = Path(__file__).parent / "migrations"

Id = Annotated[str, mapped_column(String(32))]
Hash = Annotated[str, mapped_column(String(64))]
NAME_LENGTH = 200
Name = Annotated[str, mapped_column(String(NAME_LENGTH))]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]


class Base(DeclarativeBase):
    """Base of every table; constraints get names, so that migrations and errors can cite them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class DatabaseError(ClearError):
    """The database cannot be used as it is; the message says why, and how to mend it."""


class ReadingSession(Session):
    """A session that refuses to write."""


@event.listens_for(ReadingSession, "before_flush")
def _refuse_flush(*_: object) -> None:
    raise TypeError("this session only reads")


@event.listens_for(ReadingSession, "do_orm_execute")
def _refuse_writing(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise TypeError("this session only reads")


class Database:
    """The kinds of transaction that the services use.

    Attributes:
        engine: for transactions that write.
        single: for reading, and for statements that are a transaction each; its connections stay in that mode, so that
            a statement takes one message to the server and none to begin, commit or reset.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.single = _engine(url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: each statement sees what is committed at that moment."""
        with ReadingSession(self.single) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection on which each statement is a transaction of its own."""
        with self.single.connect() as connection:
            yield connection

    def forget_traces(self) -> None:
        """Empty SQLite's write-ahead log, which would keep the order in which sealed things came in.

        Somebody who is reading holds it for the moment; then the next call empties it.
        """
        if self.is_sqlite:
            with self.autocommit() as connection:
                connection.execute(text(f"PRAGMA busy_timeout = {MOMENT}"))
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
                connection.execute(text(f"PRAGMA busy_timeout = {PATIENCE}"))

    def rewrite(self, *tables: str) -> None:
        """Write the tables anew, so that no freed page or dead row keeps what was deleted from them."""
        with self.autocommit() as connection:
            if self.is_sqlite:
                connection.execute(text("VACUUM"))
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            for table in () if self.is_sqlite else tables:
                connection.execute(text(f'VACUUM (FULL, FREEZE) "{Base.metadata.tables[table].name}"'))

    def migrate(self) -> None:
        """Bring the tables to the newest version (`head`)."""
        with self.engine.connect() as connection:
            command.upgrade(migrations(connection), "head")
            connection.commit()

    def check(self) -> None:
        """Raise DatabaseError unless the tables are those of this version."""
        with self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        wanted = ScriptDirectory.from_config(migrations()).get_current_head()
        if found != wanted:
            raise DatabaseError(
                f"the database is at version {found or 'none'}, this program needs {wanted}; "
                "make a backup, then run `zelfscan init`"
            )

    def close(self) -> None:
        self.engine.dispose()
        self.single.dispose()


def opened_database() -> tuple[Settings, Database]:
    """The settings of the environment and their database, for a command.

    Raises:
        SettingsError, DatabaseError: the message says what to mend.
    """
    settings = Settings.from_environment()
    database = Database(settings.database)
    database.check()
    return settings, database


def migrations(connection: Connection | None = None) -> Config:
    """Alembic's configuration, bound to a connection when one is given."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _engine(url: str, **options: Any) -> Engine:
    engine = create_engine(url, hide_parameters=True, **options)
    if make_url(url).get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if not options:
            event.listen(engine, "begin", _begin_sqlite)
    else:
        _try_after_a_pause(engine)
    return engine


def _try_after_a_pause(engine: Engine) -> None:
    """Replace connections that the server closed in the meantime, without asking the server at each use."""

    def used(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def tried(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) > PAUSE:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError("the server closed this connection") from error

    event.listen(engine, "checkin", used)
    event.listen(engine, "checkout", tried)


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"busy_timeout = {PATIENCE}",
        "synchronous = FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
