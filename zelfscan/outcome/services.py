"""Keeping an outcome, opening it with the code, withdrawing and deleting it.

Vault entry and ballot are never written in one transaction, and neither says anything of the other.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.orm import Session

from zelfscan.installation import Installation
from zelfscan.mixing import write_mixed
from zelfscan.organisations.models import Organisation
from zelfscan.outcome.building import Outcome, ballot_of
from zelfscan.outcome.models import VAULT_ROOM, VaultEntry
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.code import CodeKeys
from zelfscan.privacy.sealing import TooLarge, open_sealed, seal, seal_ballot
from zelfscan.rounds.invitations.services import is_used_elsewhere
from zelfscan.rounds.queries import Invitation, rounds_of
from zelfscan.rounds.services import RoundClosed, put_ballot, withdraw_ballot
from zelfscan.scan import drafts
from zelfscan.scan.services import Answers, Scan

AAD = b"vault"

CODE_SHOWN = timedelta(minutes=15)
"""How long a code that nobody put away can be shown again, in the browser that it was made in."""
OUTCOME_OPEN = timedelta(hours=1)
"""How long an outcome stays open in a browser; after that the code opens it again."""


@dataclass(frozen=True)
class Kept:
    """One outcome in a vault entry.

    Attributes:
        id: of the scan that it came from.
        round_id: of the round; `title` is how it was called.
        month: year and month of the scan, for example '2026-11'.
        banks: hashes of the bank versions that were asked.
        answers: per bank id, answer by address.
        outcome: what the employee saw.
        help: per bank id the places where she wants help.
    """

    id: str
    round_id: str
    title: str
    month: str
    banks: tuple[str, ...]
    answers: dict[str, Answers]
    outcome: Outcome
    help: dict[str, list[str]]

    def to_dict(self) -> dict[str, Any]:
        return vars(self) | {"outcome": self.outcome.to_dict(), "banks": list(self.banks)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        outcome, banks = Outcome.from_dict(content["outcome"]), tuple(content["banks"])
        return cls(**({"help": {}} | dict(content) | {"outcome": outcome, "banks": banks}))


@dataclass(frozen=True)
class Opened:
    """A vault entry that its code opened; outcomes from old to new."""

    organisation_id: str
    outcomes: tuple[Kept, ...]


@dataclass(frozen=True)
class Finished:
    """What became of a finished scan.

    Attributes:
        kept: whether the outcome is in the vault.
        sent: whether a ballot counts in the round.
        too_late: the round is closed: what was sent before counts, and can no longer be changed.
        elsewhere: her invitation was used by another scan before: that one counts, and this one does not.
        again: an earlier press had kept this outcome already.
    """

    kept: bool
    sent: bool
    too_late: bool
    elsewhere: bool = False
    again: bool = False


def finish(
    installation: Installation,
    scan: Scan,
    link: Invitation,
    outcome: Outcome,
    today: date,
    *,
    keep: bool,
    send: bool,
    background: Mapping[str, str | None] | None = None,
    own_type: str | None = None,
) -> Finished:
    """Carry out the employee's choice; doing it again, with the same or another choice, doubles nothing.

    Each step is a transaction of its own, and the draft goes last: a worker that dies on the way leaves the draft, from
    which the same code, and so the same ids, come again.

    Args:
        background, own_type: go into the ballot and nowhere else; at a retry the browser sends them again.
    """
    keys, again = installation.keys_of(scan.code), False
    if keep:
        hashes, wishes = tuple(bank.hash for bank in link.banks), scan.wishes(link.banks)
        kept = Kept(scan.id, link.round_id, link.title, f"{today:%Y-%m}", hashes, scan.answers, outcome, wishes)
        again = _keep(installation, link.organisation_id, keys, kept)
    else:
        _forget(installation, link.organisation_id, keys, scan.id)
    elsewhere = is_used_elsewhere(installation.database, link, scan.claim)
    content = ballot_of(outcome, link.unit_id, link.banks, background, own_type) if send else None
    in_time = elsewhere or _ballot(installation, link, keys, content)
    installation.database.forget_traces()
    return Finished(keep, send and in_time and not elsewhere, not in_time, elsewhere, again)


class ScanChanged(Exception):
    """Another tab saved an answer while the scan was being finished: it has to be finished again."""


def leave_code(
    installation: Installation, key: bytes, scan: Scan, link: Invitation, now: datetime, again: bool
) -> bool:
    """Show the code of a kept outcome; False when another tab chose to keep nothing in the meantime: so it is.

    Args:
        again: an earlier press kept the outcome, so a draft that is gone means that its code was put away already.

    Raises:
        ScanChanged: the outcome that was kept is no longer that of the answers.
    """
    if hand_over_code(installation, key, scan, now) or again:
        return True
    _forget(installation, link.organisation_id, installation.keys_of(scan.code), scan.id)
    return False


def leave_nothing(installation: Installation, key: bytes, scan: Scan, link: Invitation) -> None:
    """Erase the draft, and what another tab may have kept in the meantime."""
    drafts.erase(installation.database, key)
    _forget(installation, link.organisation_id, installation.keys_of(scan.code), scan.id)
    installation.database.forget_traces()


def _ballot(installation: Installation, link: Invitation, keys: CodeKeys, content: BallotContent | None) -> bool:
    """Put the ballot, or without content take it back; False when the round is closed."""
    ballot_id = keys.ballot_id(link.round_id)
    try:
        if content is None:
            withdraw_ballot(installation.database, link.round_id, ballot_id)
            return True
        sealed = seal_ballot(link.public_key, content, link.round_id, ballot_id)
        put_ballot(installation.database, link.round_id, ballot_id, sealed)
    except RoundClosed:
        return False
    return True


def _keep(installation: Installation, organisation_id: str, keys: CodeKeys, kept: Kept) -> bool:
    """Put the outcome in the vault; tells whether it was there before."""
    with installation.database.write() as session:
        _lock(session, organisation_id)
        entry = session.get(VaultEntry, (organisation_id, keys.lookup))
        before = _outcomes(entry, keys)
        _store(session, organisation_id, keys, [*(other for other in before if other.id != kept.id), kept])
    return any(other.id == kept.id for other in before)


def _forget(installation: Installation, organisation_id: str, keys: CodeKeys, scan_id: str) -> None:
    with installation.database.write() as session:
        _lock(session, organisation_id)
        entry = session.get(VaultEntry, (organisation_id, keys.lookup))
        others = [other for other in _outcomes(entry, keys) if other.id != scan_id]
        if entry and others:
            _store(session, organisation_id, keys, others)
        elif entry:
            session.execute(_entry_of(organisation_id, keys))


def _lock(session: Session, organisation_id: str) -> None:
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))


def _store(session: Session, organisation_id: str, keys: CodeKeys, outcomes: list[Kept]) -> None:
    """Seal the outcomes into the entry; the oldest give way when they no longer fit, but never the newest.

    Raises:
        TooLarge: the newest alone does not fit; `zelfscan.rounds.services.MOST_QUESTIONS` sees to it that it does.
    """
    try:
        sealed = seal(keys.vault_key, _packed(outcomes), VAULT_ROOM, AAD)
    except TooLarge:
        if len(outcomes) == 1:
            raise
        return _store(session, organisation_id, keys, outcomes[1:])
    entry = VaultEntry(organisation_id=organisation_id, lookup=keys.lookup, sealed=sealed)
    return write_mixed(session, entry, VaultEntry.lookup, VaultEntry.organisation_id == organisation_id)


def _packed(outcomes: list[Kept]) -> bytes:
    content = json.dumps([kept.to_dict() for kept in outcomes], separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(content.encode(), 9)


def _outcomes(entry: VaultEntry | None, keys: CodeKeys) -> list[Kept]:
    if entry is None:
        return []
    plain = zlib.decompress(open_sealed(keys.vault_key, entry.sealed, AAD))
    return [Kept.from_dict(kept) for kept in json.loads(plain)]


def _entry_of(organisation_id: str, keys: CodeKeys) -> Delete:
    return delete(VaultEntry).where(VaultEntry.organisation_id == organisation_id, VaultEntry.lookup == keys.lookup)


def open_vault(installation: Installation, keys: CodeKeys) -> Opened | None:
    """The outcomes that these keys open; None when there is no such entry."""
    with installation.database.read() as session:
        entry = session.scalar(select(VaultEntry).where(VaultEntry.lookup == keys.lookup))
        return Opened(entry.organisation_id, tuple(_outcomes(entry, keys))) if entry else None


def code_opens(installation: Installation, organisation_id: str, code: str) -> bool:
    """Whether a code opens an entry of this organisation."""
    opened = open_vault(installation, installation.keys_of(code))
    return opened is not None and opened.organisation_id == organisation_id


def withdraw(installation: Installation, keys: CodeKeys) -> int:
    """Take the ballots of these keys out of the open rounds of their organisation; tells how many there were."""
    with installation.database.read() as session:
        organisation_id = session.scalar(_organisation_of(keys))
        rounds = rounds_of(session, organisation_id) if organisation_id else []
    open_rounds = [round_.id for round_ in rounds if round_.state == "open"]
    taken = sum(_withdraw(installation, round_id, keys) for round_id in open_rounds)
    installation.database.forget_traces()
    return taken


def _withdraw(installation: Installation, round_id: str, keys: CodeKeys) -> bool:
    try:
        return withdraw_ballot(installation.database, round_id, keys.ballot_id(round_id))
    except RoundClosed:
        return False


def delete_outcomes(installation: Installation, keys: CodeKeys) -> None:
    """Remove the vault entry of these keys. Ballots stay: `withdraw` takes those back."""
    with installation.database.write() as session:
        organisation_id = session.scalar(_organisation_of(keys))
        if organisation_id:
            _lock(session, organisation_id)
            session.execute(_entry_of(organisation_id, keys))
    installation.database.forget_traces()


def _organisation_of(keys: CodeKeys) -> Select[tuple[str]]:
    return select(VaultEntry.organisation_id).where(VaultEntry.lookup == keys.lookup)


def hand_over_code(installation: Installation, key: bytes, scan: Scan, now: datetime) -> bool:
    """Replace the draft by the code alone, so that its page survives a reload until it is put away.

    Returns:
        whether the draft was still there.

    Raises:
        ScanChanged: there are other answers in it than in `scan`.
    """

    def code_alone(found: drafts.Content) -> drafts.Content:
        if found["kind"] == "scan" and Scan.from_dict(found) != scan:
            raise ScanChanged()
        return content

    content = {"kind": "code", "code": scan.code} | _until(now + CODE_SHOWN)
    last_day = (now + CODE_SHOWN).date()
    return drafts.change(installation.database, key, now.date(), code_alone, last_day=last_day) is not None


def code_in_hand(installation: Installation, key: bytes, now: datetime) -> str | None:
    """The code that this browser may still show; one that is over its time is erased."""
    content = _in_time(installation, key, "code", now)
    return str(content["code"]) if content else None


def remember_opened(installation: Installation, organisation_id: str, keys: CodeKeys, now: datetime) -> bytes:
    """Keep an opened outcome at hand for this browser, without its code; returns the key for its cookie."""
    key, content = drafts.new_key(), {"kind": "opened", "root": keys.root.hex()} | _until(now + OUTCOME_OPEN)
    with installation.database.write() as session:
        drafts.erase_expired(session, now.date())
        drafts.create(session, key, organisation_id, content, (now + OUTCOME_OPEN).date())
    return key


def opened_keys(installation: Installation, key: bytes, now: datetime) -> CodeKeys | None:
    """The keys of the outcome that this browser has open; what is over its time is erased."""
    content = _in_time(installation, key, "opened", now)
    return CodeKeys(bytes.fromhex(content["root"])) if content else None


def _until(end: datetime) -> drafts.Content:
    return {"until": end.isoformat()}


def _in_time(installation: Installation, key: bytes, kind: str, now: datetime) -> drafts.Content | None:
    held = drafts.read(installation.database, key, now.date())
    if held is None or held.content["kind"] != kind:
        return None
    if datetime.fromisoformat(held.content["until"]) < now:
        drafts.erase(installation.database, key)
        return None
    return held.content
