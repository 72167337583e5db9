"""Writing rounds: open one, put and withdraw ballots, close it into a release."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.db import NAME_LENGTH, Database
from zelfscan.digitypes.adaptive import adaptable
from zelfscan.errors import ClearError
from zelfscan.mixing import write_mixed
from zelfscan.organisations.models import Unit
from zelfscan.organisations.queries import units_of
from zelfscan.organisations.services import new_id
from zelfscan.privacy import disclosure
from zelfscan.privacy.audit import Finding
from zelfscan.privacy.differencing import Together
from zelfscan.privacy.disclosure import Group, Release, Rules, make_release
from zelfscan.privacy.sealing import BALLOT_ID_SIZE, TooLarge, new_round_keys, open_ballot, seal_ballot
from zelfscan.privacy.spreading import spreading
from zelfscan.rounds.backgrounds import backgrounds_of, known_backgrounds, measures_for
from zelfscan.rounds.custody import Custodian, destroy_shares, keep_key
from zelfscan.rounds.earlier import Earlier, Settled, are_still, earlier_of, settled
from zelfscan.rounds.invitations.models import OF_INVITATIONS
from zelfscan.rounds.keys import KeyMissing, destroy_key, read_key
from zelfscan.rounds.measures import DIGITYPE, counted, largest_ballot, measures_of
from zelfscan.rounds.models import Ballot, BankVersion, ReleasedGroup, Round, RoundBank, RoundLink
from zelfscan.rounds.queries import banks_of, custodians_of, rounds_of

Progress = Callable[[Sequence[Ballot]], Iterable[Ballot]]


FREE_TRIES = 2
"""How often a round is counted while people may still finish, before they have to wait for it."""


WORTH_PROCESSES = 100
"""Units times measures from which a round is counted by several processes."""

MOST_QUESTIONS = 200
"""Questions of a round: an outcome of more need not fit the entry that it is kept in, and takes over half an hour."""


class RoundClosed(Exception):
    """The round takes no ballots any more."""


class RoundError(ClearError):
    """A round cannot be opened as asked; the message says why, and how to mend it."""


def open_round(
    database: Database,
    settings: Settings,
    organisation_id: str,
    title: str,
    banks: Sequence[Bank],
    today: date,
    rules: Rules | None = None,
    adaptive: bool = False,
    backgrounds: Sequence[str] = (),
    custodians: Sequence[Custodian] = (),
    invitations_only: bool = False,
) -> str:
    """Open a round for all teams of an organisation, with a link for each; returns the round's id.

    The private key is stored before the round exists: a round without its key could never be counted.

    Args:
        adaptive: ask the digitype with as few questions as it needs (`zelfscan.digitypes.adaptive`).
        backgrounds: ids of background questions to ask (`zelfscan.rounds.backgrounds`).
        custodians: the two who are to hold the key together; none: it is kept as a file.
        invitations_only: make no links of teams, so that only personal invitations lead in.

    Raises:
        CustodyError: a share of the key cannot be made or written.
        RoundError: the title is taken, a bank is asked twice, the banks have more questions than an outcome or more
            themes than a ballot can hold, or what is to be adaptive, or a background, cannot be asked.
    """
    private, public = new_round_keys()
    _check_title(database, organisation_id, title)
    _check_backgrounds(banks, backgrounds)
    _check_banks(banks, public, adaptive, backgrounds)
    settled = rules or Rules()
    round_ = Round(
        id=new_id(),
        organisation_id=organisation_id,
        title=title,
        state="open",
        public_key=public,
        minimum=settled.minimum,
        minimum_distribution=settled.minimum_distribution,
        adaptive=adaptive,
        backgrounds=list(backgrounds),
        invitations_only=invitations_only,
        opened_on=today,
    )
    keep_key(settings, round_, private, custodians)
    _store_round(database, round_, banks)
    return round_.id


def _store_round(database: Database, round_: Round, banks: Sequence[Bank]) -> None:
    organisation_id, round_id = round_.organisation_id, round_.id
    with database.write() as session:
        _store_banks(session, banks)
        session.add(round_)
        session.flush()
        session.add_all(_round_banks(organisation_id, round_id, banks))
        if not round_.invitations_only:
            session.add_all(_round_links(organisation_id, round_id, units_of(session, organisation_id)))


def _check_title(database: Database, organisation_id: str, title: str) -> None:
    with database.read() as session:
        if title in {round_.title for round_ in rounds_of(session, organisation_id)}:
            raise RoundError(f"there is a round {title!r} already; give this one another title")


def _check_backgrounds(banks: Sequence[Bank], backgrounds: Sequence[str]) -> None:
    unknown = [id_ for id_ in backgrounds if id_ not in known_backgrounds()]
    if unknown or len(set(backgrounds)) < len(backgrounds):
        raise RoundError(f"a round asks each of these backgrounds at most once: {', '.join(known_backgrounds())}")
    if backgrounds and not measures_of(banks):
        raise RoundError("nothing of these banks is counted, so there is nothing to split by background; ask none")


def _check_banks(banks: Sequence[Bank], public: bytes, adaptive: bool, backgrounds: Sequence[str]) -> None:
    if len({bank.bank for bank in banks}) < len(banks):
        raise RoundError("a bank is named twice; a round asks each bank once")
    if adaptive and not any(bank.bank == DIGITYPE and adaptable(bank) for bank in banks):
        raise RoundError(f"only bank {DIGITYPE!r} can be adaptive, and this round does not ask it; ask it as well")
    questions = sum(len(bank.items()) for bank in banks)
    if questions > MOST_QUESTIONS:
        raise RoundError(
            f"these banks have {questions} questions together, and a round asks at most {MOST_QUESTIONS}; "
            "open a round with fewer banks"
        )
    try:
        seal_ballot(public, largest_ballot(banks, measures_for(backgrounds)), new_id(), bytes(BALLOT_ID_SIZE))
    except TooLarge:
        raise RoundError("these banks have too many themes for one ballot; open a round with fewer banks") from None


def _store_banks(session: Session, banks: Iterable[Bank]) -> None:
    for bank in banks:
        if session.get(BankVersion, bank.hash) is None:
            session.add(BankVersion(hash=bank.hash, bank=bank.bank, content=bank.to_json()))
    session.flush()


def _round_banks(organisation_id: str, round_id: str, banks: Sequence[Bank]) -> list[RoundBank]:
    return [
        RoundBank(round_id=round_id, position=n, organisation_id=organisation_id, hash=bank.hash)
        for n, bank in enumerate(banks)
    ]


def _round_links(organisation_id: str, round_id: str, units: Iterable[Unit]) -> list[RoundLink]:
    return [
        RoundLink(
            token=secrets.token_urlsafe(9),
            organisation_id=organisation_id,
            round_id=round_id,
            unit_id=unit.id,
        )
        for unit in units
        if unit.kind == "team"
    ]


def put_ballot(database: Database, round_id: str, ballot_id: bytes, sealed: bytes) -> None:
    """Put a sealed ballot in a round, or replace the one with the same id.

    Raises:
        RoundClosed: the round closed in the meantime.
    """
    with database.write() as session:
        round_ = lock_open(session, round_id)
        ballot = Ballot(round_id=round_id, id=ballot_id, organisation_id=round_.organisation_id, sealed=sealed)
        write_mixed(session, ballot, Ballot.id, Ballot.round_id == round_id)


def withdraw_ballot(database: Database, round_id: str, ballot_id: bytes) -> bool:
    """Take a ballot out of an open round; tells whether it was there.

    Raises:
        RoundClosed: the round is counted already.
    """
    with database.write() as session:
        lock_open(session, round_id)
        found = delete(Ballot).where(Ballot.round_id == round_id, Ballot.id == ballot_id).returning(Ballot.id)
        return session.execute(found).first() is not None


def lock_open(session: Session, round_id: str) -> Round:
    """The round, held until the end of the transaction: it does not close meanwhile, and nobody else writes in it.

    Raises:
        RoundClosed: it is closed already.
    """
    round_ = _lock(session, round_id)
    if round_.state != "open":
        raise RoundClosed(round_id)
    return round_


def _lock(session: Session, round_id: str) -> Round:
    return session.scalars(select(Round).where(Round.id == round_id).with_for_update(key_share=True)).one()


def close_round(
    database: Database,
    settings: Settings,
    round_id: str,
    today: date,
    progress: Progress = iter,
    private: bytes | None = None,
    shares: Collection[Path] = (),
) -> None:
    """Count the ballots, publish what is safe, destroy ballots and key.

    Release, state and the end of the ballots are one transaction: interrupted anywhere, the round is either open as it
    was or closed with its whole release; closing it again finishes what remained.

    Args:
        private: the key, when two custodians brought it together; left out: it is in its file.
        shares: files of shares that lie elsewhere than in the keys folder, to be destroyed as well.

    Raises:
        KeyMissing: the private key is not where it should be.
        SealError: a ballot was tampered with; nothing is changed.
    """
    if not _is_closed(database, round_id):
        _publish(database, private or _key_in_file(database, settings, round_id), round_id, today, progress)
    destroy_key(settings, round_id)
    destroy_shares(settings, round_id, shares)
    database.rewrite(Ballot.__tablename__, *(table.__tablename__ for table in OF_INVITATIONS))


def _is_closed(database: Database, round_id: str) -> bool:
    with database.read() as session:
        return session.get_one(Round, round_id).state == "closed"


def _key_in_file(database: Database, settings: Settings, round_id: str) -> bytes:
    """The key that the service keeps itself."""
    with database.read() as session:
        custodians = custodians_of(session, round_id)
    if custodians:
        both = " and ".join(custodians)
        raise KeyMissing(f"{both} hold the key of this round together; `zelfscan round close` asks both")
    return read_key(settings, round_id)


def _publish(database: Database, private: bytes, round_id: str, today: date, progress: Progress) -> None:
    """Count outside any transaction, so that nobody who finishes has to wait; with the round locked if that fails.

    A round in which ballots keep coming would else never be counted.
    """
    for _ in range(FREE_TRIES):
        with database.read() as session:
            plan, ballots = _count_plan(session, round_id)
        counted = _count(private, plan, ballots, progress)
        with database.write() as session:
            round_ = _lock(session, round_id)
            if are_still(session, round_, plan.earlier) and _write_release(session, round_, ballots, counted, today):
                return
    with database.write() as session:
        round_ = _lock(session, round_id)
        are_still(session, round_, ())
        plan, ballots = _count_plan(session, round_id)
        _write_release(session, round_, ballots, _count(private, plan, ballots, progress), today)


@dataclass(frozen=True)
class CountPlan:
    """What a round's ballots are counted by."""

    round_id: str
    units: tuple[disclosure.Unit, ...]
    rules: Rules
    measures: tuple[disclosure.Measure, ...]
    backgrounds: tuple[disclosure.Measure, ...]
    earlier: tuple[Earlier, ...]


