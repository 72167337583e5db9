"""What somebody learns who lays the releases of two rounds side by side, with the guard and without it.

The attacks know nothing but what is published. Each succeeds on two releases that were made independently, and fails
on what closing the rounds publishes.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import zelfscan.rounds.earlier as earlier_module
import zelfscan.rounds.services as round_services
from tests.adversary.test_nothing_lost import run_and_kill
from tests.support import TODAY, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.privacy.audit import audit
from zelfscan.privacy.differencing import audit_together
from zelfscan.privacy.disclosure import BallotContent, Measure, Release, Rules, Unit, make_release
from zelfscan.privacy.release import Table
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import ballot_count, links_of, release_of
from zelfscan.rounds.services import close_round, open_round

FIRST = {"Anemoon": 12, "Bosuil": 9, "Duin": 12}
JOINED = FIRST | {"Anemoon": 13}


def repeat(world: World, title: str = "Herhaling") -> World:
    """The same organisation with another open round."""
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    banks = [parse_bank(bank_text("mini"), "mini.yaml")]
    round_id = open_round(here.database, here.settings, organisation, title, banks, TODAY)
    with here.database.read() as session:
        tokens = {team: token for _, team, token in links_of(session, round_id)}
    return replace(world, round_id=round_id, tokens=tokens)


def close(world: World, *progress: Any) -> None:
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY, *progress)


def hold_two_rounds(world: World, second: dict[str, int]) -> tuple[Release, Release]:
    """Hold a round and its repeat; returns what was published."""
    cast(world, FIRST)
    close(world)
    again = repeat(world)
    cast(again, second)
    close(again)
    with world.installation.database.read() as session:
        return release_of(session, world.round_id), release_of(session, again.round_id)


def joiners(earlier: Release, later: Release) -> Iterator[tuple[str, str, str]]:
    """A5. Subtract exact tables of one group: (group, measure, category) of every single person who joined."""
    for measure in later.measures:
        before, after = earlier.tables_of(measure), later.tables_of(measure)
        for key in before.keys() & after.keys():
            change = difference(before[key], after[key])
            if change is not None and sorted(change.values())[-1] == 1 == sum(map(abs, change.values())):
                yield key, measure, max(change, key=lambda name: change[name])


def difference(before: Table, after: Table) -> dict[str, int] | None:
    """The change per category, of tables that say every number."""
    counts = [
        {cell.categories[0]: cell.low for cell in table.cells if cell.exact and len(cell.categories) == 1}
        for table in (before, after)
    ]
    if counts[0].keys() != counts[1].keys() or len(counts[0]) < len(before.cells):
        return None
    return {name: counts[1][name] - counts[0][name] for name in counts[0]}


def test_who_joined_between_two_rounds_stays_hidden(world: World) -> None:
    earlier, later = hold_two_rounds(world, JOINED)
    assert later.groups
    assert list(joiners(earlier, later)) == []
    assert audit_together(later, [earlier], Rules()).clean


def test_who_left_between_two_rounds_stays_hidden(world: World) -> None:
    later, earlier = hold_two_rounds(world, FIRST | {"Anemoon": 11})[::-1]
    assert later.groups
    assert list(joiners(later, earlier)) == []
    assert audit_together(later, [earlier], Rules()).clean


def test_without_its_guard_who_joined_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_module, "settle", lambda later, *_, **__: later)
    earlier, later = hold_two_rounds(world, JOINED)
    assert audit(later, Rules()).clean, "each release by itself is safe"
    found = set(joiners(earlier, later))
    assert world.units["Anemoon"].id in {key for key, *_ in found}
    assert audit_together(later, [earlier], Rules()).certain_outsider > 0


def test_the_figures_that_a_round_keeps_are_those_of_both_rounds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_module, "settle", lambda later, *_, **__: later)
    hold_two_rounds(world, JOINED)
    with world.installation.database.read() as session:
        rounds = {round_.title: round_ for round_ in session.query(Round)}
        assert rounds["Nulmeting"].attack["clean"]
        assert not rounds["Herhaling"].attack["clean"]
        assert rounds["Herhaling"].attack["certain_outsider"] > 0


def test_a_round_keeps_what_it_may_be_compared_with(world: World) -> None:
    earlier, later = hold_two_rounds(world, {"Anemoon": 19, "Bosuil": 9, "Duin": 20})
    with world.installation.database.read() as session:
        first, second = (session.query(Round).filter_by(title=title).one() for title in ("Nulmeting", "Herhaling"))
        assert first.trends == []
        (trend,) = second.trends
    assert trend["round"] == first.id
    for measure, keys in trend["groups"].items():
        assert set(keys) <= earlier.tables_of(measure).keys() & later.tables_of(measure).keys()
        sizes = [{group.key: group.size for group in shown.groups} for shown in (earlier, later)]
        assert all(abs(sizes[0][key] - sizes[1][key]) not in (1, 2, 3, 4) for key in keys)


# A6: everybody's answers, reconstructed from all that was published together


MEASURE = Measure("vvt.privacy", ("start", "basis", "ruim", "expert"))
UNITS = [
    Unit("org", None, "organisation"),
    Unit("north", "org", "location"),
    *(Unit(team, "north", "team") for team in "abc"),
]


def independent(counts: dict[str, tuple[int, ...]]) -> Release:
    ballots = [
        BallotContent(team, {MEASURE.id: category})
        for team, people in counts.items()
        for category, number in zip(MEASURE.categories, people, strict=True)
        for _ in range(number)
    ]
    return make_release(UNITS, ballots, Rules(), [MEASURE])


ANSWERS = {"a": (3, 3, 3, 3), "b": (4, 4, 3, 3), "c": (3, 3, 4, 3)}
AGAIN = {"a": (3, 3, 3, 4), "b": (4, 5, 3, 3), "c": (3, 3, 4, 3)}


def reconstructed(releases: list[Release]) -> dict[tuple[str, str], int]:
    """A6. Solve all exact cells at once for those who stayed, joined per team and category; what has one solution.

    Those who stayed answer the same in both rounds. Unknowns: stayed and joined, per team and category.
    """
    teams, categories = "abc", MEASURE.categories
    width = len(teams) * len(categories)
    rows, numbers = [], []
    for index, shown in enumerate(releases):
        for key, table in shown.tables_of(MEASURE.id).items():
            inside = teams if key in ("org", "north") else key
            for cell in (cell for cell in table.cells if cell.exact):
                row = np.zeros(2 * width)
                for place, (team, name) in enumerate((t, c) for t in teams for c in categories):
                    if team in inside and name in cell.categories:
                        row[[place, width + place] if index else [place]] = 1.0
                rows.append(row)
                numbers.append(cell.low)
    matrix = np.array(rows)
    found = np.linalg.lstsq(matrix, np.array(numbers, float), rcond=None)[0]
    known = np.abs(np.linalg.pinv(matrix) @ matrix - np.eye(2 * width)).max(axis=1) < 1e-9
    names = [(team, name) for team in teams for name in categories]
    return {names[place]: round(found[width + place]) for place in range(width) if known[width + place]}


def test_independent_releases_can_be_reconstructed() -> None:
    first, second = independent(ANSWERS), independent(AGAIN)
    assert audit(first, Rules()).clean
    assert audit(second, Rules()).clean
    found = reconstructed([first, second])
    assert {place: people for place, people in found.items() if people} == {("a", "expert"): 1, ("b", "basis"): 1}


def test_releases_that_stand_beside_each_other_cannot_be_reconstructed() -> None:
    first, second = independent(ANSWERS), independent(AGAIN)
    safe = earlier_module.settled(second, Rules(), [earlier_module.Earlier("r1", Rules(), first)])
    assert not any(reconstructed([first, safe.release]).values())
    assert safe.together is not None
    assert safe.together.clean
    assert audit(safe.release, Rules()).clean


# Closing a repeat: the open round, or the whole release


@pytest.mark.parametrize("step", ["settled", "are_still", "_released_groups", "destroy_key"])
def test_a_repeat_killed_while_closing_is_open_or_whole(world: World, step: str) -> None:
    cast(world, FIRST)
    close(world)
    again = repeat(world)
    cast(again, JOINED)
    run_and_kill(_close_until, again, step)
    with world.installation.database.read() as session:
        round_ = session.get_one(Round, again.round_id)
        whole = bool(release_of(session, again.round_id).groups) and round_.trends is not None
        state = (round_.state, whole, ballot_count(session, again.round_id))
    assert state in {("open", False, sum(JOINED.values())), ("closed", True, 0)}
    close(again)
    with world.installation.database.read() as session:
        published = [release_of(session, each.round_id) for each in (world, again)]
    assert audit_together(published[1], published[:1], Rules()).clean


def _close_until(world: World, step: str) -> None:
    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(round_services, step, die)
    close(world)


def test_a_round_that_is_closed_while_another_is_counted_is_not_overlooked(world: World) -> None:
    again = repeat(world)
    cast(world, FIRST)
    cast(again, JOINED)
    counted = []

    def progress(ballots: Any) -> Any:
        counted.append(len(ballots))
        if len(counted) == 1:
            close(world)
        return ballots

    close(again, progress)
    with world.installation.database.read() as session:
        assert [trend["round"] for trend in session.get_one(Round, again.round_id).trends] == [world.round_id]
        published = [release_of(session, each.round_id) for each in (world, again)]
    assert len(counted) == 2
    assert audit_together(published[1], published[:1], Rules()).clean
