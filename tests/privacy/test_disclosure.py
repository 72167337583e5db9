"""From ballots to a release: every rule by example, and all of them over drawn organisations."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.synthetic import LEVELS, MEASURE, OTHER, Counts, Organisation, organisation, organisations
from zelfscan.privacy import banding, disclosure
from zelfscan.privacy.audit import audit
from zelfscan.privacy.disclosure import BallotContent, Cell, Group, Release, Rules, Table, Unit, draft_of, make_release
from zelfscan.privacy.programs import Numbers, Program, Unsolved, highs

RULES = Rules()
EVEN = (3, 4, 4, 3)
TREE = Mapping[str, Mapping[str, Counts]]


def released(tree: TREE, rules: Rules = RULES) -> Release:
    made = organisation(tree)
    return make_release(made.units, made.ballots, rules, [MEASURE])


def drafted(tree: TREE) -> Release:
    made = organisation(tree)
    return draft_of(made.units, made.ballots, RULES, [MEASURE]).release()


def shown(release: Release) -> dict[str, int]:
    return {group.key: group.size for group in release.groups}


def bounds(release: Release, key: str) -> list[tuple[int, int]]:
    return [(cell.low, cell.high) for cell in release.tables_of(MEASURE.id)[key].cells]


def test_units_are_counted_and_stand_parents_first() -> None:
    release = released({"north": {"a": EVEN, "b": (4, 4, 4, 4)}, "org": {"c": (5, 4, 3, 6)}})
    assert shown(release) == {"org": 48, "north": 30, "c": 18, "a": 14, "b": 16}
    assert bounds(release, "org") == [(12, 12), (12, 12), (11, 11), (13, 13)]
    assert bounds(release, "north") == [(7, 7), (8, 8), (8, 8), (7, 7)]
    assert release.groups[1] == Group("north", "location", "org", 30, (), release.groups[1].tables)
    assert not release.hidden


def test_under_five_nothing_is_shown() -> None:
    assert released({"org": {"a": (1, 1, 1, 1)}}) == Release((), hidden=True)
    assert released({"north": {}}) == Release((), hidden=True)


def test_from_five_to_seven_two_halves_are_shown() -> None:
    release = released({"org": {"a": (2, 1, 2, 1), "b": (4, 4, 4, 4), "c": (5, 5, 5, 5)}})
    table = release.tables_of(MEASURE.id)["a"]
    assert table.n == 6
    assert table.cells == (Cell(LEVELS[:2], 3, 3), Cell(LEVELS[2:], 3, 3))


def test_small_teams_are_shown_together() -> None:
    release = released({"north": {"a": EVEN, "b": (1, 1, 1, 1), "c": (1, 1, 2, 0), "d": (0, 0, 0, 0)}})
    assert shown(release) == {"org": 22, "north": 22, "a": 14, "north/other": 8}
    assert release.groups[-1].members == ("b", "c", "d")
    assert release.groups[-1].kind == "other"
    assert release.hidden


def test_a_single_small_team_takes_the_next_smallest_along() -> None:
    release = released({"north": {"a": EVEN, "b": (3, 3, 3, 1), "c": (1, 1, 1, 0)}})
    assert shown(release) == {"org": 27, "north": 27, "a": 14, "north/other": 13}
    assert release.groups[-1].members == ("b", "c")


def test_a_small_team_beside_one_other_is_shown_in_the_location_only() -> None:
    assert shown(released({"north": {"a": EVEN, "b": (1, 1, 1, 0)}})) == {"org": 17, "north": 17}


def test_a_location_of_one_small_team_is_shown_in_the_organisation_only() -> None:
    release = released({"north": {"a": (1, 1, 1, 0)}, "south": {"b": EVEN}, "east": {"c": (5, 5, 5, 5)}})
    assert shown(release) == {"org": 37, "east": 20, "c": 20}


def test_other_teams_under_the_minimum_are_shown_in_the_location_only() -> None:
    release = released({"north": {"a": (1, 1, 0, 0), "b": (1, 0, 0, 1)}, "org": {"c": EVEN, "d": (4, 4, 4, 4)}})
    assert shown(release) == {"org": 34, "d": 16}


def test_teams_right_under_the_organisation_are_rolled_up_and_suppressed_too() -> None:
    release = released({"north": {"a": EVEN}, "org": {"b": (2, 2, 0, 0), "c": (1, 1, 1, 0), "d": (4, 4, 4, 4)}})
    assert shown(release) == {"org": 37, "north": 14, "a": 14, "d": 16, "org/other": 7}


def test_a_unit_where_nobody_took_part_changes_nothing_but_that_it_is_hidden() -> None:
    with_empty = released({"north": {"a": EVEN, "empty": (0, 0, 0, 0)}, "south": {}})
    without = released({"north": {"a": EVEN}})
    assert with_empty.groups == without.groups
    assert (with_empty.hidden, without.hidden) == (True, False)


def test_who_has_no_value_is_not_in_the_table() -> None:
    release = released({"org": {"a": (3, 4, 4, 3, 2), "b": (4, 4, 4, 4)}})
    assert shown(release) == {"org": 32, "a": 16, "b": 16}
    assert release.tables_of(MEASURE.id)["a"].n == 14


def test_a_table_needs_five_values_however_large_the_group() -> None:
    release = released({"org": {"a": (1, 1, 1, 1, 9), "b": (4, 4, 4, 4), "c": (4, 5, 4, 4)}})
    assert shown(release) == {"org": 46, "a": 13, "b": 16, "c": 17}
    assert list(release.tables_of(MEASURE.id)) == ["org", "c"]
    assert release.hidden


def test_people_with_a_value_are_not_isolated_by_subtracting() -> None:
    release = released({"org": {"a": (1, 1, 1, 0, 5), "b": (3, 3, 3, 3), "c": (4, 4, 4, 4)}})
    tables = release.tables_of(MEASURE.id)
    assert set(tables) == {"org", "c"}
    assert tables["org"].n - tables["c"].n == 15


def test_a_distribution_of_too_few_is_not_left_over_by_subtracting() -> None:
    release = released({"org": {"a": (2, 1, 2, 1), "b": (3, 3, 3, 3), "c": (4, 4, 4, 4)}})
    tables = release.tables_of(MEASURE.id)
    assert {key: len(table.cells) for key, table in tables.items()} == {"org": 4, "a": 2, "b": 2, "c": 4}


def test_numbers_near_nobody_and_everybody_are_banded() -> None:
    release = released({"org": {"a": (1, 6, 6, 2)}})
    assert bounds(release, "a") == bounds(release, "org") == [(0, 2), (6, 6), (6, 6), (0, 2)]


def test_a_team_that_is_all_the_same_stays_uncertain_beside_exact_neighbours() -> None:
    tree = {"org": {"a": (8, 0, 0, 0), "b": (5, 5, 5, 5), "c": (6, 5, 4, 5)}}
    assert audit(drafted(tree), RULES).certain_outsider == 8
    release = released(tree)
    assert audit(release, RULES).clean
    assert shown(release) == {"org": 48, "a": 8, "b": 20, "c": 20}
    assert len(release.tables_of(MEASURE.id)) >= 3


def test_higher_rules_show_less() -> None:
    tree = {"org": {"a": EVEN, "b": (4, 4, 4, 4), "c": (3, 2, 2, 2)}}
    assert shown(released(tree)) == {"org": 39, "a": 14, "b": 16, "c": 9}
    assert shown(released(tree, Rules(minimum=10))) == {"org": 39, "b": 16, "org/other": 23}
    strict = released(tree, Rules(minimum_distribution=15))
    assert {key: len(table.cells) for key, table in strict.tables_of(MEASURE.id).items()} == {
        "org": 4,
        "a": 2,
        "b": 4,
        "c": 2,
    }


def test_measures_stand_in_the_order_asked() -> None:
    ballots = [BallotContent("a", {OTHER.id: "ja" if n % 2 else "nee", MEASURE.id: LEVELS[n % 4]}) for n in range(16)]
    units = [Unit("org", None, "organisation"), Unit("a", "org", "team")]
    release = make_release(units, ballots, RULES, [OTHER, MEASURE])
    assert [table.measure for table in release.groups[0].tables] == [OTHER.id, MEASURE.id]
    assert not release.hidden


@pytest.mark.parametrize(
    ("ballot", "message"),
    [
        (BallotContent("nowhere", {}), "names a team"),
        (BallotContent("org", {}), "names a team"),
        (BallotContent("a", {MEASURE.id: "geheim"}), "does not have"),
    ],
)
def test_a_ballot_that_fits_nowhere_is_refused_without_its_content(ballot: BallotContent, message: str) -> None:
    made = organisation({"org": {"a": EVEN}})
    with pytest.raises(ValueError, match=message) as caught:
        make_release(made.units, [*made.ballots, ballot], RULES, [MEASURE])
    assert "geheim" not in str(caught.value)
    assert "nowhere" not in str(caught.value)


def test_an_audit_that_never_ends_publishes_nothing() -> None:
    def failing(program: Program) -> Numbers:
        raise Unsolved(str(program.gap))

    made = organisation({"north": {"a": EVEN, "b": EVEN}, "org": {"c": EVEN}})
    assert make_release(made.units, made.ballots, RULES, [MEASURE], failing) == Release((), hidden=True)


def test_an_audit_that_fails_at_times_costs_groups_and_tables_only() -> None:
    asked: list[Program] = []

    def failing_twice(program: Program) -> Numbers:
        asked.append(program)
        if len(asked) in (1, 4):
            raise Unsolved("busy")
        return highs(program)

    made = organisation({"org": {"a": EVEN, "b": (4, 4, 4, 4), "c": (5, 5, 5, 5)}})
    release = make_release(made.units, made.ballots, RULES, [MEASURE], failing_twice)
    assert shown(release) == {"org": 50, "b": 16, "c": 20}
    assert {key: len(table.cells) for key, table in release.tables_of(MEASURE.id).items()} == {"org": 4, "b": 2, "c": 4}
    assert audit(release, RULES).clean


def test_a_solver_that_contradicts_itself_costs_tables_and_ends() -> None:
    def grudging(program: Program) -> Numbers:
        """Show always the same world to whoever has many wishes."""
        first = np.arange(len(program.goal)) == 0
        return highs(program if program.goal.sum() <= 1 else replace(program, goal=first.astype(float)))

    made = organisation({"org": {"a": (8, 1, 0, 0)}})
    assert make_release(made.units, made.ballots, RULES, [MEASURE]).measures == (MEASURE.id,)
    assert make_release(made.units, made.ballots, RULES, [MEASURE], grudging).measures == ()


GUARDS: dict[str, tuple[TREE, object, str, Callable[..., object], str]] = {
    "complementary suppression": (
        {"north": {"a": EVEN}, "south": {"b": (1, 1, 1, 0)}, "org": {"c": EVEN}},
        disclosure,
        "suppress",
        lambda areas, counts, minimum: {area.key for area in areas if counts[area.key] >= minimum},
        "small set",
    ),
    "halves for small groups": (
        {"org": {"a": (2, 1, 2, 1), "b": EVEN, "c": EVEN}},
        disclosure,
        "versions",
        lambda measure, counts, distribution: banding.versions(measure, counts, True),
        "small distribution",
    ),
    "bands": (
        {"org": {"a": (9, 0, 0, 0)}},
        banding,
        "band",
        lambda count, n: (count, count),
        "outsider",
    ),
    "bands wide enough": (
        {"org": {"a": (8, 1, 0, 0)}},
        banding,
        "SMALLEST_BAND",
        1,
        "colleague",
    ),
    "bands that cannot be solved": (
        {"org": {"a": (5, 4, 0, 0)}},
        banding,
        "_is_safe",
        lambda table: True,
        "outsider",
    ),
    "bands that a colleague cannot solve": (
        {"org": {"a": (5, 4, 1, 0)}},
        banding,
        "LOOSE",
        1,
        "colleague",
    ),
}


@pytest.mark.parametrize("name", GUARDS)
def test_without_a_guard_the_audit_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, module, attribute, replacement, leak = GUARDS[name]
    assert audit(drafted(tree), RULES).clean
    monkeypatch.setattr(module, attribute, replacement)
    assert leak in {found.kind for found in audit(drafted(tree), RULES).findings}


@pytest.mark.parametrize("name", GUARDS)
def test_the_rehearsal_makes_up_for_a_guard_that_is_gone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, module, attribute, replacement, _ = GUARDS[name]
    monkeypatch.setattr(module, attribute, replacement)
    assert audit(released(tree), RULES).clean


def left_over(release: Release, people: Mapping[str, int]) -> list[int]:
    """What each group with a number has more than those right under it."""
    parents = {group.key: group.parent for group in release.groups}

    def holder(key: str) -> str | None:
        above = parents[key]
        return above if above is None or above in people else holder(above)

    return [number - sum(people[key] for key in people if holder(key) == group) for group, number in people.items()]


def check_table(table: Table, truth: Mapping[str | None, int]) -> None:
    """Every cell holds the true number; none says nobody or everybody."""
    assert table.n == sum(count for category, count in truth.items() if category is not None)
    for cell in table.cells:
        count = sum(truth[category] for category in cell.categories)
        assert cell.low <= count <= cell.high
        assert 0 < cell.low < table.n if cell.exact else cell.high - cell.low >= 2


@settings(max_examples=14, deadline=None)
@given(organisations())
def test_every_release_passes_the_audit_and_tells_the_truth(made: Organisation) -> None:
    release = make_release(made.units, made.ballots, RULES, [MEASURE, OTHER])
    assert audit(release, RULES).clean
    assert all(left == 0 or left >= RULES.minimum for left in left_over(release, shown(release)))
    for group in release.groups:
        assert group.size == sum(ballot.unit in made.teams_of(group) for ballot in made.ballots) >= RULES.minimum
    for measure in (MEASURE, OTHER):
        tables = release.tables_of(measure.id)
        people = {key: table.n for key, table in tables.items()}
        full = {key: table.n for key, table in tables.items() if table.is_distribution}
        assert all(left == 0 or left >= RULES.minimum for left in left_over(release, people))
        assert all(left == 0 or left >= RULES.minimum_distribution for left in left_over(release, full))
        assert min(people.values(), default=5) >= RULES.minimum
        assert min(full.values(), default=8) >= RULES.minimum_distribution
        for group in release.groups:
            if group.key in tables:
                check_table(tables[group.key], made.counts(made.teams_of(group), measure))


@settings(max_examples=4, deadline=None)
@given(organisations(), st.randoms())
def test_the_order_of_units_and_ballots_makes_no_difference(made: Organisation, chance: Random) -> None:
    release = make_release(made.units, made.ballots, RULES, [MEASURE])
    chance.shuffle(made.units)
    chance.shuffle(made.ballots)
    assert make_release(made.units, iter(made.ballots), RULES, [MEASURE]) == release
    assert Release.from_dict(release.to_dict()) == release
