"""Deciding, before anything is written, what of a backup may come back."""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from zelfscan.backup.archive import Archive
from zelfscan.backup.held import KEY_FILE, Held
from zelfscan.backup.tables import Row, Table
from zelfscan.backup.target import LEFT_BY_CHOICE, Keys, Target
from zelfscan.backup.words import WORDS, BackupError
from zelfscan.config import Secrets, Settings, load_secrets, secrets_file
from zelfscan.organisations.services import new_id
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.code import pepper_check
from zelfscan.privacy.custody import Share, ShareDamaged
from zelfscan.privacy.sealing import BALLOT_ID_SIZE, SealError, open_ballot, seal_ballot
from zelfscan.progress import bar
from zelfscan.rounds.invitations.models import OF_INVITATIONS
from zelfscan.rounds.keys import key_file
from zelfscan.rounds.models import Ballot

WHILE_OPEN = frozenset(table.__tablename__ for table in (Ballot, *OF_INVITATIONS))
"""Tables of what a round holds until it closes."""
SEALED = frozenset(table.__tablename__ for table in LEFT_BY_CHOICE) | {"used_invitation"}
"""Tables of which the exact number, asked for again and again, would tell when somebody finished."""
STEP = 5
GATHERED = ("installation", "organisation", "round")


@dataclass(frozen=True)
class Choices:
    """What the operator decided.

    Attributes:
        replace: put it in the place of what an installation holds.
        drop_ballots: go on without the ballots of rounds whose key is gone, and close those rounds.
        bring_back: restore also what was deleted or withdrawn after the backup.
        shares_elsewhere: custodians have their shares where this machine cannot see them.
        shares: files with shares, to show that they are still there.
        held: what a file with secrets gave.
    """

    replace: bool = False
    drop_ballots: bool = False
    bring_back: bool = False
    shares_elsewhere: bool = False
    shares: tuple[Path, ...] = ()
    held: Held | None = None


@dataclass(frozen=True)
class LostRound:
    """An open round of a backup whose ballots nobody should or can open any more; `reason` is a key of `WORDS`."""

    id: str
    organisation: str
    title: str
    reason: str

    def in_(self, language: str, settings: Settings) -> str:
        facts = {"organisation": self.organisation, "title": self.title, "folder": settings.keys}
        return WORDS[language][self.reason].format(**facts)


class KeysGone(BackupError):
    """Open rounds of a backup have no key any more."""

    def __init__(self, lost: Sequence[LostRound], settings: Settings) -> None:
        self.lost, self.settings = lost, settings
        super().__init__("keys_gone")

    def in_(self, language: str) -> str:
        return WORDS[language][self.reason].format(rounds=told(self.lost, language, self.settings))


def told(lost: Iterable[LostRound], language: str, settings: Settings) -> str:
    """The rounds, each on a line with its reason."""
    return "\n".join(one.in_(language, settings) for one in lost)


@dataclass(frozen=True)
class Contents:
    """What a backup holds, once every row was found to be whole.

    Attributes:
        rows: of the tables `GATHERED`.
    """

    rows: Mapping[str, list[Row]]

    @property
    def installation(self) -> Row:
        return self.rows["installation"][0]

    @property
    def open_rounds(self) -> list[Row]:
        return [round_ for round_ in self.rows["round"] if round_["state"] == "open"]

    def organisation_of(self, row: Row) -> str:
        names = {found["id"]: str(found["name"]) for found in self.rows["organisation"]}
        return names.get(row["organisation_id"], "?")

    def rounds(self) -> list[dict[str, str]]:
        """Organisation, title and state of each round."""
        return [
            {"organisation": self.organisation_of(row), "title": row["title"], "state": row["state"]}
            for row in self.rows["round"]
        ]


def read_through(archive: Archive) -> Contents:
    """Read a whole backup, and keep next to nothing of it.

    Raises:
        BackupError: anything is damaged, missing or of the wrong type.
    """
    gathered: dict[str, list[Row]] = {name: [] for name in GATHERED}
    for table in archive.tables:
        for batch in bar(archive.batches(table), table.name):
            if table.name in gathered:
                gathered[table.name] += batch
    if len(gathered["installation"]) != 1:
        raise BackupError("damaged", path=archive.path, place="installation")
    return Contents(gathered)


