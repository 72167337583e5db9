"""What can be true given a release, against trying every world."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.synthetic import exact, release
from zelfscan.privacy.programs import Unsolved, highs
from zelfscan.privacy.release import Cell, Group, Release, Table
from zelfscan.privacy.worlds import Wishes, facts_of, impossible

NAMES = ("low", "middle", "high")
PARTS = st.sampled_from(
    [(("low",), ("middle",), ("high",)), (("low",), ("middle", "high")), (("low", "middle", "high"),)]
)

COUNTS = [np.array(counts) for counts in itertools.product(range(5), repeat=4) if sum(counts) <= 4]


@st.composite
def tables(draw: st.DrawFn, counts: npt.NDArray[np.int_]) -> tuple[Table, ...]:
    """Draw no table, or one of cells of any width that are true of the counts per answer."""
    if draw(st.integers(0, 3)) == 0:
        return ()
    cells = []
    for part in draw(PARTS):
        truth = int(sum(counts[NAMES.index(name)] for name in part))
        below, above = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        cells.append(Cell(part, max(0, truth - below), truth + above))
    return (Table("m", int(counts[:3].sum()), tuple(cells)),)


@st.composite
def releases(draw: st.DrawFn) -> Release:
    """Draw a release of an organisation with two teams, and at most two people beside them."""
    counts = st.lists(st.integers(0, 2), min_size=4, max_size=4).filter(lambda drawn: sum(drawn) <= 4)
    one, other = (np.array(draw(counts)) for _ in range(2))
    rest = np.array(draw(st.sampled_from([[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 1]])))
    everyone = one + other + rest
    root = Table("m", int(everyone[:3].sum()), tuple(Cell((name,), 0, 10) for name in NAMES))
    return Release(
        (
            Group("org", "organisation", None, int(everyone.sum()), (), draw(tables(everyone)) or (root,)),
            Group("one", "team", "org", int(one.sum()), (), draw(tables(one))),
            Group("other", "team", "org", int(other.sum()), (), draw(tables(other))),
        ),
        hidden=False,
    )


def fits(group: Group, counts: npt.NDArray[np.int_]) -> bool:
    """Whether counts per answer, the last without a value, agree with all that is published of a group."""
    return counts.sum() == group.size and all(
        table.n == counts[:3].sum()
        and all(
            cell.low <= sum(counts[NAMES.index(name)] for name in cell.categories) <= cell.high for cell in table.cells
        )
        for table in group.tables
    )


def worlds(shown: Release) -> list[npt.NDArray[np.int_]]:
    """Try every world: counts per atom (rest of the organisation, one team, other team) and answer."""
    org, one, other = shown.groups
    left = org.size - one.size - other.size
    choices = (
        [counts for counts in COUNTS if counts.sum() == left],
        [counts for counts in COUNTS if fits(one, counts)],
        [counts for counts in COUNTS if fits(other, counts)],
    )
    return [np.concatenate(world) for world in itertools.product(*choices) if fits(org, sum(world))]


@settings(max_examples=25, deadline=None)
@given(releases())
def test_programs_find_impossible_what_is_true_in_no_world(shown: Release) -> None:
    facts = facts_of(shown, "m")
    assert facts.categories == NAMES
    possible = np.array(worlds(shown), float)
    first, second = np.triu_indices(facts.places)
    wishes = Wishes(np.append(first, np.arange(12)), np.append(second, np.full(12, -1)))
    granted = np.array([wishes.granted_in(world) for world in possible])
    assert impossible(facts, wishes, highs).tolist() == (~granted.any(axis=0)).tolist()


def test_a_wish_for_one_place_twice_asks_for_two_people() -> None:
    wishes = Wishes(np.array([0, 0, 1, 0]), np.array([0, 1, 1, -1]))
    assert wishes.granted_in(np.array([1.0, 2.0])).tolist() == [False, True, True, True]


def test_a_release_that_contradicts_itself_has_no_worlds() -> None:
    facts = facts_of(release((10, exact(3, 3, 3, 1)), a=(6, exact(0, 0, 0, 6))), "vvt.privacy")
    with pytest.raises(Unsolved):
        impossible(facts, Wishes.for_one(np.arange(facts.places)), highs)
