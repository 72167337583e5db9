"""The smallest isolable set, against trying every set."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zelfscan.privacy.isolation import Membership, atom_sizes, membership, smallest_isolable
from zelfscan.privacy.programs import Numbers, Program, Unsolved, highs
from zelfscan.privacy.release import Group


def tried(inside: Membership, people: Numbers) -> int | None:
    """Try every set of atoms: is its indicator in the row space, and how many people does it then hold?"""
    rows, found = inside.astype(float), []
    for chosen in itertools.product([0.0, 1.0], repeat=inside.shape[1]):
        weights, *_ = np.linalg.lstsq(rows.T, np.array(chosen), rcond=None)
        if np.allclose(rows.T @ weights, chosen) and people @ weights > 0.5:
            found.append(round(people @ weights))
    return min(found, default=None)


def tree(*groups: tuple[str, str | None, int]) -> list[Group]:
    return [Group(key, "team" if parent else "organisation", parent, size) for key, parent, size in groups]


NESTED = tree(("org", None, 40), ("north", "org", 20), ("south", "org", 12), ("a", "north", 9), ("b", "north", 11))


def test_atoms_are_the_people_in_no_published_child() -> None:
    assert atom_sizes(NESTED).tolist() == [8, 0, 12, 9, 11]
    assert membership(NESTED).astype(int).tolist() == [
        [1, 1, 1, 1, 1],
        [0, 1, 0, 1, 1],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_what_is_left_of_a_parent_can_be_isolated() -> None:
    people = np.array([group.size for group in NESTED], float)
    assert smallest_isolable(membership(NESTED), people, highs) == 8


def test_groups_that_cross_isolate_by_adding_and_subtracting() -> None:
    inside = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]], np.bool_)
    people = np.array([12.0, 13.0, 9.0, 8.0])
    assert smallest_isolable(inside, people, highs) == tried(inside, people) == 8
    with_one_more = np.vstack([inside, [True, True, True, False]])
    assert smallest_isolable(with_one_more, np.append(people, 19.0), highs) == 2


def test_nobody_published_leaves_nobody_to_isolate() -> None:
    assert smallest_isolable(membership([]), np.array([]), highs) is None
    assert smallest_isolable(np.ones((1, 1), np.bool_), np.zeros(1), highs) is None


def test_an_unsolved_program_is_no_answer() -> None:
    def failing(program: Program) -> Numbers:
        raise Unsolved(str(program.gap))

    with pytest.raises(Unsolved, match=r"0\.0"):
        smallest_isolable(membership(NESTED), np.ones(5), failing)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_program_finds_what_trying_every_set_finds(data: st.DataObject) -> None:
    groups, atoms = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 6))
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=groups * atoms, max_size=groups * atoms)), np.bool_)
    inside = inside.reshape(groups, atoms)
    sizes = np.array(data.draw(st.lists(st.integers(0, 20), min_size=atoms, max_size=atoms)), float)
    people = inside @ sizes
    assert smallest_isolable(inside, people, highs) == tried(inside, people)
