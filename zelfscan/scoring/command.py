"""The command `zelfscan score`: a file with one person's answers in, her outcome out."""

import json
from pathlib import Path

import click

from zelfscan.banks.command import language_option
from zelfscan.banks.loader import known_materials, load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank, Material
from zelfscan.config import Settings, SettingsError
from zelfscan.digitypes.explaining import explanation
from zelfscan.digitypes.facets import facet_answers, facet_items
from zelfscan.digitypes.store import ModelError, load_classifier
from zelfscan.digitypes.types import Digitype
from zelfscan.scoring.advice import advise
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.answers import read_answers
from zelfscan.scoring.printing import Printer
from zelfscan.scoring.scores import score as score_answers


@click.command()
@click.option("--bank", "name", required=True, help="File of a bank, or the id of a bank in the banks folder.")
@click.option(
    "--answers",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="YAML or JSON that maps `theme.question` to a value; null is skipped.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def score(name: str, file: Path, as_json: bool, language: str) -> None:
    """Turn one person's answers into an outcome: theme scores, levels, basic level, digitype and advice.

    Every mistake in the bank or the answers is printed with its line and column, and then nothing else.
    """
    try:
        click.echo(_outcome(name, file, as_json, language))
    except (AnswersError, BankError) as error:
        click.echo("\n".join(problem.line_in(language) for problem in error.problems), err=True)
        raise SystemExit(1) from None
    except (ModelError, SettingsError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None


def _outcome(name: str, file: Path, as_json: bool, language: str) -> str:
    settings = Settings.from_environment()
    bank, materials = _load(name, settings)
    answers = read_answers(file, bank)
    scores = score_answers(bank, answers)
    advice = advise(bank, answers, scores, materials)
    digitype: Digitype | None = None
    if any(facet_items(bank)):
        digitype = load_classifier(settings.models_dir).classify(facet_answers([bank], {bank.bank: answers}))
    if not as_json:
        return Printer(bank, materials, language).outcome(scores, advice, digitype)
    why = {"explanation": explanation(digitype, [bank], language)} if digitype else {}
    told = digitype and digitype.to_dict() | why
    outcome = scores.to_dict() | {"digitype": told, "advice": advice.to_dict()}
    return json.dumps(outcome, indent=2, ensure_ascii=False)


def _load(name: str, settings: Settings) -> tuple[Bank, dict[str, Material]]:
    """The bank, and the materials that it can refer to."""
    path = settings.bank_file(name)
    materials = known_materials([*settings.bank_folders, path.parent])
    return load_bank(path, materials, settings.bank_folders), materials
