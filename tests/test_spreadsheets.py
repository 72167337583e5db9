"""Tables from spreadsheets: separators, encodings, headings, sheets, bounds."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from zelfscan.banks.exchange.report import ExchangeError
from zelfscan.spreadsheets import LOCATION, MAX_ROWS, TEAM, Sheet, cleaned, meaning, read_sheets

KNOWN = {"location": LOCATION, "team": TEAM}
GOOD = "Locatie;Team\nNoord;Reünie\n\nZuid;Duin, laag\n"


def read(tmp_path: Path, content: bytes) -> list[Sheet]:
    path = tmp_path / "file"
    path.write_bytes(content)
    return read_sheets(path, KNOWN)


def book(**sheets: list[list[object]]) -> bytes:
    made, saved = Workbook(), BytesIO()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("cp1252"),
        GOOD.replace(";", "\t").encode("utf-16"),
        GOOD.replace("Duin, laag", '"Duin, laag"').replace(";", ",").replace("\n", "\r\n").encode(),
        GOOD.replace(";", "|").encode(),
        book(blad=[["Locatie", "Team"], ["Noord", "Reünie"], [], ["Zuid", "Duin, laag"]]),
    ],
    ids=["utf-8", "byte order mark", "windows", "tab and utf-16", "comma", "bar", "xlsx"],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: bytes) -> None:
    (sheet,) = read(tmp_path, content)
    assert [(row.number, dict(row.cells), row.more) for row in sheet.rows] == [
        (2, {"Locatie": "Noord", "Team": "Reünie"}, False),
        (4, {"Locatie": "Zuid", "Team": "Duin, laag"}, False),
    ]


def test_a_line_that_names_the_separator_is_no_heading(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, b"sep=;\n" + GOOD.encode())
    assert (sheet.headings, sheet.rows[0].number) == (["Locatie", "Team"], 3)


def test_a_row_with_more_cells_than_headings_is_noticed(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, b"location,team\nNorth,Dune, low\nSouth,Oak,,\n")
    assert [row.more for row in sheet.rows] == [True, False]


def test_formulas_are_pointed_out_and_never_worked_out(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, book(blad=[["location", "team"], ["North", '=HYPERLINK("http://x.example")']]))
    assert sheet.formulas == {(2, "team")}
    assert dict(sheet.rows[0].cells) == {"location": "North"}


def test_a_sheet_that_cannot_be_read_does_not_hide_a_good_one(tmp_path: Path) -> None:
    twice = [["x", "x"], [1, 2]]
    found = read(tmp_path, book(overzicht=twice, teams=[["location", "team"], ["North", "Dune"]]))
    assert [sheet.name for sheet in found] == ["teams"]
    with pytest.raises(ExchangeError) as caught:
        read(tmp_path, book(overzicht=twice, notes=[["memo"], ["nothing"]]))
    assert caught.value.code == "column_twice"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 no workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"location,team\n" + b"a,b\n" * MAX_ROWS, "too_many_rows"),
        (b"team," * 301 + b"location\n", "too_many_columns"),
        (b'team\n"' + b"x" * 140_000 + b'"\n', "not_csv"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        read(tmp_path, content)
    assert caught.value.code == code


def test_a_heading_is_known_whatever_its_capitals_spaces_and_dashes() -> None:
    assert [meaning(word, KNOWN) for word in ("TEAM", " Team-naam ", "Locatie:", "colour")] == [
        "team",
        "team",
        "location",
        None,
    ]


def test_invisible_characters_odd_spaces_and_loose_accents_go() -> None:
    assert cleaned("\ufeff De \t Re\u0075\u0308nie\u200b\u00a0") == "De Reünie"
