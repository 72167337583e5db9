"""The commands about question banks: `zelfscan bank check` and `zelfscan bank show`."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, get_args

import click

from zelfscan.banks.json_schema import FILES, json_schema
from zelfscan.banks.loader import Shelf, check_files, load_bank
from zelfscan.banks.problems import BankError, Problem
from zelfscan.banks.schema import Bank, Function, Sector
from zelfscan.banks.showing import bank_lines, skill_lines
from zelfscan.banks.style.report import StyleReport, check_style
from zelfscan.banks.style.shown import bank_table, style_lines, summary_rows
from zelfscan.banks.versions import changes, comparable
from zelfscan.cli import LazyGroup
from zelfscan.config import Settings

LANGUAGES = ("nl", "en")

WORDS = {
    "nl": {
        "no_problems": "Geen fouten gevonden.",
        "problems": "Aantal fouten: {count}, in {files} bestand(en).",
        "added": "+ {place}",
        "removed": "- {place}",
        "changed": "~ {place}: {fields}",
        "whole": "(de vragenlijst zelf)",
        "comparable": "Te vergelijken: {same} van {total} vragen.",
        "not_comparable": "Niet te vergelijken, want tekst of antwoorden zijn anders: {places}.",
        "other_banks": "{old} en {new} zijn geen versies van dezelfde vragenlijst.",
        "no_changes": "Dit is dezelfde versie.",
    },
    "en": {
        "no_problems": "No mistakes found.",
        "problems": "Mistakes: {count}, in {files} file(s).",
        "added": "+ {place}",
        "removed": "- {place}",
        "changed": "~ {place}: {fields}",
        "whole": "(the bank itself)",
        "comparable": "Can be compared: {same} of {total} questions.",
        "not_comparable": "Cannot be compared, for text or answers differ: {places}.",
        "other_banks": "{old} and {new} are no versions of the same bank.",
        "no_changes": "This is the same version.",
    },
}


def default_language() -> str:
    """Return the language of the terminal: `nl` when its locale is Dutch, and otherwise `en`."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, settings), "")
    return "nl" if locale.lower().startswith("nl") else "en"


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--language` to a command."""
    option = click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=default_language,
        help="Language of what is printed; by default that of the terminal.",
    )
    return option(command)


class BankGroup(LazyGroup):
    """The commands about banks; those that need large libraries are imported when they are asked for."""

    lazy: ClassVar[dict[str, str]] = {
        "export": "zelfscan.banks.exchange.command:export",
        "import": "zelfscan.banks.exchange.command:import_",
        "print": "zelfscan.paper.command:print_",
    }


@click.group(cls=BankGroup)
def bank() -> None:
    """Check, read, print and exchange question banks."""


@bank.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE_OR_DIR...", type=click.Path(path_type=Path))
@language_option
@click.option("--style", "with_style", is_flag=True, help="Judge how the Dutch texts read as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(paths: tuple[Path, ...], language: str, with_style: bool, as_json: bool) -> None:
    """Check banks and print every mistake, with its place and how to mend it.

    The exit code is 1 when there is any mistake or finding of style, and 0 when there is none.
    """
    folders = Settings.from_environment().bank_folders
    problems = check_files(paths, folders)
    style = check_style(paths, folders) if with_style else None
    shown = _as_json(problems, style, language) if as_json else "\n".join(_checked_lines(problems, style, language))
    click.echo(shown)
    if problems or (style and style.findings):
        raise SystemExit(1)


@bank.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@language_option
def table(folder: Path, language: str) -> None:
    """Print a table, in Markdown, of the banks in a folder."""
    try:
        click.echo(bank_table(folder, language, Settings.from_environment().bank_folders))
    except BankError as error:
        click.echo("\n".join(_as_lines(list(error.problems), language)), err=True)
        raise SystemExit(1) from None


@bank.command()
@click.argument("file", type=click.Path(path_type=Path))
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print the bank as JSON.")
def show(file: Path, language: str, as_json: bool) -> None:
    """Print a bank to read: its themes, and of each question its address, kind, facet and text."""
    try:
        shown = load_bank(file, folders=Settings.from_environment().bank_folders)
    except BankError as error:
        click.echo("\n".join(_as_lines(list(error.problems), language)), err=True)
        raise SystemExit(1) from None
    click.echo(_bank_json(shown) if as_json else "\n".join(bank_lines(shown, language)))


@bank.command()
@click.argument("words", nargs=-1)
@click.option("--sector", type=click.Choice(get_args(Sector)), help="Only skills that occur in this sector.")
@click.option("--function", "function_", type=click.Choice(get_args(Function)), help="Only skills that this job needs.")
@language_option
def skills(words: tuple[str, ...], sector: str | None, function_: str | None, language: str) -> None:
    """Find skills of the library that have all WORDS in their text: their ids, to pick in a bank."""
    library = Shelf(Settings.from_environment().bank_folders).skills_for(Path("any"))
    chosen = [
        skill
        for skill in library.values()
        if (sector is None or sector in skill.sectors) and (function_ is None or function_ in skill.functions)
    ]
    click.echo("\n".join(skill_lines(chosen, words, language)))


@bank.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(old: Path, new: Path, language: str, as_json: bool) -> None:
    """Say what changed from the version of a bank in OLD to the one in NEW, and what can be compared.

    Outcomes of two versions are compared only over the questions that both have, with the same text and answers. Both
    files are called as the bank is, so keep the old version in a folder of its own.
    """
    folders = Settings.from_environment().bank_folders
    try:
        before, after = load_bank(old, folders=folders), load_bank(new, folders=folders)
    except BankError as error:
        click.echo("\n".join(_as_lines(list(error.problems), language)), err=True)
        raise SystemExit(1) from None
    if before.bank != after.bank:
        click.echo(WORDS[language]["other_banks"].format(old=before.bank, new=after.bank), err=True)
        raise SystemExit(1)
    click.echo(_diff_json(before, after) if as_json else "\n".join(diff_lines(before, after, language)))


@bank.command()
@click.argument("content", type=click.Choice(list(FILES)), default="bank")
def schema(content: str) -> None:
    """Print the JSON Schema of the format, for editors that complete and check while one types."""
    click.echo(json.dumps(json_schema(content), ensure_ascii=False, indent=2))


def _as_lines(problems: list[Problem], language: str) -> Iterator[str]:
    yield from (problem.line_in(language) for problem in problems)
    words = WORDS[language]
    files = len({problem.file for problem in problems})
    yield words["problems"].format(count=len(problems), files=files) if problems else words["no_problems"]


def _checked_lines(problems: list[Problem], style: StyleReport | None, language: str) -> Iterator[str]:
    yield from _as_lines(problems, language)
    if style is not None:
        yield from style_lines(style, language)


def _as_json(problems: list[Problem], style: StyleReport | None, language: str) -> str:
    content: dict[str, object] = {"problems": _rows(problems, language)}
    if style is not None:
        content["style"] = {"findings": _rows(style.findings, language), "summaries": summary_rows(style)}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _rows(problems: Sequence[Problem], language: str) -> list[dict[str, object]]:
    return [
        {
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "code": problem.code,
            "text": problem.text(language),
        }
        for problem in problems
    ]


def diff_lines(old: Bank, new: Bank, language: str) -> Iterator[str]:
    """Yield what changed from one version of a bank to the next, and how many questions can be compared."""
    words, found = WORDS[language], changes(old, new)
    for change in found:
        place = change.place or words["whole"]
        yield words[change.what].format(place=place, fields=", ".join(change.fields))
    if not found:
        yield words["no_changes"]
    same, before = comparable(old, new), {item.address for item in old.items()}
    yield words["comparable"].format(same=len(same), total=len(new.items()))
    other = [item.address for item in new.items() if item.address in before and item.address not in same]
    if other:
        yield words["not_comparable"].format(places=", ".join(other))


def _diff_json(old: Bank, new: Bank) -> str:
    rows = [{"what": one.what, "place": one.place, "fields": list(one.fields)} for one in changes(old, new)]
    content = {"old": old.hash, "new": new.hash, "changes": rows, "comparable": list(comparable(old, new))}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _bank_json(shown: Bank) -> str:
    content = shown.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps({"hash": shown.hash} | content, ensure_ascii=False, indent=2)
