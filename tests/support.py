"""What many tests need: a small organisation with an open round, and people who take its scan."""

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zelfscan.banks.loader import parse_bank
from zelfscan.installation import Installation
from zelfscan.organisations.models import Unit
from zelfscan.organisations.services import add_account, add_organisation, add_unit
from zelfscan.outcome.building import build_outcome
from zelfscan.outcome.services import Finished, finish
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.sealing import seal_ballot
from zelfscan.rounds.backgrounds import backgrounds_of
from zelfscan.rounds.measures import counted
from zelfscan.rounds.models import Ballot, Round
from zelfscan.rounds.queries import Invitation, invitation, links_of
from zelfscan.rounds.services import open_round
from zelfscan.scan import drafts
from zelfscan.scan.services import Scan, begin, open_scan, save_answers

BANKS = Path(__file__).parent / "banks"
TODAY = date(2026, 11, 22)
PASSWORD = "long enough for a test"
TREE = {"Noord": {"Anemoon": 14, "Bosuil": 9, "Ceder": 6}, "Zuid": {"Duin": 12, "Ekster": 4}}
ACCOUNTS = {
    "leader@test.example": ("teamleider", "Anemoon"),
    "location@test.example": ("locatiemanager", "Noord"),
    "all@test.example": ("organisatiemanager", "Testzorg"),
}


@dataclass
class World:
    """An installation with one organisation, its units by name, and an open round."""

    installation: Installation
    units: dict[str, Unit]
    round_id: str
    tokens: dict[str, str]

    def link(self, team: str) -> Invitation:
        with self.installation.database.read() as session:
            found = invitation(session, self.tokens[team])
        assert found is not None
        return found


def make_world(
    installation: Installation,
    name: str = "Testzorg",
    banks: tuple[str, ...] = ("mini",),
    backgrounds: tuple[str, ...] = (),
) -> World:
    """Make an organisation with `TREE`, accounts for its three roles, and an open round."""
    units: dict[str, Unit] = {}
    with installation.database.write() as session:
        units[name] = root = add_organisation(session, name)
        for location, teams in TREE.items():
            units[location] = add_unit(session, root, "location", location)
            for team in teams:
                units[team] = add_unit(session, units[location], "team", team)
        for email, (role, unit) in ACCOUNTS.items():
            if unit in units:
                add_account(session, email, PASSWORD, role, [units[unit]])
    asked = [parse_bank(bank_text(bank), f"{bank}.yaml") for bank in banks]
    round_id = open_round(
        installation.database,
        installation.settings,
        root.organisation_id,
        "Nulmeting",
        asked,
        TODAY,
        backgrounds=backgrounds,
    )
    with installation.database.read() as session:
        tokens = {team: token for _, team, token in links_of(session, round_id)}
    return World(installation, units, round_id, tokens)


def bank_text(bank: str) -> str:
    return (BANKS / f"{bank}.yaml").read_text(encoding="utf-8")


def answers_at(link: Invitation, value: int) -> dict[str, dict[str, int]]:
    """The same point of the scale for every question of kind scale."""
    return {
        bank.bank: {item.address: value for item in bank.items() if item.question.kind == "scale"}
        for bank in link.banks
    }


@dataclass
class Visit:
    """A scan under way: the key of its cookie, and what it leads to."""

    key: bytes
    scan: Scan
    link: Invitation


def visit(world: World, team: str, value: int = 2, code: str | None = None) -> Visit:
    """Begin a scan by a team's link and answer everything with one point of the scale."""
    database, link = world.installation.database, world.link(team)
    key = begin(database, link, TODAY, 30, code)
    for bank, given in answers_at(link, value).items():
        save_answers(database, key, TODAY, bank, dict(given))
    found = open_scan(database, key, TODAY)
    assert found is not None
    return Visit(key, found.scan, link)


def complete(
    world: World,
    visited: Visit,
    *,
    keep: bool = True,
    send: bool = True,
    background: dict[str, str | None] | None = None,
) -> Finished:
    """Carry out the choice at the end of a scan, as the outcome page does."""
    here = world.installation
    outcome = build_outcome(visited.link.banks, visited.scan.answers, here.classifier, here.materials)
    return finish(here, visited.scan, visited.link, outcome, TODAY, keep=keep, send=send, background=background)


def take_scan(world: World, team: str, value: int = 2, *, keep: bool = True, send: bool = True) -> str:
    """Take a whole scan; returns its code, as the employee would have written it down."""
    visited = visit(world, team, value)
    complete(world, visited, keep=keep, send=send)
    drafts.erase(world.installation.database, visited.key)
    return visited.scan.code


def cast(world: World, turnout: dict[str, int]) -> None:
    """Put ballots in the round, per team, spread over digitypes and levels: for what comes after the scans."""
    link = world.link(next(iter(world.tokens)))
    with world.installation.database.write() as session:
        round_ = session.get_one(Round, world.round_id)
        for team, people in turnout.items():
            for number in range(people):
                values = {m.id: m.categories[number % len(m.categories)] for m in counted(link.banks)}
                told = {m.id: m.categories[number // 2 % len(m.categories)] for m in backgrounds_of(link)}
                ballot_id = secrets.token_bytes(32)
                content = BallotContent(world.units[team].id, values, told)
                sealed = seal_ballot(round_.public_key, content, round_.id, ballot_id)
                session.add(
                    Ballot(round_id=round_.id, id=ballot_id, organisation_id=round_.organisation_id, sealed=sealed)
                )
