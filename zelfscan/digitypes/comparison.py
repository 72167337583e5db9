"""Which classifier to keep: the simplest that comes near the best possible; and what four types add over one score."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import metrics
from zelfscan.digitypes.baselines import NearestPrototype
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.metrics import Truths
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.simulation import Labels, People, simulate, thin
from zelfscan.digitypes.training import THINNED, make_pipeline
from zelfscan.digitypes.types import TYPES

CLOSE = 0.01
"""A classifier comes near the best possible when it is at most this much less accurate."""

CALIBRATED = 0.02
"""Highest expected calibration error of a classifier that can be kept."""

CANDIDATES = ("nearest_prototype", "one_score", "logistic_regression", "gradient_boosting")
"""From simple to complicated."""

KEPT = "logistic_regression"
"""The candidate that `zelfscan.digitypes.training` makes."""

STEPS = len(CANDIDATES)
"""Parts of the work that `compare` and `ordered` report together."""

PRIOR = 4.0
"""Weight of the middle, in answers, where a pipeline is fitted here."""

BOOSTING = {"learning_rate": 0.1, "max_leaf_nodes": 4, "max_iter": 150}
"""Small trees: of some settings that were tried these gave the lowest log loss. They are fitted in one thread: on
a busy computer several spend most of their time waiting for each other."""


class Candidate(NamedTuple):
    """How well one kind of classifier does.

    Attributes:
        accuracy: share for whom its type is the true one.
        behind: how much less that is than the best possible, on the same people.
        behind_margin: half the 95% interval of `behind`.
        ece: expected calibration error; None when it gives no probabilities.
        log_loss: None when it gives no probabilities.
    """

    accuracy: float
    behind: float
    behind_margin: float
    ece: float | None
    log_loss: float | None


class Comparison(NamedTuple):
    """The candidates from simple to complicated, and the one to keep: None when none of them is good enough."""

    candidates: dict[str, Candidate]
    chosen: str | None


class Ordered(NamedTuple):
    """What four facets add over one low-to-high score.

    Attributes:
        four_facets: accuracy of the classifier.
        one_score: accuracy with the mean of all answers only.
        margin: half the 95% interval of the difference.
        four_facets_bits: information on the type per person, in bits (of the `type_bits` that there are).
        one_score_bits: the same with the mean of all answers only.
        type_bits: entropy of the shares of the types.
        first_axis: share of the differences between the personas that lies along one line.
        ordered_world_four_facets: accuracy where the personas are moved onto that line.
        ordered_world_one_score: the same with the mean of all answers only.
    """

    four_facets: float
    one_score: float
    margin: float
    four_facets_bits: float
    one_score_bits: float
    type_bits: float
    first_axis: float
    ordered_world_four_facets: float
    ordered_world_one_score: float


class Found(NamedTuple):
    """What one candidate says of the test people: most likely type, shape (n,), and probabilities, shape (n, 4)."""

    types: Integers
    probabilities: Floats | None


def candidates(
    probabilities: Floats, known: People, test: People, rng: np.random.Generator, step: Step = silent
) -> dict[str, Found]:
    """Fit every candidate but the classifier itself, and let each classify the test people.

    Args:
        probabilities: the classifier's for the test people; shape (n, 4).
        known: people to learn from; a part of them counts again with answers taken away, as in training.
        test: whom to classify.
        rng: source of chance.
        step: called after each candidate.
    """
    again = round(THINNED * len(known.scores))
    scores = np.vstack([known.scores, thin(known.scores[:again], rng)])
    labels = np.concatenate([known.labels, known.labels[:again]])
    prototype = NearestPrototype(known.facets).fit(known.scores, known.labels).predict(test.scores)
    step("nearest prototype")
    one_score = _fitted(make_pipeline(["all"] * scores.shape[1], PRIOR), scores, labels, test)
    step("one score")
    boosting = HistGradientBoostingClassifier(random_state=0, early_stopping=False, **BOOSTING)
    with threadpool_limits(1, "openmp"):
        boosted = _fitted(boosting, scores, labels, test)
    step("gradient boosting")
    found = (Found(_indices(prototype), None), one_score, _found(probabilities), boosted)
    return dict(zip(CANDIDATES, found, strict=True))


def compare(found: Mapping[str, Found], best: Truths, types: Integers) -> Comparison:
    """Set the candidates beside the best possible.

    Args:
        found: what each candidate of `CANDIDATES` says.
        best: for whom the best possible classifier is right; shape (n,).
        types: index of the true type; shape (n,).
    """
    judged = {name: _candidate(each, best, types) for name, each in found.items()}
    return Comparison(judged, choose(judged))


def choose(judged: Mapping[str, Candidate]) -> str | None:
    """The first candidate that is within `CLOSE` of the best possible and calibrated to `CALIBRATED`.

    Args:
        judged: from simple to complicated.
    """
    good = (name for name, each in judged.items() if each.behind <= CLOSE and _calibrated(each))
    return next(good, None)


def ordered(
    found: Mapping[str, Found], parameters: Parameters, bank: Bank, test: People, rng: np.random.Generator
) -> Ordered:
    """What four facets add over one low-to-high score, here and where the personas lie on one line.

    Studies among care workers mostly find ordered groups; the second world is one where they are right. A
    multinomial regression on the one score has more freedom than the usual proportional odds model.

    Args:
        found: what the candidates say of the test people.
        parameters: the simulation.
        bank: the bank that is filled in.
        test: the test people.
        rng: source of chance.
    """
    types = test.latents.types
    many, one = found[KEPT], found["one_score"]
    type_bits = float(-(parameters.shares * np.log2(parameters.shares)).sum())
    difference = (many.types == types).astype(float) - (one.types == types)
    line, first_axis = on_one_line(parameters)
    four_facets, one_score = _accuracies(line, bank, len(types), rng)
    return Ordered(
        four_facets=float((many.types == types).mean()),
        one_score=float((one.types == types).mean()),
        margin=_margin(difference),
        four_facets_bits=type_bits - _bits(many, types),
        one_score_bits=type_bits - _bits(one, types),
        type_bits=type_bits,
        first_axis=first_axis,
        ordered_world_four_facets=four_facets,
        ordered_world_one_score=one_score,
    )


def on_one_line(parameters: Parameters) -> tuple[Parameters, float]:
    """The same world with the means of the personas moved onto their first principal axis.

    Returns:
        The world, and the share of the differences between the personas that lies along that axis.
    """
    centre = parameters.shares @ parameters.means
    away = parameters.means - centre
    _, sizes, axes = np.linalg.svd(np.sqrt(parameters.shares)[:, None] * away, full_matrices=False)
    means = centre + np.outer(away @ axes[0], axes[0])
    personas = {}
    for name, row in zip(TYPES, means, strict=True):
        persona = parameters.personas[name]
        moved = {f: persona.facet(f).model_copy(update={"mean": float(m)}) for f, m in zip(FACETS, row, strict=True)}
        personas[name] = persona.model_copy(update=moved)
    return parameters.model_copy(update={"personas": personas}), float(sizes[0] ** 2 / (sizes**2).sum())


def _accuracies(parameters: Parameters, bank: Bank, people: int, rng: np.random.Generator) -> tuple[float, float]:
    """Accuracy with four facets and with one score, each fitted in this world."""
    known, test = (simulate(parameters, bank, people, rng) for _ in range(2))
    grouped = (known.facets, ["all"] * len(known.facets))
    models = (make_pipeline(facets, PRIOR).fit(known.scores, known.labels) for facets in grouped)
    many, one = (float((model.predict(test.scores) == test.labels).mean()) for model in models)
    return many, one


def _fitted(model: ClassifierMixin, scores: Floats, labels: Labels, test: People) -> Found:
    model.fit(scores, labels)
    columns = [list(model.classes_).index(name) for name in TYPES]
    return _found(model.predict_proba(test.scores)[:, columns])


def _found(probabilities: Floats) -> Found:
    return Found(probabilities.argmax(axis=1), probabilities)


def _indices(labels: Labels) -> Integers:
    return np.array([TYPES.index(label) for label in labels], dtype=np.int64)


def _candidate(found: Found, best: Truths, types: Integers) -> Candidate:
    correct = found.types == types
    difference = best.astype(float) - correct
    ece = log_loss = None
    if found.probabilities is not None:
        bins = metrics.reliability(found.probabilities.max(axis=1), correct)
        ece, log_loss = metrics.expected_calibration_error(bins), metrics.log_loss(found.probabilities, types)
    return Candidate(float(correct.mean()), float(difference.mean()), _margin(difference), ece, log_loss)


def _calibrated(candidate: Candidate) -> bool:
    return candidate.ece is not None and candidate.ece <= CALIBRATED


def _bits(found: Found, types: Integers) -> float:
    """Log loss in bits."""
    if found.probabilities is None:
        raise ValueError("without probabilities there is no information to count")
    return metrics.log_loss(found.probabilities, types) / float(np.log(2))


def _margin(differences: Floats) -> float:
    """Half the 95% interval of the mean of paired differences."""
    return 1.96 * float(differences.std() / np.sqrt(len(differences)))
