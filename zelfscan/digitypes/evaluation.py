"""How good the classifier is on people that it was not trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar, get_args

import numpy as np
from sklearn.model_selection import cross_val_predict

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import metrics
from zelfscan.digitypes.baselines import DRAWS, NearestPrototype, bayes_posterior
from zelfscan.digitypes.classifier import Classifier, judge
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.metrics import Bin, Truths, TypeQuality
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.simulation import Labels, People, simulate, thin
from zelfscan.digitypes.training import make_pipeline
from zelfscan.digitypes.types import TYPES, Verdict

PEOPLE = 20_000
"""Simulated people to evaluate on."""

BAYES_PEOPLE = 5_000
"""How many of them are classified by Bayes' rule as well, which is slow."""

STEPS = 4 + len(TYPES)
"""Parts of the work that `evaluate` reports."""

TEST, BAYES, PROTOTYPE, THIN = 1, 2, 3, 4
"""Independent streams of chance from one seed; training uses stream 0."""

ANSWERED = (0, 4, 8, 12, 16)
"""Lowest number of answers of each group by number of answers."""

FOLDS = 5

Name = TypeVar("Name")


class Group(NamedTuple):
    """Some of the people: how many, mean probability of the most likely type, and how often it was right."""

    people: int
    confidence: float
    accuracy: float


class Ceiling(NamedTuple):
    """The best possible accuracy in the simulation, and the classifier's on the same people.

    Attributes:
        people: how many people.
        draws: draws per type of the estimate.
        accuracy: of Bayes' rule.
        margin: half the 95% interval of that accuracy.
        classifier: accuracy of the classifier.
    """

    people: int
    draws: int
    accuracy: float
    margin: float
    classifier: float


@dataclass(frozen=True)
class Quality:
    """How well probabilities fit people whose type is known; shares are from 0 to 1.

    Attributes:
        people: how many.
        accuracy: share for whom the most likely type is the true one, whatever the verdict.
        margin: half the 95% interval of the accuracy.
        prototype: accuracy of the baseline, `NearestPrototype`.
        log_loss: mean of minus the natural logarithm of the true type's probability.
        calibration_error: expected calibration error.
        reliability: the points of the reliability diagram.
        confusion: people per true type (row) and predicted type (column), in the order of `TYPES`.
        types: quality of each type.
        verdicts: people per verdict; in `between` either of the two types counts as right.
    """

    people: int
    accuracy: float
    margin: float
    prototype: float
    log_loss: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    confusion: tuple[tuple[int, ...], ...]
    types: dict[str, TypeQuality]
    verdicts: dict[str, Group]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, numbers to four decimals."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True)
class Evaluation(Quality):
    """Quality over simulated people.

    Attributes:
        seed: that the people came from.
        bayes: the best possible.
        styles: people per response style.
        answered: people by number of answers, after answers were taken away at random; keyed by the lowest
            number of the group.
    """

    seed: int
    bayes: Ceiling
    styles: dict[str, Group]
    answered: dict[int, Group]


def evaluate(
    classifier: Classifier,
    parameters: Parameters,
    bank: Bank,
    people: int = PEOPLE,
    seed: int = 0,
    step: Step = silent,
) -> Evaluation:
    """Classify fresh simulated people and compare with their true type.

    Args:
        classifier: the model.
        parameters: the simulation.
        bank: the bank that is filled in.
        people: how many.
        seed: of the simulation; the people differ from those that training with this seed uses.
        step: called after each of `STEPS` parts.
    """
    test = simulate(parameters, bank, people, np.random.default_rng([seed, TEST]))
    step("simulate")
    prototype = _prototype(parameters, bank, test, seed)
    step("prototype")
    probabilities = classifier.probabilities(test.facets, test.scores)
    sure, correct = _outcome(probabilities, test.latents.types)
    styles = {name: test.latents.styles == k for k, name in enumerate(parameters.styles)}
    step("classify")
    evaluation = Evaluation(
        **vars(measure(test.facets, test.scores, probabilities, test.latents.types, prototype)),
        seed=seed,
        styles=_groups(styles, sure, correct),
        answered=_by_answers(classifier, test, np.random.default_rng([seed, THIN])),
        bayes=_ceiling(parameters, test[:BAYES_PEOPLE], correct, np.random.default_rng([seed, BAYES]), step),
    )
    step("measure")
    return evaluation


