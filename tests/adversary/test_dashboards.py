"""A dashboard reads nothing but published releases, and a release holds nothing that gives a person away."""

import re

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.support import ACCOUNTS, PASSWORD, TODAY, World, cast, take_scan
from zelfscan.privacy.audit import audit
from zelfscan.privacy.disclosure import Group, Release, Rules
from zelfscan.rounds.models import Ballot, ReleasedGroup
from zelfscan.rounds.services import close_round

SECRET_TABLES = re.compile(r"\b(ballot|vault_entry|draft)\b")


@pytest.fixture
def closed(world: World) -> World:
    """A round with 9 + 7 + 4 people in one location and 8 + 3 in the other, closed."""
    cast(world, {"Anemoon": 9, "Bosuil": 7, "Ceder": 4, "Duin": 8, "Ekster": 3})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    return world


def sign_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/account/inloggen", data={"email": email, "password": PASSWORD}).status_code == 302
    return client


def released(world: World) -> Release:
    with world.installation.database.read() as session:
        rows = session.scalars(select(ReleasedGroup.content))
        return Release(tuple(Group.from_dict(row) for row in rows), hidden=True)


def test_dashboards_read_no_secret_table(closed: World, app: Flask) -> None:
    client, statements = sign_in(app, "all@test.example"), []
    database = closed.installation.database
    for engine in (database.engine, database.single):
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for unit in closed.units.values():
        assert client.get(f"/dashboard/{closed.round_id}/{unit.id}").status_code == 200
    assert any("released_group" in statement for statement in statements)
    assert not [statement for statement in statements if SECRET_TABLES.search(statement)]


def test_what_is_published_passes_the_audit(closed: World) -> None:
    release = released(closed)
    assert {group.kind for group in release.groups} >= {"organisation", "location"}
    assert audit(release, Rules()).clean


def test_no_group_under_the_minimum_is_published(closed: World) -> None:
    assert min(group.size for group in released(closed).groups) >= 5
    shown = {group.key for group in released(closed).groups}
    assert closed.units["Ceder"].id not in shown
    assert closed.units["Ekster"].id not in shown


def test_an_open_round_shows_nothing(world: World, app: Flask) -> None:
    cast(world, {"Anemoon": 12})
    client = sign_in(app, "all@test.example")
    assert client.get(f"/dashboard/{world.round_id}/{world.units['Anemoon'].id}").status_code == 404
    assert "12" not in re.sub(r"<[^>]+>", " ", client.get("/dashboard/").text)


def test_ballots_are_gone_after_closing(closed: World) -> None:
    database = closed.installation.database
    with database.read() as session:
        assert session.scalars(select(Ballot)).all() == []
    assert not list(closed.installation.settings.keys.iterdir()), "nor is there a key"


@pytest.mark.parametrize("email", ACCOUNTS)
def test_everybody_sees_own_units_only(closed: World, app: Flask, email: str) -> None:
    client = sign_in(app, email)
    own = {"leader@test.example": {"Anemoon"}, "location@test.example": {"Noord", "Anemoon", "Bosuil", "Ceder"}}
    allowed = own.get(email, set(closed.units))
    for name, unit in closed.units.items():
        status = client.get(f"/dashboard/{closed.round_id}/{unit.id}").status_code
        assert status == (200 if name in allowed else 404), name


def test_a_small_team_learns_no_number_of_its_own(closed: World, app: Flask) -> None:
    page = sign_in(app, "all@test.example").get(f"/dashboard/{closed.round_id}/{closed.units['Ekster'].id}")
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    assert not re.search(r"\b3\b", words), "three people took part"


def test_no_page_of_a_manager_holds_an_outcome(closed: World, app: Flask) -> None:
    """A kept outcome has its own words: the text of a tip. No role, and nobody, finds them on any page."""
    take_scan(closed, "Anemoon", 0, send=False)
    own_words = "Open morgen samen één bijlage."
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"]
    for client in [app.test_client(), *(sign_in(app, email) for email in ACCOUNTS)]:
        for unit in closed.units.values():
            values = {"round_id": closed.round_id, "unit_id": unit.id, "token": closed.tokens["Anemoon"], "number": 1}
            for rule in rules:
                with app.test_request_context():
                    address = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
                assert own_words not in client.get(address, follow_redirects=True).text, address


def test_the_words_that_are_looked_for_are_on_the_page_of_the_outcome(world: World, app: Flask) -> None:
    client = app.test_client()
    client.post("/mijn", data={"code": take_scan(world, "Anemoon", 0)})
    assert "Open morgen samen één bijlage." in client.get("/mijn/uitkomst").text
