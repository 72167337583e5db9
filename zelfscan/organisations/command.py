"""`zelfscan user`: accounts from the command line."""

import click

from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.models import ROLES
from zelfscan.organisations.queries import organisation_by_name, units_of
from zelfscan.organisations.services import add_account


@click.group()
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
    _, database = opened_database()
    with database.write() as session:
        found = organisation_by_name(session, organisation)
        if found is None:
            raise ClearError(f"there is no organisation {organisation!r}")
        names = units or (organisation,)
        chosen = [unit for unit in units_of(session, found.id) if unit.name in names]
        unknown = set(names) - {unit.name for unit in chosen}
        if unknown:
            raise ClearError(f"no such unit: {', '.join(sorted(unknown))}")
        add_account(session, email, password, role, chosen)
    click.echo(f"{email} can sign in.")
