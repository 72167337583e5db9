"""People who named their own type: the real labels, once an organisation has them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline

from zelfscan.digitypes.baselines import NearestPrototype
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.evaluation import Quality, measure
from zelfscan.digitypes.facets import FacetTable
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.training import check_facets, fit, make_pipeline
from zelfscan.digitypes.types import TYPES
from zelfscan.errors import ClearError

LABEL = "digitype"
"""Name of the column that holds a person's own type."""

MINIMUM = 25
"""People of each type at least; with fewer the weights say more about these people than about the type."""

FOLDS = 5
"""Parts that people are divided in: each part is classified by a model that was fitted on the others."""


class LabelsError(ClearError):
    """There are too few people with a label; the message says of which type and how many are needed."""


class Fitted(NamedTuple):
    """A model that was fitted on labels.

    Attributes:
        pipeline: the model, fitted on everyone.
        quality: figures over `probabilities`.
        probabilities: of each type of `TYPES`, by models that had not seen the person; shape (n, 4).
    """

    pipeline: Pipeline
    quality: Quality
    probabilities: Floats


def train_on_labels(table: FacetTable, labels: Sequence[str], step: Step = silent) -> Fitted:
    """Fit on people who named their own type, and measure on people that were left out of the fit.

    Args:
        table: their answers.
        labels: type of each person, in the same order.
        step: called after each part of the work.

    Raises:
        LabelsError: fewer than `MINIMUM` people of a type.
        FacetsError: no question has one of the facets.
    """
    _check_enough(labels, MINIMUM)
    check_facets(table.facets)
    known = np.array(labels)
    pipeline = fit(table.facets, table.scores, known, step)
    fresh = make_pipeline(table.facets, pipeline[0].prior)
    found = cross_val_predict(fresh, table.scores, known, cv=FOLDS, method="predict_proba")
    probabilities = found[:, [sorted(TYPES).index(name) for name in TYPES]]
    step("cross-validate")
    return Fitted(pipeline, _quality(table, labels, probabilities), probabilities)


def evaluate_on_labels(classifier: Classifier, table: FacetTable, labels: Sequence[str]) -> Quality:
    """How well the model in place fits people who named their own type; the baseline is cross-validated on them.

    Args:
        classifier: the model.
        table: their answers.
        labels: type of each person, in the same order.

    Raises:
        LabelsError: fewer than `FOLDS` people of a type.
    """
    _check_enough(labels, FOLDS)
    return _quality(table, labels, classifier.probabilities(table.facets, table.scores))


def indices(labels: Sequence[str]) -> Integers:
    """Index in `TYPES` of each label; shape (n,)."""
    return np.array([TYPES.index(label) for label in labels], dtype=np.int64)


def _quality(table: FacetTable, labels: Sequence[str], probabilities: Floats) -> Quality:
    known = np.array(labels)
    nearest = cross_val_predict(NearestPrototype(table.facets), table.scores, known, cv=FOLDS)
    return measure(table.facets, table.scores, probabilities, indices(labels), float((nearest == known).mean()))


def _check_enough(labels: Sequence[str], minimum: int) -> None:
    counts = Counter(labels)
    scarce = [f"{name} ({counts[name]})" for name in TYPES if counts[name] < minimum]
    if scarce:
        raise LabelsError(f"at least {minimum} people of each type are needed; too few of: {', '.join(scarce)}")
