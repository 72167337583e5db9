"""Many people's answers to a bank, from a CSV file."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.problems import Problem
from zelfscan.banks.schema import Bank, Item, Value
from zelfscan.scoring.answer_problems import AnswersError, Refusal, one_of, read_text
from zelfscan.scoring.answers import parse_answer, unknown_question

SEVERAL = "|"
"""Between the values in one cell, for a question that takes several."""

Row = tuple[Value | None, ...]


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
    """Read many people's answers.

    Args:
        path: CSV with commas or semicolons; the first line has the addresses, each further line is one person.
            An empty cell is a missing answer; empty lines are left out.
        bank: the bank that was answered.
        label: a column that has to be there beside the questions, filled in for everyone.

    Raises:
        AnswersError: the file cannot be read, or has questions or answers that the bank does not have.
    """
    lines = list(_lines(path))
    if not lines:
        raise AnswersError([Refusal("no_columns", {}).at(path, 1, 1)])
    (number, header), body = lines[0], lines[1:]
    problems = list(_header_problems(path, number, header, bank, label))
    columns = [_Column(name, bank, label) for name in header]
    rows: list[Row] = []
    for number, cells in body:
        found = [column.read(cell) for column, cell in zip(columns, cells, strict=False)]
        problems += _row_problems(path, number, header, cells, found)
        rows.append(tuple(value for value in found if not isinstance(value, Refusal)))
    if problems:
        raise AnswersError(problems)
    return _table(header, rows, label)


class _Column:
    """Reads the cells of one column; a cell that was seen before costs only a look-up."""

    def __init__(self, name: str, bank: Bank, label: Label | None) -> None:
        self._bank = bank
        self._label = label if label is not None and label.name == name else None
        self._item: Item | None = next((item for item in bank.items() if item.address == name), None)
        self._seen: dict[str, Value | Refusal | None] = {}

    def read(self, cell: str) -> Value | Refusal | None:
        """The answer in a cell, None when it is empty, or why it is refused."""
        if cell not in self._seen:
            self._seen[cell] = self._read(cell)
        return self._seen[cell]

    def _read(self, cell: str) -> Value | Refusal | None:
        if self._label is not None:
            values = self._label.values
            return cell if cell in values else Refusal("wrong_label", {"choices": one_of(values)})
        if self._item is None or not cell:
            return None
        several = KINDS[self._item.question.kind].takes_several(self._item.question)
        return parse_answer(cell.split(SEVERAL) if several else cell, self._item, self._bank)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each line that is not empty."""
    text = read_text(path)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        refusal = Refusal("not_csv", {"reason": str(error)})
        raise AnswersError([refusal.at(path, reader.line_num, 1)]) from error


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
