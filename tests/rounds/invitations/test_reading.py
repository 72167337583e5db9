"""Reading a list of people: what spreadsheets write, and every mistake at once in its place."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.support import World
from zelfscan.organisations.models import Unit
from zelfscan.rounds.invitations.people import Person
from zelfscan.rounds.invitations.reading import ListError, PeopleList, cleaned, read_people

GOOD = "E-mail;Locatie;Team;Taal\nAnn@Zorg.Example ;noord;  ANEMOON;nl\nbo@zorg.example;;Duin;English\n"


@pytest.fixture
def units(sqlite_world: World) -> list[Unit]:
    return list(sqlite_world.units.values())


def read(tmp_path: Path, content: str | bytes, units: list[Unit], name: str = "mensen.csv") -> PeopleList:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_people(path, units, "en")


def mistakes(tmp_path: Path, content: str | bytes, units: list[Unit]) -> list[str]:
    found = read(tmp_path, content, units)
    with pytest.raises(ListError) as caught:
        found.require_right("en")
    return [line.removeprefix(f"{tmp_path}/") for line in caught.value.lines]


def sheet(rows: list[list[object]]) -> bytes:
    book, saved = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.create_sheet("other")
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.replace(";", ",").encode("utf-8-sig"),
        GOOD.replace(";", "\t").encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode("cp1252"),
        b"sep=;\n" + GOOD.encode(),
        GOOD.replace("E-mail", "E-mail address").replace("Taal", "language").replace("Locatie", "LOCATION").encode(),
        (GOOD + ";;;\n\n").encode(),
        sheet(
            [["E-mail", "Team", "Taal"], ["ann@zorg.example", "Noord/Anemoon", None], ["bo@zorg.example", "Duin", "en"]]
        ),
    ],
    ids=["semicolon", "comma and bom", "tab and utf-16", "windows", "sep line", "english", "empty rows", "xlsx"],
)
def test_what_spreadsheets_write_is_read(
    tmp_path: Path, content: bytes, units: list[Unit], sqlite_world: World
) -> None:
    found = read(tmp_path, content, units)
    found.require_right("en")
    teams = {team: sqlite_world.units[team].id for team in ("Anemoon", "Duin")}
    assert [person._replace(row=0) for person in found.people] == [
        Person(0, "ann@zorg.example", None, teams["Anemoon"], "nl"),
        Person(0, "bo@zorg.example", None, teams["Duin"], "en"),
    ]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path, units: list[Unit]) -> None:
    content = "sep=;\nE-mail;Team\n\nann@zorg.example;Duin\n"
    assert [person.row for person in read(tmp_path, content, units).people] == [4]


def test_names_with_accents_survive_windows_encoding(tmp_path: Path, sqlite_world: World) -> None:
    location = sqlite_world.units["Noord"]
    team = Unit(id="t", organisation_id=location.organisation_id, parent_id=location.id, kind="team", name="Reünie")
    found = read(tmp_path, "e-mail;team\na@zorg.example;reünie\n".encode("cp1252"), [location, team])
    assert [person.unit_id for person in found.people] == ["t"]


def test_employee_numbers_keep_their_zeros_and_lose_their_decimals(tmp_path: Path, units: list[Unit]) -> None:
    text = read(tmp_path, "personeelsnummer;team\n00123;Duin\n", units)
    number = read(tmp_path, sheet([["Employee number", "Team"], [124.0, "Duin"]]), units, "mensen.xlsx")
    assert [person.number for person in (*text.people, *number.people)] == ["00123", "124"]


def test_every_mistake_is_told_at_once_in_its_place(tmp_path: Path, units: list[Unit]) -> None:
    rows = [
        "e-mail;nummer;team;taal",
        ";;Duin;",
        "ann zorg.example;;Duin;",
        "jöhn@zorg.example;;Duin;",
        "bo@zorg.example;;Dui;",
        "cy@zorg.example;;;frans",
        ";=2+3;Duin;",
        ";1,23E+05;Duin;",
        "dee@zorg.example;;Zuid/Anemoon;",
    ]
    found = mistakes(tmp_path, "\n".join(rows), units)
    assert [line.split(": ")[0] for line in found] == [
        "mensen.csv:2:e-mail",
        "mensen.csv:3:e-mail",
        "mensen.csv:4:e-mail",
        "mensen.csv:5:team",
        "mensen.csv:6:taal",
        "mensen.csv:6:team",
        "mensen.csv:7:nummer",
        "mensen.csv:8:nummer",
        "mensen.csv:9:team",
    ]
    assert "do you mean ‘Duin’?" in found[3]
    assert "cut short" in found[7]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@"])
def test_nothing_that_is_kept_begins_like_a_formula(tmp_path: Path, units: list[Unit], begins: str) -> None:
    assert len(mistakes(tmp_path, f"nummer;team\n{begins}1+1;Duin\n", units)) == 1
    assert len(mistakes(tmp_path, f"e-mail;team\nann@zorg.example;{begins}Duin\n", units)) == 1


def test_a_team_in_two_locations_needs_its_location(tmp_path: Path, sqlite_world: World) -> None:
    units = list(sqlite_world.units.values())
    for location in ("Noord", "Zuid"):
        above = sqlite_world.units[location]
        units.append(Unit(id=location, organisation_id="o", parent_id=above.id, kind="team", name="Avond"))
    (wrong,) = mistakes(tmp_path, "e-mail;team\na@zorg.example;Avond\n", units)
    assert "Noord, Zuid" in wrong
    found = read(tmp_path, "e-mail;locatie;team\na@zorg.example;Zuid;Avond\n", units)
    assert [person.unit_id for person in found.people] == ["Zuid"]
    (wrong,) = mistakes(tmp_path, "e-mail;locatie;team\na@zorg.example;Zuit;Avond\n", units)
    assert wrong.startswith("mensen.csv:2:locatie: ")


def test_the_same_person_twice_counts_once_and_is_told(tmp_path: Path, units: list[Unit]) -> None:
    found = read(tmp_path, "e-mail;team\nann@zorg.example;Duin\nANN@zorg.example ;duin\n", units)
    assert len(found.people) == 1
    assert [note.line(Path("x.csv"), "nl") for note in found.notes] == [
        "x.csv:3:e-mail: staat ook op rij 2; telt één keer"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ["ann@zorg.example;;Duin", "ann@zorg.example;;Ekster"],
        ["nacht@zorg.example;1;Duin", "nacht@zorg.example;2;Duin"],
        ["ann@zorg.example;1;Duin", "bo@zorg.example;1;Duin"],
    ],
    ids=["two teams", "a shared address", "one number for two"],
)
def test_one_address_or_number_for_two_is_a_mistake(tmp_path: Path, units: list[Unit], rows: list[str]) -> None:
    (wrong,) = mistakes(tmp_path, "\n".join(["e-mail;nummer;team", *rows]), units)
    assert "row 2 has the same" in wrong


def test_columns_that_are_not_needed_are_told_and_not_kept(tmp_path: Path, units: list[Unit]) -> None:
    found = read(tmp_path, "naam;e-mail;team\nAnn;ann@zorg.example;Duin\n", units)
    assert [note.column for note in found.notes] == ["naam"]
    assert "Ann" not in repr(found.people)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("naam;team\nAnn;Duin\n", "no column says who"),
        ("e-mail\nann@zorg.example\n", "no column names the team"),
        ("e-mail;mail;team\na@zorg.example;b@zorg.example;Duin\n", "says the same as column ‘e-mail’"),
        ("", "empty"),
        (b"PK\x03\x04 no workbook", "damaged"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(
    tmp_path: Path, units: list[Unit], content: str | bytes, told: str
) -> None:
    with pytest.raises(ListError, match=told):
        read(tmp_path, content, units)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, units: list[Unit]) -> None:
    with pytest.raises(ListError, match=r"mensen\.csv"):
        read_people(tmp_path / "mensen.csv", units, "nl")


def test_invisible_characters_and_odd_spaces_go() -> None:
    assert cleaned("\ufeff ann\u200b@zorg.example\u00a0") == "ann@zorg.example"
    assert cleaned(" De \t Duin\n") == "De Duin"
