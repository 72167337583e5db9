"""How the adaptive test compares with the full one: how many questions less, and how much is lost."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import metrics
from zelfscan.digitypes.adaptive import DOUBT, AdaptiveTest
from zelfscan.digitypes.classifier import Classifier, judge
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.metrics import Truths
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.simulation import People, simulate

PEOPLE = 10_000
"""Simulated people to evaluate on; with half as many, chance alone makes a calibration error of about 0.015."""

STEPS = 20
"""Parts of the work that `evaluate_adaptive` reports."""

TEST = 5
"""The stream of chance of the people; training and the evaluation of the classifier use others of the same seed."""


def evaluate_adaptive(
    classifier: Classifier,
    parameters: Parameters,
    bank: Bank,
    people: int = PEOPLE,
    seed: int = 0,
    doubt: float = DOUBT,
    step: Step = silent,
) -> dict[str, Any]:
    """Give simulated people both tests. Takes about 3 seconds per 1,000 people.

    A question that somebody leaves unanswered in the full test is one that she skips in the adaptive test.

    Args:
        classifier: the model.
        parameters: the simulation.
        bank: the questions.
        people: how many.
        seed: of the people; they differ from those that training and `evaluate` use with the same seed.
        doubt: as in `AdaptiveTest`.
        step: called after each of `STEPS` parts.

    Returns:
        Plain JSON, shares from 0 to 1 to four decimals: `questions` of the bank; `median_questions`,
        `mean_questions` and `questions_p95` (95th percentile) that were asked, skipped ones included; `agreement`
        of the most likely type with that of the full test, whatever the verdict; `accuracy` and `full_accuracy`;
        `verdict_agreement`; `ece` and `full_ece`; and `styles`, the first of these
        figures per response style.

    Raises:
        ValueError: the bank is not `adaptable`.
    """
    adaptive = AdaptiveTest(classifier, parameters, bank, doubt)
    test = simulate(parameters, bank, people, np.random.default_rng([seed, TEST]))
    outcomes = _outcomes(classifier, test, _seen(adaptive, test.scores, step))
    styles = {name: test.latents.styles == k for k, name in enumerate(parameters.styles)}
    return {
        "seed": seed,
        "doubt": doubt,
        "questions": len(adaptive.addresses),
        **_figures(outcomes),
        "verdict_agreement": _share(outcomes.same_verdict),
        "ece": _calibration_error(outcomes.sureness, outcomes.right),
        "full_ece": _calibration_error(outcomes.full_sureness, outcomes.full_right),
        "styles": {name: _figures(outcomes[rows]) for name, rows in styles.items() if rows.any()},
    }


@dataclass(frozen=True)
class _Outcomes:
    """Of n people: how many questions the adaptive test asked, what both tests say, and whether that is right."""

    asked: Integers
    same_type: Truths
    same_verdict: Truths
    right: Truths
    full_right: Truths
    sureness: Floats
    full_sureness: Floats

    def __getitem__(self, rows: Truths) -> "_Outcomes":
        return _Outcomes(**{name: column[rows] for name, column in vars(self).items()})


def _seen(adaptive: AdaptiveTest, scores: Floats, step: Step) -> Truths:
    """Which questions each of n people is asked; shape (n, m)."""
    parts = []
    for part in np.array_split(scores, STEPS):
        asked, _ = adaptive.follow(part, np.ones(part.shape, dtype=bool))
        parts.append((asked[:, :, None] == np.arange(scores.shape[1])).any(axis=1))
        step("adaptive")
    return np.concatenate(parts)


def _outcomes(classifier: Classifier, test: People, seen: Truths) -> _Outcomes:
    scores = np.where(seen, test.scores, np.nan)
    chances, full = (classifier.probabilities(test.facets, each) for each in (scores, test.scores))
    types, full_types = chances.argmax(axis=1), full.argmax(axis=1)
    verdicts, full_verdicts = judge(test.facets, scores, chances), judge(test.facets, test.scores, full)
    return _Outcomes(
        asked=seen.sum(axis=1),
        same_type=types == full_types,
        same_verdict=np.array(verdicts) == np.array(full_verdicts),
        right=types == test.latents.types,
        full_right=full_types == test.latents.types,
        sureness=chances.max(axis=1),
        full_sureness=full.max(axis=1),
    )


def _figures(outcomes: _Outcomes) -> dict[str, Any]:
    return {
        "people": len(outcomes.asked),
        "median_questions": float(np.median(outcomes.asked)),
        "mean_questions": round(float(outcomes.asked.mean()), 2),
        "questions_p95": float(np.percentile(outcomes.asked, 95)),
        "agreement": _share(outcomes.same_type),
        "accuracy": _share(outcomes.right),
        "full_accuracy": _share(outcomes.full_right),
    }


def _share(found: Truths) -> float:
    return round(float(found.mean()), 4)


def _calibration_error(sureness: Floats, right: Truths) -> float:
    error: float = metrics.expected_calibration_error(metrics.reliability(sureness, right))
    return round(error, 4)
