"""What a dashboard says, in words, tables and charts."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.support import PASSWORD, TODAY, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.dashboard.charts import distribution_figure, levels_figure
from zelfscan.dashboard.queries import Shown, below
from zelfscan.dashboard.view import DistributionRow, LevelRow, range_words, unit_view
from zelfscan.organisations.models import Unit
from zelfscan.privacy.disclosure import Cell, Group, Table
from zelfscan.rounds.models import Round
from zelfscan.rounds.services import close_round


def unit(name: str, parent: str | None, kind: str) -> Unit:
    return Unit(id=name, organisation_id="o", parent_id=parent, kind=kind, name=name)


UNITS = (
    unit("org", None, "organisation"),
    unit("loc", "org", "location"),
    unit("a", "loc", "team"),
    unit("b", "loc", "team"),
)
DIGITYPES = Table(
    "digitype",
    20,
    (
        Cell(("analoge_idealist",), 0, 2),
        Cell(("aarzelende_technologiegebruiker",), 8, 8),
        Cell(("digivaardige_professional",), 7, 7),
        Cell(("digitale_enthousiasteling",), 3, 5),
    ),
)


MINI = parse_bank(bank_text("digitype_small"), "digitype_small.yaml").model_copy(update={"levels": ()})


def shown(*groups: Group) -> Shown:
    round_ = Round(
        id="r", organisation_id="o", title="Ronde", state="closed", opened_on=date(2026, 1, 1), backgrounds=["age"]
    )
    return Shown(round_, (round_,), UNITS, {group.key: (group.key, group) for group in groups}, (MINI,))


def group(key: str, *tables: Table) -> Group:
    return Group(key=key, kind="team", parent="loc", size=20, members=(), tables=tables)


def test_a_range_is_written_as_a_range() -> None:
    assert range_words(Cell(("a",), 0, 2)) == "0–2"
    assert range_words(Cell(("a",), 4, 4)) == "4"


def test_below_finds_all_descendants() -> None:
    assert [found.id for found in below(UNITS, "org")] == ["loc", "a", "b"]
    assert below(UNITS, "a") == []


def test_a_distribution_in_rows(client: FlaskClient) -> None:
    with client.application.test_request_context():
        view = unit_view(shown(group("a", DIGITYPES)), UNITS[2], "nl")
    assert [(row.label, row.range, row.share) for row in view.distribution] == [
        ("De analoge idealist", "0–2", "0–10%"),
        ("De aarzelende technologiegebruiker", "8", "40%"),
        ("De digivaardige professional", "7", "35%"),
        ("De digitale enthousiasteling", "3–5", "15–25%"),
    ]
    assert not view.hidden


def test_what_is_not_shown_is_said_in_one_sentence(client: FlaskClient) -> None:
    with client.application.test_request_context():
        whole = unit_view(shown(group("loc", DIGITYPES), group("a"), group("b")), UNITS[1], "nl")
        part = unit_view(shown(group("loc", DIGITYPES), group("a")), UNITS[1], "nl")
        without = unit_view(shown(group("a")), UNITS[2], "nl")
    assert (whole.hidden, part.hidden, without.hidden) == (False, True, True)


def crossing(answer: str, *tables: Table) -> Group:
    return Group(f"org/age={answer}", "crossing", "org", 20, tables=tables, background="age", answer=answer)


HALVES = Table(
    "digitype",
    20,
    (
        Cell(("analoge_idealist", "aarzelende_technologiegebruiker"), 9, 9),
        Cell(("digivaardige_professional", "digitale_enthousiasteling"), 11, 11),
    ),
)


def test_the_digitypes_by_background_are_rows_of_those_with_the_same_columns(client: FlaskClient) -> None:
    organisation = Group("org", "organisation", None, 60, tables=(DIGITYPES,))
    found = shown(organisation, crossing("from_55", HALVES), crossing("to_34", DIGITYPES), crossing("35_to_54", HALVES))
    with client.application.test_request_context():
        view = unit_view(found, UNITS[0], "nl")
    (by_age,) = view.crossings
    assert by_age.title == "leeftijd"
    assert [[row.label for row in table.rows] for table in by_age.tables] == [
        ["Jonger dan 35"],
        ["35 tot en met 54", "55 of ouder"],
    ]
    assert by_age.tables[1].rows[0].ranges == ("9", "11")
    assert by_age.hidden
    assert view.hidden


@pytest.mark.parametrize(("answers", "hidden"), [(("to_34", "35_to_54", "from_55"), False), (("to_34",), True)])
def test_a_background_that_is_shown_whole_hides_nothing(
    client: FlaskClient, answers: tuple[str, ...], hidden: bool
) -> None:
    organisation = Group("org", "organisation", None, 60, tables=(DIGITYPES,))
    whole = (group("loc"), group("a"), group("b"))
    found = shown(organisation, *whole, *(crossing(answer, DIGITYPES) for answer in answers))
    with client.application.test_request_context():
        view = unit_view(found, UNITS[0], "nl")
    assert (view.crossings[0].hidden, view.hidden) == (hidden, hidden)


def test_only_the_organisation_says_that_a_background_is_not_shown(client: FlaskClient) -> None:
    found = shown(Group("org", "organisation", None, 60), group("loc"), group("a"))
    with client.application.test_request_context():
        views = [unit_view(found, unit, "nl") for unit in UNITS[:3]]
    assert [len(view.crossings) for view in views] == [1, 0, 0]


def test_a_chart_holds_the_numbers_of_its_table() -> None:
    rows = (DistributionRow("Een", 0, 2, "0–2", "0–10%"), DistributionRow("Twee", 8, 8, "8", "40%"))
    sure, perhaps = distribution_figure(rows, "Zeker", "Misschien").data
    assert list(sure.x) == [0, 8]
    assert list(perhaps.x) == [2, 0]
    assert list(perhaps.text) == ["0–2", "8"]


def test_levels_are_shares_of_a_whole_bar() -> None:
    rows = (LevelRow("Apps", 10, ("4", "6"), (40.0, 60.0)),)
    figure = levels_figure(rows, ("Laag", "Hoog"))
    assert [list(bar.x) for bar in figure.data] == [[40.0], [60.0]]
    assert [bar.name for bar in figure.data] == ["Laag", "Hoog"]
    assert figure.layout.barmode == "stack"


@pytest.fixture
def page(client: FlaskClient, sqlite_world: World) -> str:
    cast(sqlite_world, {"Anemoon": 14})
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    client.post("/account/inloggen", data={"email": "leader@test.example", "password": PASSWORD})
    return client.get("/dashboard/", follow_redirects=True).text


def test_a_page_has_a_table_for_every_chart(page: str) -> None:
    charts = page.count('<div class="chart"')
    assert charts >= 2
    assert page.count("<table") == charts
    assert page.count('type="application/json"') == charts


def test_a_page_says_what_each_type_needs(page: str) -> None:
    for name in (
        "analoge idealist",
        "aarzelende technologiegebruiker",
        "digivaardige professional",
        "enthousiasteling",
    ):
        assert name in page
    assert "Wat jij kunt doen" in page
    assert "14 mensen deden mee." in page


def test_plotly_comes_from_our_own_files(page: str) -> None:
    assert "/static/vendor/plotly-basic.min.js" in page
    assert "cdn" not in page


@pytest.mark.parametrize("address", ["/dashboard/x/y", "/dashboard/x/"])
def test_an_unknown_page_is_not_found(page: str, client: FlaskClient, address: str) -> None:
    assert page
    assert client.get(address).status_code == 404
