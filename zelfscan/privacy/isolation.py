"""The smallest set of people that can be isolated by adding and subtracting published groups.

Groups divide people into atoms: sets whose people are in exactly the same groups. A set of atoms can be isolated if
its indicator y is a combination of the indicators of groups: y = M'w, for the membership matrix M (groups x atoms)
and weights w. The number of people in it is then the same combination of the published numbers, w'n. The smallest is
the optimum of an integer program: minimise w'n, with y binary and w'n at least 1.

With crossings an atom is an atom of the units together with a cell of each background (see `crossings`), and y is a
sum of parts: y = a[atom] + b[block, cell] + ..., one b per background. In one block every atom that holds anyone may go
with every cell. If b took two values there, a or the part of another background could not take two as well: with a > a'
and b > b', each by 1 as y is 0 or 1, y would differ by 2 between a + b and a' + b'. So within a block y follows the
cells of one background, or only the atoms. What y says of blocks of one kind can be kept and the rest be made 0, as the
weights of units make a[atom] anything. So the smallest set is one atom of the units, or else it lies in the cells of
one background; it is enough to look at the units alone, and at each background with the units that it crosses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from zelfscan.privacy.crossings import Division, divisions_of, units_among
from zelfscan.privacy.programs import Numbers, Program, Solver, Unsolved, solution
from zelfscan.privacy.release import Group

Membership = npt.NDArray[np.bool_]
WEIGHTLESS = 1e-4
"""A weight under this is 0: a group with it has no part in a set."""


@dataclass(frozen=True)
class Isolated:
    """A set that can be isolated.

    Attributes:
        people: how many it holds.
        groups: keys of the groups that are added and subtracted.
    """

    people: int
    groups: tuple[str, ...]


def membership(groups: Sequence[Group]) -> Membership:
    """Say which atom lies in which group; shape (groups, atoms), both in the order of `groups`.

    Published units are nested, so there is one atom per unit: the people who are in none of its published children.
    For a unit without children these are all its people; otherwise they may be nobody.

    Parameters:
        groups: units of a release, parents before children; no crossings.
    """
    place = {group.key: index for index, group in enumerate(groups)}
    inside = np.eye(len(groups), dtype=np.bool_)
    for index, group in enumerate(groups):
        if group.parent is not None:
            inside[:, index] |= inside[:, place[group.parent]]
    return inside


def atom_sizes(groups: Sequence[Group]) -> Numbers:
    """Count the people per atom from the published sizes of units; shape (atoms,)."""
    sizes = np.array([group.size for group in groups], float)
    return np.linalg.solve(membership(groups).astype(float), sizes) if groups else sizes


def smallest_isolable(inside: Membership, people: Numbers, solver: Solver, holding: int | None = None) -> int | None:
    """Return the number of people in the smallest isolable set that holds anyone; None if there is none.

    Parameters:
        inside: shape (groups, atoms).
        people: published number per group, shape (groups,).
        holding: an atom that the set has to hold, if it matters.

    Raises:
        Unsolved: the program came to no end, or no set holds that atom.
    """
    if not people.any():
        return None
    program = _program(inside, people)
    if holding is not None:
        program.low[len(people) + holding] = 1.0
    return round(float(people @ solution(program, solver)[: len(people)]))


def smallest_set(
    groups: Sequence[Group], people: Numbers, occupied: Mapping[str, Membership], solver: Solver
) -> Isolated | None:
    """Return the smallest set that can be isolated from the numbers of units and crossings; None if there is none.

    Parameters:
        groups: of a release.
        people: published number per group, NaN where a group has none; shape (groups,).
        occupied: per background where there can be anyone who is counted, shape (blocks, cells). What is known to be
            empty need not be told apart.

    Raises:
        Unsolved: a program came to no end, or a crossing has a number that its unit does not have.
    """
    numbers = {group.key: n for group, n in zip(groups, people, strict=True) if not np.isnan(n)}
    units = units_among(groups)
    found = [_smallest([unit.key for unit in units], membership(units), numbers, solver)]
    for division in divisions_of(groups):
        keys, inside = crossed_membership(groups, division, occupied[division.background])
        crossed = {group.parent for group in groups if group.key in division.crossings and group.key in numbers}
        if not crossed <= numbers.keys():
            raise Unsolved("a crossing has a number and its unit has none")
        if crossed:
            found.append(_smallest(keys, inside, numbers, solver))
    return min((isolated for isolated in found if isolated), key=lambda isolated: isolated.people, default=None)


def crossed_membership(
    groups: Sequence[Group], division: Division, occupied: Membership
) -> tuple[list[str], Membership]:
    """Return the keys of the crossings of a background and the units that they cross, and which cells they hold.

    Parameters:
        occupied: the cells that count, shape (blocks, cells).

    Returns:
        the keys; and their cells, in the order of `occupied`, shape (keys, occupied cells).
    """
    inside: dict[str, Membership] = {}
    for group in groups:
        if group.key in division.crossings and group.parent is not None:
            blocks, cell = division.crossings[group.key]
            for key, cells in ((group.parent, slice(None)), (group.key, cell)):
                inside[key] = np.zeros(occupied.shape, np.bool_)
                inside[key][blocks, cells] = True
    return list(inside), np.array([cells[occupied] for cells in inside.values()])


def _smallest(keys: Sequence[str], inside: Membership, numbers: Mapping[str, float], solver: Solver) -> Isolated | None:
    rows = [index for index, key in enumerate(keys) if key in numbers]
    people = np.array([numbers[keys[index]] for index in rows])
    if not people.any():
        return None
    weights = solution(_program(inside[rows], people), solver)[: len(rows)]
    used = (keys[index] for index, weight in zip(rows, weights, strict=True) if abs(weight) > WEIGHTLESS)
    return Isolated(round(float(people @ weights)), tuple(used))


def _program(inside: Membership, people: Numbers) -> Program:
    """Ask for weights of groups that make the indicator of each atom 0 or 1, and hold the fewest people."""
    groups, atoms = inside.shape
    indicators = hstack([csr_array(inside.T.astype(float)), -eye_array(atoms)])
    counted = csr_array(np.concatenate([people, np.zeros(atoms)])[np.newaxis, :])
    return Program(
        goal=np.concatenate([-people, np.zeros(atoms)]),
        whole=np.arange(groups + atoms) >= groups,
        low=np.concatenate([np.full(groups, -float(groups)), np.zeros(atoms)]),
        high=np.concatenate([np.full(groups, float(groups)), np.ones(atoms)]),
        rows=csr_array(vstack([indicators, counted])),
        row_low=np.append(np.zeros(atoms), 1.0),
        row_high=np.append(np.zeros(atoms), np.inf),
    )
