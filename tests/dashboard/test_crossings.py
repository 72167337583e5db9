"""Digitypes by background, from a closed round to the page of a manager."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import PASSWORD, TODAY, World, cast, make_world
from zelfscan.config import Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.privacy.audit import audit
from zelfscan.privacy.disclosure import Group, Release, Rules
from zelfscan.rounds.backgrounds import known_backgrounds
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import released_groups
from zelfscan.rounds.services import close_round


@pytest.fixture
def closed(sqlite_settings: Settings) -> Iterator[World]:
    """A closed round that asked both backgrounds; the location Noord is large, Zuid is not."""
    initialise(sqlite_settings)
    opened = open_installation(sqlite_settings)
    world = make_world(opened, backgrounds=tuple(known_backgrounds()))
    cast(world, {"Anemoon": 40, "Bosuil": 30, "Duin": 30})
    close_round(opened.database, opened.settings, world.round_id, TODAY)
    yield world
    opened.database.close()


def released(world: World) -> dict[str, tuple[str, Group]]:
    with world.installation.database.read() as session:
        return released_groups(session, world.round_id)


def page(world: World, email: str, unit: str) -> str:
    client: FlaskClient = make_app(world).test_client()
    client.post("/account/inloggen", data={"email": email, "password": PASSWORD})
    return client.get(f"/dashboard/{world.round_id}/{world.units[unit].id}").text


def test_crossings_are_released_and_pass_the_audit(closed: World) -> None:
    groups = [group for _, group in released(closed).values()]
    crossings = [group for group in groups if group.kind == "crossing"]
    assert {group.background for group in crossings} == {"age", "function"}
    assert min(group.size for group in crossings) >= 5
    ordered = sorted(
        groups, key=lambda group: ("organisation", "location", "team", "other", "crossing").index(group.kind)
    )
    assert audit(Release(tuple(ordered), hidden=True), Rules()).clean


def test_a_crossing_is_named_by_answer_and_unit(closed: World) -> None:
    key = f"{closed.units['Testzorg'].id}/age=to_34"
    name, group = released(closed)[key]
    assert name == "Jonger dan 35 · Testzorg"
    assert (group.background, group.answer, group.parent) == ("age", "to_34", closed.units["Testzorg"].id)


def test_what_the_attack_gave_is_kept_with_the_release(closed: World) -> None:
    with closed.installation.database.read() as session:
        figures = session.get_one(Round, closed.round_id).attack
    assert figures is not None
    assert figures["clean"]
    assert figures["smallest_isolable"] >= 5
    assert (figures["certain_outsider"], figures["certain_colleague"]) == (0, 0)


def test_the_organisation_sees_digitypes_by_both_backgrounds(closed: World) -> None:
    shown = page(closed, "all@test.example", "Testzorg")
    assert "Digitypes naar leeftijd" in shown
    assert "Digitypes naar functieniveau" in shown
    assert "55 of ouder" in shown
    in_words_alone = 2
    assert shown.count('<div class="chart"') == shown.count("<table") - in_words_alone


def test_a_large_location_has_them_and_a_small_one_says_nothing_of_them(closed: World) -> None:
    assert "Digitypes naar leeftijd" in page(closed, "location@test.example", "Noord")
    assert "naar leeftijd" not in page(closed, "all@test.example", "Zuid")


def test_a_team_leader_sees_none_of_another_unit(closed: World) -> None:
    shown = page(closed, "leader@test.example", "Anemoon")
    assert "naar leeftijd" not in shown
    assert not re.search(r"crossing-\d", shown)
