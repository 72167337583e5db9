"""The paper for works council and privacy officer says what is in force, and the privacy page what a round promises."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import TODAY, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.config import Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.organisations.models import ROLES
from zelfscan.privacy.audit import Finding, Leak
from zelfscan.privacy.disclosure import Rules
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import attack_figures, close_round, open_round
from zelfscan.web import cookies
from zelfscan.web.app import create_app
from zelfscan.web.dossier import ROLES_SEE

Browse = Callable[..., FlaskClient]


def words(page: str) -> str:
    """The text of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def dossier(client: FlaskClient, language: str = "en") -> str:
    client.set_cookie("zelfscan_language", language)
    answer = client.get("/privacy/dossier")
    assert answer.status_code == 200
    return words(answer.text)


def open_strict(world: World, *backgrounds: str) -> str:
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    asked, opened = [parse_bank(bank_text("mini"), "mini.yaml")], date(2026, 12, 1)
    return open_round(
        here.database, here.settings, organisation, "Streng", asked, opened, Rules(11, 17), backgrounds=backgrounds
    )


def close(world: World) -> None:
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """A browser at an installation with other settings."""

    def at(**settings: object) -> FlaskClient:
        chosen = Settings(data_dir=tmp_path / "data", **settings)  # type: ignore[arg-type]
        initialise(chosen)
        return create_app(installation=open_installation(chosen)).test_client()

    return at


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"draft_days": 13}, "at most 13 days"),
        ({"log_days": 77}, "77 days"),
        ({"code_limit": "3 per hour"}, "codes: 3 per hour"),
        ({"login_limit": "4 per hour"}, "passwords: 4 per hour"),
        ({"base_url": "https://scan.test.example"}, "in force at https://scan.test.example on"),
        ({"base_url": "https://scan.test.example"}, "Browsers reach the service over https."),
        ({"base_url": "http://scan.test.example"}, "without https"),
    ],
)
def test_the_paper_quotes_the_settings(browse: Browse, settings: dict[str, object], said: str) -> None:
    assert said in dossier(browse(**settings))


def test_the_paper_says_whether_the_keys_lie_apart(browse: Browse, tmp_path: Path) -> None:
    beside, apart = "here in its own data folder", "in a folder apart from its data"
    assert beside in dossier(browse())
    page = dossier(browse(keys_dir=tmp_path / "keys"))
    assert apart in page
    assert beside not in page


def test_the_paper_follows_the_rounds_that_are_open(client: FlaskClient, sqlite_world: World) -> None:
    assert "Testzorg Nov 22, 2026 5 8 open link per team, or personal invitation none with the service" in dossier(
        client
    )
    open_strict(sqlite_world, "age", "function")
    assert "Testzorg Dec 1, 2026 11 17" in dossier(client)
    assert "age, function level" in dossier(client)
    assert "leeftijd, functieniveau" in dossier(client, "nl")


def test_the_paper_names_the_custodians_of_a_key(client: FlaskClient, sqlite_world: World) -> None:
    with sqlite_world.installation.database.write() as session:
        round_ = session.get_one(Round, sqlite_world.round_id)
        round_.first_custodian, round_.second_custodian = "works council", "HR"
    assert "two custodians: works council, HR" in dossier(client)


def test_the_paper_says_that_only_invitations_lead_in(client: FlaskClient, sqlite_world: World) -> None:
    with sqlite_world.installation.database.write() as session:
        session.get_one(Round, sqlite_world.round_id).invitations_only = True
    assert "personal invitations only" in dossier(client)


def test_the_paper_gives_the_figures_of_the_last_attack(client: FlaskClient, sqlite_world: World) -> None:
    assert "No round is closed yet." in dossier(client)
    cast(sqlite_world, {"Anemoon": 9, "Bosuil": 7})
    close(sqlite_world)
    page = dossier(client)
    assert "Testzorg Nov 22, 2026 5 7 0 0 yes" in page, "the smallest set, and the certain answers"
    assert "No round is open now." in page


def test_a_round_that_was_closed_before_figures_were_kept_says_so(client: FlaskClient, sqlite_world: World) -> None:
    close(sqlite_world)
    with sqlite_world.installation.database.write() as session:
        session.get_one(Round, sqlite_world.round_id).attack = None
    assert "Testzorg Nov 22, 2026 5 not kept not kept not kept" in dossier(client)


