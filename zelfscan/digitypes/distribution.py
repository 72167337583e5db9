"""How many people of a group are of each type: better than counting everyone's most likely type.

A classifier that is right three times out of four moves people from rare types to common ones, and always in the
same direction; so counting its labels makes groups look more alike than they are.
"""

import numpy as np
from numpy.typing import ArrayLike

from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.types import TYPES

STRENGTH = 8.0
"""Weight of the shares among all people, in people: about how far groups lie apart when their share of starters runs
from 5% to 60%. A group of 8 then counts for half, one of 100 for almost everything."""

ITERATIONS = 1000
TOLERANCE = 1e-7
"""The estimate is ready when no share moves more than this in one round."""


def estimate_shares(
    probabilities: Floats, shares: Floats, counts: ArrayLike | None = None, strength: float = STRENGTH
) -> Floats:
    """Share of each type among the people of one group, with the shares of the group instead of those of all people.

    Expectation-maximisation: each person's probabilities are set to the present estimate of the shares of the group
    (M. Saerens, P. Latinne and C. Decaestecker, 2002, Adjusting the outputs of a classifier to new a priori
    probabilities, Neural Computation 14, 21-41), and the shares to their mean. So that a small group does not run
    to an extreme, `strength` people with the shares of everybody count along in the maximisation (the maximum a
    posteriori under a Dirichlet distribution, A.P. Dempster, N.M. Laird and D.B. Rubin, 1977); they are not part of
    the outcome.

    Args:
        probabilities: of each type of `TYPES`, per person, or per label (`label_probabilities`); shape (n, 4).
        shares: of the types among the people that the classifier was trained on, all positive; shape (4,).
        counts: how many people each row stands for, not negative; by default 1; shape (n,).
        strength: weight of `shares`, in people; 0: none.

    Returns:
        Share of each type, from 0 to 1, together 1; shape (4,).

    Raises:
        ValueError: there are no people, the shapes do not fit, or a type has no share.
    """
    weights = np.ones(len(probabilities)) if counts is None else np.asarray(counts, dtype=np.float64)
    if np.shape(probabilities) != (len(weights), len(TYPES)) or weights.sum() <= 0:
        raise ValueError(f"there have to be people, with {len(TYPES)} probabilities and one count each")
    if np.min(shares) <= 0:
        raise ValueError("each type needs a share among the people that the classifier was trained on")
    evidence = probabilities / shares
    estimate = np.asarray(shares, dtype=np.float64)
    for _ in range(ITERATIONS):
        before, expected = estimate, _expected(evidence, weights, estimate)
        estimate = (expected + strength * shares) / (weights.sum() + strength)
        if np.abs(estimate - before).max() < TOLERANCE:
            break
    found: Floats = _expected(evidence, weights, estimate) / weights.sum()
    return found


def label_probabilities(confusion: ArrayLike) -> Floats:
    """Probability of each type for who got a label; lets `estimate_shares` work with counts of labels alone.

    Args:
        confusion: people per true type (row) and most likely type (column), as in an evaluation; shape (4, 4).

    Returns:
        Per label (row) the probability of each type; a label that nobody got says nothing; shape (4, 4).
    """
    table = np.asarray(confusion, dtype=np.float64)
    totals = table.sum(axis=0)
    known = np.where(totals > 0, table, table.sum(axis=1, keepdims=True))
    chances: Floats = (known / known.sum(axis=0)).T
    return chances


def distance(shares: Floats, others: Floats) -> float:
    """Total variation: the share of people who would have to be of another type to make the two the same, 0 to 1."""
    return float(np.abs(shares - others).sum() / 2)


def _expected(evidence: Floats, weights: Floats, shares: Floats) -> Floats:
    """Expected people per type when the types have these shares; shape (4,)."""
    chances = evidence * shares
    expected: Floats = weights @ (chances / chances.sum(axis=1, keepdims=True))
    return expected
