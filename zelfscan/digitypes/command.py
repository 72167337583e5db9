"""The commands about the digitype classifier: `zelfscan digitype train`, `evaluate` and `classify`."""

import gc
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
import numpy as np
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
from zelfscan.digitypes.facets import FacetTable, facet_table
from zelfscan.digitypes.labelled import LABEL, LabelsError, evaluate_on_labels, train_on_labels
from zelfscan.digitypes.lines import json_lines, text_lines
from zelfscan.digitypes.parameters import Parameters, ParametersError, load_parameters
from zelfscan.digitypes.progress import Step
from zelfscan.digitypes.replacing import Incumbent, ReplacementError
from zelfscan.digitypes.report import report_page
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.store import ModelError, load_classifier, load_facts, save_model
from zelfscan.digitypes.training import FacetsError
from zelfscan.digitypes.types import TYPES
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.tables import Label, Moved, read_parts, read_table

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
    except ReplacementError as error:
        click.echo(error.text(language), err=True)
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
@click.option("--force", is_flag=True, help="Replace the model that is there, also by a worse one.")
@language_option
def train(
    seed: int, people: int, simulation: Path | None, labelled: Path | None, out: Path | None, force: bool, language: str
) -> None:
    """Train the classifier on simulated people, and write the model, its facts and its model card.

    A model that is worse than the one in the folder does not replace it.
    """
    with clear_errors(language):
        settings = Settings.from_environment()
        source = simulation or settings.models_dir / SIMULATION
        bank, folder = load_bank(settings.shipped_bank(BANK)), out or settings.models_dir
        old = None if force else Incumbent.of(folder)
        if labelled is None:
            pipeline, facts = _on_simulation(load_parameters(source), bank, seed, people, old)
        else:
            pipeline, facts = _on_labels(labelled, bank, old)
        digest = _write(pipeline, facts, folder, source)
    accuracy, baseline = (facts["figures"][name] for name in ("accuracy", "prototype_accuracy"))
    click.echo(f"{folder / CARD}: model {digest:.12}, accuracy {accuracy:.1%}, nearest prototype {baseline:.1%}")


@digitype.command()
@click.option("--seed", default=0, show_default=True, help="Of the simulated people; other people than in training.")
@click.option(
    "--people", default=evaluation.PEOPLE, show_default=True, type=click.IntRange(1000), help="Simulated people."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--html",
    "page",
    type=click.File("w", encoding="utf-8", lazy=False),
    help="Write a page with pictures to this file as well.",
)
@click.option(
    "--labelled",
    type=click.Path(path_type=Path),
    help=f"CSV of answers with a column `{LABEL}`: judge on people who named their own type.",
)
@language_option
def evaluate(seed: int, people: int, as_json: bool, page: TextIO | None, labelled: Path | None, language: str) -> None:
    """Judge the classifier on simulated people that it was not trained on, or on people who named their own type."""
    if page and labelled:
        raise click.UsageError("--html shows simulated people; leave out --labelled or --html")
    with clear_errors(language):
        settings = Settings.from_environment()
        classifier, facts = load_classifier(settings.models_dir), load_facts(settings.models_dir)
        parameters = load_parameters(settings.models_dir / SIMULATION)
        bank = load_bank(settings.shipped_bank(BANK))
        quality = None if labelled is None else evaluate_on_labels(classifier, *_read_labelled(labelled, bank))
    for note in _notes(facts, bank, parameters, labelled is not None):
        click.echo(note, err=True)
    if quality is None:
        with progress_bar("Evaluating", evaluation.STEPS) as step:
            quality = evaluation.evaluate(classifier, parameters, bank, people, seed, step)
    figures = {"model": classifier.model} | quality.to_dict()
    if page:
        page.write(report_page(figures, language))
    click.echo(json.dumps(figures, indent=2) if as_json else figures_text(figures))


