"""Who is the same in several releases: the pieces that all their groups together cut an organisation into.

A release names units: its groups, and the members of 'other teams'. Each named unit stands here for the people who are
in it and in no named unit below it. Where a unit lies in a release that does not name it, another release says: the
nearest one that does, an earlier before a later one. Units that no release names stay with the unit around them.

Per release, a piece of the organisation is what is in one counted group and in none of the counted groups below it:
its home. Units with the same home in every release form a block. Blocks that share a home in some release are linked:
of a linked set every release tells how many people it holds, and of no smaller set of blocks.

Crossings with background overlap the teams beside them. So they are looked at apart: `views` gives per unit and
background the crossings with only the units around them, in which groups are nested again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from zelfscan.privacy.crossings import is_crossing, lines_of, units_among
from zelfscan.privacy.isolation import Membership
from zelfscan.privacy.programs import Numbers
from zelfscan.privacy.release import Release

Home = str | None
"""Key of a group; None: in no counted group."""
Chains = Mapping[str, tuple[str, ...]]
"""Per unit the keys of the groups that it lies in, the innermost first."""
Count = Callable[[Release], dict[str, int]]
"""The number of people per counted group of a release."""
Block = tuple[Home, ...]
"""The homes of a block, one per release."""


@dataclass(frozen=True)
class Layer:
    """What one release counts: the size of its groups, or how many in them have a value for a measure.

    Attributes:
        chains: where units lie.
        people: number per key of the groups that are counted; a group without one is left out of account.
    """

    chains: Chains
    people: Mapping[str, int]

    @cached_property
    def around(self) -> dict[str, tuple[str, ...]]:
        """Per counted group itself and the counted groups that it lies in, the innermost first."""
        found: dict[str, tuple[str, ...]] = {}
        for chain in self.chains.values():
            counted = tuple(key for key in chain if key in self.people)
            found.update({key: counted[place:] for place, key in enumerate(counted)})
        return found

    @cached_property
    def left(self) -> dict[str, int]:
        """Per counted group the people who are in none of the counted groups right under it."""
        left = dict(self.people)
        for key, *holders in self.around.values():
            if holders:
                left[holders[0]] -= self.people[key]
        return left

    def home(self, unit: str) -> Home:
        """The innermost counted group that a unit lies in."""
        return next((key for key in self.chains[unit] if key in self.people), None)

    def below(self, key: str) -> list[str]:
        """The counted groups right under a counted group."""
        return [lower for lower, around in self.around.items() if around[1:2] == (key,)]


class Churn(NamedTuple):
    """How many people joined and left between two rounds."""

    joined: int
    left: int


@dataclass(frozen=True)
class Linked:
    """A linked set.

    Attributes:
        blocks: places in the list of blocks.
        homes: per release its counted groups.
        people: per release how many it holds; None if some of it lies in no counted group.
    """

    blocks: tuple[int, ...]
    homes: tuple[tuple[str, ...], ...]
    people: tuple[int | None, ...]

    @property
    def churn(self) -> Churn | None:
        """The least churn that fits two releases; None if it cannot be known how many were in the set."""
        was, now = self.people
        return None if was is None or now is None else Churn(max(0, now - was), max(0, was - now))


def views(releases: Sequence[Release]) -> list[list[Release]]:
    """Split releases into views in which groups are nested: the units, and each unit with a background."""
    crossed = dict.fromkeys(
        (group.parent, group.background) for release in releases for group in release.groups if is_crossing(group)
    )
    plain = [replace(release, groups=units_among(release.groups)) for release in releases]
    return [plain, *([_crossing(release, *cut) for release in releases] for cut in crossed)]


def _crossing(release: Release, unit: str | None, background: str | None) -> Release:
    around = lines_of(units_among(release.groups)).get(unit or "", ())
    cut = (unit, background)
    kept = (
        group
        for group in release.groups
        if ((group.parent, group.background) == cut if is_crossing(group) else group.key in around)
    )
    return replace(release, groups=tuple(kept))


def chains_of(releases: Sequence[Release]) -> list[Chains]:
    """Say per release where every unit lies that any of them names; groups of a release have to be nested."""
    holders = [_holders(release) for release in releases]
    units = list(dict.fromkeys(unit for held in holders for unit in held))
    return [_chains(releases, holders, number, units) for number in range(len(releases))]


def _holders(release: Release) -> dict[str, str | None]:
    """Per named unit the unit around it."""
    held: dict[str, str | None] = {}
    for group in release.groups:
        held |= dict.fromkeys(group.members if group.kind == "other" else (group.key,), group.parent)
    return held


def _chains(
    releases: Sequence[Release], holders: Sequence[Mapping[str, str | None]], number: int, units: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    nearest = sorted(range(len(releases)), key=lambda other: (abs(other - number), other))
    steps: dict[str, str | None] = {}
    for other in nearest:
        steps = {**holders[other], **steps}
    groups = {group.key: group.parent for group in releases[number].groups}
    rolled = {unit: group.key for group in releases[number].groups if group.kind == "other" for unit in group.members}
    return {unit: _chain(unit, steps | groups | rolled, groups) for unit in units}


def _chain(unit: str, steps: Mapping[str, str | None], groups: Mapping[str, Any]) -> tuple[str, ...]:
    passed: dict[str, None] = {}
    here: str | None = unit
    while here is not None and here not in passed:
        passed[here] = None
        here = steps.get(here)
    return tuple(key for key in passed if key in groups)


def layers_of(releases: Sequence[Release], count: Count) -> list[Layer]:
    """What each of the releases counts; groups have to be nested."""
    return [Layer(chains, count(release)) for chains, release in zip(chains_of(releases), releases, strict=True)]


def numbers_with(measure: str) -> Count:
    """Count the people with a value for a measure, in groups that have a table of it."""
    return lambda release: {key: table.n for key, table in release.tables_of(measure).items()}


def blocks_of(layers: Sequence[Layer]) -> list[Block]:
    """The blocks that layers with the same units divide them into; what no layer counts is left out."""
    homes = dict.fromkeys(tuple(layer.home(unit) for layer in layers) for unit in layers[0].chains)
    return [block for block in homes if any(block)]


def linked_sets(layers: Sequence[Layer], blocks: Sequence[Block]) -> list[Linked]:
    """Divide blocks into linked sets."""
    if not blocks:
        return []
    nodes = dict.fromkeys((number, home) for block in blocks for number, home in enumerate(block) if home)
    place = {node: index for index, node in enumerate(nodes)}
    rows = [[place[number, home] for number, home in enumerate(block) if home] for block in blocks]
    ends = np.cumsum([0, *map(len, rows)])
    lies = csr_array((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(blocks), len(nodes)))
    count, label = connected_components(lies @ lies.T, directed=False)
    return [_linked(layers, blocks, tuple(np.flatnonzero(label == number).tolist())) for number in range(count)]


def _linked(layers: Sequence[Layer], blocks: Sequence[Block], chosen: tuple[int, ...]) -> Linked:
    homes = [dict.fromkeys(blocks[place][number] for place in chosen) for number in range(len(layers))]
    people = (
        None if None in found else sum(layer.left[home] for home in found if home)
        for layer, found in zip(layers, homes, strict=True)
    )
    return Linked(chosen, tuple(tuple(home for home in found if home) for found in homes), tuple(people))


def joint_membership(layers: Sequence[Layer]) -> tuple[Membership, Numbers]:
    """Say which atom lies in which counted group of which release, and how many people each of those groups counts.

    A block is one atom in those releases that count as many people in its linked set: its members are then taken to be
    the same. In other releases it is an atom of its own.

    Returns:
        flags, shape (groups, atoms), and numbers, shape (groups,).
    """
    blocks = blocks_of(layers)
    atoms: dict[tuple[int, object], int] = {}
    where = np.zeros((len(blocks), len(layers)), int)
    for linked in linked_sets(layers, blocks):
        for number, people in enumerate(linked.people):
            same = people if None not in linked.people else f"release {number}"
            for block in linked.blocks:
                where[block, number] = atoms.setdefault((block, same), len(atoms))
    rows = [(number, key) for number, layer in enumerate(layers) for key in layer.around]
    inside = np.zeros((len(rows), len(atoms)), np.bool_)
    for row, (number, key) in enumerate(rows):
        around = layers[number].around
        held = [place for place, block in enumerate(blocks) if key in around.get(block[number] or "", ())]
        inside[row, where[held, number]] = True
    return inside, np.array([layers[number].people[key] for number, key in rows], float)
