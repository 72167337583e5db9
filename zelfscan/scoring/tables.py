"""Many people's answers to a bank, from a CSV file."""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.problems import Problem
from zelfscan.banks.schema import Bank, Item, Value
from zelfscan.scoring.answer_problems import AnswersError, Refusal, one_of
from zelfscan.scoring.answers import parse_answer, unknown_question

PEOPLE = 2_000
"""People read at a time, so that memory stays small."""

MISTAKES = 1_000
"""Mistakes that are listed at most."""

SEVERAL = "|"
"""Between the values in one cell, for a question that takes several."""

Row = tuple[Value | None, ...]

Line = tuple[int, list[str]]
"""Number of a line of the file, and its cells as they were written."""

Moved = Callable[[float], None]
"""Called now and then with the share of the reading that is done, 0 to 1."""


def unseen(share: float) -> None:
    """Show progress to nobody."""


class Label(NamedTuple):
    """A column beside the questions: its name, and the values that it may have."""

    name: str
    values: tuple[str, ...]


class Table(NamedTuple):
    """Many people's answers to the same questions.

    Attributes:
        addresses: `theme.question` of each column, m of them.
        rows: per person the m answers, None = missing.
        labels: per person the value of the label column; empty when none was asked for.
    """

    addresses: tuple[str, ...]
    rows: list[Row]
    labels: tuple[str, ...] = ()


def read_table(path: Path, bank: Bank, label: Label | None = None) -> Table:
    """Read many people's answers at once; arguments and errors are those of `read_parts`."""
    parts = list(read_parts(path, bank, label))
    rows = [row for part in parts for row in part.rows]
    return Table(parts[0].addresses, rows, tuple(name for part in parts for name in part.labels))


def read_parts(path: Path, bank: Bank, label: Label | None = None, moved: Moved = unseen) -> Iterator[Table]:
    """Read many people's answers, some at a time: memory does not grow with the file.

    The file is read twice: nothing is given before all of it is found right.

    Args:
        path: CSV with commas or semicolons; the first line has the addresses, each further line is one person.
            An empty cell is a missing answer; empty lines are left out. What can be read only once, such as a
            pipe, is copied to a temporary file without a name first.
        bank: the bank that was answered.
        label: a column that has to be there beside the questions, filled in for everyone.
        moved: told how far the reading is.

    Returns:
        Tables of at most `PEOPLE` people, in the order of the file; one without rows when there is nobody.

    Raises:
        AnswersError: the file cannot be read, or has questions or answers that the bank does not have. It lists
            at most `MISTAKES` mistakes.
    """
    with _opened(path) as file:
        reader = _Reader(path, file, bank, label, moved)
        reader.check()
        yield from reader.tables()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, in such a way that it can be read twice."""
    try:
        source = path.open("rb")
    except OSError as error:
        refusal = Refusal("unreadable", {"reason": error.strerror or type(error).__name__})
        raise AnswersError([refusal.at(path, 1, 1)]) from error
    with source:
        if source.seekable():
            yield source
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(source, copy)
            yield copy


class _Reader:
    """Reads one file: first to find every mistake, then for the answers."""

    def __init__(self, path: Path, file: BinaryIO, bank: Bank, label: Label | None, moved: Moved) -> None:
        self._path = path
        self._binary = file
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._bank = bank
        self._label = label
        self._moved = moved
        self._header: list[str] = []
        self._columns: list[_Column] = []

    def check(self) -> None:
        """Raise AnswersError when there is any mistake."""
        found = list(islice(self._problems(), MISTAKES + 1))
        if len(found) > MISTAKES:
            found[-1] = Refusal("more", {}).at(self._path, found[-1].line, found[-1].column)
        if found:
            raise AnswersError(found)

    def tables(self) -> Iterator[Table]:
        """The answers; raises AnswersError where the file was changed since the check."""
        nobody = True
        for lines in self._parts(self._start()[1], 0.5):
            nobody = False
            if found := list(self._mistakes(lines)):
                raise AnswersError(found)
            yield _table(self._header, self._rows(lines), self._label)
        if nobody:
            yield _table(self._header, [], self._label)

    def _rows(self, lines: Sequence[Line]) -> list[Row]:
        columns = zip(self._columns, zip(*(cells for _, cells in lines), strict=True), strict=True)
        values = (map(column.__getitem__, cells) for column, cells in columns)
        return cast(list[Row], list(zip(*values, strict=True)))

    def _problems(self) -> Iterator[Problem]:
        try:
            number, lines = self._start()
            if not self._header:
                yield Refusal("no_columns", {}).at(self._path, 1, 1)
                return
            yield from _header_problems(self._path, number, self._header, self._bank, self._label)
            for part in self._parts(lines, 0.0):
                yield from self._mistakes(part)
        except AnswersError as error:
            yield from error.problems

    def _start(self) -> tuple[int, Iterator[Line]]:
        """Read the header; returns its line number, and the lines after it."""
        lines = self._lines()
        number, cells = next(lines, (1, []))
        self._header = [cell.strip() for cell in cells]
        self._columns = [_Column(name, self._bank, self._label) for name in self._header]
        return number, lines

    def _parts(self, lines: Iterator[Line], done: float) -> Iterator[list[Line]]:
        """The lines, `PEOPLE` at a time; `done` is the share of the reading before the first."""
        size = max(os.fstat(self._binary.fileno()).st_size, 1)
        for part in iter(lambda: list(islice(lines, PEOPLE)), []):
            yield part
            self._moved(done + self._binary.tell() / size / 2)

    def _lines(self) -> Iterator[Line]:
        """Each line that is not empty, from the start of the file."""
        try:
            self._text.seek(0)
            first = self._text.readline()
            self._text.seek(0)
            reader = csv.reader(self._text, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
            yield from ((reader.line_num, cells) for cells in reader if any(map(str.strip, cells)))
        except UnicodeDecodeError as error:
            raise AnswersError([Refusal("not_utf8", {}).at(self._path, 1, 1)]) from error
        except csv.Error as error:
            refusal = Refusal("not_csv", {"reason": str(error)})
            raise AnswersError([refusal.at(self._path, reader.line_num, 1)]) from error

    def _mistakes(self, lines: Sequence[Line]) -> Iterator[Problem]:
        if self._is_right([cells for _, cells in lines]):
            return
        for number, cells in lines:
            found = [column[cell] for column, cell in zip(self._columns, cells, strict=False)]
            yield from _row_problems(self._path, number, self._header, cells, found)

    def _is_right(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether there is no mistake; each different cell of a column is looked at once."""
        if set(map(len, rows)) != {len(self._columns)}:
            return False
        columns = zip(self._columns, zip(*rows, strict=True), strict=True)
        return not any(column.refuses(set(cells)) for column, cells in columns)