def _count_plan(session: Session, round_id: str) -> tuple[CountPlan, Sequence[Ballot]]:
    round_ = session.get_one(Round, round_id)
    units = units_of(session, round_.organisation_id)
    plan = CountPlan(
        round_id,
        tuple(disclosure.Unit(unit.id, unit.parent_id, unit.kind) for unit in units),
        Rules(round_.minimum, round_.minimum_distribution),
        tuple(counted(banks_of(session, round_))),
        tuple(backgrounds_of(round_)),
        earlier_of(session, round_),
    )
    return plan, session.scalars(select(Ballot).where(Ballot.round_id == round_id)).all()


def _count(private: bytes, plan: CountPlan, ballots: Sequence[Ballot], progress: Progress) -> Settled:
    contents = [open_ballot(private, ballot.sealed, plan.round_id, ballot.id) for ballot in progress(ballots)]
    with spreading(len(plan.units) * len(plan.measures) > WORTH_PROCESSES) as spread:
        release = make_release(
            plan.units, contents, plan.rules, plan.measures, backgrounds=plan.backgrounds, spread=spread
        )
        return settled(release, plan.rules, plan.earlier, spread)


def attack_figures(finding: Finding, together: Together | None = None) -> dict[str, Any]:
    """What an attack gave, without a word on where: for a page that everybody may read."""
    found = [finding, together] if together else [finding]
    smallest = [each.smallest_isolable for each in found if each.smallest_isolable is not None]
    return {
        "clean": all(each.clean for each in found),
        "smallest_isolable": min(smallest, default=None),
        "certain_outsider": sum(each.certain_outsider for each in found),
        "certain_colleague": sum(each.certain_colleague for each in found),
    }


