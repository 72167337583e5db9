"""Keep the trained model in files, and refuse whatever is not that model."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import sklearn
import skops
import skops.io
from sklearn.pipeline import Pipeline

from zelfscan.digitypes.classifier import Classifier
from zelfscan.errors import ClearError

MODEL = "digitype.skops"
FACTS = "digitype.json"
TRUSTED = ("zelfscan.digitypes.features.FacetFeatures",)
"""The only type in the model that skops does not know by itself; whatever else it finds is refused."""

OLDEST = (1980, 1, 1, 0, 0, 0)
"""Timestamp of every entry of the zip archive, so that the same model gives the same bytes."""

MEND = "run `zelfscan digitype train`, or put back models/ as Zelfscan ships it"


class ModelError(ClearError):
    """The model cannot be used; the message says which file, what is wrong and how to mend it."""


def save_model(pipeline: Pipeline, facts: dict[str, Any], folder: Path) -> str:
    """Write the model and the facts about it.

    Args:
        pipeline: the fitted pipeline.
        facts: plain JSON; the model's hash and the versions that made it are added.
        folder: where to write; made when it does not exist.

    Returns:
        sha256 of the model file, in hex: the same for the same pipeline.
    """
    content = canonical(skops.io.dumps(pipeline))
    digest = hashlib.sha256(content).hexdigest()
    versions = {"scikit-learn": sklearn.__version__, "skops": skops.__version__}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(content)
    text = json.dumps({"model": digest, "versions": versions, **facts}, indent=2, ensure_ascii=False)
    (folder / FACTS).write_text(text + "\n", encoding="utf-8")
    return digest


def load_classifier(folder: Path) -> Classifier:
    """Read the model.

    Args:
        folder: holds `digitype.skops` and `digitype.json`.

    Raises:
        ModelError: a file is missing or damaged, the model is not the one that was described, was made by
            another version of scikit-learn, or holds a type that is not trusted.
    """
    facts = load_facts(folder)
    path = folder / MODEL
    content = _read(path)
    _check_hash(path, content, facts)
    _check_version(path, facts)
    pipeline = _open(path, content)
    try:
        return Classifier(pipeline, facts["model"])
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: holds another model than a digitype classifier ({error}); {MEND}") from error


def load_facts(folder: Path) -> dict[str, Any]:
    """What is known of the model: hash, versions, seed, figures.

    Raises:
        ModelError: the file is missing or damaged.
    """
    path = folder / FACTS
    try:
        facts = json.loads(_read(path))
    except ValueError:
        facts = None
    if not (
        isinstance(facts, dict) and isinstance(facts.get("model"), str) and isinstance(facts.get("versions"), dict)
    ):
        raise ModelError(f"{path}: damaged: it does not describe a model; {MEND}")
    return facts


def canonical(content: bytes) -> bytes:
    """The same skops file without what differs from run to run: memory addresses and times.

    skops names each object by its address in memory. Here they are numbered in the order of the schema.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = parts.pop("schema.json").decode()
    numbers: dict[str, str] = {}
    for address in re.findall(r'"__id__": (\d+)', schema):
        numbers.setdefault(address, str(len(numbers) + 1))
    schema = re.sub(r'("__id__": )(\d+)', lambda found: found[1] + numbers[found[2]], schema)
    schema = re.sub(r'("file": ")(\d+)', lambda found: found[1] + numbers[found[2]], schema)
    renamed = {numbers[name.partition(".")[0]] + ".npy": part for name, part in parts.items()}
    return _zipped({**dict(sorted(renamed.items())), "schema.json": schema.encode()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, OLDEST), part)
    return target.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {MEND}") from error


def _check_hash(path: Path, content: bytes, facts: dict[str, Any]) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if digest != facts["model"]:
        raise ModelError(
            f"{path}: is not the model that {FACTS} describes: its sha256 is {digest[:12]}..., "
            f"not {facts['model'][:12]}...; {MEND}"
        )


def _check_version(path: Path, facts: dict[str, Any]) -> None:
    """Refuse another minor version: scikit-learn does not promise that a model means the same in both."""
    made_by = str(facts["versions"].get("scikit-learn"))
    if made_by.split(".")[:2] != sklearn.__version__.split(".")[:2]:
        raise ModelError(
            f"{path}: made with scikit-learn {made_by}, installed is {sklearn.__version__}; "
            f"install the version of requirements.lock, or {MEND}"
        )


def _open(path: Path, content: bytes) -> Pipeline:
    try:
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
        pipeline = None if unknown else skops.io.loads(content, trusted=list(TRUSTED))
    except Exception as error:  # a damaged file makes skops raise almost anything
        raise ModelError(f"{path}: no skops file that can be read ({error}); {MEND}") from error
    if unknown:
        raise ModelError(f"{path}: holds types that are not trusted: {', '.join(sorted(unknown))}; {MEND}")
    if not isinstance(pipeline, Pipeline):
        raise ModelError(f"{path}: holds a {type(pipeline).__name__}, not a pipeline; {MEND}")
    return pipeline
