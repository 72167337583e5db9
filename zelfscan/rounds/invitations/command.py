"""`zelfscan invitation`: personal invitations from the command line."""

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path

import click

from zelfscan.banks.command import language_option
from zelfscan.config import Settings, SettingsError, load_secrets, secrets_file
from zelfscan.db import Database, opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.organisations.queries import units_of
from zelfscan.organisations.services import is_same_pepper
from zelfscan.privacy.code import pepper_check
from zelfscan.progress import bar
from zelfscan.rounds.invitations.letters import Post, without_mail
from zelfscan.rounds.invitations.mail import deliver, sender_of, server_of
from zelfscan.rounds.invitations.models import PersonalInvitation
from zelfscan.rounds.invitations.participation import RANGES, Participation, participation
from zelfscan.rounds.invitations.queries import Plan, invitations_of, occasion, plan
from zelfscan.rounds.invitations.reading import ListError, PeopleList, read_people
from zelfscan.rounds.invitations.services import begin_mail, begin_reminder, end_mail, invite, note_printed, refresh
from zelfscan.rounds.invitations.tokens import Tokens
from zelfscan.rounds.invitations.words import say
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import known_round

letters_option = click.option(
    "--letters", type=click.Path(path_type=Path, dir_okay=False), help="Write letters to this PDF instead of mailing."
)
all_option = click.option("--all", "everybody", is_flag=True, help="Letters for who has an e-mail address too.")


@click.group("invitation")
def invitation() -> None:
    """Personal invitations: import a list, send, remind, and how many took part, coarsely."""


@dataclass(frozen=True)
class _Here:
    """An open round, and what is needed to invite people to it."""

    settings: Settings
    database: Database
    tokens: Tokens
    round_: Round

    def people(self) -> list[PersonalInvitation]:
        with self.database.read() as session:
            return invitations_of(session, self.round_.id)

    def post(self, reminder: bool) -> Post:
        with self.database.read() as session:
            told = occasion(session, session.get_one(Round, self.round_.id))
        return Post(self.tokens, self.settings.base_url, told, reminder)

    def record(self, kind: str) -> None:
        record(self.database, command_line(), kind, self.round_.organisation_id, self.round_.title)


def _opened(round_id: str, language: str) -> _Here:
    """The round, if it is open; raises ClearError."""
    settings, database = opened_database()
    pepper = load_secrets(settings).pepper_bytes
    with database.write() as session:
        if not is_same_pepper(session, pepper_check(pepper)):
            raise SettingsError(f"{secrets_file(settings)} is not that of this database: no link would open anything")
        round_ = known_round(session, round_id)
    if round_.state != "open":
        raise ClearError(f"{round_.title}: {say('closed', language)}")
    return _Here(settings, database, Tokens(pepper), round_)


@invitation.command("import")
@click.argument("round_id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the list and tell what it comes to; keep nothing.")
@language_option
def import_(round_id: str, file: Path, dry_run: bool, language: str) -> None:
    """Read a list (.csv, .xlsx) of people to invite: e-mail address or employee number, team, and language if known.

    Every mistake is told at once, and then nothing is kept. Read in again, a list adds only who is new.
    """
    here = _opened(round_id, language)
    if not dry_run:
        here.record("import_invitations")
    try:
        _import(here, file, dry_run, language)
    except ListError as error:
        click.echo("\n".join(error.lines), err=True)
        click.echo(say("mistakes", language, count=len(error.lines)), err=True)
        raise SystemExit(1) from None
    if not here.round_.invitations_only:
        click.echo(say("also_open_links", language), err=True)


def _import(here: _Here, file: Path, dry_run: bool, language: str) -> None:
    with here.database.write() as session:
        found = read_people(file, units_of(session, here.round_.organisation_id), language)
        planned = plan(session, here.round_.id, found)
        found.require_right(language)
        names = occasion(session, session.get_one(Round, here.round_.id)).teams
        if not dry_run:
            invite(session, here.tokens, here.round_, planned.new)
            refresh(session, planned.known)
    _tell_import(here, found, planned, names, dry_run, language)


def _tell_import(
    here: _Here, found: PeopleList, planned: Plan, names: Mapping[str, str], dry_run: bool, language: str
) -> None:
    for note in found.notes:
        click.echo(note.line(found.file, language))
    counts = {"people": len(found.people), "new": len(planned.new), "known": len(planned.known)}
    click.echo(say("people", language, **counts))
    per_team = Counter(names[person.unit_id] for person in planned.new)
    for team, count in sorted(per_team.items()):
        click.echo(say("per_team", language, team=team, count=count))
    click.echo(say("only_looked" if dry_run else "imported", language, round=here.round_.id))


@invitation.command()
@click.argument("round_id")
@letters_option
@all_option
@click.option("--again", is_flag=True, help="Letters also for who got one before; the links stay the same.")
@language_option
def send(round_id: str, letters: Path | None, everybody: bool, again: bool, language: str) -> None:
    """Mail each invitation that was not sent yet, or write letters for who has no e-mail address.

    One message a person, in a random order. Who was mailed is never mailed again; what the server refused is named by
    its row in the list, and tried again the next time.
    """
    here = _opened(round_id, language)
    people = here.people()
    if letters is None:
        _send_mail(here, people, language)
        return
    chosen = [one for one in _for_letters(people, everybody) if again or not one.printed]
    _write_letters(here, chosen, letters, language, reminder=False)


