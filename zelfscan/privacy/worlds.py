"""Worlds: all that could be true, given what is published on one measure.

A world says how many people of each atom gave each answer; an answer is a category or no value. Whoever reads a
release knows that the world is one of those that meet the published sizes, numbers and cells, and so knows for certain
what holds in all of them. To find that out, wishes are made: 'a world in which someone of atom s gave answer a, and
someone of atom t gave answer b'. An integer program looks for the world that grants as many of them as it can. If
even the best grants none, none of them can be true.

A world that was found for some wishes is held against all others as well. So only the few wishes that no found world
grants, those about groups in which nearly everyone gave the same answer, need a program of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, csr_array, diags_array, eye_array

from zelfscan.privacy.isolation import membership
from zelfscan.privacy.programs import Numbers, Program, Solver, solution
from zelfscan.privacy.release import Group, Release, Table

BATCH = 20
"""Wishes in one program: more make it harder to solve, fewer make more programs."""
GAP = 0.3
"""A world need not be the very best, as long as it grants something."""

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Facts:
    """What a release says on one measure, as constraints on a world.

    A world is a vector of counts, shape (places,); the place of atom t and answer a is ``t * answers + a``.

    Attributes:
        categories: of the measure; the last answer, after all categories, is 'no value'.
        atoms: number of atoms, one per group (see `isolation.membership`).
        rows: shape (constraints, places).
        low, high: shape (constraints,).
    """

    categories: tuple[str, ...]
    atoms: int
    rows: csr_array[Any]
    low: Numbers
    high: Numbers

    @property
    def answers(self) -> int:
        """Number of answers: the categories and 'no value'."""
        return len(self.categories) + 1

    @property
    def places(self) -> int:
        """Number of places of a world."""
        return self.atoms * self.answers


@dataclass(frozen=True)
class Wishes:
    """Things that could be true in a world.

    Attributes:
        first, second: places, shape (wishes,). A wish asks for someone in each of the two; for two people if they are
            the same place. A second of -1 asks for nobody more.
    """

    first: Places
    second: Places

    @classmethod
    def for_one(cls, places: Places) -> "Wishes":
        """Ask for someone in each place apart."""
        return cls(places, np.full_like(places, -1))

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, chosen: Places) -> "Wishes":
        return Wishes(self.first[chosen], self.second[chosen])

    @property
    def twice(self) -> Flags:
        """Wishes for two people in one place."""
        twice: Flags = self.first == self.second
        return twice

    def granted_in(self, world: Numbers) -> Flags:
        """Say which wishes come true in a world."""
        granted: Flags = (world[self.first] > self.twice) & ((self.second < 0) | (world[self.second] > 0))
        return granted


def facts_of(release: Release, measure: str) -> Facts:
    """Write down what a release says on a measure: sizes of groups, numbers with a value, and cells."""
    tables = release.tables_of(measure)
    categories = _categories(tables)
    inside = membership(release.groups)
    answers = len(categories) + 1
    columns: list[Places] = []
    low: list[int] = []
    high: list[int] = []
    for atoms, group in zip(inside, release.groups, strict=True):
        for chosen, least, most in _counts(group, tables.get(group.key), categories):
            columns.append(np.add.outer(np.flatnonzero(atoms) * answers, chosen).ravel())
            low.append(least)
            high.append(most)
    rows = _indicators(columns, len(inside) * answers)
    return Facts(categories, len(inside), rows, np.array(low, np.float64), np.array(high, np.float64))


def _categories(tables: Mapping[str, Table]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for table in tables.values() for cell in table.cells for name in cell.categories))


def _counts(group: Group, table: Table | None, categories: Sequence[str]) -> list[tuple[Places, int, int]]:
    """List what is known of one group: the answers that are counted together, and their lowest and highest count."""
    everyone = np.arange(len(categories) + 1)
    counts = [(everyone, group.size, group.size)]
    if table is not None:
        counts.append((everyone[:-1], table.n, table.n))
        for cell in table.cells:
            chosen = np.array([categories.index(name) for name in cell.categories])
            counts.append((chosen, cell.low, cell.high))
    return counts


def _indicators(columns: Sequence[Places], width: int) -> csr_array[Any]:
    """Return a matrix with ones in the given columns of each row."""
    ends = np.cumsum([0, *map(len, columns)])
    return csr_array((np.ones(ends[-1]), np.concatenate(columns), ends), shape=(len(columns), width))


def impossible(facts: Facts, wishes: Wishes, solver: Solver) -> Flags:
    """Say which wishes come true in no world; shape (wishes,).

    Raises:
        Unsolved: a program came to no end, or the facts contradict each other.
    """
    granted, settled = np.zeros((2, len(wishes)), np.bool_)
    while not settled.all():
        batch = _sample(np.flatnonzero(~settled))
        world = solution(_program(facts, wishes[batch]), solver)[: facts.places]
        now = wishes.granted_in(world)
        granted |= now
        settled |= now
        if not now[batch].any():
            settled[batch] = True
    return ~granted


def _sample(places: Places) -> Places:
    """Spread one batch evenly, so that it is not about the same few groups."""
    return places[np.linspace(0, len(places) - 1, min(BATCH, len(places))).astype(np.intp)]


def _program(facts: Facts, wishes: Wishes) -> Program:
    """Ask for the world that grants the most wishes: one binary z per wish, at most what either place holds."""
    size, places = len(wishes), facts.places
    more = np.flatnonzero((wishes.second >= 0) & ~wishes.twice)
    held = _indicators([*wishes.first[:, np.newaxis], *wishes.second[more, np.newaxis]], places)
    granted = csr_array(eye_array(size))[np.concatenate([np.arange(size), more])]
    needed = diags_array(np.concatenate([1.0 + wishes.twice, np.ones(len(more))]))
    return Program(
        goal=np.concatenate([np.zeros(places), np.ones(size)]),
        whole=np.ones(places + size, np.bool_),
        low=np.zeros(places + size),
        high=np.concatenate([np.full(places, np.inf), np.ones(size)]),
        rows=csr_array(block_array([[facts.rows, None], [-held, needed @ granted]])),
        row_low=np.concatenate([facts.low, np.full(size + len(more), -np.inf)]),
        row_high=np.concatenate([facts.high, np.zeros(size + len(more))]),
        gap=GAP,
    )
