"""Writing organisations, units and accounts."""

import hmac
import secrets
from collections.abc import Sequence
from functools import cache
from uuid import uuid4

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from zelfscan.errors import ClearError
from zelfscan.organisations.models import ROLES, Account, Assignment, Installation, Organisation, Unit

PASSWORD_MINIMUM = 12
_ARGON2 = {"length": 32, "iterations": 2, "lanes": 1, "memory_cost": 19 * 1024}


class AccountError(ClearError):
    """An account cannot be made as asked; the message says why, and how to mend it."""


def new_id() -> str:
    """A random id: it carries no order and no time."""
    return uuid4().hex


def installation_salt(session: Session) -> bytes:
    """The salt of this installation's codes, made the first time it is asked for."""
    found = session.get(Installation, 1)
    if found is None:
        found = Installation(id=1, salt=secrets.token_bytes(16))
        session.add(found)
    return found.salt


def is_same_pepper(session: Session, check: bytes) -> bool:
    """Whether the pepper is the one that the codes here were made with; the first time that it is asked, it is.

    Args:
        check: derived from the pepper (`zelfscan.privacy.code.pepper_check`).
    """
    found = session.get_one(Installation, 1)
    if found.pepper_check is None:
        found.pepper_check = check
    return hmac.compare_digest(found.pepper_check, check)


def is_in_use(session: Session) -> bool:
    """Whether this database belongs to an installation already."""
    return session.get(Installation, 1) is not None


def add_organisation(session: Session, name: str) -> Unit:
    """Make an organisation and the root of its tree of units."""
    organisation = Organisation(id=new_id(), name=name)
    session.add(organisation)
    session.flush()
    root = Unit(id=new_id(), organisation_id=organisation.id, parent_id=None, kind="organisation", name=name)
    session.add(root)
    session.flush()
    return root


def add_unit(session: Session, parent: Unit, kind: str, name: str) -> Unit:
    """Add a location or a team below a unit."""
    unit = Unit(id=new_id(), organisation_id=parent.organisation_id, parent_id=parent.id, kind=kind, name=name)
    session.add(unit)
    session.flush()
    return unit


def add_account(session: Session, email: str, password: str, role: str, units: Sequence[Unit]) -> Account:
    """Make an account with one role on one or more units of one organisation.

    Raises:
        AccountError: unknown role, password too short, address taken, or units of two organisations.
    """
    address = email.strip().lower()
    _check_account(session, address, password, role, units)
    account = Account(
        id=new_id(),
        organisation_id=units[0].organisation_id,
        email=address,
        password_hash=hash_password(password),
        session_key=new_id(),
    )
    account.assignments = [
        Assignment(unit_id=unit.id, organisation_id=unit.organisation_id, role=role) for unit in units
    ]
    session.add(account)
    session.flush()
    return account


def _check_account(session: Session, address: str, password: str, role: str, units: Sequence[Unit]) -> None:
    if role not in ROLES:
        raise AccountError(f"role {role!r} does not exist; choose one of {', '.join(ROLES)}")
    if "@" not in address or len(address) > 254:
        raise AccountError(f"{address!r} is not an e-mail address")
    if len(password) < PASSWORD_MINIMUM:
        raise AccountError(f"the password is too short: at least {PASSWORD_MINIMUM} characters")
    if len({unit.organisation_id for unit in units}) != 1:
        raise AccountError("give one or more units, all of one organisation")
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise AccountError(f"{address} has an account already")


def hash_password(password: str) -> str:
    """Argon2id in the PHC string format, with a random salt."""
    return Argon2id(salt=secrets.token_bytes(16), **_ARGON2).derive_phc_encoded(password.encode())


def sign_in(session: Session, email: str, password: str) -> Account | None:
    """The account with this address and password; a wrong address takes as long as a wrong password."""
    found = select(Account).where(Account.email == email.strip().lower()).options(lazyload(Account.assignments))
    account = session.scalar(found)
    stored = account.password_hash if account else _nobody()
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return None
    return account


def end_sessions(session: Session, account_id: str) -> None:
    """Sign an account out everywhere: a cookie that somebody copied opens nothing any more."""
    session.get_one(Account, account_id).session_key = new_id()


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe())
