"""Units, and how small teams are rolled up."""

import pytest

from zelfscan.privacy.units import Area, Unit, areas_of, check_units, rolled_up

ORG = Unit("org", None, "organisation")
NORTH = Unit("north", "org", "location")
SOUTH = Unit("south", "org", "location")


def teams(parent: str, *names: str) -> list[Unit]:
    return [Unit(name, parent, "team") for name in names]


@pytest.mark.parametrize(
    "units",
    [
        [],
        [NORTH],
        [ORG, Unit("other", None, "organisation")],
        [ORG, NORTH, NORTH],
        [ORG, Unit("x/other", "org", "team")],
        [ORG, Unit("t", "nowhere", "team")],
        [ORG, Unit("t", None, "team")],
        [ORG, NORTH, Unit("deep", "north", "location")],
        [ORG, *teams("org", "t"), *teams("t", "u")],
        [Unit("org", "org", "organisation")],
    ],
)
def test_units_that_form_no_organisation_are_refused(units: list[Unit]) -> None:
    with pytest.raises(ValueError, match="unit"):
        check_units(units)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 9, "b": 6}, ()),
        ({"a": 9, "b": 6, "empty": 0}, ("empty",)),
        ({"a": 9, "b": 6, "c": 3}, ("b", "c")),
        ({"a": 9, "b": 6, "c": 3, "d": 2}, ("c", "d")),
        ({"a": 6, "b": 6, "c": 1}, ("a", "c")),
        ({"a": 9, "b": 3}, ("a", "b")),
        ({"a": 3}, ("a",)),
        ({"a": 2, "b": 2}, ("a", "b")),
        ({}, ()),
    ],
)
def test_small_teams_are_rolled_up_with_enough_others(sizes: dict[str, int], expected: tuple[str, ...]) -> None:
    assert rolled_up(sizes, 5) == expected


def test_areas_are_units_and_other_teams_with_parents_first() -> None:
    units = [*teams("org", "d"), *teams("north", "c", "a", "b"), *teams("south", "e"), NORTH, SOUTH, ORG]
    people = {"a": 3, "b": 9, "c": 4, "d": 6, "e": 5}
    expected = (
        Area("org", "organisation", None, ("a", "b", "c", "d", "e")),
        Area("north", "location", "org", ("a", "b", "c")),
        Area("south", "location", "org", ("e",)),
        Area("d", "team", "org", ("d",)),
        Area("b", "team", "north", ("b",)),
        Area("north/other", "other", "north", ("a", "c")),
        Area("e", "team", "south", ("e",)),
    )
    assert areas_of(units, people, 5) == expected
    assert areas_of(units[::-1], people, 5) == expected


def test_other_teams_hold_at_least_two_with_participants() -> None:
    units = [ORG, NORTH, *teams("north", "a", "empty", "small")]
    assert [area.key for area in areas_of(units, {"a": 9}, 5)] == ["org", "north", "a"]
    assert [area.key for area in areas_of(units, {"a": 9, "small": 2}, 5)] == ["org", "north"]


def test_other_teams_name_all_teams_in_them_also_those_without_participants() -> None:
    units = [ORG, NORTH, *teams("north", "a", "b", "c", "empty")]
    areas = areas_of(units, {"a": 9, "b": 3, "c": 3}, 5)
    assert areas[-1] == Area("north/other", "other", "north", ("b", "c", "empty"))
