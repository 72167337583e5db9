import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.store import save_model
from zelfscan.digitypes.training import DECIMALS, PRIORS, STEPS, FacetsError, make_pipeline, train

TRAIN = """
import sys
from pathlib import Path
import zelfscan.digitypes.command
from zelfscan.banks.loader import load_bank
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.store import save_model
from zelfscan.digitypes.training import train
simulation, bank, out = map(Path, sys.argv[1:])
print(save_model(train(load_parameters(simulation), load_bank(bank), seed=3, people=3000), {}, out))
assert not {"sqlalchemy", "psycopg", "zelfscan.db"} & set(sys.modules)
"""
SMALL = Path(__file__).parents[1] / "banks" / "digitype_small.yaml"


DATABASES = {1: "", 2: "postgresql+psycopg://nobody@database.invalid/zelfscan"}
"""Per number of threads the database of the installation: training knows none."""


def trained_with(threads: int, simulation: Path, out: Path) -> str:
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    limits["ZELFSCAN_DATABASE_URL"] = DATABASES[threads]
    command = [sys.executable, "-c", TRAIN, str(simulation), str(SMALL), str(out)]
    done = subprocess.run(command, env=os.environ | limits, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_same_seed_gives_the_same_file_whatever_the_process_threads_and_database(models: Path, tmp_path: Path) -> None:
    hashes = {trained_with(threads, models / "simulation.yaml", tmp_path / str(threads)) for threads in (1, 2)}
    files = {(tmp_path / str(threads) / "digitype.skops").read_bytes() for threads in (1, 2)}
    assert hashes == {hashlib.sha256(content).hexdigest() for content in files}
    assert len(files) == 1


def test_another_seed_gives_another_model(parameters: Parameters, small: Bank, tmp_path: Path) -> None:
    hashes = {save_model(train(parameters, small, seed, people=1000), {}, tmp_path) for seed in (1, 2)}
    assert len(hashes) == 2


def test_weights_are_rounded_and_share_no_constant(pipeline: Pipeline) -> None:
    for weights in (pipeline[-1].coef_, pipeline[-1].intercept_):
        np.testing.assert_array_equal(weights, np.round(weights, DECIMALS))
        np.testing.assert_allclose(weights.sum(axis=0), 0, atol=4 * 10**-DECIMALS)


def test_rounding_leaves_the_probabilities() -> None:
    rng = np.random.default_rng(1)
    scores, labels = rng.random((300, 8)), np.array(["a", "b", "c"] * 100)
    rounded = make_pipeline(list("wwxxyyzz"), 2.0).fit(scores, labels)
    exact = rounded.predict_proba(scores)
    regression = rounded[-1]
    regression.coef_ = np.round(regression.coef_ - regression.coef_.mean(axis=0), DECIMALS)
    regression.intercept_ = np.round(regression.intercept_ - regression.intercept_.mean(), DECIMALS)
    np.testing.assert_allclose(rounded.predict_proba(scores), exact, atol=1e-3)


def test_weight_of_the_middle_is_one_of_the_candidates_and_not_the_largest(pipeline: Pipeline) -> None:
    assert pipeline[0].prior in PRIORS[:-1]


def test_steps_are_all_reported(parameters: Parameters, small: Bank) -> None:
    steps: list[str] = []
    train(parameters, small, people=1000, step=steps.append)
    assert len(steps) == STEPS


def test_bank_without_one_of_the_facets(parameters: Parameters, kinds: Bank) -> None:
    with pytest.raises(FacetsError, match="no question has facet motivatie, houding, zelfbeeld"):
        train(parameters, kinds, people=1000)


def test_small_bank_is_the_one_in_its_file(small: Bank) -> None:
    assert load_bank(SMALL).hash == small.hash
