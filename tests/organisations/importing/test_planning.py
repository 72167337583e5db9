"""What a file comes to beside an organisation as it is: pure functions on plain data."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.test_spreadsheets import book
from zelfscan.organisations.importing.content import Content, Role
from zelfscan.organisations.importing.exporting import organisation_table, written
from zelfscan.organisations.importing.planning import Comparison, Present, compare
from zelfscan.organisations.importing.reading import folded, read_organisation
from zelfscan.spreadsheets import cleaned

LEADER = Role("a@zorg.example", "teamleider", "Noord", "Anemoon")
MANAGER = Role("m@zorg.example", "locatiemanager", "Noord", "")
HERE = Present(
    "Testzorg",
    exists=True,
    locations=frozenset({"Noord", "Zuid"}),
    teams=frozenset({("Noord", "Anemoon"), ("Noord", "Bosuil"), ("Zuid", "Duin")}),
    accounts=frozenset({"a@zorg.example", "m@zorg.example"}),
    roles=frozenset({LEADER, MANAGER}),
    elsewhere=frozenset({"x@ander.example"}),
)
HEAD = "locatie;team;e-mail;rol\n"


def content_of(tmp_path: Path, rows: str) -> Content:
    path = tmp_path / "teams.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return read_organisation(path)


def planned(tmp_path: Path, rows: str, present: Present = HERE, take_away: bool = False) -> Comparison:
    content = content_of(tmp_path, rows)
    assert content.mistakes == []
    return compare(content, present, take_away)


def test_a_new_organisation_is_new_altogether(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, "N;D;a@zorg.example;teamleider\n;;b@zorg.example;organisatiemanager\n", Present("Nieuw")
    ).plan
    assert (plan.is_new, plan.locations, plan.teams) == (True, ("N",), (("N", "D"),))
    assert plan.accounts == ("a@zorg.example", "b@zorg.example")
    assert plan.roles == (
        Role("a@zorg.example", "teamleider", "N", "D"),
        Role("b@zorg.example", "organisatiemanager", "", ""),
    )


def test_only_what_is_new_changes_and_what_is_absent_stays(tmp_path: Path) -> None:
    plan = planned(tmp_path, "Noord;Anemoon;a@zorg.example;teamleider\nZuid;Ekster;a@zorg.example;teamleider\n").plan
    assert (plan.locations, plan.accounts, plan.taken_away) == ((), (), ())
    assert plan.teams == (("Zuid", "Ekster"),)
    assert plan.roles == (Role("a@zorg.example", "teamleider", "Zuid", "Ekster"),)
    assert plan.absent == (("Noord", "Bosuil"), ("Zuid", "Duin"))
    assert plan.kept_roles == (MANAGER,)


def test_roles_go_only_when_that_is_asked(tmp_path: Path) -> None:
    rows = "Noord;Anemoon;a@zorg.example;teamleider\n"
    assert planned(tmp_path, rows).plan.taken_away == ()
    plan = planned(tmp_path, rows, take_away=True).plan
    assert (plan.taken_away, plan.kept_roles) == ((MANAGER,), ())


def test_a_role_that_a_file_cannot_tell_never_goes(tmp_path: Path) -> None:
    others = {("m@zorg.example", "Zuid", ""): "teamleider"}
    present = replace(HERE, other_roles=others)
    plan = planned(tmp_path, "Noord;;m@zorg.example;locatiemanager\n", present, take_away=True).plan
    assert plan.taken_away == (LEADER,)
    notes = planned(tmp_path, "Zuid;;m@zorg.example;locatiemanager\n", present).notes
    assert [note.text("en") for note in notes] == ["m@zorg.example was team leader here; that becomes location manager"]


def test_a_name_that_is_here_in_other_capitals_or_spaces_stays_as_it_is(tmp_path: Path) -> None:
    found = planned(tmp_path, "noord;ANE MOON;;\nnoord;Fuut;;\n")
    assert found.plan.locations == ()
    assert found.plan.teams == (("Noord", "Fuut"),)
    assert [(note.row, note.column, note.params["here"]) for note in found.notes] == [
        (2, "locatie", "Noord"),
        (2, "team", "Anemoon"),
    ]


def test_a_name_that_resembles_two_is_a_mistake(tmp_path: Path) -> None:
    present = Present("Testzorg", exists=True, locations=frozenset({"Noord", "NOORD"}))
    assert planned(tmp_path, "NOORD;;;\n", present).mistakes == []
    (wrong,) = planned(tmp_path, "noord;;;\n", present).mistakes
    assert wrong.line(Path("x.csv"), "en").startswith("x.csv:2:locatie: ‘noord’ resembles several")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
def test_nothing_new_begins_like_a_formula(tmp_path: Path, sign: str) -> None:
    rows = f"{sign}cmd|' /C calc'!A0;{sign}1;;\nNoord;{sign}2;{sign}a@zorg.example;teamleider\n"
    found = planned(tmp_path, rows).mistakes
    assert [(one.row, one.column, one.code) for one in found] == [
        (2, "locatie", "looks_like_formula"),
        (2, "team", "looks_like_formula"),
        (3, "team", "looks_like_formula"),
        (3, "e-mail", "looks_like_formula"),
    ]


def test_a_name_like_a_formula_that_is_here_already_is_no_mistake(tmp_path: Path) -> None:
    present = Present("T", exists=True, locations=frozenset({"-1 laag"}), teams=frozenset({("-1 laag", "+plus")}))
    found = planned(tmp_path, "-1 laag;+plus;;\n'-1 laag;'+plus;a@zorg.example;teamleider\n", present)
    assert (found.mistakes, found.plan.locations, found.plan.teams) == ([], (), ())


@pytest.mark.parametrize(
    "address", ["ann", "ann@zorg", "ann zorg@zorg.example", "jöhn@zorg.example", "a@b.nl, c@d.nl", "a" * 250 + "@b.nl"]
)
def test_a_new_address_has_to_be_one(tmp_path: Path, address: str) -> None:
    (wrong,) = planned(tmp_path, f"Noord;Anemoon;{address};teamleider\n").mistakes
    assert (wrong.row, wrong.column, wrong.code) == (2, "e-mail", "bad_email")


def test_an_address_of_another_organisation_is_a_mistake_that_does_not_name_it(tmp_path: Path) -> None:
    (wrong,) = planned(tmp_path, "Noord;Anemoon;X@ander.example;teamleider\n").mistakes
    assert wrong.code == "elsewhere"
    assert dict(wrong.params) == {"email": "x@ander.example"}


def test_a_sheet_with_accounts_makes_no_units(tmp_path: Path) -> None:
    accounts = [["e-mail", "rol", "locatie", "team"], ["b@zorg.example", "teamleider", "Noord", "Anemon"]]
    accounts += [["c@zorg.example", "locatiemanager", "Zuit", ""], ["a@zorg.example", "teamleider", "Zuid", "Duin"]]
    path = tmp_path / "teams.xlsx"
    path.write_bytes(book(teams=[["locatie", "team"], ["Noord", "Fuut"]], accounts=accounts))
    found = compare(read_organisation(path), HERE).mistakes
    assert [one.line(Path("x.xlsx"), "en").split(": ", 1) for one in found] == [
        [
            "x.xlsx:accounts:2:team",
            "team ‘Anemon’ is not on the sheet with teams and does not exist yet; put it on that sheet, "
            "or do you mean ‘Anemoon’?",
        ],
        [
            "x.xlsx:accounts:3:locatie",
            "location ‘Zuit’ is not on the sheet with teams and does not exist yet; put it on that sheet, "
            "or do you mean ‘Zuid’?",
        ],
    ]


# What is exported and read in again

names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda name: cleaned(name) == name and not (name.startswith("'") and name[1:2] in "=+-@＝＋－＠")
)
addresses = st.from_regex(r"[a-z0-9+=.-]{1,8}@[a-z]{1,8}\.example", fullmatch=True)


@st.composite
def organisations(draw: st.DrawFn) -> Present:
    locations = draw(st.lists(names, min_size=1, max_size=4, unique_by=folded))
    teams = [(location, team) for location in locations for team in draw(st.lists(names, max_size=3, unique_by=folded))]
    units = [*teams, *((location, "") for location in locations), ("", "")]
    kinds = {2: "teamleider", 1: "locatiemanager", 0: "organisatiemanager"}
    given = draw(st.lists(st.tuples(addresses, st.sampled_from(units)), max_size=6))
    roles = {Role(email, kinds[sum(map(bool, unit))], *unit) for email, unit in given}
    emails = frozenset(role.email for role in roles)
    return Present("T", True, frozenset(locations), frozenset(teams), emails, frozenset(roles))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_export_that_is_read_in_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, ending: str, language: str
) -> None:
    path = tmp_path_factory.mktemp("export") / f"teams{ending}"

    @settings(deadline=None, max_examples=25)
    @given(organisations())
    def check(present: Present) -> None:
        path.write_bytes(written(organisation_table(present, language), ending))
        content = read_organisation(path)
        found = compare(content, present, take_away=True)
        assert [one.line(path, "en") for one in (*content.mistakes, *found.mistakes)] == []
        assert not found.plan.changes
        assert found.plan.absent == ()

    check()


@pytest.mark.parametrize("text", ["=1+1", "+31", "-1", "@home", "＝1"])
def test_an_export_holds_no_formula(tmp_path: Path, text: str) -> None:
    table = organisation_table(Present("T", True, frozenset({text}), frozenset({(text, text)})), "nl")
    assert f"'{text},'{text}".encode() in written(table, ".csv")
    cells = [cell for row in load_workbook(BytesIO(written(table, ".xlsx"))).active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in cells].count(text) == 2