class _Column(dict[str, "Value | Refusal | None"]):
    """One column: what each cell says. A cell that was seen before costs only a look-up.

    A cell gives the answer, None when it is empty, or why it is refused.
    """

    def __init__(self, name: str, bank: Bank, label: Label | None) -> None:
        super().__init__()
        self._bank = bank
        self._label = label if label is not None and label.name == name else None
        self._item: Item | None = next((item for item in bank.items() if item.address == name), None)

    def __missing__(self, cell: str) -> Value | Refusal | None:
        self[cell] = found = self._read(cell.strip())
        return found

    def refuses(self, cells: Collection[str]) -> bool:
        """Whether any of the cells is refused."""
        return any(isinstance(self[cell], Refusal) for cell in cells)

    def _read(self, cell: str) -> Value | Refusal | None:
        if self._label is not None:
            values = self._label.values
            return cell if cell in values else Refusal("wrong_label", {"choices": one_of(values)})
        if self._item is None or not cell:
            return None
        several = KINDS[self._item.question.kind].takes_several(self._item.question)
        return parse_answer(cell.split(SEVERAL) if several else cell, self._item, self._bank)


def _header_problems(
    path: Path, line: int, header: Sequence[str], bank: Bank, label: Label | None
) -> Iterator[Problem]:
    known = {item.address for item in bank.items()} | ({label.name} if label else set())
    for column, name in enumerate(header, start=1):
        if name in header[: column - 1]:
            yield Refusal("duplicate_column", {}).at(path, line, column, name)
        elif name not in known:
            yield unknown_question(name, bank).at(path, line, column, name)
    if label is not None and label.name not in header:
        yield Refusal("missing_column", {"name": label.name}).at(path, line, 1)


def _row_problems(
    path: Path,
    line: int,
    header: Sequence[str],
    cells: Sequence[str],
    found: Sequence[Value | Refusal | None],
) -> Iterator[Problem]:
    if len(cells) != len(header):
        yield Refusal("wrong_length", {"found": len(cells), "needed": len(header)}).at(path, line, 1)
    for column, value in enumerate(found, start=1):
        if isinstance(value, Refusal):
            yield value.at(path, line, column, header[column - 1])


def _table(header: Sequence[str], rows: list[Row], label: Label | None) -> Table:
    if label is None:
        return Table(tuple(header), rows)
    at = header.index(label.name)
    addresses = (*header[:at], *header[at + 1 :])
    return Table(addresses, [row[:at] + row[at + 1 :] for row in rows], tuple(str(row[at]) for row in rows))
