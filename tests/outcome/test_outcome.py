"""The private outcome: building, keeping, opening, withdrawing, deleting; on both databases."""

import secrets
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import make_app
from tests.support import TODAY, World, complete, take_scan, visit
from zelfscan.outcome.building import Outcome, ballot_of, build_outcome
from zelfscan.outcome.models import VaultEntry
from zelfscan.outcome.services import (
    code_in_hand,
    code_opens,
    delete_outcomes,
    hand_over_code,
    open_vault,
    opened_keys,
    remember_opened,
    withdraw,
)
from zelfscan.outcome.view import ballot_lines, outcome_view
from zelfscan.privacy.code import new_code
from zelfscan.rounds.queries import ballot_count

NOW = datetime.combine(TODAY, time(12))


def outcome_of(world: World, value: int) -> Outcome:
    here, visited = world.installation, visit(world, "Anemoon", value)
    return build_outcome(visited.link.banks, visited.scan.answers, here.classifier, here.materials)


def entries(world: World) -> int:
    with world.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(VaultEntry)) or 0


def test_low_and_high_answers_give_other_outcomes(sqlite_world: World) -> None:
    low, high = outcome_of(sqlite_world, 0), outcome_of(sqlite_world, 4)
    assert low.digitype.type == "analoge_idealist"
    assert high.digitype.type == "digitale_enthousiasteling"
    assert [theme.level for theme in low.scores[0].themes] == ["start", "start"]
    assert [theme.level for theme in high.scores[0].themes] == ["zelfstandig", "zelfstandig"]


def test_an_outcome_survives_storing(sqlite_world: World) -> None:
    outcome = outcome_of(sqlite_world, 3)
    again = Outcome.from_dict(outcome.to_dict())
    assert again.to_dict() == outcome.to_dict()


def test_no_answers_give_an_outcome_without_type_or_level(sqlite_world: World) -> None:
    here, link = sqlite_world.installation, sqlite_world.link("Anemoon")
    outcome = build_outcome(link.banks, {}, here.classifier, here.materials)
    view = outcome_view(outcome, link.banks, here.materials, {}, "nl")
    assert view.digitype.verdict == "too_few"
    assert [theme.level for theme in view.themes] == [None, None]
    assert set(ballot_of(outcome, link.unit_id, link.banks).values.values()) == {None}


def test_the_ballot_is_what_the_employee_sees(sqlite_world: World) -> None:
    link = sqlite_world.link("Anemoon")
    content = ballot_of(outcome_of(sqlite_world, 4), link.unit_id, link.banks)
    with_app = ballot_lines_in_dutch(sqlite_world, content)
    assert with_app == [
        ("Digitype", "De digitale enthousiasteling"),
        ("Werken met apps", "Zelfstandig"),
        ("Veilig werken", "Zelfstandig"),
    ]
    assert content.background == {}


def ballot_lines_in_dutch(world: World, content: object) -> list[tuple[str, str]]:
    with make_app(world).test_request_context():
        return ballot_lines(content, world.link("Anemoon").banks, "nl")  # type: ignore[arg-type]


def test_the_view_speaks_both_languages(sqlite_world: World) -> None:
    link, outcome = sqlite_world.link("Anemoon"), outcome_of(sqlite_world, 1)
    dutch, english = (
        outcome_view(outcome, link.banks, sqlite_world.installation.materials, {}, language)
        for language in ("nl", "en")
    )
    assert dutch.themes[0].title == "Werken met apps"
    assert dutch.digitype is not None
    assert english.digitype is not None
    assert dutch.digitype.sentence != english.digitype.sentence
    assert dutch.digitype.profile is not None
    assert dutch.digitype.profile.name.in_("nl").lower() in dutch.digitype.sentence.lower()
    assert english.themes[0].title == "Working with apps"
    assert len(english.steps) == len(dutch.steps) > 0
    assert {step.theme for step in english.steps} <= {theme.title for theme in english.themes}


