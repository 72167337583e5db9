"""Ranges of participation are wide, and hide nobody, everybody and each single person."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from zelfscan.rounds.invitations.participation import share_range

MINIMUMS = some.integers(5, 12)


@given(minimum=MINIMUMS, more=some.integers(0, 600))
def test_each_range_covers_at_least_the_minimum_of_numbers(minimum: int, more: int) -> None:
    invited = 2 * minimum + more
    ranges = [share_range(used, invited, minimum) for used in range(invited + 1)]
    sizes = {one: ranges.count(one) for one in ranges}
    assert min(sizes.values()) >= minimum
    assert all(low <= 100 * used / invited <= high for used, (low, high) in enumerate(ranges))


@given(minimum=MINIMUMS, more=some.integers(0, 600))
def test_nobody_and_everybody_are_never_told(minimum: int, more: int) -> None:
    invited = 2 * minimum + more
    assert share_range(0, invited, minimum) == share_range(minimum - 1, invited, minimum)
    assert share_range(invited, invited, minimum) == share_range(invited - minimum + 1, invited, minimum)


@given(minimum=MINIMUMS, more=some.integers(0, 600))
def test_ranges_follow_each_other(minimum: int, more: int) -> None:
    invited = 2 * minimum + more
    ranges = list(dict.fromkeys(share_range(used, invited, minimum) for used in range(invited + 1)))
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert (ranges[0][0], ranges[-1][1]) == (0, 100)
    assert len({high - low for low, high in ranges}) == 1


def test_steps_are_of_ten_percent_where_enough_people_are_invited() -> None:
    assert share_range(23, 50, 5) == (40, 50)
    assert share_range(23, 49, 5) == (40, 60)
    assert share_range(5, 19, 5) == (0, 50)
