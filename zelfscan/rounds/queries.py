"""Reading rounds and releases."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from zelfscan.banks.schema import Bank
from zelfscan.db import Database
from zelfscan.organisations.models import Organisation, Unit
from zelfscan.privacy.disclosure import Group
from zelfscan.rounds.models import Ballot, BankVersion, ReleasedGroup, Round, RoundBank, RoundLink

VERSIONS_IN_MEMORY = 64
_versions: dict[str, Bank] = {}


@dataclass(frozen=True)
class Invitation:
    """What a team link leads to."""

    token: str
    round_id: str
    organisation_id: str
    organisation: str
    unit_id: str
    team: str
    title: str
    open: bool
    minimum: int
    public_key: bytes
    adaptive: bool
    banks: tuple[Bank, ...]


_INVITATION = (
    select(Round.id, Round.title, Round.state, Round.minimum, Round.public_key, Round.adaptive)
    .add_columns(Unit.id, Unit.name, Organisation.id, Organisation.name, RoundBank.hash)
    .select_from(RoundLink)
    .join(Round, Round.id == RoundLink.round_id)
    .join(Unit, Unit.id == RoundLink.unit_id)
    .join(Organisation, Organisation.id == RoundLink.organisation_id)
    .join(RoundBank, RoundBank.round_id == RoundLink.round_id)
    .where(RoundLink.token == bindparam("token"))
    .order_by(RoundBank.position)
)


def invitation(session: Session, token: str) -> Invitation | None:
    """What the link with this token leads to; None for an unknown token."""
    rows = session.execute(_INVITATION, {"token": token}).all()
    if not rows:
        return None
    round_id, title, state, minimum, public_key, adaptive, unit_id, team, organisation_id, organisation, _ = rows[0]
    banks = tuple(bank_version(session, row.hash) for row in rows)
    return Invitation(
        token=token,
        round_id=round_id,
        organisation_id=organisation_id,
        organisation=organisation,
        unit_id=unit_id,
        team=team,
        title=title,
        open=state == "open",
        minimum=minimum,
        public_key=public_key,
        adaptive=adaptive,
        banks=banks,
    )


def banks_of(session: Session, round_: Round) -> tuple[Bank, ...]:
    """The bank versions that a round asks, in order."""
    return tuple(bank_version(session, entry.hash) for entry in round_.banks)


def bank_version(session: Session, hash_: str) -> Bank:
    """A stored version of a bank; read once, for a version never changes."""
    bank = _versions.get(hash_)
    if bank is None:
        version = session.get_one(BankVersion, hash_)
        bank = Bank.model_validate_json(version.content)
        if len(_versions) >= VERSIONS_IN_MEMORY:
            _versions.clear()
        _versions[hash_] = bank
    return bank


def bank_versions(database: Database, hashes: Collection[str]) -> tuple[Bank, ...]:
    """Stored versions of banks; the database is asked only for those that are not in memory."""
    found = [_versions.get(hash_) for hash_ in hashes]
    known = tuple(bank for bank in found if bank)
    if len(known) == len(found):
        return known
    with database.read() as session:
        return tuple(bank_version(session, hash_) for hash_ in hashes)


def last_version(session: Session, organisation_id: str, bank: Bank) -> Bank | None:
    """The version of a bank that the organisation's last round with it asked; None when no round asked it."""
    rows = session.execute(
        select(Round.opened_on, RoundBank.hash)
        .join(RoundBank, RoundBank.round_id == Round.id)
        .join(BankVersion, BankVersion.hash == RoundBank.hash)
        .where(Round.organisation_id == organisation_id, BankVersion.bank == bank.bank)
        .order_by(Round.opened_on.desc())
    ).first()
    return bank_version(session, rows.hash) if rows else None


def round_by_id(session: Session, round_id: str) -> Round | None:
    return session.get(Round, round_id)


def rounds_of(session: Session, organisation_id: str) -> list[Round]:
    """Rounds of an organisation, newest first."""
    rounds = session.scalars(select(Round).where(Round.organisation_id == organisation_id))
    return sorted(rounds, key=lambda r: (r.opened_on, r.title), reverse=True)


def all_rounds(session: Session) -> list[tuple[str, Round]]:
    """(name of the organisation, round) for every round of the installation."""
    rows = session.execute(
        select(Organisation.name, Round)
        .join(Round, Round.organisation_id == Organisation.id)
        .order_by(Organisation.name, Round.opened_on, Round.title)
    )
    return [(row[0], row[1]) for row in rows]


def links_of(session: Session, round_id: str) -> list[tuple[str, str, str]]:
    """(location, team, token) for each team of a round."""
    location, team = Unit.__table__.alias("location"), Unit.__table__.alias("team")
    rows = session.execute(
        select(location.c.name, team.c.name, RoundLink.token)
        .join(team, team.c.id == RoundLink.unit_id)
        .join(location, location.c.id == team.c.parent_id)
        .where(RoundLink.round_id == round_id)
        .order_by(location.c.name, team.c.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def ballot_count(session: Session, round_id: str) -> int:
    """How many ballots an open round holds, over the whole organisation."""
    return session.scalar(select(func.count()).select_from(Ballot).where(Ballot.round_id == round_id)) or 0


def released_groups(session: Session, round_id: str) -> dict[str, tuple[str, Group]]:
    """Name and content of each group that a round's release shows, by its key."""
    rows = session.scalars(select(ReleasedGroup).where(ReleasedGroup.round_id == round_id))
    return {row.key: (row.name, Group.from_dict(row.content)) for row in rows}
