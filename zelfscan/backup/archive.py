"""The file of a backup: a zip with a manifest and, per table, its rows as lines of JSON.

What is read is never unpacked to a disk, and never held whole: whatever is in it, memory stays within bounds.
"""

import hashlib
import io
import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zelfscan.backup.tables import Row, Table, revisions, tables_at
from zelfscan.backup.words import BackupError

FORMAT, VERSION = "zelfscan backup", 1
MANIFEST = "manifest.json"
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of a row; the largest there is, a bank, has less than a tenth of that."""
LONGEST_MANIFEST = 1024 * 1024
MOST_GROWTH, FREE_GROWTH = 200, 1024 * 1024
"""Times that a part may grow when it is unpacked, beyond the bytes that may be of any ratio."""
BATCH_ROWS, BATCH_BYTES = 250, 4 * 1024 * 1024
QUICK = 1
"""Level of compression: sealed bytes are random, and no level makes those smaller than base64 made them larger."""
NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class TableFacts(BaseModel):
    """How many rows a table has, and the SHA-256 of its lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup says of itself; `revision` is the version of the tables, `made_on` has no time on purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["zelfscan backup"] = "zelfscan backup"
    version: Literal[1] = 1
    program: str = Field(pattern=r"^[0-9A-Za-z.+-]{1,40}$")
    revision: str = Field(pattern="^[0-9a-z]{1,32}$")
    made_on: date
    tables: dict[str, TableFacts] = Field(max_length=1000)


def part(table: str) -> str:
    """Name of the part of the zip with a table's rows."""
    return f"tables/{table}.jsonl"


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file, for its owner alone, that is there whole or not at all.

    Raises:
        BackupError: there is such a file, or it cannot be written.
    """
    if path.exists():
        raise BackupError("exists", path=path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError as error:
        raise BackupError("cannot_write", path=path, why=error.strerror) from None
    finally:
        temporary.unlink(missing_ok=True)


class Writer:
    """Writes a backup, table by table, then `finish`; to be used in a `with` block."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK)
        self._facts: dict[str, TableFacts] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, table: Table, batches: Iterator[Sequence[Mapping[str, Any]]]) -> None:
        """Add a table with all its rows.

        Raises:
            BackupError: a row is larger than `LONGEST_LINE`.
        """
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_info(part(table.name)), "w", force_zip64=True) as target:
            for batch in batches:
                lines = b"".join(_line(table, row) for row in batch)
                digest.update(lines)
                target.write(lines)
                count += len(batch)
        self._facts[table.name] = TableFacts(rows=count, sha256=digest.hexdigest())

    def finish(self, program: str, revision: str, made_on: date) -> None:
        """Write the manifest."""
        manifest = Manifest(program=program, revision=revision, made_on=made_on, tables=self._facts)
        self._zip.writestr(_info(MANIFEST), manifest.model_dump_json(indent=1))


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, NO_DATE)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


