"""Fit the classifier on people whose type is known: simulated, or labelled by themselves."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.features import FacetFeatures, Floats
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.simulation import Labels, simulate, thin
from zelfscan.errors import ClearError

PEOPLE = 40_000
"""Simulated people that the shipped model is trained on."""

THINNED = 0.5
"""Share of them who are used a second time with answers taken away, to learn how little a few answers say."""

PRIORS = (1.0, 2.0, 4.0, 8.0)
"""Weights of the middle to choose from, in answers."""

FOLDS = 3

DECIMALS = 4
"""The weights are rounded: the last digits of a sum depend on the number of threads, and the model must not."""

STEPS = 2 + len(PRIORS)
"""Parts of the work that `train` reports; `fit` reports one less."""

TRAIN = 0
"""The stream of chance of the training people; evaluation uses other streams of the same seed."""


class FacetsError(ClearError):
    """The answers leave out a facet; the message says which and how to mend it."""


def train(parameters: Parameters, bank: Bank, seed: int = 0, people: int = PEOPLE, step: Step = silent) -> Pipeline:
    """A classifier that is fitted on simulated people.

    Args:
        parameters: the simulation.
        bank: the bank that is filled in; its questions with a facet are used.
        seed: the same seed gives the same classifier.
        people: how many.
        step: called after each of `STEPS` parts.

    Raises:
        FacetsError: the bank has no question for one of the facets.
    """
    rng = np.random.default_rng([seed, TRAIN])
    known = simulate(parameters, bank, people, rng)
    check_facets(known.facets)
    again = slice(round(THINNED * people))
    scores = np.vstack([known.scores, thin(known.scores[again], rng)])
    labels = np.concatenate([known.labels, known.labels[again]])
    step("simulate")
    return fit(known.facets, scores, labels, step)


def fit(facets: Sequence[str], scores: Floats, labels: Labels, step: Step = silent) -> Pipeline:
    """A fitted classifier; the weight of the middle is the one with the lowest cross-validated log loss.

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        labels: type of each person; shape (n,).
        step: called after each part of the work.

    Returns:
        The same pipeline for the same input, whatever the number of threads.
    """
    losses = {}
    for prior in PRIORS:
        losses[prior] = _log_loss(make_pipeline(facets, prior), scores, labels)
        step(f"prior {prior:g}")
    pipeline = make_pipeline(facets, min(losses, key=losses.__getitem__)).fit(scores, labels)
    _round(pipeline[-1])
    step("fit")
    return pipeline


def make_pipeline(facets: Sequence[str], prior: float = 1.0) -> Pipeline:
    """The classifier before it is fitted.

    Args:
        facets: facet of each item.
        prior: weight of the middle, in answers.
    """
    regression = LogisticRegression(solver="newton-cholesky", tol=1e-8, max_iter=200)
    return Pipeline([("features", FacetFeatures(list(facets), prior)), ("regression", regression)])


def check_facets(facets: Sequence[str]) -> None:
    """Make sure that each of `FACETS` is there.

    Args:
        facets: facet of each question.

    Raises:
        FacetsError: no question has one of the facets.
    """
    missing = [facet for facet in FACETS if facet not in facets]
    if missing:
        raise FacetsError(f"no question has facet {', '.join(missing)}; mark one in the bank with `facet:`")


def _log_loss(pipeline: Pipeline, scores: Floats, labels: Labels) -> float:
    return -float(cross_val_score(pipeline, scores, labels, scoring="neg_log_loss", cv=FOLDS).mean())


def _round(regression: LogisticRegression) -> None:
    """Round the weights, after taking out the constant that all types may share without any effect."""
    for name in ("coef_", "intercept_"):
        weights = getattr(regression, name)
        setattr(regression, name, np.round(weights - weights.mean(axis=0), DECIMALS) + 0.0)
