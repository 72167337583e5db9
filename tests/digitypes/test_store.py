import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
import skops.io
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from zelfscan.digitypes.store import FACTS, MODEL, ModelError, canonical, load_classifier, load_facts, save_model


class Foreign(BaseEstimator):
    """A type that the model may not hold."""


@pytest.fixture
def folder(pipeline: Pipeline, tmp_path: Path) -> Path:
    save_model(pipeline, {"seed": 7}, tmp_path)
    return tmp_path


def change_facts(folder: Path, **changes: Any) -> None:
    facts = json.loads((folder / FACTS).read_text())
    (folder / FACTS).write_text(json.dumps(facts | changes))


def put_model(folder: Path, content: bytes) -> None:
    """Replace the model, with the hash that belongs to it."""
    (folder / MODEL).write_bytes(content)
    change_facts(folder, model=hashlib.sha256(content).hexdigest())


def error(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_classifier(folder)
    return str(caught.value)


def test_loaded_model_is_the_saved_one(folder: Path, pipeline: Pipeline) -> None:
    classifier = load_classifier(folder)
    scores = np.random.default_rng(1).random((5, pipeline.n_features_in_))
    expected = np.sort(pipeline.predict_proba(scores))
    np.testing.assert_array_equal(np.sort(classifier.probabilities(pipeline[0].facets, scores)), expected)
    assert classifier.model == load_facts(folder)["model"]


def test_facts_name_hash_versions_and_what_was_given(folder: Path) -> None:
    facts = load_facts(folder)
    assert facts["model"] == hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    assert facts["versions"]["scikit-learn"] == sklearn.__version__
    assert facts["seed"] == 7


def test_same_pipeline_gives_the_same_bytes(pipeline: Pipeline) -> None:
    first, second = (skops.io.dumps(skops.io.loads(skops.io.dumps(pipeline), _trusted())) for _ in range(2))
    assert first != second
    assert canonical(first) == canonical(second) == canonical(canonical(first))


def _trusted() -> list[str]:
    return ["zelfscan.digitypes.features.FacetFeatures"]


def test_changed_model_is_refused(folder: Path) -> None:
    content = bytearray((folder / MODEL).read_bytes())
    content[100] ^= 1
    (folder / MODEL).write_bytes(content)
    assert "is not the model that digitype.json describes" in error(folder)
    assert "zelfscan digitype train" in error(folder)


def test_untrusted_type_is_refused_before_it_is_made(folder: Path) -> None:
    put_model(folder, skops.io.dumps(Pipeline([("foreign", Foreign())])))
    message = error(folder)
    assert "holds types that are not trusted" in message
    assert "Foreign" in message


def test_another_type_that_is_trusted_is_no_model(folder: Path) -> None:
    put_model(folder, skops.io.dumps({"a": 1}))
    assert "holds a dict, not a pipeline" in error(folder)


def test_file_that_is_no_archive(folder: Path) -> None:
    put_model(folder, b"not a zip")
    assert "no skops file" in error(folder)


@pytest.mark.parametrize("kept", [0, 1, 1000, -1])
def test_truncated_file(folder: Path, kept: int) -> None:
    content = (folder / MODEL).read_bytes()[:kept]
    (folder / MODEL).write_bytes(content)
    assert "is not the model that digitype.json describes" in error(folder)
    put_model(folder, content)
    assert "no skops file that can be read" in error(folder)


def test_any_damage_behind_a_right_hash_is_told(folder: Path) -> None:
    content, rng, told = (folder / MODEL).read_bytes(), np.random.default_rng(1), 0
    for place in rng.integers(len(content), size=150):
        put_model(folder, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            load_classifier(folder)
        except ModelError as caught:
            told += str(folder) in str(caught)
    assert told > 100


@pytest.mark.parametrize("steps", [[StandardScaler()], [StandardScaler(), LogisticRegression()]])
def test_another_pipeline_is_no_digitype_classifier(folder: Path, steps: list[BaseEstimator]) -> None:
    put_model(folder, skops.io.dumps(Pipeline([(str(k), step) for k, step in enumerate(steps)])))
    assert "holds another model than a digitype classifier" in error(folder)


def test_archive_without_a_schema(folder: Path) -> None:
    with zipfile.ZipFile(folder / "empty.zip", "w"):
        pass
    put_model(folder, (folder / "empty.zip").read_bytes())
    assert "no skops file" in error(folder)


@pytest.mark.parametrize("version", ["1.8.0", "2.0.0", "nonsense"])
def test_another_version_of_scikit_learn_is_refused(folder: Path, version: str) -> None:
    change_facts(folder, versions={"scikit-learn": version})
    assert f"made with scikit-learn {version}, installed is {sklearn.__version__}" in error(folder)


def test_another_patch_version_is_the_same(folder: Path) -> None:
    major, minor = sklearn.__version__.split(".")[:2]
    change_facts(folder, versions={"scikit-learn": f"{major}.{minor}.99"})
    assert load_classifier(folder).model == load_facts(folder)["model"]


@pytest.mark.parametrize("name", [MODEL, FACTS])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert error(folder).startswith(f"{folder / name}: cannot be read (No such file or directory)")


@pytest.mark.parametrize("content", ["{", "[]", '{"seed": 1}', "\xff", '{"model": "a", "versions": 3}'])
def test_damaged_facts(folder: Path, content: str) -> None:
    (folder / FACTS).write_text(content, encoding="latin-1")
    assert "damaged" in error(folder)
