"""How good the classifier is on people that it was not trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, TypeVar, get_args

import numpy as np

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import adaptive_evaluation, comparison, groups, metrics, robustness
from zelfscan.digitypes.adaptive import adaptable
from zelfscan.digitypes.baselines import DRAWS, bayes_posterior
from zelfscan.digitypes.classifier import Classifier, judge
from zelfscan.digitypes.comparison import Comparison, Ordered
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.groups import DistributionError, GroupFares
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.metrics import Bin, Truths, TypeQuality
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.robustness import Fares, MoveFares, Put, ShiftFares, StyleFares, Trial
from zelfscan.digitypes.simulation import People, simulate, thin
from zelfscan.digitypes.types import TYPES, Verdict

PEOPLE = 20_000
"""Simulated people to evaluate on; as many again for each change of their world."""

STEPS = 7 + len(TYPES) + comparison.STEPS + adaptive_evaluation.STEPS
"""Parts of the work that `evaluate` reports."""

TEST, BAYES, COMPARISON, THIN, ROBUSTNESS, GROUPS = 1, 2, 3, 4, 7, 8
"""Independent streams of chance from one seed; training uses stream 0, the adaptive test 5 and 6."""

ADAPTIVE = 2
"""One in so many people takes the adaptive test as well, which is slow."""

LEARNING = 2
"""People to fit the other classifiers on, per person of the test: as many as the shipped model was trained on."""

ANSWERED = (0, 4, 8, 12, 16)
"""Lowest number of answers of each group by number of answers."""


Name = TypeVar("Name")


class Group(NamedTuple):
    """Some of the people: how many, mean probability of the most likely type, and how often it was right."""

    people: int
    confidence: float
    accuracy: float


class Ceiling(NamedTuple):
    """The estimate of the best possible accuracy in the simulation, on the same people as the classifier's.

    Attributes:
        draws: per type.
        margin: half the 95% interval of that accuracy.
        behind: how much less accurate the classifier is.
        behind_margin: half the 95% interval of `behind`.
    """

    draws: int
    margin: float
    behind: float
    behind_margin: float


@dataclass(frozen=True)
class Quality:
    """How well probabilities fit people whose type is known; shares are from 0 to 1.

    Attributes:
        people: how many.
        accuracy: share for whom the most likely type is the true one, whatever the verdict.
        margin: half the 95% interval of the accuracy.
        prototype_accuracy: accuracy of the baseline, `NearestPrototype`.
        log_loss: mean of minus the natural logarithm of the true type's probability.
        ece: expected calibration error.
        abstained: share who get no single type ('between' or 'too few').
        reliability: the points of the reliability diagram.
        confusion: people per true type (row) and predicted type (column), in the order of `TYPES`.
        types: quality of each type.
        verdicts: people per verdict; in `between` either of the two types counts as right.
    """

    people: int
    accuracy: float
    margin: float
    prototype_accuracy: float
    log_loss: float
    ece: float
    abstained: float
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
        bayes_accuracy: the best possible.
        bayes: how that was estimated, and how far the classifier is behind.
        comparison: other classifiers, and which one to keep.
        ordered: what four types add over one low-to-high score.
        styles: accuracy per response style.
        by_style: everything per response style.
        answered: people by number of answers, after answers were taken away at random; keyed by the lowest
            number of the group.
        missing: by share of the answers that is taken away.
        shifted: by share of starters.
        moved: with a persona moved.
        distribution_error: how far estimates of the shares of the types are off, by people per group.
        fairness: per trait and group.
        adaptive: the adaptive test beside the full one (`evaluate_adaptive`); None for a bank that it cannot ask.
    """

    seed: int
    bayes_accuracy: float
    bayes: Ceiling
    comparison: Comparison
    ordered: Ordered
    styles: dict[str, float]
    by_style: dict[str, StyleFares]
    answered: dict[int, Group]
    missing: dict[float, Fares]
    shifted: dict[float, ShiftFares]
    moved: dict[str, MoveFares]
    distribution_error: dict[int, DistributionError]
    fairness: dict[str, dict[str, GroupFares]]
    adaptive: dict[str, Any] | None


