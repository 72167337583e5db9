"""What tables look like at a version of the schema, and how their values are written in a backup."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from zelfscan.db import migrations

LEFT_OUT = frozenset({"alembic_version", "draft"})
"""A draft lives for days and is of no use without its browser; it goes into no backup."""
MADE_ANEW = {"account": frozenset({"session_key"})}
"""Per table the columns that go into no backup and are drawn anew: a restored one would revive sessions that ended."""
LARGEST_NUMBER = 2**31 - 1

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of column: its type in the database, and its values in JSON. `read` raises ValueError or TypeError."""

    type: sa.types.TypeEngine[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("no text")
    value.encode()
    return value


def _read_number(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST_NUMBER:
        raise TypeError("no number")
    return value


def _read_yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _read_bytes(value: Any) -> bytes:
    return base64.b64decode(_read_text(value), validate=True)


def _read_json(value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise TypeError("no object and no list")
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


KINDS: dict[type, Kind] = {
    sa.String: Kind(sa.String(), _same, _read_text),
    sa.Boolean: Kind(sa.Boolean(), _same, _read_yes_or_no),
    sa.Integer: Kind(sa.Integer(), _same, _read_number),
    sa.Date: Kind(sa.Date(), date.isoformat, date.fromisoformat),
    sa.JSON: Kind(sa.JSON(none_as_null=True), _same, _read_json),
    sa.LargeBinary: Kind(sa.LargeBinary(), _write_bytes, _read_bytes),
}


@dataclass(frozen=True)
class Column:
    """A column; `length` is the most characters of a text, None for no limit."""

    name: str
    kind: Kind
    nullable: bool
    length: int | None

    def write(self, value: Any) -> Any:
        """A value of the database, for JSON."""
        return None if value is None else self.kind.write(value)

    def read(self, value: Any) -> Any:
        """A value of JSON, for the database.

        Raises:
            ValueError, TypeError: it is no value of this column.
        """
        if value is None and self.nullable:
            return None
        found = self.kind.read(value)
        if self.length is not None and len(found) > self.length:
            raise ValueError("too long")
        return found


@dataclass(frozen=True)
class Table:
    """A table that goes into a backup.

    Attributes:
        key: names of the columns of its primary key, in order.
        parent: the column that refers to another row of the same table, if there is one.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parent: str | None

    @cached_property
    def clause(self) -> sa.TableClause:
        """The table as statements name it."""
        return sa.table(self.name, *(sa.column(column.name, column.kind.type) for column in self.columns))

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns that go into a backup."""
        anew = MADE_ANEW.get(self.name, frozenset())
        return tuple(column for column in self.columns if column.name not in anew)

    def to_json(self, row: Mapping[str, Any]) -> Row:
        """A row of the database, for JSON."""
        return {column.name: column.write(row[column.name]) for column in self.written}

    def from_json(self, given: object) -> Row:
        """A row of JSON, for the database.

        Raises:
            ValueError: names the column that is missing, unknown or wrong; not its value.
        """
        names = [column.name for column in self.written]
        if not isinstance(given, dict) or set(given) != set(names):
            raise ValueError("columns")
        return {column.name: _read(column, given[column.name]) for column in self.written}


def _read(column: Column, value: Any) -> Any:
    try:
        return column.read(value)
    except (ValueError, TypeError, RecursionError):
        raise ValueError(column.name) from None


@cache
def tables_at(revision: str) -> tuple[Table, ...]:
    """The tables of a backup at a version of the schema, parents before children, as the migrations make them."""
    found = sa.MetaData()
    with sa.create_engine("sqlite://").connect() as connection:
        command.upgrade(migrations(connection), revision)
        found.reflect(connection)
    return tuple(_table(table) for table in found.sorted_tables if table.name not in LEFT_OUT)


def _table(table: sa.Table) -> Table:
    parents = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    key = tuple(column.name for column in table.primary_key)
    return Table(table.name, tuple(map(_column, table.columns)), key, next(iter(parents), None))


def _column(column: sa.Column[Any]) -> Column:
    kind = next(kind for type_, kind in KINDS.items() if isinstance(column.type, type_))
    return Column(column.name, kind, bool(column.nullable), getattr(column.type, "length", None))


def revisions() -> list[str]:
    """All versions of the schema that this program knows, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions()]
