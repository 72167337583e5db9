import json

import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier, Outcomes, digitypes
from zelfscan.digitypes.lines import json_lines, text_lines
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import simulate, thin


@pytest.fixture(scope="module")
def outcomes(classifier: Classifier, parameters: Parameters, shipped: Bank) -> Outcomes:
    rng = np.random.default_rng(41)
    people = simulate(parameters, shipped, 500, rng)
    scores = np.vstack([people.scores, thin(people.scores, rng), np.full((1, len(people.facets)), np.nan)])
    return classifier.outcomes(people.items.names, people.facets, scores)


def test_json_lines_are_the_outcomes_to_the_letter(outcomes: Outcomes) -> None:
    expected = [json.dumps(each.to_dict(), separators=(",", ":")) for each in digitypes(outcomes)]
    assert list(json_lines(outcomes)) == expected


def test_very_small_and_round_numbers_are_written_as_json_does(classifier: Classifier) -> None:
    items, facets = [f"b:k.{n}%" for n in range(40)], ["kennis", "motivatie", "houding", "zelfbeeld"] * 10
    outcomes = classifier.outcomes(items, facets, np.array([[1.0] * 40, [0.0] * 40, [0.5] * 40]))
    assert min(outcomes.probabilities.min(axis=1)) < 1e-6
    expected = [json.dumps(each.to_dict(), separators=(",", ":")) for each in digitypes(outcomes)]
    assert list(json_lines(outcomes)) == expected


def test_text_lines(outcomes: Outcomes) -> None:
    people, lines = digitypes(outcomes), [line.split() for line in text_lines(outcomes)]
    assert len(lines) == 1001
    for each, (verdict, type, chance, other) in zip(people, lines, strict=True):
        assert (verdict, type, other) == (each.verdict, each.type or "-", each.runner_up)
        assert chance == f"{max(each.probabilities.values()):.0%}"


def test_nobody_gives_no_lines(classifier: Classifier) -> None:
    outcomes = classifier.outcomes(["b:k.a"], ["kennis"], np.empty((0, 1)))
    assert list(json_lines(outcomes)) == list(text_lines(outcomes)) == []


def test_no_questions_give_too_few_answers(classifier: Classifier) -> None:
    (line,) = json_lines(classifier.outcomes([], [], np.empty((1, 0))))
    assert json.loads(line)["verdict"] == "too_few"
    assert json.loads(line)["pulls"] == []
