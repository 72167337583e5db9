"""What the classifier is measured against: the best that is possible, and the simplest that is reasonable."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.features import Floats, facet_means
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.simulation import Labels, People, draw_latents
from zelfscan.digitypes.types import TYPES

DRAWS = 10_000
"""Draws of facets and style per type for the Bayes-optimal posterior."""

ROWS = 500
"""People at a time, so that memory stays small."""

TINY = 1e-30
"""Stands for the chance 0 of a level that an item does not have; nobody answers it."""


def bayes_posterior(
    parameters: Parameters, people: People, rng: np.random.Generator, draws: int = DRAWS, step: Step = silent
) -> Floats:
    """Probability of each type of `TYPES` for who knows the simulation completely; shape (n, 4).

    p(type | answers) is proportional to share(type) times the mean, over facets and styles drawn from that type, of
    the chance of exactly these answers (Monte Carlo integration). Missing answers do not depend on facets, so they
    drop out. No classifier does better on average on simulated people; the finite number of draws makes the
    estimate slightly too low.

    Args:
        parameters: the simulation.
        people: whom to classify.
        rng: source of chance.
        draws: draws per type.
        step: called after each type.
    """
    answered = _indicators(people)
    logs = np.empty((len(people.levels), len(TYPES)))
    for k, name in enumerate(TYPES):
        chances = people.items.chances(draw_latents(parameters, draws, rng, name)).reshape(draws, -1)
        logs[:, k] = _log_mean_likelihood(answered, np.log(np.maximum(chances, TINY)))
        step(f"Bayes {name}")
    logs += np.log(parameters.shares)
    posterior: Floats = softmax(logs, axis=1)
    return posterior


def _indicators(people: People) -> Floats:
    """1 where a person answered at a level of an item, else 0; shape (n, m items * levels)."""
    levels = np.arange(people.items.scores.shape[1])
    answered: Floats = (people.levels[:, :, None] == levels).astype(np.float64)
    return answered.reshape(len(people.levels), -1)


def _log_mean_likelihood(answered: Floats, logs: Floats) -> Floats:
    starts = range(0, len(answered), ROWS)
    parts = [logsumexp(answered[start : start + ROWS] @ logs.T, axis=1) for start in starts]
    means: Floats = np.concatenate(parts) - np.log(len(logs))
    return means


class NearestPrototype(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The simplest reasonable classifier: the type whose mean on the facets is nearest (Euclidean distance).

    Facets without answers are left out of the distance; who answered nothing gets the first type.

    Args:
        facets: facet of each item, of `FACETS`, array-like of shape (m items,); None: each item is a facet of its own.

    Attributes:
        classes_: the types; shape (4,).
        membership_: 1 where an item belongs to a facet, else 0; shape (m items, f facets).
        n_features_in_: number of items, m.
        prototypes_: mean of each facet per type, in the order of `FACETS`, NaN without answers; shape (4 types, f).
    """

    def __init__(self, facets: Sequence[str] | None = None) -> None:
        self.facets = facets

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803
        """Learn the prototypes.

        Args:
            X: answers from 0 to 1, NaN = missing; shape (n people, m items).
            y: type of each person; shape (n,).

        Raises:
            ValueError: `facets` names another facet, or has another length than X has columns.
        """
        scores, types = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(types)
        self.membership_ = self._membership()
        self.classes_ = np.unique(types)
        means = facet_means(scores, self.membership_)
        self.prototypes_ = np.array([_mean_without_nan(means[types == name]) for name in self.classes_])
        return self

    def predict(self, X: ArrayLike) -> Labels:  # noqa: N803
        """Type of each person; shape (n,).

        Args:
            X: answers from 0 to 1, NaN = missing; shape (n people, m items).

        Raises:
            sklearn.exceptions.NotFittedError: `fit` was not called.
            ValueError: X has another number of columns than in `fit`.
        """
        check_is_fitted(self)
        scores = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        means = facet_means(scores, self.membership_)
        distances = np.nansum((means[:, None, :] - self.prototypes_) ** 2, axis=2)
        nearest: Labels = self.classes_[distances.argmin(axis=1)]
        return nearest

    def _membership(self) -> Floats:
        if self.facets is None:
            return np.eye(self.n_features_in_)
        facets = list(self.facets)
        if len(facets) != self.n_features_in_ or not set(facets) <= set(FACETS):
            raise ValueError(
                f"facets names {len(facets)} items, X has {self.n_features_in_} columns; each is of {', '.join(FACETS)}"
            )
        return np.array([[facet == name for name in FACETS] for facet in facets], dtype=np.float64)

    def __sklearn_tags__(self) -> Any:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _mean_without_nan(rows: Floats) -> Floats:
    """Mean of each column over the cells that are not NaN; NaN where there are none."""
    counts = (~np.isnan(rows)).sum(axis=0)
    means: Floats = np.divide(np.nansum(rows, axis=0), counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)
    return means