def _line(table: Table, row: Mapping[str, Any]) -> bytes:
    line = json.dumps(table.to_json(row), separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    if len(line) > LONGEST_LINE:
        raise BackupError("too_long", table=table.name, most=LONGEST_LINE)
    return line


@dataclass(frozen=True)
class Batches:
    """Rows that are read when they are gone through, with about how many batches there are, for a bar."""

    read: Callable[[], Iterator[list[Row]]]
    about: int

    def __iter__(self) -> Iterator[list[Row]]:
        return self.read()

    def __len__(self) -> int:
        return self.about


class Archive:
    """A backup that is being read.

    Attributes:
        manifest: what it says of itself.
        tables: what is in it, parents before children.
    """

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.path, self._zip = path, opened
        self._check_parts()
        self.manifest = self._read_manifest()
        self.tables = self._known_tables()

    def __getitem__(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    def rows_of(self, table: Table) -> int:
        """How many rows the manifest promises."""
        return self.manifest.tables[table.name].rows

    def batches(self, table: Table) -> "Batches":
        """The rows of a table, some at a time; after the last, all of them have been found as the manifest says.

        Going through them raises BackupError when something is damaged, changed or no row of this table.
        """
        return Batches(lambda: self._batches(table), -(-self.rows_of(table) // BATCH_ROWS))

    def _batches(self, table: Table) -> Iterator[list[Row]]:
        batch, size = [], 0
        for row, length in self._rows(table):
            batch.append(row)
            size += length
            if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _rows(self, table: Table) -> Iterator[tuple[Row, int]]:
        digest, promised, count = hashlib.sha256(), self.manifest.tables[table.name], 0
        for count, line in enumerate(self._lines(table, promised.rows), start=1):
            digest.update(line)
            yield self._row(table, line, count), len(line)
        if (count, digest.hexdigest()) != (promised.rows, promised.sha256):
            raise BackupError("damaged", path=self.path, place=part(table.name))

    def _lines(self, table: Table, most: int) -> Iterator[bytes]:
        """Lines as they are in the file, and one more than was promised if there is one."""
        with self._readable(part(table.name)), self._zip.open(part(table.name)) as raw:
            buffered = io.BufferedReader(raw, 1024 * 1024)  # type: ignore[arg-type]
            for number in range(1, most + 2):
                line = buffered.readline(LONGEST_LINE + 1)
                if not line:
                    return
                if len(line) > LONGEST_LINE:
                    raise self._bad_row(table, number, f"> {LONGEST_LINE} bytes")
                yield line

    def _row(self, table: Table, line: bytes, number: int) -> Row:
        try:
            return table.from_json(json.loads(line, parse_constant=_refuse))
        except (ValueError, RecursionError) as error:
            what = "JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else str(error)
            raise self._bad_row(table, number, what) from None

    def _bad_row(self, table: Table, number: int, what: str) -> BackupError:
        return BackupError("bad_row", path=self.path, table=table.name, line=number, what=what)

    @contextmanager
    def _readable(self, place: str) -> Iterator[None]:
        try:
            yield
        except _UNREADABLE:
            raise BackupError("damaged", path=self.path, place=place) from None

    def _check_parts(self) -> None:
        """Each part once, and none that grows beyond reason."""
        names = [info.filename for info in self._zip.infolist()]
        if len(set(names)) < len(names) or MANIFEST not in names:
            raise BackupError("no_archive", path=self.path)
        for info in self._zip.infolist():
            if info.file_size > FREE_GROWTH + MOST_GROWTH * info.compress_size:
                raise BackupError("grows", path=self.path, place=ascii(info.filename[:80]))

    def _read_manifest(self) -> Manifest:
        with self._readable(MANIFEST), self._zip.open(MANIFEST) as file:
            text = file.read(LONGEST_MANIFEST)
        self._check_format(text)
        try:
            return Manifest.model_validate_json(text)
        except ValidationError:
            raise BackupError("damaged", path=self.path, place=MANIFEST) from None

    def _check_format(self, text: bytes) -> None:
        """A backup of a later format is told apart from a damaged one."""
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise BackupError("no_archive", path=self.path)
        if isinstance(version := given.get("version"), int) and version > VERSION:
            program = ascii(given.get("program"))[1:40]
            raise BackupError("other_format", path=self.path, found=version, known=VERSION, program=program)

    def _known_tables(self) -> tuple[Table, ...]:
        """The tables of its version of the schema: all are in it, and nothing else."""
        manifest, known = self.manifest, revisions()
        if manifest.revision not in known:
            facts = {"found": manifest.revision, "known": known[0], "program": manifest.program}
            raise BackupError("newer", path=self.path, **facts)
        tables = tables_at(manifest.revision)
        names = {part(table.name) for table in tables}
        there = set(self._zip.namelist()) - {MANIFEST}
        if missing := sorted(names - there | names - {part(name) for name in manifest.tables}):
            raise BackupError("missing_tables", path=self.path, names=", ".join(missing))
        if extra := sorted(there - names | {part(name) for name in manifest.tables} - names):
            raise BackupError("bad_names", path=self.path, names=", ".join(ascii(name[:80]) for name in extra[:5]))
        return tables


def _refuse(_: str) -> NoReturn:
    raise ValueError("JSON")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """A backup, for as long as the block lasts.

    Raises:
        BackupError: it cannot be read, is no backup, or of a version that this program does not know.
    """
    try:
        opened = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise BackupError("cannot_read", path=path, why=error.strerror) from None
    except _UNREADABLE:
        raise BackupError("no_archive", path=path) from None
    with opened:
        yield Archive(path, opened)
