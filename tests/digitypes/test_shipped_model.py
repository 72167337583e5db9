"""The model that ships is the one that its description, its bank and its assumptions give."""

from pathlib import Path

import pytest
import sklearn
import skops

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.card import model_card
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


def test_it_earns_its_place(models: Path) -> None:
    figures = load_facts(models)["figures"]
    assert figures["accuracy"] - figures["margin"] > figures["prototype"]
    assert figures["bayes"]["accuracy"] - figures["bayes"]["classifier"] < 0.03
    assert figures["calibration_error"] < 0.02
