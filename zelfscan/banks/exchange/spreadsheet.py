"""Writing tables as .xlsx and .csv, in such a way that no cell is ever taken for a formula."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any, NamedTuple

from zelfscan.banks.exchange.report import ExchangeError, Place

LONGEST_CELL = 32_767
"""Characters of a cell of Excel at most."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet may take for a formula when it opens a .csv."""

Cell = str | int | float


class Table(NamedTuple):
    """A table: the name of its sheet, its headings and its rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(tables: Sequence[Table]) -> bytes:
    """Return tables as a workbook (.xlsx), a sheet each; a text stays a text, whatever it begins with.

    Raises:
        ExchangeError: a text is longer than a cell can be.
    """
    from openpyxl import Workbook

    for table in tables:
        _check_lengths(table)
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for row in [table.headings, *table.rows]:
            sheet.append([_cell(sheet, value) for value in row])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def _check_lengths(table: Table) -> None:
    for number, row in enumerate(table.rows, start=2):
        if any(isinstance(value, str) and len(value) > LONGEST_CELL for value in row):
            raise ExchangeError("cell_too_long", Place(table.name, number), limit=LONGEST_CELL)


def _cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value or None)
    if value.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.style = _as_text(sheet.parent)
    return cell


def _as_text(book: Any) -> str:
    """Return the name of the style that keeps a text a text when someone edits the cell."""
    from openpyxl.styles import NamedStyle

    if "as_text" not in book.named_styles:
        book.add_named_style(NamedStyle(name="as_text", number_format="@"))
    return "as_text"


def comma_separated(table: Table) -> bytes:
    """Return a table as .csv (UTF-8 with a byte order mark); a text like a formula gets an apostrophe in front."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    for row in [table.headings, *table.rows]:
        writer.writerow([_guarded(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _guarded(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS) else value