@digitype.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json-lines", "as_json", is_flag=True, help="Print one JSON object per person.")
@language_option
def classify(file: Path, as_json: bool, language: str) -> None:
    """Classify everyone in a CSV file of answers to the `digitype` bank.

    The first line has the questions as `theme.question`, each further line is one person, an empty cell is a
    missing answer. Every mistake is printed with its line and column, and then nothing else. Memory does not grow
    with the file.
    """
    with clear_errors(language), reading_bar("Classifying") as moved:
        settings = Settings.from_environment()
        bank = load_bank(settings.shipped_bank(BANK))
        classifier = load_classifier(settings.models_dir)
        lines = json_lines if as_json else text_lines
        gc.freeze()  # nothing loaded so far can become garbage: not searching it saves a fifth of the time
        for part in read_parts(file, bank, moved=moved):
            outcomes = classifier.outcomes(*facet_table(bank, part.addresses, part.rows))
            if part.rows:
                print("\n".join(lines(outcomes)))


@contextmanager
def progress_bar(title: str, parts: int) -> Iterator[Step]:
    """A bar on the error output that moves one part at a time; nothing when that is no terminal."""
    hidden = not sys.stderr.isatty()
    with tqdm(total=parts, desc=title, leave=False, file=sys.stderr, disable=hidden) as bar:

        def step(part: str) -> None:
            bar.set_postfix_str(part)
            bar.update()

        yield step


@contextmanager
def reading_bar(title: str) -> Iterator[Moved]:
    """A bar on the error output that follows how much of a file was read.

    There is none when that is no terminal, or when the output itself goes to a terminal.
    """
    hidden = sys.stdout.isatty() or not sys.stderr.isatty()
    form = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"
    with tqdm(total=1.0, desc=title, leave=False, file=sys.stderr, bar_format=form, disable=hidden) as bar:

        def moved(share: float) -> None:
            bar.update(share - bar.n)

        yield moved


def _on_simulation(
    parameters: Parameters, bank: Bank, seed: int, people: int, old: Incumbent | None
) -> tuple[Pipeline, dict[str, Any]]:
    with progress_bar("Training", training.STEPS + evaluation.STEPS) as step:
        pipeline = training.train(parameters, bank, seed, people, step)
        if old is not None:
            test = simulate(parameters, bank, people // 2, np.random.default_rng([seed, evaluation.TEST]))
            old.require_no_worse(Classifier(pipeline, ""), test)
        quality = evaluation.evaluate(Classifier(pipeline, ""), parameters, bank, people // 2, seed, step)
    return pipeline, _facts(pipeline, bank, quality, people, seed=seed, simulation=parameters.hash)


def _on_labels(file: Path, bank: Bank, old: Incumbent | None) -> tuple[Pipeline, dict[str, Any]]:
    answers, labels = _read_labelled(file, bank)
    with progress_bar("Training", training.STEPS) as step:
        pipeline, quality, probabilities = train_on_labels(answers, labels, step)
    if old is not None:
        old.require_no_worse_on_labels(probabilities, answers, labels)
    return pipeline, _facts(pipeline, bank, quality, len(labels))


def _read_labelled(file: Path, bank: Bank) -> tuple[FacetTable, tuple[str, ...]]:
    table = read_table(file, bank, Label(LABEL, TYPES))
    return facet_table(bank, table.addresses, table.rows), table.labels


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


def _notes(facts: dict[str, Any], bank: Bank, parameters: Parameters, on_labels: bool) -> Iterator[str]:
    """What has changed since the model was trained, and what makes its figures too good."""
    if facts["bank"]["hash"] != bank.hash:
        yield f"note: bank {bank.bank} has changed since the model was trained; run `zelfscan digitype train`"
    if facts["simulation"] not in (None, parameters.hash):
        yield f"note: {SIMULATION} has changed since the model was trained; run `zelfscan digitype train`"
    if on_labels and facts["data"] == "labelled":
        yield "note: the model learned from labels too; of people whom it learned from these figures are too good"
