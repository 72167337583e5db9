"""The digitype on paper: low, middle or high on each facet, and the type whose prototype is then nearest.

The classifier cannot be reckoned with a pen. Its simplest rival can: the nearest prototype, the mean of each type's
simulated people on each facet (`zelfscan.digitypes.baselines.NearestPrototype`). On paper a facet is only low, middle
or high, and the squared distance between such a third and a prototype is a small whole number. The numbers of four
facets are added up; the lowest sum is nearest, and equal sums are 'between'. docs/paper.md says how often that agrees
with the classifier.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.baselines import NearestPrototype
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.types import TYPES
from zelfscan.paper.points import Range

BANDS = 3
"""Low, middle and high: the thirds of the scores from 0 to 1."""

UNIT = 10
"""What a squared distance of 1 counts for; a larger one gives less ties, and larger numbers to add up."""

PEOPLE = 20_000
SEED = 0


class BandRow(NamedTuple):
    """Which sums of points are low, middle and high when `answered` questions are answered; None: no sum is."""

    answered: int
    ranges: tuple[Range | None, ...]


@dataclass(frozen=True)
class TypeRule:
    """How far each third of each facet is from each type.

    Attributes:
        distances: per facet of `FACETS`, per band from low to high, the distance of each type of `TYPES`.
    """

    distances: Mapping[str, tuple[tuple[int, ...], ...]]

    def nearest(self, bands: Mapping[str, int]) -> tuple[str, ...]:
        """The nearest type, or several that are as near, in the order of `TYPES`.

        Args:
            bands: 0 (low), 1 or 2 (high) per facet; a facet without answers is left out.
        """
        sums = [sum(self.distances[facet][band][k] for facet, band in bands.items()) for k in range(len(TYPES))]
        return tuple(name for name, total in zip(TYPES, sums, strict=True) if total == min(sums))


def type_rule(parameters: Parameters, bank: Bank) -> TypeRule:
    """The rule that follows from the prototypes.

    Args:
        parameters: the assumptions of the simulation.
        bank: the bank that the classifier is trained on (`digitype`).
    """
    people = simulate(parameters, bank, PEOPLE, np.random.default_rng(SEED))
    prototypes = NearestPrototype(people.facets).fit(people.scores, people.labels)
    rows = dict(zip(prototypes.classes_.tolist(), prototypes.prototypes_.tolist(), strict=True))
    means = {facet: [rows[name][column] for name in TYPES] for column, facet in enumerate(FACETS)}
    return TypeRule({facet: tuple(_distances(means[facet])) for facet in FACETS})


def band_of(total: int, answered: int, most: int) -> int:
    """The third that a mean lies in: 0 below 1/3, 2 from 2/3, else 1.

    Args:
        total: sum of the points of a facet.
        answered: number of questions answered, at least 1.
        most: points of the highest score of one question.
    """
    return min(BANDS - 1, BANDS * total // (answered * most))


def band_rows(most: int, numbers: Iterable[int]) -> Iterator[BandRow]:
    """Which sums are low, middle and high, one row for each number of answered questions."""
    for answered in numbers:
        bands = [band_of(total, answered, most) for total in range(answered * most + 1)]
        yield BandRow(answered, tuple(_where(bands, band) for band in range(BANDS)))


def _distances(means: Iterable[float]) -> Iterator[tuple[int, ...]]:
    means = tuple(means)
    for band in range(BANDS):
        middle = (band + 0.5) / BANDS
        yield tuple(round(UNIT * (middle - mean) ** 2) for mean in means)


def _where(bands: list[int], band: int) -> Range | None:
    sums = [total for total, found in enumerate(bands) if found == band]
    return Range(sums[0], sums[-1]) if sums else None
