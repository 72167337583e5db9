"""`zelfscan user`: accounts from the command line."""

import click

from zelfscan.db import opened_database
from zelfscan.errors import ClearError
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
    with database.write() as session:
        found = organisation_by_name(session, organisation)
        if found is None:
            raise ClearError(f"there is no organisation {organisation!r}")
        if not units and role != "organisatiemanager":
            raise ClearError(f"a {role} needs --unit; only an organisatiemanager has the whole organisation")
        every = units_of(session, found.id)
        chosen = [_unit(every, name) for name in units] if units else every[:1]
        add_account(session, email, password, role, chosen)
    click.echo(f"{email} can sign in.")


def _unit(units: list[Unit], name: str) -> Unit:
    """The one unit with this name, or with this location and name."""
    names = {unit.id: unit.name for unit in units}
    found = [unit for unit in units if name in (unit.name, f"{names.get(unit.parent_id or '')}/{unit.name}")]
    if len(found) > 1:
        raise ClearError(f"there are {len(found)} units {name!r}; say which with `Location/Team`")
    if not found:
        raise ClearError(f"no such unit: {name}")
    return found[0]