def cross_validate(facets: Sequence[str], scores: Floats, labels: Labels, prior: float) -> Quality:
    """Quality on people with known labels, each classified by a model that was fitted on others.

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        labels: type of each person; shape (n,), at least `FOLDS` of each type.
        prior: weight of the middle, in answers.
    """
    found = cross_val_predict(make_pipeline(facets, prior), scores, labels, cv=FOLDS, method="predict_proba")
    probabilities = found[:, [sorted(TYPES).index(name) for name in TYPES]]
    nearest = cross_val_predict(NearestPrototype(facets), scores, labels, cv=FOLDS)
    types = np.array([TYPES.index(label) for label in labels])
    return measure(facets, scores, probabilities, types, float((nearest == labels).mean()))


def measure(facets: Sequence[str], scores: Floats, probabilities: Floats, types: Integers, prototype: float) -> Quality:
    """Compare probabilities with the types that people are.

    Args:
        facets: facet of each of the m items.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        probabilities: of each type of `TYPES`; shape (n, 4).
        types: index of the true type; shape (n,).
        prototype: accuracy of the baseline.
    """
    sure, correct = _outcome(probabilities, types)
    bins, table = metrics.reliability(sure, correct), metrics.confusion(types, probabilities.argmax(axis=1))
    return Quality(
        people=len(types),
        accuracy=float(correct.mean()),
        margin=metrics.margin(float(correct.mean()), len(types)),
        prototype=prototype,
        log_loss=metrics.log_loss(probabilities, types),
        calibration_error=metrics.expected_calibration_error(bins),
        reliability=bins,
        confusion=tuple(map(tuple, table.tolist())),
        types=metrics.per_type(table),
        verdicts=_by_verdict(judge(facets, scores, probabilities), probabilities, types),
    )


def _outcome(probabilities: Floats, types: Integers) -> tuple[Floats, Truths]:
    """Probability of the most likely type, and whether that is the true one; shapes (n,)."""
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == types


def _ceiling(parameters: Parameters, people: People, correct: Truths, rng: np.random.Generator, step: Step) -> Ceiling:
    count = len(people.levels)
    posterior = bayes_posterior(parameters, people, rng, step=step)
    accuracy = float((posterior.argmax(axis=1) == people.latents.types).mean())
    return Ceiling(count, DRAWS, accuracy, metrics.margin(accuracy, count), float(correct[:count].mean()))


def _prototype(parameters: Parameters, bank: Bank, test: People, seed: int) -> float:
    known = simulate(parameters, bank, len(test.levels), np.random.default_rng([seed, PROTOTYPE]))
    baseline = NearestPrototype(known.facets).fit(known.scores, known.labels)
    return float((baseline.predict(test.scores) == test.labels).mean())


def _by_verdict(verdicts: Sequence[Verdict], probabilities: Floats, types: Integers) -> dict[str, Group]:
    given = np.array(verdicts)
    two_best = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    hits = two_best == types[:, None]
    right = np.where(given == "between", hits.any(axis=1), hits[:, 0])
    rows = {name: given == name for name in get_args(Verdict)}
    return _groups(rows, probabilities.max(axis=1), right)


def _by_answers(classifier: Classifier, test: People, rng: np.random.Generator) -> dict[int, Group]:
    scores = thin(test.scores, rng)
    sure, correct = _outcome(classifier.probabilities(test.facets, scores), test.latents.types)
    group = np.searchsorted(ANSWERED, (~np.isnan(scores)).sum(axis=1), side="right") - 1
    return _groups({low: group == k for k, low in enumerate(ANSWERED)}, sure, correct)


def _groups(rows: Mapping[Name, Truths], sure: Floats, correct: Truths) -> dict[Name, Group]:
    """Figures per group; a group without people is left out."""
    return {
        name: Group(int(chosen.sum()), float(sure[chosen].mean()), float(correct[chosen].mean()))
        for name, chosen in rows.items()
        if chosen.any()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
