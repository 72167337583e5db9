"""Putting a backup back: keys and secrets first, then all rows in one transaction, or nothing."""

import secrets as random
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DataError, IntegrityError

from zelfscan.backup.archive import Archive
from zelfscan.backup.plan import SEALED, Choices, Contents, Plan, make_plan, read_through
from zelfscan.backup.saving import save
from zelfscan.backup.tables import Row, Table
from zelfscan.backup.target import Target, find_target
from zelfscan.backup.words import BackupError
from zelfscan.config import (
    Secrets,
    Settings,
    SettingsError,
    load_secrets,
    private_folder,
    secrets_file,
    write_private,
)
from zelfscan.db import Base, Database, migrations
from zelfscan.organisations.auditlog import erase_old
from zelfscan.progress import bar
from zelfscan.rounds.keys import destroy_file


@dataclass(frozen=True)
class Restored:
    """What was done.

    Attributes:
        plan: what came back, and what did not.
        safety: copy of what was there before; None when nothing was.
        old_secrets: where the secrets are that were there before; None when those stayed or there were none.
    """

    plan: Plan
    safety: Path | None
    old_secrets: Path | None


def rehearse(contents: Contents, settings: Settings, choices: Choices) -> Plan:
    """What `restore` would do here, without doing it.

    Raises:
        BackupError, DatabaseError, SettingsError: as `restore`.
    """
    with find_target(settings) as target:
        return make_plan(contents, settings, target, choices)


def restore(archive: Archive, settings: Settings, choices: Choices, today: date) -> Restored:
    """Put a backup into an installation.

    Everything is checked first. Then a copy is made of what is there, and all rows are written in one transaction; when
    that fails, keys and secrets are put back as they were as well.

    Raises:
        BackupError: the backup cannot come back here; says why. Nothing is changed.
        DatabaseError: the tables that are there are of another version.
        SettingsError: the secrets that are there are damaged.
    """
    contents = read_through(archive)
    with find_target(settings) as target:
        plan = make_plan(contents, settings, target, choices)
        private_folder(settings.data_dir)
        safety = _save_safety_copy(target, settings, today)
        old_secrets = _write(target, settings, archive, plan, today)
    return Restored(plan, safety, old_secrets)


def _save_safety_copy(target: Target, settings: Settings, today: date) -> Path | None:
    if target.database is None or not target.in_use:
        return None
    path = settings.data_dir / f"before-restore-{today}-{random.token_hex(3)}.zip"
    save(target.database, path, today)
    return path


def _are_there(settings: Settings, secrets: Secrets) -> bool:
    try:
        return load_secrets(settings) == secrets
    except SettingsError:
        return False


@contextmanager
def _secrets_and_keys(settings: Settings, plan: Plan) -> Iterator[Path | None]:
    """Put secrets and keys in place; take them away again when the block fails. Gives where the old secrets are."""
    folder, path = private_folder(settings.keys), secrets_file(settings)
    made = [folder / name for name in plan.files if not (folder / name).exists()]
    other = path.exists() and not _are_there(settings, plan.secrets)
    aside = path.with_name(f"secrets.old-{random.token_hex(3)}.json") if other else None
    is_new = aside is not None or not path.exists()
    try:
        for file in made:
            write_private(file, plan.files[file.name])
        if aside:
            path.rename(aside)
        write_private(path, plan.secrets.model_dump_json().encode())
        yield aside
    except BaseException:
        for file in [*made, *([path] if is_new else [])]:
            destroy_file(file)
        if aside and aside.exists():
            aside.rename(path)
        raise


def _write(target: Target, settings: Settings, archive: Archive, plan: Plan, today: date) -> Path | None:
    """Write rows, secrets and keys; gives where the old secrets are.

    The files change last, right before the rows are committed: who is killed earlier has the installation as it was.
    """
    database = target.database or Database(settings.database)
    try:
        with ExitStack() as undo, database.write() as session:
            _write_rows(session.connection(), archive, plan, today)
            erase_old(session, today, settings.log_days)
            old_secrets = undo.enter_context(_secrets_and_keys(settings, plan))
        database.rewrite(*SEALED)
    finally:
        if target.database is None:
            database.close()
    return old_secrets


def _write_rows(connection: sa.Connection, archive: Archive, plan: Plan, today: date) -> None:
    _make_tables(connection, archive.manifest.revision)
    for table in archive.tables:
        _fill(connection, archive, table, plan, today)
    command.upgrade(migrations(connection), "head")


def _make_tables(connection: sa.Connection, revision: str) -> None:
    """Empty tables, as the migrations made them at that version."""
    Base.metadata.drop_all(connection)
    connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    command.upgrade(migrations(connection), revision)


def _fill(connection: sa.Connection, archive: Archive, table: Table, plan: Plan, today: date) -> None:
    batches = (
        [plan.settled(table, row, today) for row in batch if plan.keeps(table, row)]
        for batch in bar(archive.batches(table), table.name)
    )
    try:
        for rows in _parents_first(archive, table, batches) if table.parent else batches:
            if rows:
                connection.execute(sa.insert(table.clause), rows)
    except (DataError, IntegrityError) as error:
        why = str(error.orig).splitlines()[0]
        raise BackupError("refused", path=archive.path, table=table.name, why=why) from None


def _parents_first(archive: Archive, table: Table, batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Rows in an order in which each comes after the row of this table that it refers to."""
    waiting, placed = [row for batch in batches for row in batch], {None}
    while waiting:
        ready = [row for row in waiting if row[table.parent] in placed]
        waiting = [row for row in waiting if row[table.parent] not in placed]
        if not ready:
            raise BackupError("circle", path=archive.path, table=table.name)
        yield ready
        placed |= {row[table.key[0]] for row in ready}
