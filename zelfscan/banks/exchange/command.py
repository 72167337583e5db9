"""The commands `bank import` and `bank export`."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from zelfscan.banks.command import language_option
from zelfscan.banks.exchange.report import ExchangeError, Report, phrase
from zelfscan.banks.loader import load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import ID_PATTERN, LANGUAGE_PATTERN, Audience, Bank

if TYPE_CHECKING:
    from zelfscan.banks.exchange.building import Wishes

FORMATS = ("xlsform", "limesurvey-txt", "limesurvey-lss", "surveyjs", "redcap")
TARGETS = ("xlsform", "codebook-csv", "codebook-xlsx")


def _language_code(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(LANGUAGE_PATTERN, value):
        raise click.BadParameter("a language code has two or three small letters, such as nl or en")
    return value


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command end with a sentence in the language of the terminal, and exit code 1, when it cannot go on."""

    def run(*, language: str, **arguments: Any) -> None:
        try:
            command(language=language, **arguments)
        except ExchangeError as error:
            click.echo(f"{phrase('error', language)}: {error.text(language)}", err=True)
            raise SystemExit(1) from None
        except BankError as error:
            click.echo("\n".join(problem.line_in(language) for problem in error.problems), err=True)
            raise SystemExit(1) from None

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Format of FILE; by default what its name says.")
@click.option("--out", type=click.Path(path_type=Path), help="The bank to make; by default ID.yaml in this folder.")
@click.option("--as-dutch", metavar="LANG", help="The language of FILE whose texts are Dutch.")
@click.option("--source-language", callback=_language_code, help="Language of texts that do not say theirs.")
@click.option("--audience", type=click.Choice(get_args(Audience)), help="Who answers; by default employee.")
@click.option(
    "--minutes", type=click.IntRange(min=1), help="How long it takes; by default reckoned from its questions."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@language_option
@_told
def import_(
    file: Path,
    format_: str | None,
    out: Path | None,
    as_dutch: str | None,
    source_language: str | None,
    audience: str | None,
    minutes: int | None,
    force: bool,
    as_json: bool,
    language: str,
) -> None:
    """Make a bank of FILE: an XLSForm, LimeSurvey, SurveyJS or REDCap questionnaire.

    Prints what could not be carried over, where it is and why.
    """
    from zelfscan.banks.exchange.building import Wishes

    report = Report()

    def wishes(name: str) -> Wishes:
        return Wishes(name, audience, minutes, as_dutch, source_language)

    try:
        target, made = _import(file, format_, out, wishes, force, report)
    except ExchangeError:
        if report.findings:
            click.echo(_as_json(report, None) if as_json else "\n".join(report.lines(language)))
        raise
    click.echo(_as_json(report, target) if as_json else "\n".join(_as_lines(report, target, made, language)))


def _import(
    file: Path, named: str | None, out: Path | None, wishes: "Callable[[str], Wishes]", force: bool, report: Report
) -> tuple[Path, Bank]:
    """Make a bank of a file, and return where it is and what it is; nothing is written unless it is good."""
    from zelfscan.banks.exchange import importing
    from zelfscan.banks.exchange.writing import write
    from zelfscan.config import Settings

    source = importing.read_source(file, named, report)
    target = out or Path(f"{source.name}.yaml")
    if target.suffix != ".yaml" or not re.fullmatch(ID_PATTERN, target.stem):
        raise ExchangeError("bad_name", name=target.name)
    if target.exists() and not force:
        raise ExchangeError("exists", file=target)
    content = importing.make(source, wishes(target.stem), report)
    text, made = importing.verified(content, target, Settings.from_environment().bank_folders, report)
    write(target, text.encode(), force)
    return target, made


def _as_lines(report: Report, target: Path, made: Bank, language: str) -> Iterator[str]:
    count = {"questions": len(made.items()), "themes": len(made.themes), "languages": made.languages}
    yield phrase("imported", language, file=target, **count)
    yield from list(report.lines(language)) or [phrase("complete", language)]


def _as_json(report: Report, made: Path | None) -> str:
    rows = [
        {
            "weight": finding.weight,
            "code": finding.code,
            **finding.place._asdict(),
            "nl": finding.text("nl"),
            "en": finding.text("en"),
        }
        for finding in report.findings
    ]
    return json.dumps({"bank": str(made) if made else None, "findings": rows}, ensure_ascii=False, indent=2)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="What to make of the bank.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to make.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@language_option
@_told
def export(file: Path, target: str, out: Path, force: bool, language: str) -> None:
    """Make an XLSForm or a codebook of the bank FILE."""
    from zelfscan.banks.exchange.writing import write
    from zelfscan.config import Settings

    read = load_bank(file, folders=Settings.from_environment().bank_folders)
    write(out, _made(read, target), force)
    click.echo(phrase("exported", language, file=out))


def _made(read: Bank, target: str) -> bytes:
    if target == "xlsform":
        from zelfscan.banks.exchange.xlsform_export import xlsform

        return xlsform(read)
    from zelfscan.banks.exchange.codebook import codebook
    from zelfscan.banks.exchange.spreadsheet import comma_separated, workbook

    table = codebook(read)
    return comma_separated(table) if target == "codebook-csv" else workbook([table])
