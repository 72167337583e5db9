"""The smallest set of people that can be isolated by adding and subtracting published groups.

Groups divide people into atoms: sets whose people are in exactly the same groups. A set of atoms can be isolated if
its indicator y is a combination of the indicators of groups: y = M'w, for the membership matrix M (groups x atoms)
and weights w. The number of people in it is then the same combination of the published numbers, w'n. The smallest is
the optimum of an integer program: minimise w'n, with y binary and w'n at least 1.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from zelfscan.privacy.programs import Numbers, Program, Solver, solution
from zelfscan.privacy.release import Group

Membership = npt.NDArray[np.bool_]


def membership(groups: Sequence[Group]) -> Membership:
    """Say which atom lies in which group; shape (groups, atoms), both in the order of `groups`.

    Published groups are nested, so there is one atom per group: the people who are in none of its published children.
    For a group without children these are all its people; otherwise they may be nobody.

    Parameters:
        groups: of a release, parents before children.
    """
    place = {group.key: index for index, group in enumerate(groups)}
    inside = np.eye(len(groups), dtype=np.bool_)
    for index, group in enumerate(groups):
        if group.parent is not None:
            inside[:, index] |= inside[:, place[group.parent]]
    return inside


def atom_sizes(groups: Sequence[Group]) -> Numbers:
    """Count the people per atom from the published sizes; shape (atoms,)."""
    sizes = np.array([group.size for group in groups], float)
    return np.linalg.solve(membership(groups).astype(float), sizes) if groups else sizes


def smallest_isolable(inside: Membership, people: Numbers, solver: Solver) -> int | None:
    """Return the number of people in the smallest isolable set that holds anyone; None if there is none.

    Parameters:
        inside: shape (groups, atoms).
        people: published number per group, shape (groups,).

    Raises:
        Unsolved: the program came to no end.
    """
    groups, atoms = inside.shape
    if not people.any():
        return None
    indicators = hstack([csr_array(inside.T.astype(float)), -eye_array(atoms)])
    counted = csr_array(np.concatenate([people, np.zeros(atoms)])[np.newaxis, :])
    program = Program(
        goal=np.concatenate([-people, np.zeros(atoms)]),
        whole=np.arange(groups + atoms) >= groups,
        low=np.concatenate([np.full(groups, -float(groups)), np.zeros(atoms)]),
        high=np.concatenate([np.full(groups, float(groups)), np.ones(atoms)]),
        rows=csr_array(vstack([indicators, counted])),
        row_low=np.append(np.zeros(atoms), 1.0),
        row_high=np.append(np.zeros(atoms), np.inf),
    )
    return round(float(people @ solution(program, solver)[:groups]))