def evaluate(
    classifier: Classifier,
    parameters: Parameters,
    bank: Bank,
    people: int = PEOPLE,
    seed: int = 0,
    step: Step = silent,
) -> Evaluation:
    """Classify fresh simulated people and compare with their true type; do so again where the world differs.

    Args:
        classifier: the model.
        parameters: the simulation.
        bank: the bank that is filled in.
        people: how many.
        seed: of the simulation; the people differ from those that training with this seed uses.
        step: called after each of `STEPS` parts.
    """
    trial = Trial(classifier, parameters, bank, people, np.random.default_rng([seed, TEST]))
    test = trial.put(parameters)
    step("simulate")
    posterior = bayes_posterior(parameters, test.people, np.random.default_rng([seed, BAYES]), step=step)
    best = posterior.argmax(axis=1) == test.types
    return Evaluation(
        **_compared(replace(trial, rng=np.random.default_rng([seed, COMPARISON])), test, best, step),
        **_robustness(replace(trial, rng=np.random.default_rng([seed, ROBUSTNESS])), test, step),
        **_in_groups(replace(trial, rng=np.random.default_rng([seed, GROUPS])), test, step),
        adaptive=_adaptive(trial, seed, step),
        answered=_by_answers(classifier, test.people, np.random.default_rng([seed, THIN])),
        seed=seed,
    )


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
    verdicts = judge(facets, scores, probabilities)
    bins, table = metrics.reliability(sure, correct), metrics.confusion(types, probabilities.argmax(axis=1))
    return Quality(
        people=len(types),
        accuracy=float(correct.mean()),
        margin=metrics.margin(float(correct.mean()), len(types)),
        prototype_accuracy=prototype,
        log_loss=metrics.log_loss(probabilities, types),
        ece=metrics.expected_calibration_error(bins),
        abstained=1 - verdicts.count("clear") / len(verdicts),
        reliability=bins,
        confusion=tuple(map(tuple, table.tolist())),
        types=metrics.per_type(table),
        verdicts=_by_verdict(verdicts, probabilities, types),
    )


def _outcome(probabilities: Floats, types: Integers) -> tuple[Floats, Truths]:
    """Probability of the most likely type, and whether that is the true one; shapes (n,)."""
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == types


def _compared(trial: Trial, test: Put, best: Truths, step: Step) -> dict[str, Any]:
    """The quality of the classifier, and of what it is compared with."""
    known = simulate(trial.parameters, trial.bank, LEARNING * trial.people, trial.rng)
    found = comparison.candidates(test.probabilities, known, test.people, trial.rng, step)
    compared = comparison.compare(found, best, test.types)
    ordered = comparison.ordered(found, trial.parameters, trial.bank, test.people, trial.rng)
    step("ordered")
    prototype = compared.candidates["nearest_prototype"].accuracy
    quality = measure(test.people.facets, test.people.scores, test.probabilities, test.types, prototype)
    kept, accuracy = compared.candidates[comparison.KEPT], float(best.mean())
    ceiling = Ceiling(DRAWS, metrics.margin(accuracy, len(best)), kept.behind, kept.behind_margin)
    return {
        **vars(quality),
        "bayes_accuracy": accuracy,
        "bayes": ceiling,
        "comparison": compared,
        "ordered": ordered,
    }


def _robustness(trial: Trial, test: Put, step: Step) -> dict[str, Any]:
    """How the classifier fares in other worlds."""
    by_style = robustness.styles(trial)
    found: dict[str, Any] = {"by_style": by_style, "styles": {name: each.accuracy for name, each in by_style.items()}}
    step("styles")
    found["missing"] = robustness.missing(trial, test)
    step("missing")
    found["shifted"] = robustness.shifted(trial)
    step("shifted")
    found["moved"] = robustness.moved(trial)
    step("moved")
    return found


def _in_groups(trial: Trial, test: Put, step: Step) -> dict[str, Any]:
    """How it fares for groups of people."""
    errors = groups.distribution_errors(test, trial.parameters.shares, trial.rng)
    step("distribution")
    fairness = groups.fairness(trial)
    step("fairness")
    return {"distribution_error": errors, "fairness": fairness}


def _adaptive(trial: Trial, seed: int, step: Step) -> dict[str, Any] | None:
    if not adaptable(trial.bank):
        return None
    people = trial.people // ADAPTIVE
    return adaptive_evaluation.evaluate_adaptive(
        trial.classifier, trial.parameters, trial.bank, people, seed, step=step
    )


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
