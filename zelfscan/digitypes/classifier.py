"""From answers to a digitype: probabilities, verdict, and which answer pulled which way."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.pipeline import Pipeline

from zelfscan.digitypes.facets import FACETS, FacetAnswers
from zelfscan.digitypes.features import MIDDLE, Floats, facet_features, facet_means
from zelfscan.digitypes.types import TYPES, Digitype, Pull, Verdict

MARGIN = 0.15
"""Two types whose probabilities are closer than this are too close to tell apart."""

MINIMUM_ANSWERS = 8
"""Fewer answers than this to questions with a facet are too few for a type."""

MINIMUM_FACETS = 3
"""Answers to fewer facets than this are too few for a type."""


class Outcomes(NamedTuple):
    """What the classifier says about n people who answered the same m questions, as arrays.

    Attributes:
        items: `bank:theme.question` of each question.
        best: indices in `TYPES` of the most likely type and of the runner-up; shape (n, 2).
        verdicts: per person.
        probabilities: of each type of `TYPES`; shape (n, 4).
        means: mean answer per facet of `FACETS`, NaN without answers; shape (n, 4).
        pulls: part of each answer in the log-odds of the type against the runner-up, NaN = missing; shape (n, m).
        order: the questions by the size of their pull, strongest first, missing ones last; shape (n, m).
        model: sha256 of the model file, in hex.
    """

    items: tuple[str, ...]
    best: NDArray[np.intp]
    verdicts: NDArray[np.str_]
    probabilities: Floats
    means: Floats
    pulls: Floats
    order: NDArray[np.intp]
    model: str

    @property
    def counted(self) -> NDArray[np.intp]:
        """How many pulls each person has: one per answer, none when there are too few; shape (n,)."""
        answered = (~np.isnan(self.pulls)).sum(axis=1)
        return np.where(self.verdicts == "too_few", 0, answered)


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
        return digitypes(self.outcomes(items, facets, scores))

    def outcomes(self, items: Sequence[str], facets: Sequence[str], scores: Floats) -> Outcomes:
        """What `classify_table` says, as arrays; arguments are the same."""
        probabilities = self.probabilities(facets, scores)
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
        pulls = self._pulls(facets, scores, best[:, 0], best[:, 1])
        return Outcomes(
            items=tuple(items),
            best=best,
            verdicts=_verdicts(facets, scores, probabilities),
            probabilities=probabilities,
            means=mean_per_facet(facets, scores),
            pulls=pulls,
            order=np.argsort(-np.abs(pulls), axis=1, kind="stable"),
            model=self.model,
        )

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
    return facet_means(scores, _membership(facets))


def judge(facets: Sequence[str], scores: Floats, probabilities: Floats) -> list[Verdict]:
    """Verdict per person, by `MARGIN`, `MINIMUM_ANSWERS` and `MINIMUM_FACETS`.

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        probabilities: of each type; shape (n, 4).
    """
    verdicts: list[Verdict] = _verdicts(facets, scores, probabilities).tolist()
    return verdicts


def _verdicts(facets: Sequence[str], scores: Floats, probabilities: Floats) -> NDArray[np.str_]:
    counts = ~np.isnan(scores) @ _membership(facets)
    enough = (counts.sum(axis=1) >= MINIMUM_ANSWERS) & ((counts > 0).sum(axis=1) >= MINIMUM_FACETS)
    ranked = np.sort(probabilities, axis=1)
    close = ranked[:, -1] - ranked[:, -2] < MARGIN
    return np.where(enough, np.where(close, "between", "clear"), "too_few")


def digitypes(outcomes: Outcomes) -> list[Digitype]:
    """The outcome of each person."""
    means = np.where(np.isnan(outcomes.means), np.array(None), outcomes.means)
    pulling = [order[:counted] for order, counted in zip(outcomes.order.tolist(), outcomes.counted, strict=True)]
    people = zip(
        outcomes.best.tolist(),
        outcomes.verdicts.tolist(),
        outcomes.probabilities.tolist(),
        means.tolist(),
        outcomes.pulls.tolist(),
        pulling,
        strict=True,
    )
    return [
        Digitype(
            type=None if verdict == "too_few" else TYPES[type],
            runner_up=TYPES[other],
            verdict=verdict,
            probabilities=dict(zip(TYPES, chances, strict=True)),
            facets=dict(zip(FACETS, facets, strict=True)),
            pulls=tuple(Pull(outcomes.items[k], weights[k]) for k in items),
            model=outcomes.model,
        )
        for (type, other), verdict, chances, facets, weights, items in people
    ]
