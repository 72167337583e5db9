"""Tables that people keep in a spreadsheet (.xlsx, .csv), with any usual separator, encoding and heading."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.exchange.reading import MAX_COLUMNS, MAX_ROWS, OLD_EXCEL, ZIP, read_bytes
from zelfscan.banks.exchange.report import ExchangeError, Place, Report
from zelfscan.banks.exchange.workbook import Sheet as WorkbookSheet
from zelfscan.banks.exchange.workbook import read_workbook

Headings = Mapping[str, frozenset[str]]
"""Per meaning: what a column may be called, in small letters and digits only."""

EMAIL = frozenset({"email", "emailadres", "emailaddress", "mail", "mailadres", "mailaddress", "werkmail"})
LOCATION = frozenset({"locatie", "locatienaam", "naamlocatie", "vestiging", "location", "locationname", "site"})
TEAM = frozenset({"team", "teamnaam", "naamteam", "afdeling", "teamname", "department"})
SEPARATORS = (";", ",", "\t", "|")
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]+"
)
"""Addresses of RFC 5321 but the quoted ones; letters outside ASCII do not travel everywhere."""
LONGEST_ADDRESS = 254


class Row(NamedTuple):
    """A row: its number as a spreadsheet shows it, its cells by heading, and whether there are more than headings."""

    number: int
    cells: Mapping[str, str]
    more: bool = False


class Sheet(NamedTuple):
    """A sheet, or a whole .csv (then without a name): its headings in order, and its rows that are not empty.

    Attributes:
        formulas: (row, heading) of each cell that holds a formula.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]
    formulas: frozenset[tuple[int, str]] = frozenset()


def read_sheets(path: Path, known: Headings) -> list[Sheet]:
    """Read every sheet of a workbook, or the one table of a .csv.

    Args:
        known: headings to recognise the separator of a .csv by.

    Raises:
        ExchangeError: it cannot be read, or goes over a bound.
    """
    content = read_bytes(path)
    if content.startswith(OLD_EXCEL):
        raise ExchangeError("old_excel", file=path)
    return _workbook(content, known) if content.startswith(ZIP) else [_separated(_decoded(content), known)]


def meaning(heading: str, known: Headings) -> str | None:
    """What a column with this heading holds, whatever its capitals, spaces and dashes; None when it is not known."""
    plain = "".join(letter for letter in heading.casefold() if letter.isalnum())
    return next((name for name, called in known.items() if plain in called), None)


def cleaned(text: str) -> str:
    """A text in composed letters, without invisible characters, and with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(visible.split())


def _workbook(content: bytes, known: Headings) -> list[Sheet]:
    """All sheets; one that cannot be read is left out when another one has headings that are known."""
    names, _ = read_workbook(content, Report(), frozenset())
    wanted, errors = frozenset(name.lower() for name in names), []
    sheets: list[Sheet] | None = None
    while sheets is None:
        try:
            sheets = _sheets(content, wanted)
        except ExchangeError as error:
            if error.place.sheet.lower() not in wanted:
                raise
            errors.append(error)
            wanted -= {error.place.sheet.lower()}
    if errors and not any(_known_headings(sheet.headings, known) for sheet in sheets):
        raise errors[0]
    return sheets


def _sheets(content: bytes, wanted: frozenset[str]) -> list[Sheet]:
    """The sheets with these names; raises ExchangeError when one of them cannot be read."""
    report = Report()
    _, found = read_workbook(content, report, wanted) if wanted else ([], {})
    return [_sheet(sheet, report) for sheet in found.values()]


def _sheet(sheet: WorkbookSheet, report: Report) -> Sheet:
    places = [finding.place for finding in report.findings]
    formulas = frozenset((place.row, place.column) for place in places if place.sheet == sheet.name)
    rows = [Row(row.number, row.cells) for row in sheet.rows]
    return Sheet(sheet.name, sheet.headings, rows, formulas)


def _decoded(content: bytes) -> str:
    """The text of a file as spreadsheets write it: UTF-8, UTF-16 with a byte order mark, or Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separated(text: str, known: Headings) -> Sheet:
    lines = text.split("\n", 1)
    skipped = int(lines[0].strip().lower() in {f"sep={separator}" for separator in SEPARATORS})
    body = lines[1] if skipped and len(lines) > 1 else text
    best = max(SEPARATORS, key=lambda separator: _known_headings(_first_row(body, separator), known))
    rows = _rows(body, best)
    headings = [cell.strip() for cell in rows[0]] if rows else []
    table = [_row(n, headings, cells) for n, cells in enumerate(rows[1:], start=2 + skipped)]
    return Sheet("", headings, [row for row in table if row.more or any(row.cells.values())])


def _first_row(text: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=separator), ())
    except csv.Error:
        return ()


def _rows(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise ExchangeError("not_csv", Place(line=reader.line_num), reason=error) from None
    if len(rows) > MAX_ROWS:
        raise ExchangeError("too_many_rows", limit=MAX_ROWS)
    if rows and len(rows[0]) > MAX_COLUMNS:
        raise ExchangeError("too_many_columns", Place(line=1), limit=MAX_COLUMNS)
    return rows


def _known_headings(headings: Iterable[str], known: Headings) -> int:
    return sum(meaning(heading, known) is not None for heading in headings)


def _row(number: int, headings: Sequence[str], cells: Sequence[str]) -> Row:
    by_heading = {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False) if heading}
    return Row(number, by_heading, any(cell.strip() for cell in cells[len(headings) :]))
