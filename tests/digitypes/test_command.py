import csv
import dataclasses
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
from zelfscan.scoring.tables import PEOPLE


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


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluated") / "page.html"


@pytest.fixture(scope="module")
def evaluated(models: Path, page: Path) -> Result:
    """Evaluated with a file of assumptions that has changed since the model was trained."""
    shutil.copytree(models, page.parent, dirs_exist_ok=True)
    with (page.parent / "simulation.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELFSCAN_MODELS_DIR", str(page.parent))
        return run("evaluate", "--people", "1000", "--html", page, "--language", "nl")


def test_evaluate_as_text(evaluated: Result) -> None:
    assert evaluated.exit_code == 0
    assert "1,000 people" in evaluated.stdout
    assert "nearest prototype (baseline)" in evaluated.stdout
    assert "expected calibration error" in evaluated.stdout
    assert "Fairness" in evaluated.stdout


def test_evaluate_says_that_an_assumption_has_changed(evaluated: Result) -> None:
    assert "simulation.yaml has changed since the model was trained" in evaluated.stderr


def test_evaluate_as_a_page(evaluated: Result, models: Path, page: Path) -> None:
    content = page.read_text(encoding="utf-8")
    assert '<html lang="nl">' in content
    assert load_facts(models)["model"] in content
    assert "1.000 verzonnen mensen" in content


def test_evaluate_says_at_once_that_the_page_cannot_be_written(tmp_path: Path) -> None:
    result = run("evaluate", "--html", tmp_path / "none" / "page.html")
    assert result.exit_code == 2
    assert "page.html" in result.stderr


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


def test_classify_tells_a_mistake_far_down_and_nothing_else(answers: Path) -> None:
    with answers.open("a", encoding="utf-8") as file:
        file.write("\n".join(["," * 17 + "0"] * 9_000 + ["9" + "," * 17]) + "\n")
    result = run("classify", answers, "--json-lines")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{answers}:9402:1: kennis.opzoeken: ")
    assert len(result.stderr.splitlines()) == 1


def test_classify_gives_everyone_a_line_also_over_many_parts(answers: Path, people: People) -> None:
    lines = answers.read_text(encoding="utf-8").splitlines()
    answers.write_text("\n".join([lines[0], *lines[1:] * 20]), encoding="utf-8")
    found = run("classify", answers, "--json-lines").stdout.splitlines()
    assert len(found) == 8000 > 3 * PEOPLE
    assert found == found[:400] * 20


def test_classify_nobody(answers: Path) -> None:
    answers.write_text(answers.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
    result = run("classify", answers, "--json-lines")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_train_refuses_to_replace_the_model_by_a_worse_one(models: Path, tmp_path: Path, language: str) -> None:
    shutil.copytree(models, tmp_path, dirs_exist_ok=True)
    result = run("train", "--people", "1000", "--seed", "6", "--out", tmp_path, "--language", language)
    assert (result.exit_code, result.stdout) == (1, "")
    told = {"nl": "het nieuwe model is slechter", "en": "the new model is worse"}[language]
    assert result.stderr.startswith(f"{tmp_path}: {told}")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in models.iterdir()
    }


def test_train_on_labels_refuses_and_is_forced(people: People, models: Path, tmp_path: Path) -> None:
    shutil.copytree(models, tmp_path / "out")
    told = load_classifier(models).probabilities(people.facets, people.scores).argmax(axis=1)
    agreeing = dataclasses.replace(people, latents=dataclasses.replace(people.latents, types=told))
    file = write(tmp_path / "labelled.csv", agreeing, labelled=True)
    refused = run("train", "--labelled", file, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert "is worse than the model that is there" in refused.stderr
    assert "against 100.00% of 400 people" in refused.stderr
    assert load_facts(tmp_path / "out") == load_facts(models)
    assert run("train", "--labelled", file, "--out", tmp_path / "out", "--force").exit_code == 0
    assert load_facts(tmp_path / "out")["data"] == "labelled"


def test_train_replaces_a_model_that_cannot_be_used(people: People, models: Path, tmp_path: Path) -> None:
    shutil.copytree(models, tmp_path / "out")
    (tmp_path / "out" / "digitype.skops").write_bytes(b"damaged")
    file = write(tmp_path / "labelled.csv", people, labelled=True)
    assert run("train", "--labelled", file, "--out", tmp_path / "out").exit_code == 0
    assert load_classifier(tmp_path / "out").model == load_facts(tmp_path / "out")["model"]


def test_evaluate_on_labels(people: People, models: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "labelled.csv", people, labelled=True)
    result = run("evaluate", "--labelled", file, "--json")
    found, classifier = json.loads(result.stdout), load_classifier(models)
    right = classifier.probabilities(people.facets, people.scores).argmax(axis=1) == people.latents.types
    assert (found["model"], found["people"]) == (classifier.model, 400)
    assert found["accuracy"] == round(right.mean(), 4)
    assert result.stderr == ""
    assert "nearest prototype (baseline)" in run("evaluate", "--labelled", file).stdout


def test_evaluate_says_that_the_model_learned_from_labels(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "labelled.csv", people, labelled=True)
    run("train", "--labelled", file, "--out", tmp_path / "out")
    monkeypatch.setenv("ZELFSCAN_MODELS_DIR", str(tmp_path / "out"))
    assert "learned from labels too" in run("evaluate", "--labelled", file, "--json").stderr


def test_evaluate_on_labels_has_no_page(tmp_path: Path) -> None:
    result = run("evaluate", "--labelled", tmp_path / "a.csv", "--html", tmp_path / "a.html")
    assert result.exit_code == 2
    assert "leave out --labelled or --html" in result.stderr
