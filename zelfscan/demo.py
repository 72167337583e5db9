"""A demo organisation, filled through the same services as real answers. Names of places and teams are invented."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

import click
import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings, SettingsError
from zelfscan.db import Database
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.simulation import Respondents
from zelfscan.digitypes.types import TYPES
from zelfscan.installation import Installation, initialise, open_installation
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.organisations.models import Account, Unit
from zelfscan.organisations.queries import organisation_by_name
from zelfscan.organisations.services import add_account, add_organisation, add_unit, end_sessions, hash_password
from zelfscan.outcome.building import build_outcome
from zelfscan.outcome.services import finish
from zelfscan.progress import bar
from zelfscan.rounds.backgrounds import measures_for
from zelfscan.rounds.queries import Invitation, invitation, links_of, rounds_of
from zelfscan.rounds.services import close_round, open_round
from zelfscan.scan import drafts
from zelfscan.scan.services import Answers, begin, open_scan, save_answers

T = TypeVar("T")

ORGANISATION = "Zorggroep De Vliet"
TREE = {
    "De Wilgenhof": {"Beuk": 18, "Esdoorn": 12, "Kastanje": 9, "Nachtdienst": 6, "Restaurant": 4},
    "Het Anker": {"Bakboord": 22, "Stuurboord": 15, "Kade": 9, "Steiger": 5},
    "Thuiszorg Vlietstreek": {"Ochtend": 30, "Avond": 24, "Noord": 14, "Zuid": 12, "Huishouding": 7},
}
LOGINS = {
    "teamleider@demo.example": ("teamleider", ("Bakboord", "Steiger")),
    "locatie@demo.example": ("locatiemanager", ("Het Anker",)),
    "organisatie@demo.example": ("organisatiemanager", (ORGANISATION,)),
}
BANKS = ("digitype", "vvt")
SHARES = (0.17, 0.33, 0.33, 0.17)
"""Shares of the digitypes, as `TYPES`: the two middle types are the largest, about one in six is a starter."""
AGES = {
    "analoge_idealist": (0.14, 0.33, 0.53),
    "aarzelende_technologiegebruiker": (0.26, 0.40, 0.34),
    "digivaardige_professional": (0.37, 0.41, 0.22),
    "digitale_enthousiasteling": (0.45, 0.39, 0.16),
}
"""Shares of the age bands per digitype: starters are older, as in the published figures on elderly care."""
TOLD = 0.9
"""Share that answers a background question."""
SAID = 0.6
"""Share that says as which type they see themselves: as the one that they are."""
ASKED = ("age",)
"""Background questions of the demo's rounds: each one more makes closing them take longer."""
KEPT, SENT, RETURNING = 0.6, 0.95, 0.5
"""Share that keeps the outcome, that sends a ballot, and that comes back with the code of the round before."""


@dataclass(frozen=True)
class DemoRound:
    """A round of the demo: when it opened, who took part, and how far skills moved since the first."""

    title: str
    days_ago: int
    turnout: float
    improvement: float
    close: bool


ROUNDS = (
    DemoRound("Nulmeting", 240, 0.85, 0.0, close=True),
    DemoRound("Herhaling", 60, 0.88, 0.35, close=True),
    DemoRound("Meetronde nu", 3, 0.25, 0.45, close=False),
)


@dataclass
class Person:
    """Somebody of the demo: a digitype, what she says of herself, and the code of a kept outcome once there is one."""

    digitype: str
    background: dict[str, str | None]
    own_type: str | None
    code: str | None = None


@dataclass
class Crowd:
    """The people per team, and the random source that decides for them."""

    random: np.random.Generator
    teams: dict[str, list[Person]] = field(default_factory=dict)


