"""Worlds: all that could be true, given what is published on one measure.

A world says how many people of each atom gave each answer; an answer is a category or no value. Whoever reads a
release knows that the world is one of those that meet the published sizes, numbers and cells, and so knows for certain
what holds in all of them. To find that out, wishes are made: 'a world in which someone of atom s gave answer a, and
someone of atom t gave answer b'. An integer program looks for the world that grants as many of them as it can. If
even the best grants none, none of them can be true.

Few wishes need a program. A world that was found for some wishes is held against all others as well, and the first
programs ask for a world with someone, and then with two people, in as many places at once as there can be. In such a
world nearly all is true that can be true anywhere, because in an organisation of any size most people can change their
answers without any published number changing. What is left is about places that are nearly certain to be empty: the
ends of groups in which almost everybody gave the same answer, pinned down from several sides. Only these get a program
of their own.

Crossings. A world then also says how many people of each block and cell (see `crossings`) gave each answer, one count
per background beside the count per atom, such that for each answer the cells of a block add up to its atoms. It does
not count over atoms, ages and functions all together, and need not: for each answer and block, people per atom and
people per cell are the margins of a two-way table with the same total, and such a table exists, in whole numbers, by
the rule of transport; its cells are then the rows of a table against the next background, and so on. So each world can
be completed to people, and each company of people gives a world: what the margins share decomposes the model (Lauritzen
on decomposable graphical models; Dobra and Fienberg on generalised Fréchet bounds). One or two persons with all that is
known of them can be set aside first, as long as their places hold them, and the rest be completed without them. So 'a
person of this atom, age and function gave this answer' is possible if and only if some world has someone in each of
those places, and for two people if it has two where they share a place.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, combinations, product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, csr_array, vstack

from zelfscan.privacy.crossings import Division, divisions_of, is_crossing, units_among
from zelfscan.privacy.isolation import membership
from zelfscan.privacy.programs import TOLERANCE, Numbers, Program, Solver, Unsolved, solution
from zelfscan.privacy.release import Group, Release, Table

BATCH = 20
"""Wishes in the program that looks for a first world, or proves that some come true in none."""
SPREAD = 1000
"""Places in one program that asks for someone in as many as it can."""
GAP = 0.3
"""A world need not be the very best, as long as it grants something."""
NARROW_GAP = 0.05
"""A world that is to grant nearly everything has to be nearly the best."""
WORD = 64
"""Worlds that all pairs of people are held against, a bit each; what is left is held against the others."""
CHUNK = 256
"""Persons whose pairs with all others are in memory at once."""

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Bits = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Facts:
    """What a release says on one measure, as constraints on a world.

    A world is a vector of counts, shape (width,). The place of atom t and answer a is ``t * answers + a``; after all
    atoms come, per division, the places of its blocks, cells and answers, in that order.

    Attributes:
        categories: of the measure; the last answer, after all categories, is 'no value'.
        atoms: number of atoms, one per unit that is shown (see `isolation.membership`).
        rows: shape (constraints, width).
        low, high: shape (constraints,).
        divisions: one per background with crossings.
    """

    categories: tuple[str, ...]
    atoms: int
    rows: csr_array[Any]
    low: Numbers
    high: Numbers
    divisions: tuple[Division, ...] = ()

    @property
    def answers(self) -> int:
        """Number of answers: the categories and 'no value'."""
        return len(self.categories) + 1

    @property
    def places(self) -> int:
        """Number of places that are of an atom and an answer: the first ones of a world."""
        return self.atoms * self.answers

    @property
    def width(self) -> int:
        """Number of places of a world."""
        return int(self.rows.shape[1])

    @cached_property
    def starts(self) -> list[int]:
        """The first place of each division."""
        sizes = [self.places, *(each.blocks * each.cells * self.answers for each in self.divisions)]
        return list(accumulate(sizes))[:-1]

    def first_place(self, division: int, block: int, cell: int) -> int:
        """The place of a block and cell with the first answer."""
        return self.starts[division] + (block * self.divisions[division].cells + cell) * self.answers

    @cached_property
    def profiles(self) -> Places:
        """All that can be known of a person: her atom, and her cell per division, or -1 if her block is not divided.

        Shape (profiles, 1 + divisions).
        """
        known = (
            (atom, *cells)
            for atom in range(self.atoms)
            for cells in product(*(range(each.cells) if each.block[atom] >= 0 else (-1,) for each in self.divisions))
        )
        return np.array(list(known), np.intp).reshape(-1, 1 + len(self.divisions))

    @cached_property
    def persons(self) -> Places:
        """The places of a person per profile and answer, -1 for none; shape (profiles * answers, 1 + divisions)."""
        atoms = self.profiles[:, 0]
        first = [atoms * self.answers]
        for number, division in enumerate(self.divisions):
            cells, blocks = self.profiles[:, 1 + number], division.block[atoms]
            start = self.first_place(number, 0, 0) + (blocks * division.cells + cells) * self.answers
            first.append(np.where(cells < 0, -1, start))
        places = np.stack(first, axis=1)[:, np.newaxis] + np.arange(self.answers)[:, np.newaxis]
        places[np.repeat(np.stack(first, axis=1)[:, np.newaxis] < 0, self.answers, axis=1)] = -1
        return places.reshape(-1, 1 + len(self.divisions))

    def fixed(self, rows: csr_array[Any], numbers: Numbers) -> "Facts":
        """Return these facts and more: what some rows come to."""
        low, high = (np.append(ends, numbers) for ends in (self.low, self.high))
        return replace(self, rows=csr_array(vstack([self.rows, rows])), low=low, high=high)

    def allow(self, world: Numbers) -> bool:
        """Say whether a world agrees with all facts."""
        counts = self.rows @ world
        return bool(np.all(counts >= self.low - TOLERANCE) and np.all(counts <= self.high + TOLERANCE))


@dataclass(frozen=True)
class Wishes:
    """Things that could be true in a world.

    Attributes:
        first, second: the places of two persons, shape (wishes,), or (wishes, places per person) with -1 for none. A
            wish asks for someone in each place, and for two people in a place of both. A second person without any
            place asks for nobody more.
    """

    first: Places
    second: Places

    def __post_init__(self) -> None:
        for name in ("first", "second"):
            places = getattr(self, name)
            object.__setattr__(self, name, places[:, np.newaxis] if places.ndim == 1 else places)

    @classmethod
    def for_one(cls, places: Places) -> "Wishes":
        """Ask for each person apart."""
        return cls(places, np.full_like(places, -1))

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, chosen: Places | Flags) -> "Wishes":
        return Wishes(self.first[chosen], self.second[chosen])

    @property
    def twice(self) -> Flags:
        """Where two people are wished for in one place; shape of `first`."""
        twice: Flags = (self.first == self.second) & (self.first >= 0)
        return twice

    def granted_in(self, world: Numbers) -> Flags:
        """Say which wishes come true in a world; shape (wishes,)."""
        here = (self.first < 0) | (world[self.first] > self.twice)
        there = (self.second < 0) | (world[self.second] > 0)
        granted: Flags = np.all(np.hstack([here, there]), axis=1)
        return granted


def facts_of(release: Release, measure: str) -> Facts:
    """Write down what a release says on a measure: sizes of groups, numbers with a value, and cells."""
    tables = release.tables_of(measure)
    categories = _categories(tables)
    frame = _frame(tuple(replace(group, size=0, tables=()) for group in release.groups), categories)
    columns: list[Places] = []
    low: list[int] = []
    high: list[int] = []
    for group in release.groups:
        for chosen, least, most in _counts(group, tables.get(group.key), categories):
            columns.append(np.add.outer(frame.places[group.key], chosen).ravel())
            low.append(least)
            high.append(most)
    bare, nothing = frame.facts, np.zeros(frame.facts.rows.shape[0])
    rows = csr_array(vstack([_indicators(columns, bare.width), bare.rows]))
    return replace(bare, rows=rows, low=np.append(low, nothing), high=np.append(high, nothing))


def answers_of(release: Release, measure: str) -> Facts:
    """Write down what a release says of the answers to a measure: `facts_of` without crossings that have no table.

    Their sizes say nothing of answers. A world in which a cell takes in the people of such crossings can be completed
    to one that tells them apart, by dividing them over the answers as their sizes ask, a row at a time; and as a
    crossing holds more people than a target and a colleague, it can hold those two with any answers that the cell has.
    """
    told = release.tables_of(measure)
    kept = (group for group in release.groups if not is_crossing(group) or group.key in told)
    return facts_of(replace(release, groups=tuple(kept)), measure)


class _Frame(NamedTuple):
    """What follows from which groups there are, whatever is published of them.

    Attributes:
        facts: that the cells of each block add up to its atoms, and no more.
        places: see `_places_of_groups`.
    """

    facts: Facts
    places: Mapping[str, Places]


@lru_cache(maxsize=4)
def _frame(groups: tuple[Group, ...], categories: tuple[str, ...]) -> _Frame:
    units, divisions = units_among(groups), divisions_of(groups)
    bare = Facts(categories, len(units), csr_array((0, 0)), np.zeros(0), np.zeros(0), divisions)
    links = _links(bare, bare.places + sum(each.blocks * each.cells for each in divisions) * bare.answers)
    nothing = np.zeros(links.shape[0])
    return _Frame(replace(bare, rows=links, low=nothing, high=nothing), _places_of_groups(bare, groups))


def _places_of_groups(facts: Facts, groups: Sequence[Group]) -> dict[str, Places]:
    """Per group, where its people are: the places of its atoms, or its cells, with the first answer."""
    units = units_among(groups)
    inside = membership(units)
    places = {unit.key: np.flatnonzero(row) * facts.answers for unit, row in zip(units, inside, strict=True)}
    for number, division in enumerate(facts.divisions):
        for key, (blocks, cell) in division.crossings.items():
            places[key] = np.array([facts.first_place(number, int(block), cell) for block in blocks])
    return places


def _links(facts: Facts, width: int) -> csr_array[Any]:
    """Return a row per division, block and answer: its cells less its atoms, which is 0 in each world."""
    cells, atoms = [], []
    for number, division in enumerate(facts.divisions):
        for block in range(division.blocks):
            start = facts.first_place(number, block, 0)
            for answer in range(facts.answers):
                cells.append(start + answer + facts.answers * np.arange(division.cells))
                atoms.append(np.flatnonzero(division.block == block) * facts.answers + answer)
    return csr_array(_indicators(cells, width) - _indicators(atoms, width))


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
    chosen = np.concatenate([np.zeros(0, np.intp), *columns])
    return csr_array((np.ones(ends[-1]), chosen, ends), shape=(len(columns), width))


def impossible(facts: Facts, wishes: Wishes, solver: Solver) -> Flags:
    """Say which wishes come true in no world; shape (wishes,).

    Raises:
        Unsolved: a program came to no end, or the facts contradict each other.
    """
    return Search(facts, solver).impossible(wishes)


class Search:
    """A search for worlds, which remembers what it found.

    Attributes:
        facts: that each world agrees with.
        worlds: found so far, and those given that agree with the facts.
    """

    def __init__(
        self, facts: Facts, solver: Solver, worlds: Iterable[Numbers] = (), programs: float = math.inf
    ) -> None:
        """
        Parameters:
            worlds: found before, of which those are used that agree with the facts.
            programs: how many may be solved; a search that needs more comes to no end.
        """
        self.facts, self._programs = facts, programs
        self.worlds = [world for world in worlds if len(world) == facts.width and facts.allow(world)]
        self._solver = solver
        self._empty = np.zeros(facts.width, np.bool_)
        self._apart = np.zeros((facts.width, facts.width), np.bool_)
        self._surveyed = False

    def impossible(self, wishes: Wishes) -> Flags:
        """Say which wishes come true in no world; shape (wishes,). Raises Unsolved as `impossible` does."""
        return self._impossible(wishes, BATCH, GAP)

    def empty(self) -> Flags:
        """Say in which places nobody can be; shape (width,). Raises Unsolved as `impossible` does."""
        places = np.arange(self.facts.width)
        if not self.worlds:
            self._best(Wishes.for_one(_sample(places, BATCH)), GAP)
        self._empty = self._impossible(Wishes.for_one(places), SPREAD, NARROW_GAP)
        return self._empty

    def survey(self) -> None:
        """Find the places where nobody can be, and the pairs of places that cannot both hold someone (else).

        That settles most wishes that come true in no world. Raises Unsolved as `impossible` does.
        """
        if self._surveyed:
            return
        filled = np.flatnonzero(~self.empty())
        self._impossible(Wishes(filled, filled), SPREAD, NARROW_GAP)
        _mark(self._apart, self._places_apart([filled]))
        self._surveyed = True

    def never(self, persons: Places) -> Flags:
        """Say which persons are there in no world, after a survey; shape (persons,). Raises Unsolved."""
        wishes = Wishes.for_one(persons)
        barred = self.surely_impossible(wishes)
        open_ = ~barred & ((persons >= 0) & self._scarce.diagonal()[persons]).any(axis=1)
        barred[open_] = self.impossible(wishes[open_])
        return barred

    def pairs_apart(self, persons: Places) -> Places:
        """Say which two persons are there together in no world, after a survey.

        Parameters:
            persons: places of each, shape (persons, places per person).

        Returns:
            pairs of positions, shape (pairs, 2), sorted.

        Raises:
            Unsolved: as for `impossible`.
        """
        pairs = _pairs_at(self._scarce, persons)
        first, second = pairs.T
        return pairs[self.impossible(Wishes(persons[first], persons[second]))]

    @cached_property
    def _scarce(self) -> Flags:
        """Say which two places cannot both hold someone (else) while the totals of all blocks stay as in one world.

        Given how many people of each block gave each answer, atoms and the cells of each background have nothing to do
        with each other: worlds with the same totals can exchange these parts. So who is in no scarce places is there,
        with anybody else who is in none.

        Symmetric, shape (width, width). A place where nobody can be then is scarce together with every other.
        """
        if not self.facts.divisions:
            return self._apart
        totals = _block_totals(self.facts)
        world = max(self.worlds, key=lambda world: int(np.sum(np.minimum(world, 2))))
        inner = Search(self.facts.fixed(totals, totals @ world), self._solver, self.worlds, self._programs)
        inner._empty, inner._apart, before = self._empty, self._apart, len(inner.worlds)
        empty = inner.empty()
        filled = np.flatnonzero(~empty)
        scarce = empty | empty[:, np.newaxis]
        _mark(scarce, inner._places_apart(np.split(filled, np.searchsorted(filled, self.facts.starts))))
        self.worlds += inner.worlds[before:]
        return scarce

    def _places_apart(self, parts: Iterable[Places]) -> Places:
        """Say which two places of one part cannot both hold someone (else); shape (pairs, 2)."""
        pairs = np.concatenate([part[_open_pairs(part[:, np.newaxis], self.worlds[-WORD:])] for part in parts])
        return pairs[self.impossible(Wishes(pairs[:, 0], pairs[:, 1]))]

    def surely_apart(self, persons: Places) -> Places:
        """Say of which two persons the survey found that they cannot be there together; as `pairs_apart`."""
        return _pairs_at(self._apart, persons)

    def surely_impossible(self, wishes: Wishes) -> Flags:
        """Say of which wishes the survey found that they come true in no world; shape (wishes,)."""
        places = np.hstack([wishes.first, wishes.second])
        barred = np.zeros(len(wishes), np.bool_)
        for place in places.T:
            barred |= (place >= 0) & self._empty[place]
        for one, other in combinations(places.T, 2):
            barred |= (one >= 0) & (other >= 0) & self._apart[one, other]
        return barred

    def _impossible(self, wishes: Wishes, size: int, gap: float) -> Flags:
        barred = self.surely_impossible(wishes)
        open_ = ~barred
        for world in self.worlds:
            open_[open_] = ~wishes[open_].granted_in(world)
        while open_.any():
            batch = _sample(np.flatnonzero(open_), size)
            open_[open_] = ~wishes[open_].granted_in(self._best(wishes[batch], gap))
            if open_[batch].all():
                barred[batch] = True
                open_[batch] = False
        return barred

    def _best(self, wishes: Wishes, gap: float) -> Numbers:
        if self._programs < 1:
            raise Unsolved("too many programs")
        self._programs -= 1
        world = solution(_program(self.facts, wishes, gap), self._solver)[: self.facts.width]
        self.worlds.append(world)
        return world


def _mark(flags: Flags, pairs: Places) -> None:
    first, second = pairs.T
    flags[first, second] = flags[second, first] = True


def _pairs_at(chosen: Flags, persons: Places) -> Places:
    """List the pairs of persons of whom one is in the one and the other in the other of two chosen places.

    Parameters:
        chosen: symmetric, shape (width, width).
    """
    found = [np.zeros((0, 2), np.intp)]
    named = np.unique(persons[persons >= 0])
    here = {place: np.flatnonzero((persons == place).any(axis=1)) for place in named}
    for place, other in np.argwhere(np.triu(chosen[np.ix_(named, named)])):
        found.append(np.stack(np.meshgrid(here[named[place]], here[named[other]]), axis=-1).reshape(-1, 2))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _block_totals(facts: Facts) -> csr_array[Any]:
    """Return a row per division, block and answer: the people in its cells together."""
    columns = [
        facts.first_place(number, block, 0) + answer + facts.answers * np.arange(division.cells)
        for number, division in enumerate(facts.divisions)
        for block in range(division.blocks)
        for answer in range(facts.answers)
    ]
    return _indicators(columns, facts.width)


def _open_pairs(persons: Places, worlds: Sequence[Numbers]) -> Places:
    """List the pairs of persons who are there together in none of these worlds; shape (pairs, 2), sorted.

    Each person has a bit per world, so that all pairs can be looked at in one go.
    """
    once, twice = (_bits(persons, worlds, count) for count in (1, 2))
    there = np.bitwise_and.reduce(once, axis=1)
    found = np.concatenate([*_never_both(there), *_never_twice(there, twice, persons)])
    return np.unique(found, axis=0)


def _bits(persons: Places, worlds: Sequence[Numbers], count: int) -> Bits:
    """Return per place of a person a bit per world: whether it holds so many people. Shape of `persons`."""
    bits = np.zeros(persons.shape, np.uint64)
    for number, world in enumerate(worlds):
        held = (persons < 0) | (world[persons] >= count)
        bits |= held.astype(np.uint64) << np.uint64(number)
    return bits


def _never_both(there: Bits) -> Iterator[Places]:
    yield np.zeros((0, 2), np.intp)
    for start in range(0, len(there), CHUNK):
        first, second = np.nonzero((there[start : start + CHUNK, np.newaxis] & there[start:]) == 0)
        pairs = np.stack([first, second], axis=1)
        yield pairs[first <= second] + start


def _never_twice(there: Bits, twice: Bits, persons: Places) -> Iterator[Places]:
    """List the pairs who share a place and are never there together while it holds two people."""
    for part, double in zip(persons.T, twice.T, strict=True):
        for place in np.unique(part[part >= 0]):
            here = np.flatnonzero(part == place)
            both = there[here, np.newaxis] & there[here] & double[here[0]]
            first, second = np.nonzero(np.triu(both == 0))
            yield np.stack([here[first], here[second]], axis=1)


def _sample(places: Places, size: int) -> Places:
    """Spread one batch evenly, so that it is not about the same few groups."""
    return places[np.linspace(0, len(places) - 1, min(size, len(places))).astype(np.intp)]


def _program(facts: Facts, wishes: Wishes, gap: float) -> Program:
    """Ask for the world that grants the most wishes: one binary z per wish, at most what each of its places holds."""
    size, width = len(wishes), facts.width
    needed = np.hstack([(wishes.first >= 0) + wishes.twice.astype(float), (wishes.second >= 0) & ~wishes.twice])
    wish, part = np.nonzero(needed)
    places = np.hstack([wishes.first, wishes.second])[wish, part]
    held = _indicators(list(places[:, np.newaxis]), width)
    asked = csr_array((needed[wish, part], wish, np.arange(len(wish) + 1)), shape=(len(wish), size))
    return Program(
        goal=np.concatenate([np.zeros(width), np.ones(size)]),
        whole=np.ones(width + size, np.bool_),
        low=np.zeros(width + size),
        high=np.concatenate([np.full(width, np.inf), np.ones(size)]),
        rows=csr_array(block_array([[facts.rows, None], [-held, asked]])),
        row_low=np.concatenate([facts.low, np.full(len(wish), -np.inf)]),
        row_high=np.concatenate([facts.high, np.zeros(len(wish))]),
        gap=gap,
    )
