"""XLSForm out: a workbook that ODK and Kobo take, and that comes back as the same bank."""

from typing import Any

from zelfscan.banks.exchange import carried
from zelfscan.banks.exchange.rendering import Cells, language_name, render
from zelfscan.banks.exchange.spreadsheet import Table, workbook
from zelfscan.banks.schema import Bank


def xlsform(bank: Bank) -> bytes:
    """Return a bank as an XLSForm (.xlsx); the sheet `zelfscan` holds what XLSForm cannot say.

    Raises:
        ExchangeError: a text is longer than a cell can be.
    """
    rendered = render(bank)
    languages = [language_name(code) for code in bank.languages]
    labels = [f"label::{name}" for name in languages]
    hints = [f"hint::{name}" for name in languages]
    survey = ["type", "name", *labels, *hints, "appearance", "relevant", "constraint"]
    return workbook(
        [
            _table("survey", survey, rendered.survey),
            _table("choices", ["list_name", "name", *labels], rendered.choices),
            _table("settings", ["form_title", "form_id", "version", "default_language"], rendered.settings),
            _table(carried.SHEET, [carried.COLUMN], carried.cells(bank)),
        ]
    )


def _table(name: str, headings: list[str], rows: list[Cells]) -> Table:
    cells: list[list[Any]] = [[row.get(heading, "") for heading in headings] for row in rows]
    return Table(name, headings, cells)
