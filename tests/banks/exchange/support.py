"""What the tests of exchange share: importing a file, and making small workbooks."""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook

from zelfscan.banks.exchange import importing
from zelfscan.banks.exchange.building import Wishes
from zelfscan.banks.exchange.report import Report
from zelfscan.banks.loader import parse_bank
from zelfscan.banks.schema import Bank

BANKS = Path(__file__).parents[1]
FILES = Path(__file__).parent / "files"
FORMS = Path(__file__).parent / "forms"
SHIPPED = Path(__file__).parents[3] / "question_banks"

Sheets = dict[str, list[list[object]]]


class Imported(NamedTuple):
    """A bank that was imported, with what was reported."""

    bank: Bank
    report: Report

    def codes(self, weight: str = "lost") -> dict[str, list[str]]:
        """The places of each finding, as people read them, by code."""
        found: dict[str, list[str]] = {}
        for one in self.report.findings:
            if one.weight == weight:
                found.setdefault(one.code, []).append(one.place.in_("en"))
        return found


def import_file(path: Path, **wishes: object) -> Imported:
    """Import a file as the command does."""
    report = Report()
    source = importing.read_source(path, None, report)
    name = str(wishes.pop("bank", source.name))
    content = importing.make(source, Wishes(name, **wishes), report)  # type: ignore[arg-type]
    _, bank = importing.verified(content, path.with_name(f"{name}.yaml"), [SHIPPED], report)
    return Imported(bank, report)


def workbook(path: Path, sheets: Sheets) -> Path:
    """Write a workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    saved = BytesIO()
    book.save(saved)
    path.write_bytes(saved.getvalue())
    return path


def read_bank(text: str, name: str) -> Bank:
    """Read a bank from text; what it refers to is not checked."""
    return parse_bank(text, name)
