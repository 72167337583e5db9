"""Reading an organisation as a file tells it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from zelfscan.errors import ClearError
from zelfscan.organisations.importing.content import LOCATION_MANAGER, ORGANISATION_MANAGER, TEAM_LEADER, Role, Team
from zelfscan.organisations.importing.planning import Present
from zelfscan.organisations.importing.reading import folded
from zelfscan.organisations.importing.words import say
from zelfscan.organisations.models import Account, Assignment, Organisation, Unit
from zelfscan.organisations.queries import organisation_by_name, units_of

AT_ONCE = 1000
"""Addresses that one question to the database names: SQLite and PostgreSQL both bound them."""
NAMED = {TEAM_LEADER: (True, True), LOCATION_MANAGER: (True, False), ORGANISATION_MANAGER: (False, False)}
"""Whether a role is about a location and a team; on another kind of unit, a file cannot tell it."""


class AccountLine(NamedTuple):
    """An account with one of its roles (empty: it has none) and the unit that it is on."""

    organisation: str
    email: str
    role: str
    location: str
    team: str


def organisation_names(session: Session) -> list[str]:
    """Names of all organisations, sorted."""
    return sorted(session.scalars(select(Organisation.name)))


def known_organisation(session: Session, name: str, language: str) -> Organisation:
    """The organisation with this name.

    Raises:
        ClearError: there is none.
    """
    found = organisation_by_name(session, name)
    if found is None:
        names = ", ".join(organisation_names(session)) or "-"
        raise ClearError(say("no_organisation", language, name=name, names=names))
    return found


def named_organisation(session: Session, asked: str | None, in_file: str, language: str) -> str:
    """Name of the organisation that a file is about: the one that was asked for, or that it names, or the only one.

    Raises:
        ClearError: that is not clear, or there is one whose name differs by capitals or spaces only.
    """
    names = organisation_names(session)
    name = asked or in_file or (names[0] if len(names) == 1 else "")
    if not name:
        raise ClearError(say("which" if names else "no_name", language, names=", ".join(names)))
    spelled = [one for one in names if folded(one) == folded(name)]
    if spelled and name not in spelled:
        raise ClearError(say("spelled", language, name=spelled[0]))
    return name


def places_of(units: Sequence[Unit]) -> dict[str, Team]:
    """(location, team) of each unit by its id; both empty for the organisation, the team for a location.

    Left out: a team that is not below a location, which a file cannot tell.
    """
    names = {unit.id: unit.name for unit in units if unit.kind == "location"}
    found = {unit.id: (unit.name, "") if unit.kind == "location" else ("", "") for unit in units if unit.kind != "team"}
    return found | {unit.id: (names[unit.parent_id or ""], unit.name) for unit in units if unit.parent_id in names}


def present_organisation(session: Session, name: str, addresses: Collection[str]) -> Present:
    """The organisation with this name as it is, or as it will begin.

    Args:
        addresses: of the file, to find those that belong to another organisation.
    """
    found = organisation_by_name(session, name)
    elsewhere = frozenset(_elsewhere(session, found.id if found else "", sorted(addresses)))
    if found is None:
        return Present(name, elsewhere=elsewhere)
    places = places_of(units_of(session, found.id))
    own, others = _roles(session, found.id, places)
    return Present(
        name=name,
        exists=True,
        locations=frozenset(location for location, team in places.values() if location and not team),
        teams=frozenset(place for place in places.values() if place[1]),
        accounts=frozenset(session.scalars(select(Account.email).where(Account.organisation_id == found.id))),
        roles=frozenset(own),
        other_roles={(role.email, role.location, role.team): role.role for role in others},
        elsewhere=elsewhere,
    )


def _roles(session: Session, organisation_id: str, places: Mapping[str, Team]) -> tuple[list[Role], list[Role]]:
    """The roles on the kind of unit that they are about, and the others."""
    rows = session.execute(
        select(Account.email, Assignment.role, Assignment.unit_id)
        .join(Assignment, Assignment.account_id == Account.id)
        .where(Account.organisation_id == organisation_id)
    )
    roles = [Role(email, role, *places[unit_id]) for email, role, unit_id in rows if unit_id in places]
    found: dict[bool, list[Role]] = {True: [], False: []}
    for role in roles:
        found[NAMED[role.role] == (bool(role.location), bool(role.team))].append(role)
    return found[True], found[False]


def _elsewhere(session: Session, organisation_id: str, addresses: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(addresses), AT_ONCE):
        some = addresses[start : start + AT_ONCE]
        yield from session.scalars(
            select(Account.email).where(Account.email.in_(some), Account.organisation_id != organisation_id)
        )


def account_by_email(session: Session, email: str, language: str) -> Account:
    """The account with this address.

    Raises:
        ClearError: there is none.
    """
    address = email.strip().lower()
    found = session.scalar(select(Account).where(Account.email == address))
    if found is None:
        raise ClearError(say("no_account", language, email=address))
    return found


def account_lines(session: Session, organisation: str | None) -> list[AccountLine]:
    """Accounts with their roles, by organisation and address.

    Args:
        organisation: its name; None: all of them.
    """
    rows = session.execute(
        select(Organisation.id, Organisation.name, Account.email, Assignment.role, Assignment.unit_id)
        .join(Account, Account.organisation_id == Organisation.id)
        .outerjoin(Assignment, Assignment.account_id == Account.id)
        .where(Organisation.name == organisation if organisation else Organisation.name.is_not(None))
    ).all()
    places = {id_: place for row_id in {row[0] for row in rows} for id_, place in _places(session, row_id)}
    return sorted(
        AccountLine(name, email, role or "", *places.get(unit, ("", ""))) for _, name, email, role, unit in rows
    )


def _places(session: Session, organisation_id: str) -> Iterator[tuple[str, Team]]:
    yield from places_of(units_of(session, organisation_id)).items()
