"""Bands and halves, and what they keep from who knows how they are made."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.privacy.synthetic import LEVELS, MEASURE, exact, ranges
from zelfscan.privacy.banding import band, versions
from zelfscan.privacy.release import Cell, Measure, Table


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [(5, 2, 3), (6, 2, 4), (8, 2, 6), (20, 2, 18), (21, 3, 18), (30, 3, 27), (31, 4, 27), (500, 50, 450)],
)
def test_numbers_near_nobody_and_everybody_are_banded(n: int, low: int, high: int) -> None:
    for count in range(n + 1):
        if count <= low:
            assert band(count, n) == (0, low)
        elif count >= high:
            assert band(count, n) == (high, n)
        else:
            assert band(count, n) == (count, count)


def tables(*counts: int, distribution: bool = True) -> tuple[Table, ...]:
    return versions(MEASURE, dict(zip(LEVELS, counts, strict=True)), distribution)


def halves(n: int, lower: tuple[int, int], upper: tuple[int, int]) -> Table:
    return Table(MEASURE.id, n, (Cell(LEVELS[:2], *lower), Cell(LEVELS[2:], *upper)))


def test_a_table_without_numbers_near_the_ends_is_exact() -> None:
    assert tables(3, 4, 5, 3) == (exact(3, 4, 5, 3), halves(15, (7, 7), (8, 8)))


def test_near_the_ends_a_table_shows_bands() -> None:
    assert tables(1, 5, 4, 2)[0] == ranges(12, (0, 2), (5, 5), (4, 4), (0, 2))
    assert tables(8, 0, 0, 0)[0] == ranges(8, (6, 8), (0, 2), (0, 2), (0, 2))
    assert tables(0, 6, 1, 1)[0] == ranges(8, (0, 2), (6, 8), (0, 2), (0, 2))


@pytest.mark.parametrize("counts", [(4, 0, 4, 0), (0, 4, 5, 0), (4, 0, 4, 1), (4, 3, 3, 0), (1, 4, 4, 3)])
def test_bands_that_the_exact_numbers_would_solve_give_halves(counts: tuple[int, ...]) -> None:
    lower, n = sum(counts[:2]), sum(counts)
    assert tables(*counts) == (halves(n, (lower, lower), (n - lower, n - lower)),)


@pytest.mark.parametrize("counts", [(4, 4, 0, 0), (5, 3, 0, 0), (0, 1, 5, 4)])
def test_where_halves_would_tell_that_all_are_on_one_side_there_is_no_table(counts: tuple[int, ...]) -> None:
    assert tables(*counts) == ()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((2, 1, 2, 1), halves(6, (3, 3), (3, 3))),
        ((2, 2, 1, 1), halves(6, (4, 6), (0, 2))),
        ((1, 1, 2, 1), halves(5, (0, 2), (3, 5))),
        ((0, 0, 3, 4), halves(7, (0, 2), (5, 7))),
    ],
)
def test_a_small_group_gets_two_halves_that_are_banded_too(counts: tuple[int, ...], expected: Table) -> None:
    assert tables(*counts, distribution=False) == (expected,)


def test_two_categories_are_two_halves_already() -> None:
    measure = Measure("m", ("no", "yes"))
    expected = Table("m", 6, (Cell(("no",), 3, 3), Cell(("yes",), 3, 3)))
    assert versions(measure, {"no": 3, "yes": 3}, True) == versions(measure, {"no": 3, "yes": 3}, False) == (expected,)


def test_of_an_odd_number_of_categories_the_middle_one_counts_as_upper() -> None:
    measure = Measure("m", ("low", "middle", "high"))
    (table,) = versions(measure, {"low": 3, "middle": 3, "high": 0}, False)
    assert table.cells == (Cell(("low",), 3, 3), Cell(("middle", "high"), 3, 3))


def worlds(n: int, categories: int) -> Iterator[tuple[int, ...]]:
    if categories == 1:
        yield (n,)
        return
    for first in range(n + 1):
        yield from ((first, *rest) for rest in worlds(n - first, categories - 1))


@pytest.mark.parametrize(("categories", "largest"), [(2, 30), (3, 24), (4, 16), (5, 11)])
def test_who_knows_the_rules_learns_nothing_certain_from_one_table(categories: int, largest: int) -> None:
    measure = Measure("m", tuple("abcde"[:categories]))
    for n in range(5, largest + 1):
        behind: dict[Table | None, list[tuple[int, ...]]] = defaultdict(list)
        for world in worlds(n, categories):
            made = versions(measure, dict(zip(measure.categories, world, strict=True)), n >= 8)
            behind[made[0] if made else None].append(world)
        for possible in behind.values():
            assert all(any(world[category] for world in possible) for category in range(categories))
            for own in range(categories):
                open_to_others = [
                    any(world[category] > (category == own) for world in possible if world[own])
                    for category in range(categories)
                ]
                assert sum(open_to_others) != 1
