"""The shipped assumptions, tiny banks, and one classifier that is trained on the smallest of them."""

from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.parameters import Parameters, load_parameters
from zelfscan.digitypes.training import train

BANKS = Path(__file__).parents[1] / "banks"


@pytest.fixture(scope="session")
def models() -> Path:
    return Settings().models_dir


@pytest.fixture(scope="session")
def parameters(models: Path) -> Parameters:
    return load_parameters(models / "simulation.yaml")


@pytest.fixture(scope="session")
def small() -> Bank:
    return load_bank(BANKS / "digitype_small.yaml")


@pytest.fixture(scope="session")
def kinds() -> Bank:
    return load_bank(BANKS / "digitype_kinds.yaml")


@pytest.fixture(scope="session")
def shipped() -> Bank:
    return load_bank(Settings().shipped_bank("digitype"))


@pytest.fixture(scope="session")
def pipeline(parameters: Parameters, shipped: Bank) -> Pipeline:
    return train(parameters, shipped, seed=7, people=4000)


@pytest.fixture(scope="session")
def classifier(pipeline: Pipeline) -> Classifier:
    return Classifier(pipeline, "trained in a test")
