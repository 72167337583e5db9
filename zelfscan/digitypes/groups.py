"""How the classifier fares in groups: the same error for every group of people, and how many are of each type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zelfscan.digitypes.distribution import distance, estimate_shares, label_probabilities
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.robustness import STARTERS, Fares, Put, Trial, shift, with_shares
from zelfscan.digitypes.types import TYPES

SIZES = (8, 20, 100)
"""People in a group whose distribution of types is estimated."""

REPEATS = 100
"""Groups per size and share of starters."""


@dataclass(frozen=True)
class GroupFares(Fares):
    """The same for one group of people.

    Attributes:
        standardised: accuracy as it would be with the types in the shares of everyone.
        standardised_margin: half its 95% interval.
        recall: per type of `TYPES` the share of them who are recognised.
        counting: how far the shares of the types are off when labels are counted (`distribution.distance`).
        corrected: the same after correction.
    """

    standardised: float
    standardised_margin: float
    recall: dict[str, float]
    counting: float
    corrected: float


class DistributionError(NamedTuple):
    """Mean distance between estimated and true shares of the types in groups of one size, from 0 to 1.

    Attributes:
        groups: how many groups.
        margin: half the 95% interval of the difference between `counting` and `corrected`.
        counting: of counting everyone's most likely type.
        soft: of the mean of everyone's probabilities.
        corrected: of `distribution.estimate_shares` on everyone's probabilities.
        corrected_labels: of the same on the counts of labels alone.
        starters: `counting` and `corrected` per share of starters.
    """

    groups: int
    margin: float
    counting: float
    soft: float
    corrected: float
    corrected_labels: float
    starters: dict[float, tuple[float, float]]


def fairness(trial: Trial) -> dict[str, dict[str, GroupFares]]:
    """Each group of the simulation, per trait; the groups differ only in how many there are of each type."""
    usual = trial.parameters.shares
    found = {}
    for trait, groups in trial.parameters.groups.items():
        puts = {name: trial.put(with_shares(trial.parameters, each.shares)) for name, each in groups.items()}
        found[trait] = {name: group_fares(put, usual) for name, put in puts.items()}
    return found


def group_fares(put: Put, usual: Floats) -> GroupFares:
    """How the classifier fares in one group.

    The standardised accuracy is the recall of each type weighted by the usual shares, as in direct
    standardisation of rates.

    Args:
        put: the people of the group.
        usual: shares of the types among everyone; shape (4,).
    """
    table = put.confusion
    totals = np.maximum(table.sum(axis=1), 1)
    recall = table.diagonal() / totals
    true = table.sum(axis=1) / table.sum()
    return GroupFares(
        **vars(put.fares()),
        standardised=float(usual @ recall),
        standardised_margin=1.96 * float(np.sqrt((usual**2 * recall * (1 - recall) / totals).sum())),
        recall=dict(zip(TYPES, recall.tolist(), strict=True)),
        counting=distance(table.sum(axis=0) / table.sum(), true),
        corrected=distance(estimate_shares(put.probabilities, usual), true),
    )


def distribution_errors(put: Put, usual: Floats, rng: np.random.Generator) -> dict[int, DistributionError]:
    """How far estimates of the shares of types are off in groups of `SIZES` people, over all of `STARTERS`.

    Args:
        put: people to draw the groups from, with some of each type.
        usual: shares of the types among everyone; shape (4,).
        rng: source of chance.
    """
    by_label = label_probabilities(put.confusion)
    pools = [np.flatnonzero(put.types == k) for k in range(len(TYPES))]
    found = {}
    for size in SIZES:
        errors = {
            starters: np.array(
                [_errors(put, _draw(pools, shift(usual, starters), size, rng), usual, by_label) for _ in range(REPEATS)]
            )
            for starters in STARTERS
        }
        found[size] = _distribution_error(errors)
    return found


def _draw(pools: Sequence[Integers], shares: Floats, size: int, rng: np.random.Generator) -> Integers:
    """Row numbers of a group whose types are drawn with these shares; shape (size,)."""
    counts = rng.multinomial(size, shares)
    return np.concatenate([rng.choice(pool, count) for pool, count in zip(pools, counts, strict=True)])


def _errors(put: Put, rows: Integers, usual: Floats, by_label: Floats) -> tuple[float, ...]:
    """How far off one group is: counting, soft counts, corrected, corrected from labels."""
    true = np.bincount(put.types[rows], minlength=len(TYPES)) / len(rows)
    labels = np.bincount(put.predicted[rows], minlength=len(TYPES))
    probabilities = put.probabilities[rows]
    estimates = (
        labels / len(rows),
        probabilities.mean(axis=0),
        estimate_shares(probabilities, usual),
        estimate_shares(by_label, usual, labels),
    )
    return tuple(distance(estimate, true) for estimate in estimates)


def _distribution_error(errors: Mapping[float, Floats]) -> DistributionError:
    every = np.vstack(list(errors.values()))
    counting, soft, corrected, corrected_labels = every.mean(axis=0).tolist()
    gain = every[:, 0] - every[:, 2]
    return DistributionError(
        groups=len(every),
        margin=1.96 * float(gain.std() / np.sqrt(len(gain))),
        counting=counting,
        soft=soft,
        corrected=corrected,
        corrected_labels=corrected_labels,
        starters={each: (float(rows[:, 0].mean()), float(rows[:, 2].mean())) for each, rows in errors.items()},
    )
