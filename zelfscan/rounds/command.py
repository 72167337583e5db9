"""`zelfscan round`: measurement rounds from the command line."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from zelfscan.banks.command import diff_lines
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.queries import organisation_by_name
from zelfscan.privacy.disclosure import Rules
from zelfscan.progress import bar
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import all_rounds, ballot_count, last_version, links_of, round_by_id
from zelfscan.rounds.services import close_round, open_round
from zelfscan.scan.drafts import erase_expired


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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def open_(
    organisation: str,
    title: str,
    banks: tuple[str, ...],
    minimum: int,
    minimum_distribution: int,
    adaptive: bool,
    as_json: bool,
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
    round_id = open_round(database, settings, found.id, title, asked, date.today(), rules, adaptive)
    changed = [line for old, new in before for line in _changes(old, new)]
    told = "\n".join([*changed, f"Round {round_id} is open."])
    _print({"round": round_id, "title": title, "changed": changed}, told, as_json)


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
        _known_round(session, round_id)
        rows = links_of(session, round_id)
    found = [
        {"location": location, "team": team, "link": f"{settings.base_url}/s/{token}"} for location, team, token in rows
    ]
    _print(found, "\n".join(f"{f['location']} · {f['team']}: {f['link']}" for f in found), as_json)


@round_.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(round_id: str, as_json: bool) -> None:
    """Say whether a round is open, and how many ballots it holds over the whole organisation."""
    _, database = opened_database()
    with database.read() as session:
        found = _known_round(session, round_id)
        content = {"round": found.id, "title": found.title, "state": found.state}
        if found.state == "open":
            content["ballots"] = ballot_count(session, round_id)
    _print(content, " · ".join(f"{key}: {value}" for key, value in content.items()), as_json)


@round_.command()
@click.argument("round_id")
def close(round_id: str) -> None:
    """Count a round's ballots, publish what is safe, destroy the ballots. Cannot be undone."""
    settings, database = opened_database()
    with database.read() as session:
        _known_round(session, round_id)
    close_round(database, settings, round_id, date.today(), lambda ballots: bar(ballots, "Counting"))
    with database.write() as session:
        erase_expired(session, date.today())
    click.echo("Closed. The dashboards show the release; the ballots and the key are gone.")


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


def _known_round(session: Session, round_id: str) -> Round:
    found = round_by_id(session, round_id)
    if found is None:
        raise ClearError(f"there is no round {round_id!r}; `zelfscan round list` names those that there are")
    return found


def _print(content: Any, words: str, as_json: bool) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2) if as_json else words)
