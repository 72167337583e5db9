"""From answers to the features of the classifier: per facet a regressed score, and how much it weighs."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = NDArray[np.float64]

MIDDLE = 0.5
"""Score that counts as neither low nor high."""


def facet_features(scores: Floats, membership: Floats, prior: float) -> Floats:
    """Features in which every answer has its own, additive part.

    With n answers x in a facet, n / (n + prior) is the reliability of their mean (Spearman-Brown, with prior =
    (1 - r) / r for the reliability r of one answer), and sum(x - 0.5) / (n + prior) is that mean regressed
    towards the middle (T.L. Kelley, 1927). For two types whose true scores are normal with the same variance,
    the log-likelihood ratio of n answers is linear in these two numbers; so few answers give wide probabilities.

    Args:
        scores: answers from 0 to 1, NaN = missing; shape (n people, m items).
        membership: 1 where an item belongs to a facet, else 0; shape (m items, f facets).
        prior: weight of the middle, in answers; positive.

    Returns:
        Regressed score, then reliability, of each facet; shape (n people, 2 f).
    """
    answered = ~np.isnan(scores)
    counts = answered @ membership
    sums = np.where(answered, scores - MIDDLE, 0.0) @ membership
    return np.hstack([sums, counts]) / np.tile(counts + prior, 2)


def facet_means(scores: Floats, membership: Floats) -> Floats:
    """Mean answer of each person to the items of each facet, NaN without answers; shape (n people, f facets).

    Args:
        scores: answers from 0 to 1, NaN = missing; shape (n people, m items).
        membership: 1 where an item belongs to a facet, else 0; shape (m items, f).
    """
    answered = ~np.isnan(scores)
    sums, counts = np.where(answered, scores, 0.0) @ membership, answered @ membership
    means: Floats = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means


class FacetFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scikit-learn transformer from item scores (NaN = missing) to `facet_features`.

    Args:
        facets: facet of each item, array-like of shape (m items,); None: all items form one facet.
        prior: weight of the middle, in answers; positive.

    Attributes:
        facets_: the facets in the order of the features; shape (f,).
        membership_: 1 where an item belongs to a facet, else 0; shape (m items, f).
        n_features_in_: number of items, m.
    """

    def __init__(self, facets: Sequence[str] | None = None, prior: float = 1.0) -> None:
        self.facets = facets
        self.prior = prior

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803
        """Learn which column belongs to which facet; the answers themselves teach nothing here.

        Args:
            X: item scores, NaN = missing; shape (n people, m items).
            y: ignored.

        Raises:
            ValueError: `prior` is not positive, or `facets` has another length than X has columns.
        """
        validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        if self.prior <= 0:
            raise ValueError(f"prior={self.prior} has to be positive")
        facets = np.asarray(["all"] * self.n_features_in_ if self.facets is None else self.facets)
        if len(facets) != self.n_features_in_:
            raise ValueError(f"facets names {len(facets)} items, X has {self.n_features_in_} columns")
        order = list(dict.fromkeys(facets.tolist()))
        self.facets_ = np.array(order)
        self.membership_ = (facets[:, None] == self.facets_).astype(np.float64)
        return self

    def transform(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Features of each person; shape (n people, 2 f).

        Args:
            X: item scores, NaN = missing; shape (n people, m items).

        Raises:
            sklearn.exceptions.NotFittedError: `fit` was not called.
            ValueError: X has another number of columns than in `fit`.
        """
        check_is_fitted(self)
        scores = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return facet_features(scores, self.membership_, self.prior)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """`<facet>_score` of each facet, then `<facet>_reliability`; shape (2 f,)."""
        check_is_fitted(self)
        names = [f"{facet}_{part}" for part in ("score", "reliability") for facet in self.facets_]
        return np.array(names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
