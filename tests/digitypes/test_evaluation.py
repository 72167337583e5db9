import json

import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.evaluation import STEPS, Evaluation, evaluate
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.types import TYPES


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(classifier: Classifier, parameters: Parameters, shipped: Bank, steps: list[str]) -> Evaluation:
    return evaluate(classifier, parameters, shipped, people=4000, seed=5, step=steps.append)


def test_classifier_lies_between_baseline_and_ceiling(found: Evaluation) -> None:
    assert found.accuracy > found.prototype_accuracy + 0.01
    assert found.bayes.behind == pytest.approx(found.bayes_accuracy - found.accuracy)
    assert -found.bayes.behind_margin < found.bayes.behind < 0.04


def test_probabilities_are_calibrated(found: Evaluation) -> None:
    assert found.ece < 0.03
    for group in found.answered.values():
        assert abs(group.confidence - group.accuracy) < 0.08


def test_figures_agree_with_each_other(found: Evaluation) -> None:
    table = np.array(found.confusion)
    assert table.sum() == found.people == 4000
    assert table.trace() / 4000 == pytest.approx(found.accuracy)
    for groups in (found.verdicts, found.answered):
        assert sum(group.people for group in groups.values()) == 4000
    assert sum(each.people for each in found.reliability) == 4000
    assert found.abstained == pytest.approx(1 - found.verdicts["clear"].people / 4000)
    assert list(found.types) == list(TYPES)
    assert found.comparison.candidates["logistic_regression"].accuracy == found.accuracy
    assert found.missing[0.0].accuracy == found.accuracy
    assert found.styles == {name: each.accuracy for name, each in found.by_style.items()}


def test_careless_people_are_recognised_less(found: Evaluation, parameters: Parameters) -> None:
    assert found.styles.keys() == parameters.styles.keys()
    assert found.styles["careless"] < found.styles["regular"] - 0.1


def test_either_of_two_types_is_right_more_often_than_a_clear_one(found: Evaluation) -> None:
    assert found.verdicts["between"].accuracy > found.verdicts["clear"].accuracy


def test_steps_are_all_reported(found: Evaluation, steps: list[str]) -> None:
    assert len(steps) == STEPS


def test_evaluation_is_plain_json(found: Evaluation) -> None:
    plain = found.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert {"accuracy", "bayes_accuracy", "prototype_accuracy", "ece", "abstained", "styles"} <= plain.keys()
    assert {"median_questions", "agreement"} <= plain["adaptive"].keys()
    assert all({"counting", "corrected"} <= each.keys() for each in plain["distribution_error"].values())
    assert plain["accuracy"] == round(found.accuracy, 4)


def test_bank_that_cannot_be_asked_adaptively(
    classifier: Classifier, parameters: Parameters, small: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zelfscan.digitypes.evaluation.adaptable", lambda bank: False)
    found = evaluate(classifier, parameters, small, people=200)
    assert found.adaptive is None
