"""The model that ships is the one that its description, its bank and its assumptions give."""

from pathlib import Path
from typing import Any

import pytest
import sklearn
import skops

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.card import model_card
from zelfscan.digitypes.comparison import CALIBRATED, CANDIDATES, CLOSE, KEPT
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.store import load_classifier, load_facts, save_model
from zelfscan.digitypes.training import train

AGAIN = "run `zelfscan digitype train`, which writes models/ anew"


def test_it_loads(models: Path) -> None:
    assert load_classifier(models).model == load_facts(models)["model"]


def test_it_was_trained_on_the_shipped_bank_and_assumptions(
    models: Path, shipped: Bank, parameters: Parameters
) -> None:
    facts = load_facts(models)
    assert facts["bank"] == {"id": "digitype", "hash": shipped.hash}, AGAIN
    assert facts["simulation"] == parameters.hash, AGAIN


def test_training_again_gives_the_same_model(
    models: Path, shipped: Bank, parameters: Parameters, tmp_path: Path
) -> None:
    facts = load_facts(models)
    if facts["versions"] != {"scikit-learn": sklearn.__version__, "skops": skops.__version__}:
        pytest.skip("the versions are part of the file")
    pipeline = train(parameters, shipped, facts["seed"], facts["people"])
    assert save_model(pipeline, {}, tmp_path) == facts["model"], AGAIN


def test_card_holds_its_figures(models: Path) -> None:
    assert (models / "README.md").read_text(encoding="utf-8") == model_card(load_facts(models)), AGAIN


@pytest.fixture(scope="module")
def figures(models: Path) -> dict[str, Any]:
    found: dict[str, Any] = load_facts(models)["figures"]
    return found


def test_it_earns_its_place(figures: dict[str, Any]) -> None:
    assert figures["accuracy"] - figures["margin"] > figures["prototype_accuracy"] + 0.02
    assert figures["bayes_accuracy"] - figures["accuracy"] <= CLOSE
    assert figures["ece"] <= CALIBRATED


def test_it_is_the_simplest_that_is_good_enough(figures: dict[str, Any]) -> None:
    assert figures["comparison"]["chosen"] == KEPT
    simpler = list(figures["comparison"]["candidates"].values())[: CANDIDATES.index(KEPT)]
    assert all(each["behind"] - each["behind_margin"] > CLOSE for each in simpler)


def test_four_types_add_to_one_score(figures: dict[str, Any]) -> None:
    ordered = figures["ordered"]
    assert ordered["four_facets"] - ordered["one_score"] > 0.05
    assert ordered["ordered_world_four_facets"] - ordered["ordered_world_one_score"] < 0.04


def test_corrected_shares_beat_counting_labels(figures: dict[str, Any]) -> None:
    errors = figures["distribution_error"]
    assert list(errors) == ["8", "20", "100"]
    assert all(each["corrected"] + each["margin"] < each["counting"] for each in errors.values())
    assert errors["100"]["corrected"] < 0.75 * errors["100"]["counting"]


def test_it_bears_what_a_group_may_be(figures: dict[str, Any]) -> None:
    assert all(accuracy > 0.65 for name, accuracy in figures["styles"].items() if name != "careless")
    assert all(each["accuracy"] > 0.69 and each["ece"] < 0.04 for each in figures["shifted"].values())
    assert all(abs(each["corrected"] - each["starters"]) < 0.02 for each in figures["shifted"].values())
    assert all(each["bayes_accuracy"] - each["classifier"] < 0.07 for each in figures["moved"].values())
    assert figures["missing"]["0.2"]["accuracy"] > figures["accuracy"] - 0.04


def test_every_group_gets_the_same_error(figures: dict[str, Any]) -> None:
    assert set(figures["fairness"]) == {"language", "age", "function"}
    for groups in figures["fairness"].values():
        accuracies = [each["standardised"] for each in groups.values()]
        assert max(accuracies) - min(accuracies) < 2 * max(each["standardised_margin"] for each in groups.values())
        assert all(each["ece"] <= CALIBRATED for each in groups.values())


def test_the_adaptive_test_was_measured(figures: dict[str, Any]) -> None:
    assert figures["adaptive"]["median_questions"] < figures["adaptive"]["questions"]
    assert figures["adaptive"]["agreement"] > 0.9
