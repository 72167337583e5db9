"""Reading a workbook (.xlsx) of unknown origin within bounds: size, tags, sheets, rows, columns and cells."""

import warnings
import zipfile
from contextlib import closing
from io import BytesIO
from typing import Any, NamedTuple

from zelfscan.banks.exchange.reading import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

MAX_MEMBERS = 500
MAX_UNPACKED = 32 * 1024**2
"""Bytes of the whole workbook at most, unpacked."""
MAX_TAGS = 1_000_000
"""Elements of XML in the whole workbook at most: each cell has some four."""
MAX_SHEETS = 50
CHUNK = 256 * 1024
MARKUP = (".xml", ".rels", ".vml")


class Row(NamedTuple):
    """A row of a sheet: its number from 1, and its cells by column, without the empty ones."""

    number: int
    cells: dict[str, str]


class Sheet(NamedTuple):
    """A sheet: its name as the file has it, its column headings in order, and its rows that are not empty."""

    name: str
    headings: list[str]
    rows: list[Row]


def read_workbook(content: bytes, report: Report, needed: frozenset[str]) -> tuple[list[str], dict[str, Sheet]]:
    """Read the sheets of a workbook.

    Args:
        content: the file.
        report: gets the cells with a formula: their stored result is what is read.
        needed: the names of the sheets to read, in small letters; a workbook with one sheet is read whatever its name.

    Returns:
        The names of all sheets, and the sheets that were read by name in small letters.

    Raises:
        ExchangeError: it is damaged or goes over a bound.
    """
    _check_zip(content)
    try:
        with closing(_open(content, False)) as formulas, closing(_open(content, True)) as values:
            return _sheets(formulas, values, report, needed)
    except ExchangeError:
        raise
    except RecursionError:
        raise ExchangeError("damaged", reason="nesting") from None
    except Exception as error:
        raise ExchangeError("damaged", reason=str(error) or type(error).__name__) from None


def _check_zip(content: bytes) -> None:
    """Unpack every part once, counting: what an archive says about its own size is not to be relied on."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise ExchangeError("too_large_unpacked", limit=MAX_UNPACKED // 1024**2)
            if any(info.flag_bits & 0x1 for info in infos):
                raise ExchangeError("encrypted")
            _count(archive, infos)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise ExchangeError("damaged", reason=str(error) or type(error).__name__) from None
    except Exception as error:
        if isinstance(error, ExchangeError):
            raise
        raise ExchangeError("damaged", reason=str(error) or type(error).__name__) from None


def _count(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    size = tags = 0
    for info in infos:
        markup = info.filename.lower().endswith(MARKUP)
        with archive.open(info) as part:
            before = b""
            while chunk := part.read(CHUNK):
                size, tags = size + len(chunk), tags + chunk.count(b"<")
                if size > MAX_UNPACKED or tags > MAX_TAGS:
                    raise ExchangeError("too_large_unpacked", limit=MAX_UNPACKED // 1024**2)
                if markup and b"<!DOCTYPE" in (before + chunk).replace(b"\0", b""):
                    raise ExchangeError("entities")
                before = chunk[-20:]


def _open(content: bytes, results: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(BytesIO(content), read_only=True, data_only=results, keep_links=False)


def _sheets(formulas: Any, values: Any, report: Report, needed: frozenset[str]) -> tuple[list[str], dict[str, Sheet]]:
    names = [str(name) for name in values.sheetnames]
    if len(names) > MAX_SHEETS:
        raise ExchangeError("too_many_sheets", limit=MAX_SHEETS)
    wanted = [name for name in names if name.lower() in needed or len(names) == 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {name.lower(): _sheet(name, formulas[name], values[name], report) for name in wanted}
    return names, {name: sheet for name, sheet in found.items() if sheet is not None}


def _sheet(name: str, formulas: Any, values: Any, report: Report) -> Sheet | None:
    """Read one sheet; a sheet that is a chart has no rows and is left out."""
    if not hasattr(values, "iter_rows"):
        return None
    bounds = {"max_row": MAX_ROWS + 1, "max_col": MAX_COLUMNS + 1}
    for sheet in (formulas, values):
        sheet.reset_dimensions()
    written, results = formulas.iter_rows(**bounds), values.iter_rows(**bounds)
    headings = _headings(name, next(results, ()))
    next(written, ())
    rows = []
    for number, (before, after) in enumerate(zip(written, results, strict=False), start=2):
        cells = _cells(name, number, headings, before, after, report)
        if cells and number > MAX_ROWS:
            raise ExchangeError("too_many_rows", Place(sheet=name), limit=MAX_ROWS)
        if cells:
            rows.append(Row(number, cells))
    return Sheet(name, [heading for heading in headings if heading], rows)


def _headings(name: str, cells: Any) -> list[str]:
    """Return the headings of the columns, with an empty one for a column without, up to the last one that has one."""
    headings = [_text(cell.value, name, 1, "") for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MAX_COLUMNS:
        raise ExchangeError("too_many_columns", Place(sheet=name), limit=MAX_COLUMNS)
    twice = next((heading for heading in headings if heading and headings.count(heading) > 1), None)
    if twice is not None:
        raise ExchangeError("column_twice", Place(sheet=name, row=1, column=twice))
    return headings


def _cells(name: str, number: int, headings: list[str], written: Any, results: Any, report: Report) -> dict[str, str]:
    cells = {}
    for heading, before, after in zip(headings, written, results, strict=False):
        if heading and before.value is not None:
            if before.data_type == "f":
                report.add(Place(name, number, heading), "formula" if after.value is not None else "formula_empty")
            text = _text(after.value, name, number, heading)
            if text:
                cells[heading] = text
    return cells


def _text(value: object, sheet: str, row: int, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value).strip()
    if len(text) > MAX_CELL:
        raise ExchangeError("long_text", Place(sheet, row, column), limit=MAX_CELL)
    return text