def test_an_attack_that_was_not_finished_is_not_withstood(client: FlaskClient, sqlite_world: World) -> None:
    close(sqlite_world)
    with sqlite_world.installation.database.write() as session:
        unfinished = Finding(None, 0, 0, (Leak("unfinished", "digitype", 0),))
        session.get_one(Round, sqlite_world.round_id).attack = attack_figures(unfinished)
    assert "Testzorg Nov 22, 2026 5 none 0 0 no" in dossier(client)


def test_nothing_published_leaves_nothing_to_set_apart(client: FlaskClient, sqlite_world: World) -> None:
    close(sqlite_world)
    assert "Testzorg Nov 22, 2026 5 none 0 0" in dossier(client)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_paper_names_no_unit_no_round_and_no_account(
    client: FlaskClient, sqlite_world: World, language: str
) -> None:
    cast(sqlite_world, {"Anemoon": 9})
    close(sqlite_world)
    open_strict(sqlite_world)
    page = dossier(client, language)
    hidden = {*sqlite_world.units, "Nulmeting", "Streng", "@"} - {"Testzorg"}
    assert [name for name in hidden if name in page] == []


def test_the_paper_says_what_each_role_sees(client: FlaskClient) -> None:
    assert set(ROLES_SEE) == set(ROLES)
    assert all(str(name) in dossier(client) for name, _ in ROLES_SEE.values())


def test_how_long_a_browser_knows_that_it_finished(client: FlaskClient) -> None:
    assert f"that a scan was finished: {cookies.DONE_DAYS} days" in dossier(client)


def test_the_privacy_page_leads_to_the_paper_and_back(client: FlaskClient) -> None:
    assert 'href="/privacy/dossier"' in client.get("/privacy").text
    assert 'href="/privacy"' in client.get("/privacy/dossier").text


def test_the_privacy_page_promises_what_the_round_in_hand_does(sqlite_world: World) -> None:
    client = make_app(sqlite_world).test_client()
    assert "minstens 5 mensen meededen" in words(client.get("/privacy").text)
    sqlite_world.tokens = tokens_of(sqlite_world, open_strict(sqlite_world, "age"))
    client.post(f"/s/{sqlite_world.tokens['Anemoon']}")
    page = words(client.get("/privacy").text)
    assert "In de ronde van jouw scan is een groep pas te zien als minstens 11 mensen meededen" in page
    assert "minstens 17 mensen" in page
    assert "Deze ronde vraagt ook: leeftijd." in page


def tokens_of(world: World, round_id: str) -> dict[str, str]:
    with world.installation.database.read() as session:
        return {team: token for _, team, token in links_of(session, round_id)}


def test_the_first_page_of_a_scan_says_the_sizes_of_its_round(client: FlaskClient, sqlite_world: World) -> None:
    said = "Een groep is pas te zien vanaf {} mensen, de vier types pas vanaf {}."
    assert said.format(5, 8) in client.get(f"/s/{sqlite_world.tokens['Anemoon']}").text
    strict = tokens_of(sqlite_world, open_strict(sqlite_world))
    assert said.format(11, 17) in client.get(f"/s/{strict['Anemoon']}").text


def test_a_round_that_asks_no_background_promises_none(sqlite_world: World) -> None:
    client = make_app(sqlite_world).test_client()
    assert "naar je leeftijd" in words(client.get("/privacy").text)
    client.post(f"/s/{sqlite_world.tokens['Anemoon']}")
    assert "leeftijd" not in words(client.get("/privacy").text)


def test_the_privacy_page_says_what_can_no_longer_be_undone(client: FlaskClient) -> None:
    client.set_cookie("zelfscan_language", "en")
    page = words(client.get("/privacy").text)
    assert "with your code you take yourself out of the count" in page
    assert "From then on you can delete only your own outcome." in page


def test_a_cookie_that_opens_nothing_gives_the_page_of_the_installation(client: FlaskClient) -> None:
    client.set_cookie("zelfscan_scan", "A" * 43 + "=")
    assert "minstens 5 mensen meededen" in words(client.get("/privacy").text)
