"""Releases side by side: what the attack has to find, what has to give way, and what may be compared."""

from collections.abc import Mapping

import pytest

from tests.privacy.synthetic import LEVELS, MEASURE, exact, ranges, release
from zelfscan.privacy.differencing import Churn, audit_together, halves_of, settle, trends
from zelfscan.privacy.programs import Numbers, Program, Unsolved
from zelfscan.privacy.release import Cell, Group, Release, Rules, Table

RULES = Rules()
BEFORE = release((30, exact(9, 8, 7, 6)), t=(12, exact(3, 3, 3, 3)), u=(18, exact(6, 5, 4, 3)))
JOINED = release((31, exact(9, 9, 7, 6)), t=(13, exact(3, 4, 3, 3)), u=(18, exact(6, 5, 4, 3)))
LEFT = release((29, exact(9, 7, 7, 6)), t=(11, exact(3, 2, 3, 3)), u=(18, exact(6, 5, 4, 3)))
CHANGED = release((30, exact(8, 9, 6, 7)), t=(12, exact(2, 4, 3, 3)), u=(18, exact(6, 5, 3, 4)))


def failing(program: Program) -> Numbers:
    raise Unsolved(str(program.gap))


def told(later: Release, earlier: Release, known: Mapping[str, Churn] | None = None) -> set[tuple[str, str | None]]:
    found = audit_together(later, [earlier], RULES, [known or {}])
    return {(leak.kind, leak.who) for leak in found.findings}


@pytest.mark.parametrize(("later", "who"), [(JOINED, "joined"), (LEFT, "left")])
def test_the_answer_of_one_who_joined_or_left_is_found(later: Release, who: str) -> None:
    found = audit_together(later, [BEFORE], RULES)
    assert [(leak.kind, leak.who, leak.people, leak.groups) for leak in found.findings] == [
        ("outsider", who, 1, ("t",))
    ]
    assert (found.certain_outsider, found.certain_colleague, found.clean) == (1, 1, False)


@pytest.mark.parametrize("later", [JOINED, LEFT])
def test_a_later_release_gives_way_until_nothing_is_found(later: Release) -> None:
    safe = settle(later, [BEFORE], RULES)
    assert audit_together(safe, [BEFORE], RULES).clean
    assert safe.hidden
    assert [(group.key, group.size) for group in safe.groups] == [(group.key, group.size) for group in later.groups]
    assert settle(safe, [BEFORE], RULES) == safe
    assert settle(later, [BEFORE], RULES) == safe


def test_answers_that_changed_tell_nothing_and_cost_nothing() -> None:
    assert audit_together(CHANGED, [BEFORE], RULES).clean
    assert settle(CHANGED, [BEFORE], RULES) == CHANGED


def test_the_same_again_tells_nothing_new() -> None:
    assert audit_together(BEFORE, [BEFORE], RULES).clean


def test_without_earlier_rounds_nothing_changes() -> None:
    assert settle(JOINED, [], RULES) is JOINED
    assert audit_together(JOINED, [], RULES).clean


def test_churn_that_is_known_is_tried_where_the_least_contradicts_the_tables() -> None:
    later = release((12, exact(4, 2, 3, 3)))
    earlier = release((12, exact(3, 3, 3, 3)))
    assert told(later, earlier) == set()
    assert ("outsider", "joined") in told(later, earlier, {"org": Churn(1, 1)})
    assert ("outsider", "left") in told(later, earlier, {"org": Churn(1, 1)})


def test_two_tables_together_can_tell_of_those_who_stayed() -> None:
    earlier = release((8, ranges(8, (0, 2), (6, 8), (0, 2), (0, 2))))
    halves = Table(MEASURE.id, 8, (Cell(LEVELS[:2], 8, 8), Cell(LEVELS[2:], 0, 0)))
    assert ("outsider", "stayed") in told(release((8, halves)), earlier)


def test_a_colleague_can_be_certain_where_an_outsider_is_not() -> None:
    """Of two who joined, one knows that she took one of the two rooms that are left."""
    earlier = release((10, ranges(10, (3, 3), (3, 3), (2, 2), (2, 2))))
    later = release((14, ranges(14, (4, 4), (4, 4), (3, 3), (3, 3))))
    assert ("colleague", "joined") in told(later, earlier)
    assert ("outsider", "joined") not in told(later, earlier)


def org(*groups: Group, size: int = 40) -> Release:
    return Release((Group("org", "organisation", None, size), *groups), hidden=True)


def test_other_teams_with_other_members_isolate_who_came_out() -> None:
    earlier = org(Group("org/other", "other", "org", 14, ("a", "b", "c")))
    later = org(Group("a", "team", "org", 3), Group("org/other", "other", "org", 11, ("b", "c")))
    alone = org(Group("org/other", "other", "org", 11, ("b", "c")), Group("d", "team", "org", 8))
    found = audit_together(later, [earlier], RULES)
    assert found.smallest_isolable == 3
    assert not found.clean
    assert settle(later, [earlier], RULES).groups != later.groups
    assert audit_together(settle(later, [earlier], RULES), [earlier], RULES).clean
    assert {leak.kind for leak in audit_together(alone, [earlier], RULES).findings} <= {"small set"}