def _fingerprint(ballots: Iterable[Ballot]) -> frozenset[tuple[bytes, bytes]]:
    return frozenset((ballot.id, ballot.sealed) for ballot in ballots)


def _write_release(session: Session, round_: Round, of: Sequence[Ballot], counted: Settled, today: date) -> bool:
    """Write the release if the ballots are still those that it counted; tells whether the round is closed."""
    if round_.state == "closed":
        return True
    ballots = session.scalars(select(Ballot).where(Ballot.round_id == round_.id))
    if _fingerprint(ballots) != _fingerprint(of):
        return False
    session.add_all(_released_groups(session, round_, counted.release))
    for table in (Ballot, *OF_INVITATIONS):
        session.execute(delete(table).where(table.round_id == round_.id))
    round_.state, round_.closed_on, round_.attack = "closed", today, attack_figures(counted.alone, counted.together)
    round_.trends = counted.trends
    return True


def _released_groups(session: Session, round_: Round, release: Release) -> list[ReleasedGroup]:
    names = {unit.id: unit.name for unit in units_of(session, round_.organisation_id)}
    return [
        ReleasedGroup(
            round_id=round_.id,
            key=group.key,
            organisation_id=round_.organisation_id,
            parent=group.parent,
            kind=group.kind,
            name=_group_name(group, names),
            content=group.to_dict(),
        )
        for group in release.groups
    ]


def _group_name(group: Group, names: Mapping[str, str]) -> str:
    if group.kind != "crossing":
        return names[group.key.removesuffix("/other")]
    name = known_backgrounds()[group.background].name_of(group.answer, "nl")
    return f"{name} · {names[group.parent]}"[:NAME_LENGTH]
