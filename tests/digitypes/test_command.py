import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.command import digitype
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import People, simulate
from zelfscan.digitypes.store import load_classifier, load_facts
from zelfscan.digitypes.types import TYPES


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(digitype, [str(word) for word in words])


@pytest.fixture(scope="module")
def people(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 400, np.random.default_rng(21))


@pytest.fixture
def answers(people: People, tmp_path: Path) -> Path:
    return write(tmp_path / "answers.csv", people)


def write(path: Path, people: People, labelled: bool = False) -> Path:
    addresses = [name.partition(":")[2] for name in people.items.names]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*addresses, "digitype"] if labelled else addresses)
        for row in range(len(people.levels)):
            given = people.answers(row)
            cells = [given.get(address, "") for address in addresses]
            writer.writerow([*cells, people.labels[row]] if labelled else cells)
    return path


def test_classify_as_json_lines(answers: Path, people: People, models: Path) -> None:
    result = run("classify", answers, "--json-lines")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    expected = load_classifier(models).classify_table(people.items.names, people.facets, people.scores)
    assert result.exit_code == 0
    assert found == [outcome.to_dict() for outcome in expected]
    assert np.mean([each["type"] == label for each, label in zip(found, people.labels, strict=True)]) > 0.6


def test_classify_as_text(answers: Path) -> None:
    lines = run("classify", answers).stdout.splitlines()
    assert len(lines) == 400
    assert all(line.split()[0] in ("clear", "between", "too_few") for line in lines)


def test_classify_tells_every_mistake_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("kennis.nieuw,kennis.nieuws\n3,\n9,\n", encoding="utf-8")
    result = run("classify", path, "--json-lines", "--language", "nl")
    assert (result.exit_code, result.stdout) == (1, "")
    unknown, wrong = result.stderr.splitlines()
    assert unknown.startswith(f"{path}:1:2: kennis.nieuws: ")
    assert wrong.startswith(f"{path}:3:1: kennis.nieuw: dit kan geen antwoord zijn")


def test_train_writes_a_folder_that_stands_on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("train", "--seed", "4", "--people", "2000", "--out", tmp_path)
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "digitype.skops",
        "digitype.json",
        "README.md",
        "simulation.yaml",
    }
    facts = load_facts(tmp_path)
    assert (facts["seed"], facts["people"], facts["data"]) == (4, 2000, "simulated")
    assert facts["model"] in (tmp_path / "README.md").read_text(encoding="utf-8")
    monkeypatch.setenv("ZELFSCAN_MODELS_DIR", str(tmp_path))
    evaluated = json.loads(run("evaluate", "--seed", "4", "--people", "1000", "--json").stdout)
    assert evaluated == {"model": facts["model"]} | facts["figures"]


def test_evaluate_as_text(models: Path) -> None:
    result = run("evaluate", "--people", "1000")
    assert result.exit_code == 0
    assert "nearest prototype (baseline)" in result.stdout
    assert "expected calibration error" in result.stdout


def test_evaluate_says_that_an_assumption_has_changed(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(models, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "simulation.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    monkeypatch.setenv("ZELFSCAN_MODELS_DIR", str(tmp_path))
    result = run("evaluate", "--people", "1000", "--json")
    assert json.loads(result.stdout)["people"] == 1000
    assert "simulation.yaml has changed since the model was trained" in result.stderr


def test_train_on_labels(people: People, tmp_path: Path) -> None:
    file = write(tmp_path / "labelled.csv", people, labelled=True)
    result = run("train", "--labelled", file, "--out", tmp_path / "out")
    assert result.exit_code == 0
    facts = load_facts(tmp_path / "out")
    assert (facts["data"], facts["people"], facts["simulation"]) == ("labelled", 400, None)
    assert "named their own type" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_train_on_too_few_labels(people: People, tmp_path: Path) -> None:
    file = write(tmp_path / "labelled.csv", people[:10], labelled=True)
    result = run("train", "--labelled", file, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "at least 25 people of each type" in result.stderr
    assert not (tmp_path / "out").exists()


def test_train_refuses_a_label_that_is_no_type(tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text("kennis.nieuw,digitype\n3,digistarter\n", encoding="utf-8")
    result = run("train", "--labelled", file, "--out", tmp_path / "out", "--language", "en")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{file}:2:2: digitype: this cannot stand in this column. Choose one of {TYPES[0]}")


def test_train_on_labels_needs_every_facet(tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    people = "".join(f"{n % 5},{TYPES[n % 4]}\n" for n in range(200))
    file.write_text("kennis.nieuw,digitype\n" + people, encoding="utf-8")
    result = run("train", "--labelled", file, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "no question has facet motivatie, houding, zelfbeeld" in result.stderr


def test_train_refuses_assumptions_that_do_not_hold_together(tmp_path: Path) -> None:
    file = tmp_path / "simulation.yaml"
    file.write_text("personas: {}\n", encoding="utf-8")
    result = run("train", "--simulation", file, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert f"{file}: styles: Field required" in result.stderr


def test_missing_model(answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_MODELS_DIR", str(tmp_path / "none"))
    result = run("classify", answers)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "digitype.json: cannot be read" in result.stderr
