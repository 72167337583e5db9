"""`zelfscan organisation`: structure and accounts of an organisation from and to a spreadsheet."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from zelfscan.banks.command import language_option
from zelfscan.db import NAME_LENGTH, Database, opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.organisations.importing.content import Content, FileMistakes, Remark
from zelfscan.organisations.importing.exporting import ENDINGS, left_out, organisation_table, written
from zelfscan.organisations.importing.passwords import require_free, write_new, write_passwords
from zelfscan.organisations.importing.planning import Plan, compare
from zelfscan.organisations.importing.queries import (
    known_organisation,
    named_organisation,
    organisation_names,
    present_organisation,
)
from zelfscan.organisations.importing.reading import alike, begins_like_formula, folded, read_organisation
from zelfscan.organisations.importing.services import ChangedMeanwhile, carry_out, new_password
from zelfscan.organisations.importing.showing import as_dict, preview
from zelfscan.organisations.importing.words import say
from zelfscan.organisations.queries import organisation_by_name
from zelfscan.organisations.services import hash_password
from zelfscan.progress import bar
from zelfscan.rounds.queries import rounds_of

YES = ("j", "ja", "y", "yes")


@click.group("organisation")
def organisation() -> None:
    """Structure and accounts of an organisation, from and to a spreadsheet."""


@dataclass(frozen=True)
class _Asked:
    """How an import was asked for."""

    dry_run: bool
    yes: bool
    take_away: bool
    fill_down: bool
    passwords: Path | None
    show_passwords: bool
    as_json: bool
    language: str

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def tell(self, text: str) -> None:
        """Say something to a person: on the error stream when a program reads the other."""
        click.echo(text, err=self.as_json)


@dataclass(frozen=True)
class _Found:
    """What a file comes to, and what to know before it is carried out."""

    content: Content
    plan: Plan
    notes: list[Remark]


@organisation.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--organisation", "name", help="Name of the organisation; a new one is made. May be left out if clear.")
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--take-away", is_flag=True, help="Take away every role that is not in the file.")
@click.option("--fill-down", is_flag=True, help="A team without a location belongs to that of the row above.")
@click.option(
    "--passwords", type=click.Path(path_type=Path), help="Write the new accounts' passwords to this new file."
)
@click.option("--show-passwords", is_flag=True, help="Show them where it is no terminal, and in JSON, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def import_(file: Path, name: str | None, **asked: Any) -> None:
    """Make locations, teams and accounts of FILE (.csv, .xlsx), after showing what will change.

    Each row has a location and a team, and may name somebody with e-mail address and role: teamleider (of the team),
    locatiemanager (of the location) or organisatiemanager. Every mistake is told at once, and then nothing changes.
    What is not in the file stays. Read in again, the same file changes nothing.
    """
    how = _Asked(**asked)
    require_free(how.passwords, how.language)
    _, database = opened_database()
    try:
        found = _look(database, file, name, how)
    except FileMistakes as error:
        _tell_mistakes(error, how)
        raise SystemExit(1) from None
    how.tell("\n".join(preview(found.content, found.plan, found.notes, how.language)))
    done, passwords = (False, {}) if not _is_wanted(found.plan, how) else (True, _do(database, found, how))
    if how.as_json:
        shown = {"passwords": passwords} if how.show_passwords and not how.passwords else {}
        _print_json({**as_dict(found.plan, found.notes, how.language), "done": done, **shown})


def _look(database: Database, file: Path, asked_name: str | None, how: _Asked) -> _Found:
    """Read the file beside the organisation; raises FileMistakes or another ClearError."""
    content = read_organisation(file, how.fill_down)
    with database.read() as session:
        name = _name(session, asked_name, content, how.language)
        addresses = {entry.email for entry in content.entries if entry.email}
        present = present_organisation(session, name, addresses)
        about = _around(session, name, how)
    found = compare(content, present, how.take_away)
    mistakes = [*content.mistakes, *_of_another(content, name), *found.mistakes]
    if mistakes:
        raise FileMistakes(file, mistakes)
    if how.take_away and not any(entry.role for entry in content.entries):
        raise ClearError(how.say("nobody_left"))
    notes = [one for one in about if one.code != "next_round" or found.plan.teams]
    return _Found(content, found.plan, [*content.notes, *found.notes, *notes])


def _name(session: Session, asked: str | None, content: Content, language: str) -> str:
    """Name of the organisation, if it is clear and can be one."""
    try:
        name = named_organisation(session, asked and asked.strip(), content.organisation, language)
    except ClearError:
        content.require_right()
        raise
    is_there = organisation_by_name(session, name) is not None
    if len(name) > NAME_LENGTH:
        raise ClearError(say("long_name", language, limit=NAME_LENGTH))
    if not is_there and begins_like_formula(name):
        raise ClearError(say("formula_name", language, sign=name[0]))
    return name


def _of_another(content: Content, name: str) -> Iterable[Remark]:
    if content.organisation and folded(content.organisation) != folded(name):
        yield Remark("", 0, "", "other_organisation", {"name": content.organisation, "asked": name})


def _around(session: Session, name: str, how: _Asked) -> list[Remark]:
    """What to know of the organisation: a name that resembles it, and the rounds that are open."""
    found = organisation_by_name(session, name)
    if found is None:
        other = alike(name, organisation_names(session))
        return [Remark("", 0, "", "resembles", {"name": other})] if other else []
    titles = [round_.title for round_ in rounds_of(session, found.id) if round_.state == "open"]
    return [Remark("", 0, "", "next_round", {"rounds": ", ".join(titles)})] if titles else []


def _tell_mistakes(error: FileMistakes, how: _Asked) -> None:
    if how.as_json:
        mistakes = [mistake.to_dict(how.language) for mistake in error.mistakes]
        _print_json({"file": str(error.file), "done": False, "mistakes": mistakes})
    else:
        click.echo("\n".join(error.lines(how.language)), err=True)
        click.echo(how.say("mistakes", count=len(error.mistakes)), err=True)


def _is_wanted(plan: Plan, how: _Asked) -> bool:
    """Whether to carry out the plan; ends the command when somebody says no."""
    if not plan.changes:
        return False
    if how.dry_run:
        how.tell(how.say("only_looked"))
        return False
    if not how.yes and not _is_sure(how):
        click.echo(how.say("not_done"), err=True)
        raise SystemExit(1)
    return True


def _is_sure(how: _Asked) -> bool:
    with suppress(click.Abort):
        answer: str = click.prompt(how.say("sure"), default="", show_default=False, prompt_suffix=" ", err=True)
        return answer.strip().lower() in YES
    return False


def _do(database: Database, found: _Found, how: _Asked) -> dict[str, str]:
    """Carry out the plan; returns the passwords of the new accounts, which are told once."""
    passwords = {email: new_password() for email in found.plan.accounts}
    hashes = {email: hash_password(passwords[email]) for email in bar(found.plan.accounts, how.say("hashing"))}
    with _kept(passwords, how):
        _write(database, found, hashes, how)
    how.tell(how.say("done"))
    if passwords:
        _tell_passwords(passwords, how)
    return passwords


@contextmanager
def _kept(passwords: Mapping[str, str], how: _Asked) -> Iterator[None]:
    """Put passwords in the file that was asked for, before their accounts are there; without accounts it goes again."""
    path = how.passwords if passwords else None
    if path:
        write_passwords(path, passwords, how.language)
    try:
        yield
    except BaseException:
        if path:
            path.unlink(missing_ok=True)
        raise


def _write(database: Database, found: _Found, hashes: Mapping[str, str], how: _Asked) -> None:
    """Write the plan and note it in the log: before, unless the organisation is new and has no log yet."""
    with database.read() as session:
        there = organisation_by_name(session, found.plan.organisation)
    if there is not None:
        _note(database, there.id, found.plan)
    try:
        organisation_id = carry_out(database, found.content, found.plan, hashes, how.take_away)
    except ChangedMeanwhile:
        raise ClearError(how.say("changed_meanwhile")) from None
    if there is None:
        _note(database, organisation_id, found.plan)


def _note(database: Database, organisation_id: str, plan: Plan) -> None:
    new, name = set(plan.accounts), plan.organisation
    record(database, command_line(), "import_organisation", organisation_id, name)
    for email in plan.accounts:
        record(database, command_line(), "add_account", organisation_id, email)
    for email in sorted({role.email for role in (*plan.roles, *plan.taken_away)} - new):
        record(database, command_line(), "change_roles", organisation_id, email)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _tell_passwords(passwords: Mapping[str, str], how: _Asked) -> None:
    if how.passwords:
        how.tell(how.say("passwords_in_file", path=how.passwords))
    elif not how.show_passwords and (how.as_json or not _is_terminal()):
        click.echo(how.say("passwords_unseen"), err=True)
    elif not how.as_json:
        lines = [f"  {email}  {password}" for email, password in passwords.items()]
        click.echo("\n".join([how.say("passwords"), *lines]))


@organisation.command("export")
@click.argument("name")
@click.option("--output", type=click.Path(path_type=Path), help="File to make: .csv or .xlsx. Printed when left out.")
@language_option
def export(name: str, output: Path | None, language: str) -> None:
    """Write the locations, teams and accounts of the organisation NAME as a file that can be imported."""
    ending = output.suffix.lower() if output else ".csv"
    if ending not in ENDINGS:
        raise ClearError(say("bad_ending", language, path=output))
    _, database = opened_database()
    with database.read() as session:
        present = present_organisation(session, known_organisation(session, name, language).name, ())
    table = organisation_table(present, language)
    content = written(table, ending)
    if output is None:
        click.echo(content, nl=False)
    else:
        write_new(output, content, language)
        click.echo(say("written", language, path=output, count=len(table.rows)), err=True)
    for what in left_out(present, language):
        click.echo(say("not_in_file", language, what=what), err=True)


def _print_json(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
