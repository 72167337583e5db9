"""`zelfscan user`: accounts from the command line."""

import json
from pathlib import Path

import click

from zelfscan.banks.command import language_option
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.organisations.importing.content import Role
from zelfscan.organisations.importing.passwords import require_free, write_passwords
from zelfscan.organisations.importing.queries import account_by_email, account_lines, known_organisation
from zelfscan.organisations.importing.services import renew_password
from zelfscan.organisations.importing.showing import role_line
from zelfscan.organisations.importing.words import say
from zelfscan.organisations.models import ROLES, Unit
from zelfscan.organisations.queries import organisation_by_name, units_of
from zelfscan.organisations.services import add_account


@click.group()
def user() -> None:
    """Accounts of those who look at dashboards."""


@user.command("add")
@click.option("--organisation", required=True, help="Name of the organisation.")
@click.option("--email", required=True, help="E-mail address, for signing in.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the account may see.")
@click.option("--unit", "units", multiple=True, help="Name of a team or location, or `Location/Team`; repeatable.")
@click.password_option(help="Asked for when left out.")
def add_user(organisation: str, email: str, role: str, units: tuple[str, ...], password: str) -> None:
    """Make an account with a role on one or more units."""
    _, database = opened_database()
    with database.read() as session:
        found = organisation_by_name(session, organisation)
        if found is None:
            raise ClearError(f"there is no organisation {organisation!r}")
        if not units and role != "organisatiemanager":
            raise ClearError(f"a {role} needs --unit; only an organisatiemanager has the whole organisation")
        every = units_of(session, found.id)
        chosen = [_unit(every, name) for name in units] if units else every[:1]
    record(database, command_line(), "add_account", found.id, email)
    with database.write() as session:
        add_account(session, email, password, role, chosen)
    click.echo(f"{email} can sign in.")


@user.command("list")
@click.option("--organisation", help="Name of an organisation; all of them when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def list_users(organisation: str | None, as_json: bool, language: str) -> None:
    """Name the accounts, each with its roles."""
    _, database = opened_database()
    with database.read() as session:
        if organisation:
            known_organisation(session, organisation, language)
        lines = account_lines(session, organisation)
    if as_json:
        click.echo(json.dumps([line._asdict() for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        none = f"{line.email}: {say('no_roles', language)}"
        click.echo(f"{line.organisation} · {role_line(Role(*line[1:]), language) if line.role else none}")


@user.command("password")
@click.argument("email")
@click.option("--passwords", "file", type=click.Path(path_type=Path), help="Write it to this new file instead.")
@language_option
def renew(email: str, file: Path | None, language: str) -> None:
    """Give the account EMAIL a new password, shown once, and sign it out everywhere."""
    require_free(file, language)
    _, database = opened_database()
    with database.read() as session:
        account = account_by_email(session, email, language)
    record(database, command_line(), "new_password", account.organisation_id, account.email)
    password = renew_password(database, account.id)
    if file:
        write_passwords(file, {account.email: password}, language)
        click.echo(say("passwords_in_file", language, path=file))
    else:
        click.echo(say("new_password", language, email=account.email, password=password))
    click.echo(say("signed_out", language, email=account.email))


def _unit(units: list[Unit], name: str) -> Unit:
    """The one unit with this name, or with this location and name."""
    names = {unit.id: unit.name for unit in units}
    found = [unit for unit in units if name in (unit.name, f"{names.get(unit.parent_id or '')}/{unit.name}")]
    if len(found) > 1:
        raise ClearError(f"there are {len(found)} units {name!r}; say which with `Location/Team`")
    if not found:
        raise ClearError(f"no such unit: {name}")
    return found[0]
