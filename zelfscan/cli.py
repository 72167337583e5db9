"""The command line."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from zelfscan.banks.command import bank
from zelfscan.banks.problems import BankError
from zelfscan.config import Settings, SettingsError, secrets_file
from zelfscan.db import Database, DatabaseError
from zelfscan.digitypes.command import digitype
from zelfscan.digitypes.store import ModelError
from zelfscan.installation import initialise
from zelfscan.organisations.models import ROLES
from zelfscan.organisations.queries import organisation_by_name, units_of
from zelfscan.organisations.services import AccountError, add_account
from zelfscan.privacy.disclosure import Rules
from zelfscan.progress import bar
from zelfscan.rounds.keys import KeyMissing
from zelfscan.rounds.queries import ballot_count, links_of, round_by_id
from zelfscan.rounds.services import close_round, open_round, read_bank_source
from zelfscan.scoring.command import score

CLEAR_ERRORS = (AccountError, BankError, DatabaseError, KeyMissing, ModelError, SettingsError)


@click.group()
def cli() -> None:
    """Self-scans of digital skills: private for the employee, anonymous for the organisation."""


cli.add_command(bank)
cli.add_command(digitype)
cli.add_command(score)


def main() -> None:
    """Run the command line; an error that we expect is a sentence, not a traceback."""
    try:
        cli()
    except CLEAR_ERRORS as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


@cli.command()
def init() -> None:
    """Make secrets and tables, or bring an existing installation to this version."""
    settings = Settings.from_environment()
    initialise(settings)
    click.echo(f"Ready. Secrets: {secrets_file(settings)} (make a backup: no code works without it).")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the application."""
    from zelfscan.serving import serve as run

    run(Settings.from_environment(), host, port)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--new-passwords", is_flag=True, help="Give the demo logins new passwords, and print them.")
@click.option("--no-serve", is_flag=True, help="Only make the demo organisation.")
def demo(host: str, port: int, new_passwords: bool, no_serve: bool) -> None:
    """Fill a demo organisation, the first time, and serve it."""
    from zelfscan.demo import prepare_demo
    from zelfscan.serving import require_free
    from zelfscan.serving import serve as run

    if not no_serve:
        require_free(host, port)
    settings = Settings.from_environment().model_copy(update={"base_url": f"http://localhost:{port}"})
    welcome = prepare_demo(settings, new_passwords)
    if no_serve:
        click.echo(welcome)
    else:
        run(settings, host, port, lambda: click.echo(welcome))


@cli.group("round")
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def open_(
    organisation: str, title: str, banks: tuple[str, ...], minimum: int, minimum_distribution: int, as_json: bool
) -> None:
    """Open a round for all teams of an organisation."""
    settings, database = _opened()
    with database.read() as session:
        found = organisation_by_name(session, organisation)
    if found is None:
        raise click.UsageError(f"there is no organisation {organisation!r}")
    paths = [Path(name) if name.endswith((".yaml", ".yml")) else settings.shipped_bank(name) for name in banks]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise click.UsageError(f"no such bank: {', '.join(missing)}")
    sources = [read_bank_source(path.read_text(encoding="utf-8"), path.name) for path in paths]
    try:
        rules = Rules(minimum, minimum_distribution)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    round_id = open_round(database, settings, found.id, title, sources, date.today(), rules)
    _print({"round": round_id, "title": title}, f"Round {round_id} is open.", as_json)


@round_.command()
@click.argument("round_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def links(round_id: str, as_json: bool) -> None:
    """Print the link of each team, for posters and mail."""
    settings, database = _opened()
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
    _, database = _opened()
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
    settings, database = _opened()
    with database.read() as session:
        _known_round(session, round_id)
    close_round(database, settings, round_id, date.today(), lambda ballots: bar(ballots, "Counting"))
    click.echo("Closed. The dashboards show the release; the ballots and the key are gone.")


@cli.group()
def user() -> None:
    """Accounts of those who look at dashboards."""


@user.command("add")
@click.option("--organisation", required=True, help="Name of the organisation.")
@click.option("--email", required=True, help="E-mail address, for signing in.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the account may see.")
@click.option("--unit", "units", multiple=True, help="Name of a team or location; repeatable. Else the organisation.")
@click.password_option(help="Asked for when left out.")
def add_user(organisation: str, email: str, role: str, units: tuple[str, ...], password: str) -> None:
    """Make an account with a role on one or more units."""
    _, database = _opened()
    with database.write() as session:
        found = organisation_by_name(session, organisation)
        if found is None:
            raise click.UsageError(f"there is no organisation {organisation!r}")
        names = units or (organisation,)
        chosen = [unit for unit in units_of(session, found.id) if unit.name in names]
        unknown = set(names) - {unit.name for unit in chosen}
        if unknown:
            raise click.UsageError(f"no such unit: {', '.join(sorted(unknown))}")
        add_account(session, email, password, role, chosen)
    click.echo(f"{email} can sign in.")


def _opened() -> tuple[Settings, Database]:
    settings = Settings.from_environment()
    database = Database(settings.database)
    database.check()
    return settings, database


def _known_round(session: Any, round_id: str) -> Any:
    found = round_by_id(session, round_id)
    if found is None:
        raise click.UsageError(f"there is no round {round_id!r}")
    return found


def _print(content: Any, words: str, as_json: bool) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2) if as_json else words)
