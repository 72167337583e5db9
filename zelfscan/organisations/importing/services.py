"""Writing what a file comes to: all of it in one transaction, or nothing."""

import secrets
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zelfscan.db import Database
from zelfscan.organisations.importing.content import Content, Role, Team
from zelfscan.organisations.importing.planning import Plan, compare
from zelfscan.organisations.importing.queries import places_of, present_organisation
from zelfscan.organisations.models import Account, Assignment, Organisation, Unit
from zelfscan.organisations.queries import organisation_by_name, units_of
from zelfscan.organisations.services import add_organisation, add_unit, end_sessions, hash_password, new_id

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not taken for each other."""


class ChangedMeanwhile(Exception):
    """The organisation is not any more as it was when the preview was made; nothing is written."""


def new_password() -> str:
    """A random password of four groups of five, 99 bits: to be typed over from paper, and no formula."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def renew_password(database: Database, account_id: str) -> str:
    """Give an account a new password, and end its sessions everywhere; returns the password."""
    password = new_password()
    hashed = hash_password(password)
    with database.write() as session:
        session.get_one(Account, account_id).password_hash = hashed
        end_sessions(session, account_id)
    return password


def carry_out(
    database: Database, content: Content, shown: Plan, hashes: Mapping[str, str], take_away: bool = False
) -> str:
    """Write what a preview showed; returns the id of the organisation.

    Args:
        shown: the plan as it was shown.
        hashes: of the password of each new account.
        take_away: as the plan was made.

    Raises:
        ChangedMeanwhile: the same file would now come to something else; nothing is written.
    """
    addresses = {entry.email for entry in content.entries if entry.email}
    try:
        with database.write() as session:
            _lock(session, shown.organisation)
            present = present_organisation(session, shown.organisation, addresses)
            found = compare(content, present, take_away)
            if found.mistakes or found.plan != shown:
                raise ChangedMeanwhile(shown.organisation)
            return _write(session, shown, hashes)
    except IntegrityError:
        raise ChangedMeanwhile(shown.organisation) from None


def _lock(session: Session, name: str) -> None:
    """Let nobody else import into this organisation until the end of the transaction."""
    session.execute(select(Organisation.id).where(Organisation.name == name).with_for_update())


def _write(session: Session, plan: Plan, hashes: Mapping[str, str]) -> str:
    if plan.is_new:
        add_organisation(session, plan.organisation)
    organisation = organisation_by_name(session, plan.organisation)
    if organisation is None:
        raise ChangedMeanwhile(plan.organisation)
    units = _by_place(units_of(session, organisation.id))
    for location in plan.locations:
        units[location, ""] = add_unit(session, units["", ""], "location", location)
    for location, team in plan.teams:
        units[location, team] = add_unit(session, units[location, ""], "team", team)
    _add_accounts(session, organisation.id, plan.accounts, hashes)
    _take_away(session, organisation.id, plan.taken_away, units)
    _give(session, organisation.id, plan.roles, units)
    return organisation.id


def _by_place(units: list[Unit]) -> dict[Team, Unit]:
    places = places_of(units)
    return {places[unit.id]: unit for unit in units if unit.id in places}


def _add_accounts(session: Session, organisation_id: str, emails: Iterable[str], hashes: Mapping[str, str]) -> None:
    session.add_all(
        Account(
            id=new_id(),
            organisation_id=organisation_id,
            email=email,
            password_hash=hashes[email],
            session_key=new_id(),
        )
        for email in emails
    )
    session.flush()


def _take_away(session: Session, organisation_id: str, roles: Iterable[Role], units: Mapping[Team, Unit]) -> None:
    accounts = _account_ids(session, organisation_id)
    for role in roles:
        key = {"account_id": accounts[role.email], "unit_id": units[role.location, role.team].id}
        session.execute(delete(Assignment).filter_by(**key))


def _give(session: Session, organisation_id: str, roles: Collection[Role], units: Mapping[Team, Unit]) -> None:
    """Give the roles; an account has one role on a unit, so the one that it had there is replaced."""
    accounts = _account_ids(session, organisation_id)
    for role in roles:
        unit = units[role.location, role.team]
        given = Assignment(account_id=accounts[role.email], unit_id=unit.id, role=role.role)
        given.organisation_id = organisation_id
        session.merge(given)


def _account_ids(session: Session, organisation_id: str) -> dict[str, str]:
    rows = session.execute(select(Account.email, Account.id).where(Account.organisation_id == organisation_id))
    return {row[0]: row[1] for row in rows}
