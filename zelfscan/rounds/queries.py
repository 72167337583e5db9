"""Reading rounds and releases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, false, func, select, true, union_all
from sqlalchemy.orm import Session

from zelfscan.banks.schema import Bank
from zelfscan.db import Database
from zelfscan.errors import ClearError
from zelfscan.organisations.models import Organisation, Unit
from zelfscan.privacy.disclosure import Group
from zelfscan.privacy.release import Release, Table
from zelfscan.rounds.invitations.models import PersonalInvitation, UsedInvitation
from zelfscan.rounds.invitations.tokens import Tokens
from zelfscan.rounds.measures import OWN_TYPE, RECOGNISED
from zelfscan.rounds.models import Ballot, BankVersion, ReleasedGroup, Round, RoundBank, RoundLink

VERSIONS_IN_MEMORY = 64
STEP = 5
_versions: dict[str, Bank] = {}


@dataclass(frozen=True)
class Invitation:
    """What a team's link, or a personal one, leads to.

    Attributes:
        mark: what is written down when a personal link is used; None for a team's link.
        used_by: the claim of the draft that used it (hashed); None while nobody did.
    """

    token: str
    round_id: str
    organisation_id: str
    organisation: str
    unit_id: str
    team: str
    title: str
    open: bool
    minimum: int
    minimum_distribution: int
    public_key: bytes
    adaptive: bool
    backgrounds: tuple[str, ...]
    banks: tuple[Bank, ...]
    mark: bytes | None = None
    used_by: bytes | None = None

    @property
    def personal(self) -> bool:
        """Whether one person alone was invited with it."""
        return self.mark is not None

    @property
    def used(self) -> bool:
        """Whether somebody finished a scan with it."""
        return self.used_by is not None


_ENTRANCE = union_all(
    select(RoundLink.round_id, RoundLink.unit_id, false().label("personal")).where(
        RoundLink.token == bindparam("token")
    ),
    select(PersonalInvitation.round_id, PersonalInvitation.unit_id, true().label("personal")).where(
        PersonalInvitation.lookup == bindparam("lookup")
    ),
).subquery("entrance")
_FACTS = (
    select(Round.id, Round.title, Round.state, Round.minimum, Round.public_key, Round.adaptive)
    .add_columns(Unit.id, Unit.name, Organisation.id, Organisation.name, RoundBank.hash)
    .add_columns(Round.minimum_distribution, Round.backgrounds, UsedInvitation.claim)
)


def _joined(facts: Select[Any]) -> Select[Any]:
    """Facts on a round and a unit, with what belongs to them; a row per bank."""
    used = (UsedInvitation.round_id == Round.id) & (UsedInvitation.mark == bindparam("mark"))
    return (
        facts.join(Organisation, Organisation.id == Round.organisation_id)
        .join(RoundBank, RoundBank.round_id == Round.id)
        .outerjoin(UsedInvitation, used)
        .order_by(RoundBank.position)
    )


_BY_TOKEN = _joined(
    _FACTS.add_columns(_ENTRANCE.c.personal)
    .select_from(_ENTRANCE)
    .join(Round, Round.id == _ENTRANCE.c.round_id)
    .join(Unit, Unit.id == _ENTRANCE.c.unit_id)
)
_BY_PLACE = _joined(
    _FACTS.select_from(Round)
    .join(Unit, (Unit.organisation_id == Round.organisation_id) & (Unit.id == bindparam("unit_id")))
    .where(Round.id == bindparam("round_id"))
)


def invitation(session: Session, token: str, tokens: Tokens | None = None) -> Invitation | None:
    """What the link with this token leads to; None for an unknown token.

    A team's link and a personal one are asked for in one statement: nobody sees from an address, or from the time that
    an answer takes, which it is.

    Args:
        tokens: those of the installation; without them only team links are known.
    """
    lookup, mark = (tokens.lookup(token), tokens.mark(token)) if tokens else (None, None)
    rows = session.execute(_BY_TOKEN, {"token": token, "lookup": lookup, "mark": mark}).all()
    return _invitation(session, token, rows, mark if rows and rows[0].personal else None)


def invitation_of_draft(
    session: Session, token: str, round_id: str, unit_id: str, mark: bytes | None
) -> Invitation | None:
    """What a scan on its way began with, also when the round has closed since and its invitations are erased.

    Args:
        token, round_id, unit_id: as the draft remembers them.
        mark: of its token, for a personal link.
    """
    given = {"round_id": round_id, "unit_id": unit_id, "mark": mark}
    return _invitation(session, token, session.execute(_BY_PLACE, given).all(), mark)


def _invitation(session: Session, token: str, rows: Sequence[Row[Any]], mark: bytes | None) -> Invitation | None:
    if not rows:
        return None
    round_id, title, state, minimum, public_key, adaptive, unit_id, team, organisation_id, organisation, *_ = rows[0]
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
        minimum_distribution=rows[0].minimum_distribution,
        public_key=public_key,
        adaptive=adaptive,
        backgrounds=tuple(rows[0].backgrounds),
        banks=banks,
        mark=mark,
        used_by=rows[0].claim,
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


def known_round(session: Session, round_id: str) -> Round:
    """The round with this id.

    Raises:
        ClearError: there is none.
    """
    found = round_by_id(session, round_id)
    if found is None:
        raise ClearError(f"there is no round {round_id!r}; `zelfscan round list` names those that there are")
    return found


def custodians_of(session: Session, round_id: str) -> tuple[str, ...]:
    """The two custodians who hold the key of a round together, by role; empty when the service holds it."""
    round_ = session.get_one(Round, round_id)
    return tuple(filter(None, (round_.first_custodian, round_.second_custodian)))


def ballots_at_least(session: Session, round_: Round) -> int:
    """How many ballots an open round holds at least: in steps of five from the round's minimum up, else 0.

    The exact number, asked for again and again, would tell when somebody finished.
    """
    count = ballot_count(session, round_.id)
    return max(round_.minimum, count - count % STEP) if count >= round_.minimum else 0


def ballot_count(session: Session, round_id: str) -> int:
    """How many ballots an open round holds, over the whole organisation."""
    return session.scalar(select(func.count()).select_from(Ballot).where(Ballot.round_id == round_id)) or 0


def released_groups(session: Session, round_id: str) -> dict[str, tuple[str, Group]]:
    """Name and content of each group that a round's release shows, by its key."""
    rows = session.scalars(select(ReleasedGroup).where(ReleasedGroup.round_id == round_id))
    return {row.key: (row.name, Group.from_dict(row.content)) for row in rows}


def recognition_in(session: Session, round_id: str) -> dict[str, Table]:
    """What a closed round published of whether people recognise themselves in their digitype."""
    asked = (RECOGNISED, OWN_TYPE)
    groups = [group for _, group in released_groups(session, round_id).values() if group.parent is None]
    return {table.measure: table for group in groups for table in group.tables if table.measure in asked}


def release_of(session: Session, round_id: str) -> Release:
    """What a closed round published: parents before children, and crossings after the units."""
    groups = {key: group for key, (_, group) in released_groups(session, round_id).items()}

    def order(key: str) -> tuple[bool, int, str]:
        depth, parent = 0, groups[key].parent
        while parent is not None:
            depth, parent = depth + 1, groups[parent].parent
        return groups[key].kind == "crossing", depth, key

    return Release(tuple(groups[key] for key in sorted(groups, key=order)), hidden=True)
