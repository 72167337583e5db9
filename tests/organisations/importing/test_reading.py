"""Reading the structure and accounts of an organisation: what is understood, and every mistake in its place."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.test_spreadsheets import book
from zelfscan.organisations.importing.content import Content, FileMistakes
from zelfscan.organisations.importing.reading import ROLE_NAMES, read_organisation
from zelfscan.organisations.importing.words import texts
from zelfscan.organisations.models import ROLES

GOOD = "Locatie;Team;E-mail;Rol\nNoord;Anemoon;Ann@Zorg.Example;Team leader\nNoord;;bo@zorg.example;locatiemanager\n"
PAIR = [["location", "team"], ["North", "Dune"], ["South", "Oak"], ["South", "Shared"], ["North", "Shared"]]


def read(tmp_path: Path, content: str | bytes, name: str = "teams.csv", fill_down: bool = False) -> Content:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_organisation(path, fill_down)


def understood(content: Content) -> list[tuple[str, ...]]:
    return [(one.location, one.team, one.email, one.role) for one in content.entries]


def mistakes(tmp_path: Path, content: str | bytes, language: str = "en") -> list[str]:
    with pytest.raises(FileMistakes) as caught:
        read(tmp_path, content).require_right()
    return [line.removeprefix(f"{tmp_path}/") for line in caught.value.lines(language)]


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace("Locatie;Team;E-mail;Rol", " LOCATION ; Team name;E-mail address;role"),
        "Rol;E-mail;Team;Locatie\nteamleider;ann@zorg.example;Anemoon;Noord\nlocation-manager;bo@zorg.example;;Noord\n",
        GOOD + ";;;\n \n",
    ],
    ids=["dutch", "english", "other order", "empty rows"],
)
def test_a_row_tells_a_team_and_who_has_a_role_there(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, content)
    assert found.mistakes == []
    assert found.tells_roles
    assert understood(found) == [
        ("Noord", "Anemoon", "ann@zorg.example", "teamleider"),
        ("Noord", "", "bo@zorg.example", "locatiemanager"),
    ]


def test_people_may_be_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "team,location\nDune,North\n")
    assert understood(found) == [("North", "Dune", "", "")]
    assert not found.tells_roles


def test_each_role_has_words_in_both_languages() -> None:
    assert set(ROLE_NAMES.values()) == set(ROLES)
    for role in ROLES:
        assert {ROLE_NAMES[word.replace(" ", "")] for word in texts()[role].values()} == {role}


def test_every_mistake_is_told_at_once_in_its_place(tmp_path: Path) -> None:
    rows = [
        "location;team;e-mail;role",
        "North;Dune;;",
        "north;Oak;;",
        "North;DUNE;;",
        "North;Dune;;",
        ";Lost;;",
        "North;Oak;a@zorg.example;boss",
        "North;Oak;a@zorg.example;",
        "North;Oak;;teamleider",
        "North;;a@zorg.example;teamleider",
        ";;a@zorg.example;locatiemanager",
        "North;Low, wide;;;extra",
        f"North;{'x' * 201};;",
        "North;Elm;b@zorg.example;teamleider",
        "North;Elm;b@zorg.example;team leader",
    ]
    found = mistakes(tmp_path, "\n".join(rows))
    assert [line.split(": ")[0] for line in found] == [
        "teams.csv:3:location",
        "teams.csv:4:team",
        "teams.csv:5:team",
        "teams.csv:6:location",
        "teams.csv:7:role",
        "teams.csv:8:role",
        "teams.csv:9:e-mail",
        "teams.csv:10:team",
        "teams.csv:11:location",
        "teams.csv:12",
        "teams.csv:13:team",
        "teams.csv:15",
    ]
    assert "‘north’ stands on row 2 as ‘North’" in found[0]
    assert "‘DUNE’ stands on row 2 as ‘Dune’" in found[1]
    assert "stands on row 2 too" in found[2]
    assert "--fill-down" in found[3]


def test_mistakes_are_told_in_dutch(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD.replace("Team leader", "teamlijder"), "nl") == [
        "teams.csv:2:Rol: ‘teamlijder’ is geen rol; kies uit teamleider, locatiemanager, organisatiemanager, "
        "of bedoel je ‘teamleider’?"
    ]


def test_every_sentence_has_both_languages_with_the_same_places() -> None:
    for key, languages in texts().items():
        assert set(languages) == {"nl", "en"}, key
        places = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in languages.values()]
        assert places[0] == places[1] or key == "cannot_read", key


def test_two_leaders_of_a_team_and_a_manager_on_each_of_her_teams_are_no_mistake(tmp_path: Path) -> None:
    rows = ["locatie;team;e-mail;rol", "N;D;;", "N;D;a@zorg.example;teamleider", "N;D;b@zorg.example;teamleider"]
    rows += ["N;D;c@zorg.example;locatiemanager", "N;E;c@zorg.example;locatiemanager"]
    assert read(tmp_path, "\n".join(rows)).mistakes == []


def test_a_location_on_the_first_row_only_is_a_mistake_unless_asked_for(tmp_path: Path) -> None:
    content = "locatie;team\nNoord;Duin\n;Eik\n\nZuid;Iep\n;Els\n"
    assert [line.split(": ")[0] for line in mistakes(tmp_path, content)] == [
        "teams.csv:3:locatie",
        "teams.csv:6:locatie",
    ]
    found = read(tmp_path, content, fill_down=True)
    assert found.mistakes == []
    assert [entry[:2] for entry in understood(found)] == [
        ("Noord", "Duin"),
        ("Noord", "Eik"),
        ("Zuid", "Iep"),
        ("Zuid", "Els"),
    ]
    assert [(note.row, note.code) for note in found.notes] == [(3, "filled_down"), (6, "filled_down")]


def test_merged_cells_are_filled_down_too(tmp_path: Path) -> None:
    made = load_workbook(BytesIO(book(blad=[["locatie", "team"], ["Noord", "Duin"], [None, "Eik"], ["Zuid", "Iep"]])))
    made.active.merge_cells("A2:A3")  # type: ignore[union-attr]
    saved = BytesIO()
    made.save(saved)
    found = read(tmp_path, saved.getvalue(), "teams.xlsx", fill_down=True)
    assert [entry[:2] for entry in understood(found)] == [("Noord", "Duin"), ("Noord", "Eik"), ("Zuid", "Iep")]


def test_a_location_manager_without_location_is_never_guessed(tmp_path: Path) -> None:
    found = read(tmp_path, "locatie;team;e-mail;rol\nN;D;;\n;;a@zorg.example;locatiemanager\n", fill_down=True)
    assert [mistake.code for mistake in found.mistakes] == ["role_needs_location"]


def test_a_formula_is_a_mistake_and_its_result_is_not_used(tmp_path: Path) -> None:
    found = read(tmp_path, book(blad=[["locatie", "team", "memo"], ["Noord", "=1+1", "=2"]]), "teams.xlsx")
    assert [(one.row, one.column, one.code) for one in found.mistakes] == [(2, "team", "formula")]


def test_what_an_export_put_before_a_text_like_a_formula_goes(tmp_path: Path) -> None:
    found = read(tmp_path, "locatie,team\n'+Noord,'s Morgens\n")
    assert understood(found) == [("+Noord", "'s Morgens", "", "")]


# Sheets


def test_the_first_sheet_with_known_headings_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    sheets = {
        "intro": [["Read me"], ["text"]],
        "nu": [["locatie", "team", "e-mail", "rol"], ["N", "D", None, None]],
        "oud": [["locatie", "team"], ["N", "Gone"]],
    }
    found = read(tmp_path, book(**sheets), "teams.xlsx")
    assert understood(found) == [("N", "D", "", "")]
    assert [(note.sheet, note.code) for note in found.notes] == [("intro", "unused_sheet"), ("oud", "unused_sheet")]


@pytest.mark.parametrize("order", [("teams", "accounts"), ("accounts", "teams")])
def test_teams_and_accounts_may_stand_on_a_sheet_each(tmp_path: Path, order: tuple[str, str]) -> None:
    accounts = [
        ["e-mail", "role", "team", "location"],
        ["a@zorg.example", "team leader", "Dune", None],
        ["b@zorg.example", "team leader", "Shared", "South"],
        ["c@zorg.example", "organisation manager", None, None],
    ]
    sheets = {"teams": PAIR, "accounts": accounts}
    found = read(tmp_path, book(**{name: sheets[name] for name in order}), "teams.xlsx")
    assert found.mistakes == []
    assert understood(found)[4:] == [
        ("North", "Dune", "a@zorg.example", "teamleider"),
        ("South", "Shared", "b@zorg.example", "teamleider"),
        ("", "", "c@zorg.example", "organisatiemanager"),
    ]
    assert [(note.sheet, note.row, note.code) for note in found.notes] == [("accounts", 2, "found_location")]


def test_a_team_of_several_locations_needs_its_location_on_the_sheet_with_accounts(tmp_path: Path) -> None:
    accounts = [["e-mail", "role", "team"], ["a@zorg.example", "team leader", "Shared"]]
    accounts += [["b@zorg.example", "team leader", "Nowhere"]]
    found = read(tmp_path, book(teams=PAIR, accounts=accounts), "teams.xlsx")
    assert [one.line(Path("x.xlsx"), "en").split(": ")[0] for one in found.mistakes] == [
        "x.xlsx:accounts:2:team",
        "x.xlsx:accounts:3:team",
    ]
    assert "North, South" in found.mistakes[0].text("en")


# A file that tells nothing


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("naam;plaats\nx;y\n", "no column says which teams"),
        ("team;e-mail;rol\nDuin;a@zorg.example;teamleider\n", "no column names the location"),
        ("locatie;team;e-mail\nN;D;a@zorg.example\n", "none with ‘role’"),
        ("locatie;team;rol\nN;D;teamleider\n", "none with ‘e-mail’"),
        ("locatie;team;afdeling\nN;D;E\n", "says the same as column ‘team’"),
        ("locatie;team\n", "nothing stands below"),
        ("", "empty"),
        (b"PK\x03\x04 no workbook", "damaged"),
        (b"locatie,team\n" + b"a,b\n" * 20_000, "more than 20000 rows; split it into several files"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert any(told in line for line in mistakes(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMistakes, match=r"none\.csv"):
        read_organisation(tmp_path / "none.csv")


def test_a_file_is_about_one_organisation(tmp_path: Path) -> None:
    rows = "organisatie;locatie;team\nA;;\nA;N;D\nB;N;E\n"
    assert read(tmp_path, rows.replace("B;", "A;")).organisation == "A"
    (wrong,) = mistakes(tmp_path, rows)
    assert wrong.startswith("teams.csv:4:organisatie: organisation ‘B’ stands here, and ‘A’ on row 2")


def test_columns_that_are_not_used_are_told_and_not_kept(tmp_path: Path) -> None:
    found = read(tmp_path, "locatie;team;geheim\nN;D;xyzzy\n")
    assert [(note.column, note.code) for note in found.notes] == [("geheim", "unused_column")]
    assert "xyzzy" not in repr(found.entries)
