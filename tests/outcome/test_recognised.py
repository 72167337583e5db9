"""Whether people recognise themselves in their type: said with the ballot, counted for the whole organisation only."""

import base64
import json

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import make_app
from tests.support import ACCOUNTS, PASSWORD, TODAY, World, cast, visit
from zelfscan.digitypes.types import TYPES
from zelfscan.privacy.audit import audit
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.disclosure import Measure, Rules, Unit, make_release
from zelfscan.privacy.sealing import open_ballot
from zelfscan.rounds.command import round_
from zelfscan.rounds.keys import read_key
from zelfscan.rounds.measures import ballot_content
from zelfscan.rounds.models import Ballot
from zelfscan.rounds.queries import recognition_in, release_of
from zelfscan.rounds.services import close_round

SENT = {"send": "team", "keep": "nothing", "go": "next"}


def page_of(world: World, value: int = 4) -> FlaskClient:
    client = make_app(world).test_client()
    client.set_cookie("zelfscan_scan", base64.urlsafe_b64encode(visit(world, "Anemoon", value).key).decode())
    return client


def only_ballot(world: World) -> BallotContent:
    key = read_key(world.installation.settings, world.round_id)
    with world.installation.database.read() as session:
        (ballot,) = session.scalars(select(Ballot)).all()
    return open_ballot(key, ballot.sealed, world.round_id, ballot.id)


def test_nothing_is_said_unless_she_chooses_to(sqlite_world: World) -> None:
    client = page_of(sqlite_world)
    page = client.get("/uitkomst").text
    assert "Herken je jezelf in jouw digitype?" in page
    assert page.index('name="own_type"') < page.index("Precies dit krijgt")
    client.post("/uitkomst", data=SENT)
    values = only_ballot(sqlite_world).values
    assert (values["recognised"], values["own_type"]) == (None, None)


@pytest.mark.parametrize("other", [False, True])
def test_what_she_says_goes_into_the_ballot_and_nowhere_else(sqlite_world: World, other: bool) -> None:
    client = page_of(sqlite_world)
    given = next(type_ for type_ in TYPES if f'value="{type_}"' in client.get("/uitkomst").text)
    own = next(type_ for type_ in TYPES if type_ != given) if other else given
    client.post("/uitkomst", data=SENT | {"own_type": own})
    values = only_ballot(sqlite_world).values
    assert values["own_type"] == own
    assert values["recognised"] == ("this" if own == values["digitype"] else "another")


def test_a_type_that_there_is_not_is_refused(sqlite_world: World) -> None:
    page = page_of(sqlite_world).post("/uitkomst", data=SENT | {"own_type": "held"})
    assert page.status_code == 200
    assert "Nog niet klaar" in page.text or "Maak nog" in page.text


def test_who_was_given_no_type_is_not_asked_and_not_counted() -> None:
    assert set(ballot_content("team", [], None, {}, None, TYPES[0]).values) == set()


def test_it_is_published_for_the_whole_organisation_only(sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 12, "Bosuil": 12, "Duin": 12})
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    with here.database.read() as session:
        release, tables = release_of(session, sqlite_world.round_id), recognition_in(session, sqlite_world.round_id)
    assert set(tables) == {"recognised", "own_type"}
    assert set(release.tables_of("recognised")) == {sqlite_world.units["Testzorg"].id}
    assert audit(release, Rules()).clean


def test_a_measure_of_the_whole_is_not_missed_elsewhere() -> None:
    units = [Unit("org", None, "organisation"), Unit("a", "org", "team"), Unit("b", "org", "team")]
    measure = Measure("recognised", ("another", "this"), whole_only=True)
    said = [BallotContent(team, {"recognised": word}) for team in "ab" for word in ["another", "this"] * 10]
    release = make_release(units, said, Rules(), [measure])
    assert {group.key for group in release.groups} == {"org", "a", "b"}
    assert [group.key for group in release.groups if group.tables] == ["org"]
    assert not release.hidden


def test_the_organisation_sees_it_and_a_team_does_not(sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 12, "Bosuil": 12, "Duin": 12})
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    shown = {}
    for email, (_, unit) in ACCOUNTS.items():
        client = make_app(sqlite_world).test_client()
        client.post("/account/inloggen", data={"email": email, "password": PASSWORD})
        page = client.get(f"/dashboard/{sqlite_world.round_id}/{sqlite_world.units[unit].id}").text
        shown[unit] = "Herkennen mensen zich in hun digitype?" in page
    assert shown == {"Anemoon": False, "Noord": False, "Testzorg": True}


def test_the_command_prints_what_is_published(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cast(sqlite_world, {"Anemoon": 12, "Bosuil": 12, "Duin": 12})
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(here.settings.data_dir))
    told = CliRunner().invoke(round_, ["recognised", sqlite_world.round_id, "--json"])
    content = json.loads(told.output)
    assert content["recognised"]["n"] == 36
    assert [cell["categories"] for cell in content["own_type"]["cells"]] == [[type_] for type_ in TYPES]
    words = CliRunner().invoke(round_, ["recognised", sqlite_world.round_id]).output
    assert "recognised: this: 18 of 36" in words
