"""Complementary suppression, at both levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.privacy.synthetic import Organisation, organisations
from zelfscan.privacy.suppression import safe_children, suppress
from zelfscan.privacy.units import Area, areas_of


@pytest.mark.parametrize(
    ("total", "children", "expected"),
    [
        (20, {"a": 12, "b": 8}, {"a", "b"}),
        (20, {"a": 12, "b": 3}, {"a"}),
        (20, {"a": 10, "b": 8}, {"a"}),
        (24, {"a": 10, "b": 8}, {"a", "b"}),
        (8, {"a": 7}, set()),
        (16, {"a": 7, "b": 7}, {"b"}),
        (0, {}, set()),
    ],
)
def test_children_leave_nobody_or_enough(total: int, children: dict[str, int], expected: set[str]) -> None:
    assert safe_children(total, children, 5) == expected


AREAS = (
    Area("org", "organisation", None, ()),
    Area("north", "location", "org", ()),
    Area("south", "location", "org", ()),
    Area("a", "team", "north", ()),
    Area("b", "team", "north", ()),
    Area("d", "team", "org", ()),
)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"org": 40, "north": 20, "south": 12, "a": 10, "b": 10, "d": 8}, set()),
        ({"org": 40, "north": 20, "south": 12, "a": 10, "b": 7, "d": 8}, {"b"}),
        ({"org": 43, "north": 20, "south": 12, "a": 10, "b": 10, "d": 8}, {"d"}),
        ({"org": 34, "north": 20, "south": 6, "a": 10, "b": 10, "d": 7}, {"south"}),
        ({"org": 30, "north": 8, "south": 12, "a": 8, "b": 0, "d": 9}, {"north", "a", "b"}),
        ({"org": 4, "north": 4, "south": 0, "a": 4, "b": 0, "d": 0}, set("abd") | {"org", "north", "south"}),
    ],
)
def test_teams_and_locations_are_hidden_where_subtracting_would_isolate(
    counts: dict[str, int], hidden: set[str]
) -> None:
    assert suppress(AREAS, counts, 5) == {area.key for area in AREAS} - hidden


@given(organisations(), st.integers(5, 12))
def test_what_shown_children_leave_of_their_parent_is_nobody_or_enough(
    organisation: Organisation, minimum: int
) -> None:
    people = {unit.id: sum(ballot.unit == unit.id for ballot in organisation.ballots) for unit in organisation.units}
    areas = areas_of(organisation.units, people, minimum)
    counts = {area.key: sum(people[team] for team in area.teams) for area in areas}
    shown = suppress(areas, counts, minimum)
    for area in areas:
        children = [child for child in areas if child.parent == area.key and child.key in shown]
        left = counts[area.key] - sum(counts[child.key] for child in children)
        assert area.key not in shown or left == 0 or left >= minimum
        assert area.key in shown or not children
        assert area.key not in shown or counts[area.key] >= minimum
