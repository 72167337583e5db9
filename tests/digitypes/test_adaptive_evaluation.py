import json
from pathlib import Path
from typing import Any

import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.adaptive_evaluation import PEOPLE, STEPS, evaluate_adaptive
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.store import load_classifier


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(models: Path, parameters: Parameters, shipped: Bank, steps: list[str]) -> dict[str, Any]:
    """The shipped model on people that the limits for stopping were not chosen on."""
    return evaluate_adaptive(load_classifier(models), parameters, shipped, step=steps.append)


def test_half_of_the_people_answer_at_most_ten_questions(found: dict[str, Any]) -> None:
    assert found["median_questions"] <= 10
    assert found["mean_questions"] < 12
    assert found["questions_p95"] <= found["questions"] == 18


def test_the_full_test_finds_the_same_type(found: dict[str, Any]) -> None:
    assert found["agreement"] > 0.96
    assert found["verdict_agreement"] > 0.94
    assert all(style["agreement"] > 0.92 for style in found["styles"].values())


def test_it_is_about_as_good_as_the_full_test(found: dict[str, Any]) -> None:
    assert found["accuracy"] > found["full_accuracy"] - 0.01
    assert found["ece"] < 0.016
    assert found["ece"] < found["full_ece"] + 0.01


def test_figures_agree_with_each_other(found: dict[str, Any], parameters: Parameters) -> None:
    styles = found["styles"]
    assert styles.keys() == parameters.styles.keys()
    assert sum(each["people"] for each in styles.values()) == found["people"] == PEOPLE
    for name in ("agreement", "accuracy", "full_accuracy"):
        mean = sum(each["people"] * each[name] for each in styles.values()) / PEOPLE
        assert mean == pytest.approx(found[name], abs=1e-4)


def test_who_is_careless_or_skips_is_asked_more(found: dict[str, Any]) -> None:
    styles = found["styles"]
    assert styles["careless"]["mean_questions"] > styles["regular"]["mean_questions"] + 0.5
    assert styles["missing"]["mean_questions"] > styles["regular"]["mean_questions"] + 1


def test_steps_are_all_reported(found: dict[str, Any], steps: list[str]) -> None:
    assert len(steps) == STEPS


def test_it_is_plain_json(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found)) == found


def test_without_stopping_it_is_the_full_test(classifier: Classifier, parameters: Parameters, shipped: Bank) -> None:
    whole = evaluate_adaptive(classifier, parameters, shipped, 200, doubt=-1.0)
    assert whole["median_questions"] == whole["questions_p95"] == 18
    assert whole["agreement"] == whole["verdict_agreement"] == 1
    assert whole["accuracy"] == whole["full_accuracy"]
    assert whole["ece"] == whole["full_ece"]


def test_more_doubt_gives_fewer_questions_and_less_agreement(
    classifier: Classifier, parameters: Parameters, shipped: Bank
) -> None:
    careful, hasty = (evaluate_adaptive(classifier, parameters, shipped, 400, doubt=doubt) for doubt in (0.02, 0.4))
    assert careful["mean_questions"] > hasty["mean_questions"] + 1
    assert careful["agreement"] > hasty["agreement"] + 0.015
    assert careful["agreement"] > 0.97
