"""`zelfscan round`: measurement rounds from the command line."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from zelfscan.banks.command import diff_lines
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, erase_old, record
from zelfscan.organisations.queries import organisation_by_name
from zelfscan.privacy.disclosure import Rules, Table
from zelfscan.rounds.backgrounds import known_backgrounds
from zelfscan.rounds.custody import share_file
from zelfscan.rounds.custody_command import (
    HeldCustody,
    NewCustody,
    change_passphrase_,
    check_custody,
    held_custody_options,
    new_custody_options,
)
from zelfscan.rounds.queries import (
    all_rounds,
    ballots_at_least,
    custodians_of,
    known_round,
    last_version,
    links_of,
    recognition_in,
)
from zelfscan.rounds.services import close_round, open_round
from zelfscan.scan.drafts import erase_expired

OPEN_LINKS = (
    "Who has an open link can take part more than once. Personal invitations count once each: see "
    "`zelfscan invitation` and, for a round without open links, `zelfscan round open --invitations-only`."
)
ONLY_INVITATIONS = "This round has no open links: only personal invitations lead in (`zelfscan invitation`)."


@click.group("round")
def round_() -> None:
    """Measurement rounds: open, links, status, close."""


@round_.command("open")
@click.option("--organisation", required=True, help="Name of the organisation.")
@click.option("--title", required=True, help="Name of the round, as employees see it.")
@click.option(
    "--bank", "banks", multiple=True, required=True, help="Id of a bank in the banks folder, or a file; repeatable."
)
@click.option("--minimum", default=5, show_default=True, help="Fewest people in a group that is shown.")
@click.option("--minimum-distribution", default=8, show_default=True, help="Fewest people for a whole distribution.")
@click.option("--adaptive", is_flag=True, help="Ask the digitype with as few questions as it needs.")
@click.option(
    "--background",
    "backgrounds",
    multiple=True,
    type=click.Choice(list(known_backgrounds())),
    help="Ask this background as well, for the whole organisation and large locations; repeatable.",
)
@click.option("--invitations-only", is_flag=True, help="Make no links of teams: only personal invitations lead in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@new_custody_options
def open_(
    organisation: str,
    title: str,
    banks: tuple[str, ...],
    minimum: int,
    minimum_distribution: int,
    adaptive: bool,
    backgrounds: tuple[str, ...],
    invitations_only: bool,
    as_json: bool,
    custody: NewCustody,
) -> None:
    """Open a round for all teams of an organisation."""
    settings, database = opened_database()
    with database.read() as session:
        found = organisation_by_name(session, organisation)
    if found is None:
        raise ClearError(f"there is no organisation {organisation!r}")
    asked, rules = _banks(settings, banks), _rules(minimum, minimum_distribution)
    with database.read() as session:
        before = [(version, bank) for bank in asked if (version := last_version(session, found.id, bank)) is not None]
    custodians = custody.custodians(settings)
    record(database, command_line(), "open_round", found.id, title)
    round_id = open_round(
        database,
        settings,
        found.id,
        title,
        asked,
        date.today(),
        rules,
        adaptive,
        backgrounds,
        custodians,
        invitations_only,
    )
    changed = [line for old, new in before for line in _changes(old, new)]
    written = {one.name: str(share_file(one.folder, round_id, n, one.name)) for n, one in enumerate(custodians, 1)}
    shares = [custody.dialogue.words("written", name=name, path=path) for name, path in written.items()]
    told = "\n".join([*changed, *shares, f"Round {round_id} is open."])
    _print({"round": round_id, "title": title, "changed": changed, "shares": written}, told, as_json)


def _changes(old: Bank, new: Bank) -> Iterator[str]:
    """What changed in a bank since the last round that asked it."""
    if old.hash != new.hash:
        yield f"{new.bank} has changed since the last round that asked it:"
        yield from (f"  {line}" for line in diff_lines(old, new, "en"))


@round_.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """Name all rounds, with their state."""
    _, database = opened_database()
    with database.read() as session:
        found = [
            {"round": round_.id, "organisation": organisation, "title": round_.title, "state": round_.state}
            for organisation, round_ in all_rounds(session)
        ]
    _print(found, "\n".join(" · ".join(one.values()) for one in found), as_json)


@round_.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def links(round_id: str, as_json: bool) -> None:
    """Print the link of each team, for posters and mail."""
    settings, database = opened_database()
    with database.read() as session:
        round_ = known_round(session, round_id)
        rows = links_of(session, round_id)
    record(database, command_line(), "print_links", round_.organisation_id, round_.title)
    found = [
        {"location": location, "team": team, "link": f"{settings.base_url}/s/{token}"} for location, team, token in rows
    ]
    told = ONLY_INVITATIONS if round_.invitations_only else OPEN_LINKS
    _print(found, "\n".join([*(f"{f['location']} · {f['team']}: {f['link']}" for f in found), told]), as_json)


@round_.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def recognised(round_id: str, as_json: bool) -> None:
    """Say how many people of a closed round recognise themselves in their digitype, as far as that is published."""
    _, database = opened_database()
    with database.read() as session:
        found = known_round(session, round_id)
        tables = recognition_in(session, found.id)
    content = {"round": found.id, "title": found.title} | {id_: table.to_dict() for id_, table in tables.items()}
    told = [f"{id_}: {line}" for id_, table in tables.items() for line in _cell_lines(table)]
    _print(content, "\n".join([found.title, *(told or ["nothing is published about this"])]), as_json)


def _cell_lines(table: Table) -> Iterator[str]:
    for cell in table.cells:
        number = str(cell.low) if cell.exact else f"{cell.low} to {cell.high}"
        yield f"{' or '.join(cell.categories)}: {number} of {table.n}"


@round_.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(round_id: str, as_json: bool) -> None:
    """Say whether a round is open, who holds its key, and about how many ballots it holds."""
    _, database = opened_database()
    with database.read() as session:
        found = known_round(session, round_id)
        content: dict[str, Any] = {"round": found.id, "title": found.title, "state": found.state}
        content["custodians"] = custodians_of(session, round_id)
        if found.state == "open":
            content["ballots_at_least"] = ballots_at_least(session, found)
    _print(content, _status_words(content, found.minimum), as_json)


def _status_words(content: dict[str, Any], minimum: int) -> str:
    told = [f"{key}: {content[key]}" for key in ("round", "title", "state")]
    if content["custodians"]:
        told.append(f"custodians: {' + '.join(content['custodians'])}")
    if "ballots_at_least" in content:
        fewest = content["ballots_at_least"]
        told.append(f"ballots: at least {fewest}" if fewest else f"ballots: fewer than {minimum}")
    return " · ".join(told)


@round_.command()
@click.argument("round_id")
@held_custody_options
def close(round_id: str, custody: HeldCustody) -> None:
    """Count a round's ballots, publish what is safe, destroy the ballots. Cannot be undone."""
    settings, database = opened_database()
    with database.read() as session:
        found = known_round(session, round_id)
        custodians = custodians_of(session, round_id)
    private = custody.key(settings, found, custodians if found.state == "open" else ())
    record(database, command_line(), "close_round", found.organisation_id, found.title)
    with custody.dialogue.speaking():
        close_round(database, settings, round_id, date.today(), private=private, shares=custody.shares)
    with database.write() as session:
        erase_expired(session, date.today())
        erase_old(session, date.today(), settings.log_days)
    destroyed = [custody.dialogue.words("destroyed")] if custodians else []
    click.echo("\n".join(["Closed. The dashboards show the release; the ballots and the key are gone.", *destroyed]))


round_.add_command(check_custody)
round_.add_command(change_passphrase_)


def _banks(settings: Settings, banks: tuple[str, ...]) -> list[Bank]:
    paths = [settings.bank_file(name) for name in banks]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise ClearError(f"no such bank: {', '.join(missing)}; `--bank` takes a file, or the id of a bank that ships")
    return [load_bank(path, folders=settings.bank_folders) for path in paths]


def _rules(minimum: int, minimum_distribution: int) -> Rules:
    try:
        return Rules(minimum, minimum_distribution)
    except ValueError as error:
        raise ClearError(str(error)) from None


def _print(content: Any, words: str, as_json: bool) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2) if as_json else words)
