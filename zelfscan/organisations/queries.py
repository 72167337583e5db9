"""Reading organisations, units and accounts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from zelfscan.organisations.models import Account, Organisation, Unit


def account_by_session(session: Session, session_key: str) -> Account | None:
    """The account that a browser's signed session names."""
    return session.scalar(select(Account).where(Account.session_key == session_key))


def organisation_by_name(session: Session, name: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.name == name))


def units_of(session: Session, organisation_id: str) -> list[Unit]:
    """All units of an organisation as a tree reads: each parent before its children, which are sorted by name."""
    below: dict[str | None, list[Unit]] = {}
    for unit in session.scalars(select(Unit).where(Unit.organisation_id == organisation_id).order_by(Unit.name)):
        below.setdefault(unit.parent_id, []).append(unit)
    return _from(None, below)


def _from(parent: str | None, below: dict[str | None, list[Unit]]) -> list[Unit]:
    return [found for unit in below.get(parent, ()) for found in (unit, *_from(unit.id, below))]


def visible_units(session: Session, account: Account) -> list[Unit]:
    """The units that an account may look at: those of its assignments and all below them."""
    units = units_of(session, account.organisation_id)
    visible = {assignment.unit_id for assignment in account.assignments}
    for unit in units:
        if unit.parent_id in visible:
            visible.add(unit.id)
    return [unit for unit in units if unit.id in visible]
