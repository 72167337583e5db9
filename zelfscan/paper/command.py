"""The command `zelfscan bank print`: a bank to fill in with a pen."""

from pathlib import Path

import click

from zelfscan.banks.command import language_option
from zelfscan.banks.loader import known_materials, load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.errors import ClearError
from zelfscan.paper.document import Paper, PaperError, paper_of, to_html, to_pdf
from zelfscan.paper.nearest import TypeRule, type_rule
from zelfscan.paper.points import can_have_type
from zelfscan.paper.words import Say

TYPE_BANK = "digitype"
SIMULATION = "simulation.yaml"


@click.command("print")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write.")
@click.option("--html", "as_html", is_flag=True, help="Write a page for a browser instead of a PDF.")
@language_option
def print_(file: Path, out: Path, as_html: bool, language: str) -> None:
    """Put a bank on paper: an accessible PDF to fill in with a pen.

    It has the questions, and the pages on which people work out their own outcome: points, levels, digitype, tips and
    exercises. A bank that is not there in the language is printed in Dutch.
    """
    try:
        paper = _paper(file, language)
        html = to_html(paper)
        _write(out, html.encode() if as_html else to_pdf(html, language), language)
    except BankError as error:
        click.echo("\n".join(problem.line_in(language) for problem in error.problems), err=True)
        raise SystemExit(1) from None
    except ClearError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    if paper.language != language:
        click.echo(Say(language)("in_dutch", bank=file), err=True)
    click.echo(Say(language)("written", path=out))


def _paper(file: Path, language: str) -> Paper:
    settings = Settings.from_environment()
    materials = known_materials([*settings.bank_folders, file.parent])
    bank = load_bank(file, materials, settings.bank_folders)
    rule = _rule(settings) if can_have_type(bank) else None
    return paper_of(bank, materials, rule, language if language in bank.languages else "nl")


def _rule(settings: Settings) -> TypeRule:
    bank: Bank = load_bank(settings.shipped_bank(TYPE_BANK), folders=settings.bank_folders)
    return type_rule(load_parameters(settings.models_dir / SIMULATION), bank)


def _write(path: Path, content: bytes, language: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PaperError(Say(language)("not_written", path=path, reason=error.strerror)) from error