def test_a_team_that_moved_to_another_location_is_isolated_by_subtracting() -> None:
    def at(*sizes: int, members: tuple[tuple[str, ...], tuple[str, ...]]) -> Release:
        return org(
            Group("n", "location", "org", sizes[0]),
            Group("s", "location", "org", sizes[1]),
            Group("n/other", "other", "n", sizes[0], members[0]),
            Group("s/other", "other", "s", sizes[1], members[1]),
        )

    before = at(20, 20, members=(("a", "b", "m"), ("c", "d")))
    after = at(17, 23, members=(("a", "b"), ("c", "d", "m")))
    found = audit_together(after, [before], RULES)
    assert found.smallest_isolable == 3
    assert audit_together(settle(after, [before], RULES), [before], RULES).clean


def test_only_all_rounds_together_isolate() -> None:
    def others(size: int, *members: str) -> Release:
        return org(Group("org/other", "other", "org", size, members))

    first, second, last = others(20, "a", "b", "c"), others(14, "c", "d"), others(28, "a", "b", "d")
    assert audit_together(last, [first], RULES).clean
    assert audit_together(last, [second], RULES).clean
    found = audit_together(last, [first, second], RULES)
    assert (found.smallest_isolable, found.clean) == (3, False)
    assert audit_together(settle(last, [first, second], RULES), [first, second], RULES).clean


def test_an_attack_that_comes_to_no_end_publishes_nothing() -> None:
    found = audit_together(CHANGED, [BEFORE], RULES, solver=failing)
    assert {leak.kind for leak in found.findings} == {"unfinished"}
    assert settle(CHANGED, [BEFORE], RULES, solver=failing).groups == ()


def test_measures_with_other_categories_are_not_compared() -> None:
    renamed = Table(MEASURE.id, 31, tuple(Cell((f"new {n}",), 7 + (n == 0) * 3, 7 + (n == 0) * 3) for n in range(4)))
    later = release((31, renamed))
    assert audit_together(later, [BEFORE], RULES).clean
    assert trends(later, BEFORE, RULES, audit_together(later, [BEFORE], RULES)) == {}


def test_crossings_are_laid_beside_those_of_the_same_unit_and_background() -> None:
    def with_young(size: int, table: Table) -> Release:
        young = Group("org/age=young", "crossing", "org", size, (), (table,), "age", "young")
        return Release((Group("org", "organisation", None, 40, (), (exact(10, 10, 10, 10),)), young), hidden=True)

    before, after = with_young(12, exact(3, 3, 3, 3)), with_young(13, exact(4, 3, 3, 3))
    found = audit_together(after, [before], RULES)
    assert ("org/age=young",) in {leak.groups for leak in found.findings}
    assert audit_together(settle(after, [before], RULES), [before], RULES).clean


def test_halves_say_no_more_than_the_full_table() -> None:
    assert halves_of(exact(3, 4, 5, 6)) == Table(MEASURE.id, 18, (Cell(LEVELS[:2], 7, 7), Cell(LEVELS[2:], 11, 11)))
    banded = halves_of(ranges(10, (0, 2), (4, 4), (4, 4), (0, 2)))
    assert banded == Table(MEASURE.id, 10, (Cell(LEVELS[:2], 4, 6), Cell(LEVELS[2:], 4, 6)))
    assert banded is not None
    assert halves_of(banded) is None


def trend(later: Release, earlier: Release, known: Mapping[str, Churn] | None = None) -> dict[str, tuple[str, ...]]:
    found = audit_together(later, [earlier], RULES, [known or {}])
    return trends(later, earlier, RULES, found, known)


def test_a_trend_needs_nobody_or_enough_who_joined_or_left() -> None:
    assert trend(CHANGED, BEFORE) == {MEASURE.id: ("org", "t", "u")}
    few = release((33, exact(7, 9, 9, 8)), t=(15, exact(2, 4, 5, 4)), u=(18, exact(5, 5, 4, 4)))
    assert trend(few, BEFORE) == {MEASURE.id: ("u",)}
    many = release((35, exact(7, 9, 10, 9)), t=(17, exact(2, 4, 6, 5)), u=(18, exact(5, 5, 4, 4)))
    assert trend(many, BEFORE) == {MEASURE.id: ("org", "t", "u")}


def test_a_trend_counts_churn_that_is_known() -> None:
    assert "t" not in trend(CHANGED, BEFORE, {"t": Churn(3, 3)})[MEASURE.id]
    assert "t" in trend(CHANGED, BEFORE, {"t": Churn(5, 5)})[MEASURE.id]


def test_two_groups_that_moved_against_each_other_are_churn_of_the_whole() -> None:
    later = release((30, exact(8, 9, 6, 7)), t=(14, exact(2, 5, 3, 4)), u=(16, exact(6, 4, 3, 3)))
    assert MEASURE.id not in trend(later, BEFORE)


def test_what_leaks_is_compared_nowhere() -> None:
    assert trend(JOINED, BEFORE) == {}


def test_other_teams_with_other_members_are_not_the_same_group() -> None:
    def other(*members: str) -> Release:
        group = Group("org/other", "other", "org", 12, members, (exact(3, 3, 3, 3),))
        return Release((Group("org", "organisation", None, 30, (), (exact(9, 8, 7, 6),)), group), hidden=True)

    assert trend(other("a", "b"), other("a", "b")) == {MEASURE.id: ("org", "org/other")}
    assert "org/other" not in trend(other("a", "c"), other("a", "b")).get(MEASURE.id, ())
