"""The commands about the digitype classifier: `zelfscan digitype train`, `evaluate` and `classify`."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from zelfscan.banks.command import language_option
from zelfscan.banks.loader import load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings, SettingsError
from zelfscan.digitypes import evaluation, training
from zelfscan.digitypes.card import figures_text, model_card
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.evaluation import Quality
from zelfscan.digitypes.facets import facet_table
from zelfscan.digitypes.labelled import LABEL, LabelsError, train_on_labels
from zelfscan.digitypes.parameters import Parameters, ParametersError, load_parameters
from zelfscan.digitypes.progress import Step
from zelfscan.digitypes.store import ModelError, load_classifier, load_facts, save_model
from zelfscan.digitypes.training import FacetsError
from zelfscan.digitypes.types import TYPES, Digitype
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.tables import Label, read_table

BANK = "digitype"
SIMULATION = "simulation.yaml"
CARD = "README.md"


@contextmanager
def clear_errors(language: str = "en") -> Iterator[None]:
    """Turn an error of who wrote a file into lines on the error output and exit code 1."""
    try:
        yield
    except (AnswersError, BankError) as error:
        click.echo("\n".join(problem.line_in(language) for problem in error.problems), err=True)
        raise SystemExit(1) from None
    except (FacetsError, LabelsError, ModelError, ParametersError, SettingsError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None


@click.group()
def digitype() -> None:
    """Train, judge and use the digitype classifier."""


@digitype.command()
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same model.")
@click.option(
    "--people",
    default=training.PEOPLE,
    show_default=True,
    type=click.IntRange(1000),
    help="Simulated people; judged on half as many others.",
)
@click.option(
    "--simulation",
    type=click.Path(path_type=Path),
    help="File with assumptions; by default the one in the models folder.",
)
@click.option(
    "--labelled",
    type=click.Path(path_type=Path),
    help=f"CSV of answers with a column `{LABEL}`: train on people who named their own type.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to; by default the models folder.")
@language_option
def train(
    seed: int, people: int, simulation: Path | None, labelled: Path | None, out: Path | None, language: str
) -> None:
    """Train the classifier on simulated people, and write the model, its facts and its model card."""
    with clear_errors(language):
        settings = Settings.from_environment()
        source = simulation or settings.models_dir / SIMULATION
        bank = load_bank(settings.shipped_bank(BANK))
        if labelled is None:
            pipeline, facts = _on_simulation(load_parameters(source), bank, seed, people)
        else:
            pipeline, facts = _on_labels(labelled, bank)
        folder = out or settings.models_dir
        digest = _write(pipeline, facts, folder, source)
    accuracy, baseline = (facts["figures"][name] for name in ("accuracy", "prototype"))
    click.echo(f"{folder / CARD}: model {digest:.12}, accuracy {accuracy:.1%}, nearest prototype {baseline:.1%}")


@digitype.command()
@click.option("--seed", default=0, show_default=True, help="Of the simulated people; other people than in training.")
@click.option(
    "--people", default=evaluation.PEOPLE, show_default=True, type=click.IntRange(1000), help="Simulated people."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(seed: int, people: int, as_json: bool) -> None:
    """Judge the classifier on simulated people that it was not trained on."""
    with clear_errors():
        settings = Settings.from_environment()
        classifier, facts = load_classifier(settings.models_dir), load_facts(settings.models_dir)
        parameters = load_parameters(settings.models_dir / SIMULATION)
        bank = load_bank(settings.shipped_bank(BANK))
    for changed in _changed(facts, bank, parameters):
        click.echo(changed, err=True)
    with progress_bar("Evaluating", evaluation.STEPS) as step:
        figures = evaluation.evaluate(classifier, parameters, bank, people, seed, step).to_dict()
    figures = {"model": classifier.model} | figures
    click.echo(json.dumps(figures, indent=2) if as_json else figures_text(figures))


@digitype.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json-lines", is_flag=True, help="Print one JSON object per person.")
@language_option
def classify(file: Path, json_lines: bool, language: str) -> None:
    """Classify everyone in a CSV file of answers to the `digitype` bank.

    The first line has the questions as `theme.question`, each further line is one person, an empty cell is a
    missing answer. Every mistake is printed with its line and column, and then nothing else.
    """
    with clear_errors(language):
        settings = Settings.from_environment()
        bank = load_bank(settings.shipped_bank(BANK))
        classifier = load_classifier(settings.models_dir)
        table = read_table(file, bank)
    outcomes = classifier.classify_table(*facet_table(bank, table.addresses, table.rows))
    click.echo("\n".join(map(_json_line if json_lines else _text_line, outcomes)))


@contextmanager
def progress_bar(title: str, parts: int) -> Iterator[Step]:
    """A bar on the error output that moves one part at a time; nothing when that is no terminal."""
    hidden = not sys.stderr.isatty()
    with tqdm(total=parts, desc=title, leave=False, file=sys.stderr, disable=hidden) as bar:

        def step(part: str) -> None:
            bar.set_postfix_str(part)
            bar.update()

        yield step


def _on_simulation(parameters: Parameters, bank: Bank, seed: int, people: int) -> tuple[Pipeline, dict[str, Any]]:
    with progress_bar("Training", training.STEPS + evaluation.STEPS) as step:
        pipeline = training.train(parameters, bank, seed, people, step)
        quality = evaluation.evaluate(Classifier(pipeline, ""), parameters, bank, people // 2, seed, step)
    return pipeline, _facts(pipeline, bank, quality, people, seed=seed, simulation=parameters.hash)


def _on_labels(file: Path, bank: Bank) -> tuple[Pipeline, dict[str, Any]]:
    table = read_table(file, bank, Label(LABEL, TYPES))
    answers = facet_table(bank, table.addresses, table.rows)
    with progress_bar("Training", training.STEPS) as step:
        pipeline, quality = train_on_labels(answers, table.labels, step)
    return pipeline, _facts(pipeline, bank, quality, len(table.rows))


def _facts(
    pipeline: Pipeline,
    bank: Bank,
    quality: Quality,
    people: int,
    seed: int | None = None,
    simulation: str | None = None,
) -> dict[str, Any]:
    return {
        "data": "labelled" if simulation is None else "simulated",
        "people": people,
        "seed": seed,
        "simulation": simulation,
        "bank": {"id": bank.bank, "hash": bank.hash},
        "prior": pipeline[0].prior,
        "figures": quality.to_dict(),
    }


def _write(pipeline: Pipeline, facts: dict[str, Any], folder: Path, simulation: Path) -> str:
    """Write model, facts, card and assumptions, so that the folder can stand on its own."""
    digest = save_model(pipeline, facts, folder)
    (folder / CARD).write_text(model_card(load_facts(folder)), encoding="utf-8")
    if simulation.resolve() != (folder / SIMULATION).resolve():
        shutil.copyfile(simulation, folder / SIMULATION)
    return digest


def _changed(facts: dict[str, Any], bank: Bank, parameters: Parameters) -> Iterator[str]:
    """What has changed since the model was trained."""
    if facts["bank"]["hash"] != bank.hash:
        yield f"note: bank {bank.bank} has changed since the model was trained; run `zelfscan digitype train`"
    if facts["simulation"] not in (None, parameters.hash):
        yield f"note: {SIMULATION} has changed since the model was trained; run `zelfscan digitype train`"


def _json_line(outcome: Digitype) -> str:
    return json.dumps(outcome.to_dict(), separators=(",", ":"))


def _text_line(outcome: Digitype) -> str:
    best = max(outcome.probabilities.values())
    return f"{outcome.verdict:8} {outcome.type or '-':32} {best:4.0%}  {outcome.runner_up}"