def _for_letters(people: Sequence[PersonalInvitation], everybody: bool) -> list[PersonalInvitation]:
    return list(people) if everybody else without_mail(people)


def _send_mail(here: _Here, people: Sequence[PersonalInvitation], language: str) -> None:
    chosen = [one for one in people if one.email and one.mailed == "no"]
    refused = (
        _deliver(here, chosen, partial(begin_mail, here.database), partial(end_mail, here.database)) if chosen else []
    )
    click.echo(say("mailed", language, count=len(chosen) - len(refused)) if chosen else say("nobody_to_mail", language))
    _tell_rest(people, refused, language)


def _tell_rest(people: Sequence[PersonalInvitation], refused: Sequence[PersonalInvitation], language: str) -> None:
    unsure = [one for one in people if one.mailed == "unsure"]
    letters = [one for one in without_mail(people) if not one.printed]
    if letters:
        click.echo(say("need_letters", language, count=len(letters)))
    if unsure:
        click.echo(say("unsure", language, rows=_rows(unsure)), err=True)
    if refused:
        click.echo(say("refused", language, rows=_rows(refused)), err=True)
        raise SystemExit(1)


def _rows(people: Sequence[PersonalInvitation]) -> list[int]:
    return sorted(one.row for one in people)


def _deliver(
    here: _Here,
    chosen: Sequence[PersonalInvitation],
    begin: Callable[[PersonalInvitation], bool],
    end: Callable[[PersonalInvitation, bool], None],
    reminder: bool = False,
) -> list[PersonalInvitation]:
    """Mail these people; returns those whose message was refused."""
    server, sender = server_of(here.settings), sender_of(here.settings)
    here.record("remind_invitations" if reminder else "send_invitations")
    parcels = here.post(reminder).parcels(sender, chosen)
    return deliver(server, parcels, begin, end, partial(bar, what="Mail"))


def _write_letters(
    here: _Here, chosen: Sequence[PersonalInvitation], path: Path, language: str, *, reminder: bool
) -> None:
    if not chosen:
        click.echo(say("nobody_to_print", language))
        return
    here.record("remind_invitations" if reminder else "send_invitations")
    _write_private(path, partial(here.post(reminder).letters_pdf, chosen, language), language)
    note_printed(here.database, chosen)
    click.echo(say("written", language, path=path, count=len(chosen)))


def _write_private(path: Path, content: Callable[[], bytes], language: str) -> None:
    """Write a file that only its owner can read, whole or not at all; never over another one."""
    if path.exists():
        raise ClearError(say("file_exists", language, path=path))
    made = content()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
    except OSError as error:
        raise ClearError(say("not_written", language, path=path, reason=error.strerror)) from None


@invitation.command()
@click.argument("round_id")
@letters_option
@all_option
@language_option
def remind(round_id: str, letters: Path | None, everybody: bool, language: str) -> None:
    """Remind everybody who was invited, by mail or with letters, in a random order.

    Also who took part already, with a sentence that says so: a reminder for the others alone would name them to who
    sends the mail or prints the letters.
    """
    here = _opened(round_id, language)
    people = here.people()
    click.echo(say("all_reminded", language))
    if letters is None:
        _remind_by_mail(here, people, language)
    else:
        _write_letters(here, _for_letters(people, everybody), letters, language, reminder=True)


def _remind_by_mail(here: _Here, people: Sequence[PersonalInvitation], language: str) -> None:
    mailed = [one for one in people if one.email and one.mailed != "no"]
    if not mailed:
        click.echo(say("nobody_to_remind", language))
        return
    before = max(one.reminders for one in mailed)
    rest = [one for one in mailed if one.reminders < before]
    if rest:
        click.echo(say("goes_on", language))
    begin = partial(begin_reminder, here.database, number=before if rest else before + 1)
    refused = _deliver(here, rest or mailed, begin, lambda one, taken: None, reminder=True)
    click.echo(say("mailed", language, count=len(rest or mailed) - len(refused)))
    if refused:
        click.echo(say("refused_reminder", language, rows=_rows(refused)), err=True)
        raise SystemExit(1)


@invitation.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def status(round_id: str, as_json: bool, language: str) -> None:
    """Say how many are invited and, in wide ranges and for groups that are large enough, how many took part."""
    here = _opened(round_id, language)
    invited = len(here.people())
    with here.database.write() as session:
        found = participation(session, here.tokens, here.round_, date.today())
    if as_json:
        content = {"round": round_id, "invited": invited, "groups": [asdict(one) for one in found]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(say("invited", language, count=invited))
    for one in found:
        shown = {"name": _group(one, language), "invited": one.invited, "low": one.low, "high": one.high}
        click.echo(say("participation", language, **shown))
    few = say("too_few", language, count=RANGES[-1] * here.round_.minimum)
    click.echo(say("how_coarse", language) if found else few)


def _group(one: Participation, language: str) -> str:
    return one.name if one.kind == "team" else say("others_of", language, name=one.name)