def test_the_code_opens_the_same_outcome(world: World) -> None:
    visited = visit(world, "Anemoon", 3)
    complete(world, visited)
    opened = open_vault(world.installation, world.installation.keys_of(visited.scan.code))
    assert opened is not None
    here = world.installation
    expected = build_outcome(visited.link.banks, visited.scan.answers, here.classifier, here.materials)
    assert [kept.outcome.to_dict() for kept in opened.outcomes] == [expected.to_dict()]
    assert opened.outcomes[0].answers == visited.scan.answers
    assert opened.outcomes[0].month == "2026-11"


def test_an_unknown_code_opens_nothing(world: World) -> None:
    take_scan(world, "Anemoon")
    assert open_vault(world.installation, world.installation.keys_of(new_code())) is None


def test_coming_back_adds_an_outcome_to_the_same_code(world: World) -> None:
    code = take_scan(world, "Anemoon", 1)
    complete(world, visit(world, "Anemoon", 4, code=code))
    opened = open_vault(world.installation, world.installation.keys_of(code))
    assert opened is not None
    assert [kept.outcome.scores[0].themes[0].score for kept in opened.outcomes] == [0.25, 1.0]
    assert entries(world) == 1


def test_keeping_nothing_this_time_leaves_earlier_outcomes(world: World) -> None:
    code = take_scan(world, "Anemoon", 1)
    complete(world, visit(world, "Anemoon", 4, code=code), keep=False)
    opened = open_vault(world.installation, world.installation.keys_of(code))
    assert opened is not None
    assert len(opened.outcomes) == 1


def test_a_full_entry_lets_the_oldest_go(sqlite_world: World) -> None:
    code = take_scan(sqlite_world, "Anemoon", 0)
    ids = []
    for number in range(12):
        visited = visit(sqlite_world, "Anemoon", number % 5, code=code)
        long = visited.scan.with_answers("mini", {"apps.notitie": secrets.token_hex(800)})
        complete(sqlite_world, replace(visited, scan=long), send=False)
        ids.append(visited.scan.id)
    opened = open_vault(sqlite_world.installation, sqlite_world.installation.keys_of(code))
    assert opened is not None
    kept = [outcome.id for outcome in opened.outcomes]
    assert 4 <= len(kept) < 12
    assert kept == ids[-len(kept) :]


def test_withdrawing_takes_the_ballot_and_leaves_the_outcome(world: World) -> None:
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    assert withdraw(world.installation, keys) == 1
    assert withdraw(world.installation, keys) == 0
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 0
    assert entries(world) == 1


def test_deleting_removes_the_outcome(world: World) -> None:
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    delete_outcomes(world.installation, keys)
    assert entries(world) == 0
    assert open_vault(world.installation, keys) is None


def test_the_code_can_be_shown_for_a_quarter_of_an_hour(world: World) -> None:
    visited = visit(world, "Anemoon")
    hand_over_code(world.installation, visited.key, visited.scan, NOW)
    assert code_in_hand(world.installation, visited.key, NOW + timedelta(minutes=14)) == visited.scan.code
    assert code_in_hand(world.installation, visited.key, NOW + timedelta(minutes=16)) is None
    assert code_in_hand(world.installation, visited.key, NOW) is None, "it was erased"


def test_an_opened_outcome_is_at_hand_for_its_browser_alone_and_for_an_hour(world: World) -> None:
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    organisation = world.units["Testzorg"].organisation_id
    cookie = remember_opened(world.installation, organisation, keys, NOW)
    found = opened_keys(world.installation, cookie, NOW)
    assert found is not None
    assert found.lookup == keys.lookup
    assert opened_keys(world.installation, b"x" * 32, NOW) is None
    assert opened_keys(world.installation, cookie, NOW + timedelta(minutes=61)) is None


@pytest.mark.parametrize("own", [True, False])
def test_a_code_begins_a_scan_in_its_own_organisation_only(sqlite_world: World, own: bool) -> None:
    code = take_scan(sqlite_world, "Anemoon")
    organisation = sqlite_world.units["Testzorg"].organisation_id if own else "0" * 32
    assert code_opens(sqlite_world.installation, organisation, code) is own