def prepare_demo(settings: Settings, new_passwords: bool = False) -> str:
    """Make the demo when it is not there yet; returns what to tell who started it.

    It is filled in a folder beside the data folder and then put in place: interrupted, it starts anew.
    """
    if settings.database_url:
        raise click.UsageError("the demo uses SQLite in the data folder; leave ZELFSCAN_DATABASE_URL out")
    settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
    passwords: dict[str, str] = {}
    code = None
    if not _is_there(settings):
        partial = settings.data_dir.with_name(f"{settings.data_dir.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        passwords, code = _fill(settings.model_copy(update={"data_dir": partial}))
        partial.rename(settings.data_dir)
    initialise(settings)
    if new_passwords:
        passwords = _renew_passwords(settings)
    return _welcome(settings, passwords, code)


def _is_there(settings: Settings) -> bool:
    """Whether the data folder holds the demo already; a folder with something else in it is left alone."""
    folder = settings.data_dir
    if not folder.exists() or not any(folder.iterdir()):
        return False
    if (folder / "zelfscan.sqlite").exists() and _has_demo(settings):
        return True
    raise SettingsError(f"{folder}: holds something else than the demo; set ZELFSCAN_DATA_DIR to another folder")


def _has_demo(settings: Settings) -> bool:
    database = Database(settings.database)
    try:
        with database.read() as session:
            return organisation_by_name(session, ORGANISATION) is not None
    except SQLAlchemyError:
        return False
    finally:
        database.close()


def _fill(settings: Settings) -> tuple[dict[str, str], str | None]:
    initialise(settings)
    passwords = {email: secrets.token_urlsafe(12) for email in LOGINS}
    installation = open_installation(settings)
    try:
        _add_structure(installation.database, passwords)
        crowd = Crowd(np.random.default_rng(2026))
        for planned in ROUNDS:
            _hold_round(installation, planned, crowd)
    finally:
        installation.database.close()
    codes = [person.code for people in crowd.teams.values() for person in people if person.code]
    return passwords, codes[0] if codes else None


def _add_structure(database: Database, passwords: dict[str, str]) -> None:
    with database.write() as session:
        root = add_organisation(session, ORGANISATION)
        units: dict[str, Unit] = {ORGANISATION: root}
        for location, teams in TREE.items():
            units[location] = add_unit(session, root, "location", location)
            for team in teams:
                units[team] = add_unit(session, units[location], "team", team)
        for email, (role, names) in LOGINS.items():
            add_account(session, email, passwords[email], role, [units[name] for name in names])
    record(database, command_line(), "demo", root.organisation_id, ORGANISATION)


def _hold_round(installation: Installation, planned: DemoRound, crowd: Crowd) -> None:
    settings, database = installation.settings, installation.database
    banks = [load_bank(settings.shipped_bank(bank)) for bank in BANKS]
    day = date.today() - timedelta(days=planned.days_ago)
    with database.read() as session:
        organisation_id = require(organisation_by_name(session, ORGANISATION)).id
    round_id = open_round(database, settings, organisation_id, planned.title, banks, day, backgrounds=ASKED)
    people = Respondents(load_parameters(settings.models_dir / "simulation.yaml"), banks)
    for link, person in bar(list(_visits(database, round_id, planned, crowd)), planned.title):
        answers = people.answer(crowd.random, person.digitype, planned.improvement)
        _take_scan(installation, link, person, answers, crowd.random, day)
    if planned.close:
        close_round(database, settings, round_id, day + timedelta(days=21))


def _visits(database: Database, round_id: str, planned: DemoRound, crowd: Crowd) -> Iterator[tuple[Invitation, Person]]:
    with database.read() as session:
        links = {team: invitation(session, token) for _, team, token in links_of(session, round_id)}
    for teams in TREE.values():
        for team, size in teams.items():
            people = crowd.teams.setdefault(team, [_person(crowd.random) for _ in range(size)])
            link = require(links[team])
            yield from ((link, person) for person in people if crowd.random.random() < planned.turnout)


def _person(random: np.random.Generator) -> Person:
    digitype = str(random.choice(TYPES, p=SHARES))
    chosen = {m.id: str(random.choice(m.categories, p=AGES[digitype])) for m in measures_for(ASKED)}
    background = {id_: category if random.random() < TOLD else None for id_, category in chosen.items()}
    return Person(digitype, background, digitype if random.random() < SAID else None)


def _take_scan(
    installation: Installation,
    link: Invitation,
    person: Person,
    answers: dict[str, Answers],
    random: np.random.Generator,
    day: date,
) -> None:
    """One person's scan, from the link to the choice at the end."""
    database = installation.database
    code = person.code if random.random() < RETURNING else None
    key = begin(database, link, day, installation.settings.draft_days, code)
    for bank, given in answers.items():
        save_answers(database, key, day, bank, given)
    scan = require(open_scan(database, key, day)).scan
    outcome = build_outcome(link.banks, scan.answers, installation.classifier, installation.materials)
    keep, send = bool(random.random() < KEPT), bool(random.random() < SENT)
    finish(
        installation,
        scan,
        link,
        outcome,
        day,
        keep=keep,
        send=send,
        background=person.background,
        own_type=person.own_type,
    )
    drafts.erase(database, key)
    person.code = scan.code if keep else person.code


def require(found: T | None) -> T:
    """What was found; the demo has just made it, so nothing is a mistake in this program."""
    if found is None:
        raise LookupError("the demo misses what it made")
    return found


def _renew_passwords(settings: Settings) -> dict[str, str]:
    passwords = {email: secrets.token_urlsafe(12) for email in LOGINS}
    database = Database(settings.database)
    with database.read() as session:
        organisation_id = require(organisation_by_name(session, ORGANISATION)).id
    for email in passwords:
        record(database, command_line(), "new_password", organisation_id, email)
    with database.write() as session:
        for email, password in passwords.items():
            account = session.query(Account).filter_by(email=email).one()
            account.password_hash = hash_password(password)
            end_sessions(session, account.id)
    database.close()
    return passwords


def _welcome(settings: Settings, passwords: dict[str, str], code: str | None) -> str:
    database = Database(settings.database)
    with database.read() as session:
        organisation = organisation_by_name(session, ORGANISATION)
        current = rounds_of(session, organisation.id)[0] if organisation else None
        links = links_of(session, current.id) if current else []
    database.close()
    base = settings.base_url
    lines = [f"Zelfscan is ready: {base}/", "", "Take a self-scan (team link of the open round):"]
    lines += [
        f"  {team} ({location}): {base}/s/{token}" for location, team, token in links if team in ("Bakboord", "Beuk")
    ]
    lines += ["", f"Dashboards: {base}/dashboard/"]
    if passwords:
        lines += ["  Demo logins, shown only now:"]
        lines += [f"  {LOGINS[email][0]:<20}{email:<28}{password}" for email, password in passwords.items()]
    else:
        lines += ["  The demo logins were shown at the first start; `zelfscan demo --new-passwords` makes new ones."]
    if code:
        lines += ["", f"Come back to an outcome: {base}/mijn with the code {code}"]
    return "\n".join([*lines, "", "Stop with Ctrl+C; the next start keeps everything in the data folder."])