def about(rows: int, table: str) -> int:
    """How many rows may be told: of sealed things in steps, rounded down."""
    return rows - rows % STEP if table in SEALED else rows


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        secrets: of the installation as it will be.
        files: files to be put in the keys folder, by name.
        open: ids of the rounds that stay open.
        lost: rounds that come back closed, without ballots.
        present: keys that rows of these tables must have to come back; None when all may.
    """

    secrets: Secrets
    files: Mapping[str, bytes] = field(repr=False)
    open: frozenset[str]
    lost: tuple[LostRound, ...]
    present: Keys | None

    def keeps(self, table: Table, row: Row) -> bool:
        """Whether a row comes back."""
        if table.name in WHILE_OPEN and row["round_id"] not in self.open:
            return False
        key = tuple(row[name] for name in table.key)
        return self.present is None or key in self.present.get(table.name, {key})

    def settled(self, table: Table, row: Row, today: date) -> Row:
        """A row as it comes back: no session that ended comes alive, no round stays open without its key."""
        if table.name == "account":
            return row | {"session_key": new_id()}
        if table.name == "round" and row["id"] in {lost.id for lost in self.lost}:
            return row | {"state": "closed", "closed_on": today}
        return row


def make_plan(contents: Contents, settings: Settings, target: Target, choices: Choices) -> Plan:
    """Decide what comes back.

    Raises:
        BackupError: the installation is in use, its secrets are missing or of another one, or keys are gone.
    """
    if target.in_use and not choices.replace:
        raise BackupError("in_use")
    secrets = _fitting_secrets(contents, settings, choices.held)
    lost = tuple(_lost_rounds(contents, settings, target, choices))
    if lost and not choices.drop_ballots:
        raise KeysGone(lost, settings)
    open_ = frozenset(round_["id"] for round_ in contents.open_rounds) - {one.id for one in lost}
    same = target.in_use and target.salt == contents.installation["salt"]
    present = target.present if same and not choices.bring_back else None
    return Plan(secrets, _files_of(choices.held, open_), open_, lost, present)


def _fitting_secrets(contents: Contents, settings: Settings, held: Held | None) -> Secrets:
    """The secrets that the codes in this backup were made with."""
    path = secrets_file(settings)
    if held is None and not path.exists():
        raise BackupError("no_secrets", path=path)
    secrets = held.secrets if held else load_secrets(settings)
    check = contents.installation.get("pepper_check")
    if check is not None and not hmac.compare_digest(check, pepper_check(secrets.pepper_bytes)):
        raise BackupError("other_pepper", path="--secrets" if held else path)
    return secrets


def _files_of(held: Held | None, rounds: Collection[str]) -> dict[str, bytes]:
    """Key files of these rounds alone: a key that was destroyed since does not come back."""
    files = held.files if held else {}
    return {name: content for name, content in files.items() if _round_of(name) in rounds}


def _round_of(name: str) -> str:
    found = KEY_FILE.fullmatch(name)
    return found[1] if found else ""


def _lost_rounds(contents: Contents, settings: Settings, target: Target, choices: Choices) -> Iterable[LostRound]:
    shares = _shares(settings, choices)
    for round_ in contents.open_rounds:
        reason = _why_lost(round_, settings, target, choices, shares)
        if reason:
            yield LostRound(round_["id"], contents.organisation_of(round_), round_["title"], reason)


def _why_lost(
    round_: Row, settings: Settings, target: Target, choices: Choices, shares: set[tuple[str, str]]
) -> str | None:
    """Key in `WORDS` of why nobody should or can open the ballots of a round; None when its key is there."""
    custodians = [round_.get("first_custodian"), round_.get("second_custodian")]
    if round_["id"] in target.closed:
        return "closed_since"
    if any(custodians):
        there = all((round_["id"], name) in shares for name in custodians)
        return None if there or choices.shares_elsewhere else "no_shares"
    path, held = key_file(settings, round_["id"]), choices.held.files if choices.held else {}
    found = path.read_bytes() if path.exists() else held.get(path.name, b"")
    return None if _is_pair(found, round_["public_key"]) else "no_key"


def _is_pair(private: bytes, public: bytes) -> bool:
    """Whether what is sealed to this public key opens with this private one."""
    ballot_id = bytes(BALLOT_ID_SIZE)
    try:
        open_ballot(private, seal_ballot(public, BallotContent("", {}), "", ballot_id), "", ballot_id)
    except (SealError, ValueError, TypeError):
        return False
    return True


def _shares(settings: Settings, choices: Choices) -> set[tuple[str, str]]:
    """Round and custodian of each share that is at hand."""
    texts = [path.read_bytes() for path in settings.keys.glob("round-*.share")]
    texts += [content for name, content in (choices.held.files if choices.held else {}).items() if ".share" in name]
    texts += [_read(path) for path in choices.shares]
    return {(share.round_id, share.custodian) for share in map(_share, texts) if share}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackupError("cannot_read", path=path, why=error.strerror) from None


def _share(text: bytes) -> Share | None:
    try:
        return Share.from_text(text.decode(errors="replace"))
    except ShareDamaged:
        return None
