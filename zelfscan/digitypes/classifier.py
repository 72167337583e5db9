"""From answers to a digitype: probabilities, verdict, and which answer pulled which way."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.pipeline import Pipeline

from zelfscan.digitypes.facets import FACETS, FacetAnswers
from zelfscan.digitypes.features import MIDDLE, Floats, facet_features
from zelfscan.digitypes.types import TYPES, Digitype, Pull, Verdict

MARGIN = 0.15
"""Two types whose probabilities are closer than this are too close to tell apart."""

MINIMUM_ANSWERS = 8
"""Fewer answers than this to questions with a facet are too few for a type."""

MINIMUM_FACETS = 3
"""Answers to fewer facets than this are too few for a type."""


class Classifier:
    """The trained model, for any set of questions that carry a facet.

    The pipeline is trained on the questions of one bank, but what it learns is a weight per facet. Those weights
    are taken over here, so that any questions can be classified, and one person in microseconds.

    Args:
        pipeline: a fitted pipeline of `FacetFeatures` over `FACETS` and a multinomial logistic regression with
            the classes `TYPES`.
        model: sha256 of the file that the pipeline came from, in hex.

    Attributes:
        weights: per type (in the order of `TYPES`) the weight of each facet's regressed score and of its
            reliability; shape (4 types, 2, 4 facets).
        intercepts: log-odds of each type without any answer, up to one constant; shape (4,).
        prior: weight of the middle, in answers.
    """

    def __init__(self, pipeline: Pipeline, model: str) -> None:
        features, regression = pipeline[0], pipeline[-1]
        types = [list(regression.classes_).index(name) for name in TYPES]
        facets = [list(features.facets_).index(name) for name in FACETS]
        weights = regression.coef_.reshape(len(TYPES), 2, len(FACETS))
        self.weights: Floats = weights[types][:, :, facets]
        self.intercepts: Floats = regression.intercept_[types]
        self.prior = float(features.prior)
        self.model = model

    def probabilities(self, facets: Sequence[str], scores: Floats) -> Floats:
        """Probability of each type of `TYPES`; shape (n people, 4).

        Args:
            facets: facet of each of the m items.
            scores: answers from 0 to 1, NaN = missing; shape (n, m).
        """
        features = facet_features(scores, _membership(facets), self.prior)
        logits = features @ self.weights.reshape(len(TYPES), -1).T + self.intercepts
        probabilities: Floats = softmax(logits, axis=1)
        return probabilities

    def intercept(self, type: str, other: str) -> float:
        """Natural log-odds of one type against another before any answer is known."""
        return float(self.intercepts[TYPES.index(type)] - self.intercepts[TYPES.index(other)])

    def classify(self, given: FacetAnswers) -> Digitype:
        """The digitype of one person.

        Args:
            given: per facet of `FACETS` the answers, `bank:theme.question` -> score from 0 to 1.
        """
        entries = [(facet, item, score) for facet in FACETS for item, score in given[facet].items()]
        facets, items, scores = zip(*entries, strict=True) if entries else ((), (), ())
        return self.classify_table(items, facets, np.array([scores], dtype=np.float64))[0]

    def classify_table(self, items: Sequence[str], facets: Sequence[str], scores: Floats) -> list[Digitype]:
        """The digitypes of n people who answered the same m questions.

        Args:
            items: `bank:theme.question` of each question.
            facets: facet of each question.
            scores: answers from 0 to 1, NaN = missing; shape (n, m).

        Returns:
            One outcome per row of `scores`.
        """
        probabilities = self.probabilities(facets, scores)
        order = np.argsort(-probabilities, axis=1, kind="stable")
        pulls = self._pulls(facets, scores, order[:, 0], order[:, 1])
        means = _none_for_nan(mean_per_facet(facets, scores))
        verdicts = judge(facets, scores, probabilities)
        return [
            Digitype(
                type=None if verdict == "too_few" else TYPES[first],
                runner_up=TYPES[second],
                verdict=verdict,
                probabilities=dict(zip(TYPES, chance, strict=True)),
                facets=dict(zip(FACETS, mean, strict=True)),
                pulls=() if verdict == "too_few" else _strongest_first(items, pull),
                model=self.model,
            )
            for (first, second), verdict, chance, mean, pull in zip(
                order[:, :2].tolist(), verdicts, probabilities.tolist(), means, pulls.tolist(), strict=True
            )
        ]

    def _pulls(
        self, facets: Sequence[str], scores: Floats, types: NDArray[np.intp], others: NDArray[np.intp]
    ) -> Floats:
        """Part of each answer in the log-odds of a type against another, NaN = missing; shape (n, m).

        An answer x in a facet with n answers adds (score weight * (x - 0.5) + reliability weight) / (n + prior).
        """
        membership = _membership(facets)
        column = [FACETS.index(facet) for facet in facets]
        weights = (self.weights[types] - self.weights[others])[:, :, column]
        counts = (~np.isnan(scores) @ membership)[:, column]
        pulls: Floats = (weights[:, 0] * (scores - MIDDLE) + weights[:, 1]) / (counts + self.prior)
        return pulls


def _membership(facets: Sequence[str]) -> Floats:
    return np.array([[facet == name for name in FACETS] for facet in facets], dtype=np.float64).reshape(-1, 4)


def mean_per_facet(facets: Sequence[str], scores: Floats) -> Floats:
    """Mean answer per person and facet of `FACETS`, NaN without answers; shape (n, 4).

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
    """
    membership = _membership(facets)
    answered = ~np.isnan(scores)
    sums, counts = np.where(answered, scores, 0.0) @ membership, answered @ membership
    means: Floats = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means


def _none_for_nan(rows: Floats) -> list[list[float | None]]:
    return [[None if math.isnan(cell) else cell for cell in row] for row in rows.tolist()]


def judge(facets: Sequence[str], scores: Floats, probabilities: Floats) -> list[Verdict]:
    """Verdict per person, by `MARGIN`, `MINIMUM_ANSWERS` and `MINIMUM_FACETS`.

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        probabilities: of each type; shape (n, 4).
    """
    counts = ~np.isnan(scores) @ _membership(facets)
    enough = (counts.sum(axis=1) >= MINIMUM_ANSWERS) & ((counts > 0).sum(axis=1) >= MINIMUM_FACETS)
    ranked = np.sort(probabilities, axis=1)
    close = ranked[:, -1] - ranked[:, -2] < MARGIN
    pairs = zip(enough.tolist(), close.tolist(), strict=True)
    return ["too_few" if not some else "between" if near else "clear" for some, near in pairs]


def _strongest_first(items: Sequence[str], pulls: Sequence[float]) -> tuple[Pull, ...]:
    used = [Pull(item, weight) for item, weight in zip(items, pulls, strict=True) if not math.isnan(weight)]
    return tuple(sorted(used, key=lambda pull: -abs(pull.weight)))
