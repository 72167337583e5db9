"""How good probabilities are: accuracy, calibration, confusion, precision and recall."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.types import TYPES

BINS = 15

Truths = NDArray[np.bool_]


class Bin(NamedTuple):
    """People whose outcome was about equally sure: one point of the reliability diagram.

    Attributes:
        people: how many.
        confidence: mean probability of the most likely type.
        accuracy: share of them for whom it was the true type.
    """

    people: int
    confidence: float
    accuracy: float


class TypeQuality(NamedTuple):
    """How one type fares.

    Attributes:
        share: share of people who are of this type.
        predicted: share of people for whom it is the most likely type.
        precision: of those predicted, the share that is of this type; None without any.
        recall: of those who are of this type, the share predicted; None without any.
    """

    share: float
    predicted: float
    precision: float | None
    recall: float | None


def reliability(confidence: Floats, correct: Truths) -> tuple[Bin, ...]:
    """The points of the reliability diagram: `BINS` bins of equal width, empty ones left out.

    Args:
        confidence: probability of the most likely type; shape (n,).
        correct: whether that is the true type; shape (n,).
    """
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = (number == index for index in np.unique(number))
    return tuple(Bin(int(r.sum()), float(confidence[r].mean()), float(correct[r].mean())) for r in rows)


def expected_calibration_error(bins: tuple[Bin, ...]) -> float:
    """Mean distance of accuracy and confidence, weighted by people (Naeini, Cooper and Hauskrecht, 2015)."""
    people = sum(each.people for each in bins)
    return sum(each.people * abs(each.accuracy - each.confidence) for each in bins) / people


def log_loss(probabilities: Floats, types: Integers) -> float:
    """Mean of minus the natural logarithm of the probability of the true type.

    Args:
        probabilities: of each type of `TYPES`; shape (n, 4).
        types: index of the true type; shape (n,).
    """
    return float(-np.log(probabilities[np.arange(len(types)), types]).mean())


def confusion(types: Integers, predicted: Integers) -> Integers:
    """Number of people per true type (row) and predicted type (column); shape (4, 4).

    Args:
        types: index of the true type; shape (n,).
        predicted: index of the most likely type; shape (n,).
    """
    table = np.zeros((len(TYPES), len(TYPES)), dtype=np.int64)
    np.add.at(table, (types, predicted), 1)
    return table


def per_type(table: Integers) -> dict[str, TypeQuality]:
    """Share, predicted share, precision and recall of each type, from a confusion table."""
    truth, predicted, hits = table.sum(axis=1), table.sum(axis=0), table.diagonal()
    return {
        name: TypeQuality(
            share=float(truth[k] / table.sum()),
            predicted=float(predicted[k] / table.sum()),
            precision=float(hits[k] / predicted[k]) if predicted[k] else None,
            recall=float(hits[k] / truth[k]) if truth[k] else None,
        )
        for k, name in enumerate(TYPES)
    }


def margin(share: float, people: int) -> float:
    """Half the width of the 95% interval of a share (normal approximation)."""
    return 1.96 * float(np.sqrt(share * (1 - share) / people))
