"""The key of a round in the hands of two custodians: writing their shares, and bringing them together to close.

The private key is never written to a disk. It is in memory while the round is opened, and while it is closed.
"""

import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zelfscan.config import Settings, private_folder
from zelfscan.errors import ClearError
from zelfscan.privacy import custody
from zelfscan.privacy.custody import NAME_LENGTH, NotOneKey, Share, ShareDamaged, WeakPassphrase, WrongPassphrase
from zelfscan.rounds.custody_words import WORDS
from zelfscan.rounds.keys import destroy_file, overwrite, store_key
from zelfscan.rounds.models import Round

UNFINISHED = ".new"
"""End of the name of a share that is being written to take the place of another."""


class CustodyError(ClearError):
    """Something is wrong with custodians, shares or passphrases; `in_` says it in a language. Holds no passphrase.

    Attributes:
        reason: key of the sentence in `custody_words.WORDS`.
        facts: what is filled in there.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason, self.facts = reason, facts
        super().__init__(self.in_("en"))

    def in_(self, language: str) -> str:
        """The sentence in `nl` or `en`."""
        return WORDS[language][self.reason].format(**self.facts)


@dataclass(frozen=True)
class Custodian:
    """Who is to hold half the key of a round.

    Attributes:
        name: of the role, such as 'ondernemingsraad'; employees read it.
        passphrase: what will open the share.
        folder: where the share is written.
    """

    name: str
    passphrase: str = field(repr=False)
    folder: Path


@dataclass(frozen=True)
class FoundShare:
    """A share of a round, and the file that it was read from."""

    share: Share
    path: Path


def check_names(names: Sequence[str]) -> None:
    """Raise CustodyError unless these are the names of two custodians."""
    if len({name.casefold() for name in names}) != 2 or len(names) != 2:
        raise CustodyError("two_names")
    for name in names:
        if not name.isprintable() or name != name.strip() or not 0 < len(name) <= NAME_LENGTH:
            raise CustodyError("bad_name", name=name, length=NAME_LENGTH)


def check_passphrases(passphrases: Sequence[str]) -> None:
    """Raise CustodyError when a passphrase is too easy to guess, or two are the same."""
    for passphrase in passphrases:
        try:
            custody.require_strength(passphrase)
        except WeakPassphrase:
            raise CustodyError("weak") from None
    if len({custody.normal_passphrase(passphrase) for passphrase in passphrases}) < len(passphrases):
        raise CustodyError("same")


def keep_key(settings: Settings, round_: Round, private: bytes, custodians: Sequence[Custodian]) -> None:
    """Keep the key of a round that is about to open: with its custodians, or without them as a file.

    Raises:
        CustodyError: names or passphrases cannot be used, or a share cannot be written; nothing is left behind.
    """
    if not custodians:
        store_key(settings, round_.id, private)
        return
    check_names([custodian.name for custodian in custodians])
    check_passphrases([custodian.passphrase for custodian in custodians])
    first, second = custodians
    round_.first_custodian, round_.second_custodian = first.name, second.name
    private_folder(settings.keys)
    _write_shares(round_, private, first, second)


def share_file(folder: Path, round_id: str, number: int, name: str) -> Path:
    """Where the share of the first or second custodian is written."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    return folder / f"round-{round_id}-{number}-{plain}.share"


def _write_shares(round_: Round, private: bytes, first: Custodian, second: Custodian) -> None:
    """Write both shares, and see that what was written gives back the key; else take away what was written."""
    pairs = ((first.name, first.passphrase), (second.name, second.passphrase))
    shares = custody.split_key(private, round_.id, pairs)
    paths = [share_file(one.folder, round_.id, n, one.name) for n, one in enumerate((first, second), start=1)]
    written: list[Path] = []
    try:
        for share, path in zip(shares, paths, strict=True):
            _write_new(path, as_document(share))
            written.append(path)
        opening = Opening([FoundShare(read_share(path), path) for path in paths])
        opening.open_by_name(dict(pairs))
        opening.key(round_.public_key)
    except BaseException:
        for path in written:
            destroy_file(path)
        raise


def as_document(share: Share) -> str:
    """A share with above it, in Dutch and English, what it is and how to keep it."""
    told = [WORDS[language]["paper"].format(name=share.custodian, round=share.round_id) for language in WORDS]
    return "\n\n".join([*told, share.to_text()])


def _write_new(path: Path, text: str) -> None:
    """Write a new file for its owner alone; without hard links, which the file system of a memory stick lacks."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CustodyError("cannot_write", path=path, why=error.strerror) from None


def read_share(path: Path) -> Share:
    """The share in a file.

    Raises:
        CustodyError: there is no such file, or what is in it is damaged.
    """
    try:
        return Share.from_text(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise CustodyError("cannot_read", path=path, why=error.strerror) from None
    except ShareDamaged:
        raise CustodyError("damaged", path=path) from None


def own_files(settings: Settings, round_id: str, ending: str = ".share") -> list[Path]:
    """The files of a round's shares in the keys folder."""
    return sorted(settings.keys.glob(f"round-{round_id}-*{ending}"))


def find_shares(settings: Settings, round_: Round, names: Sequence[str], given: Iterable[Path]) -> list[FoundShare]:
    """The share of each of these custodians: one that is given, or else the one in the keys folder.

    Raises:
        CustodyError: a share is missing, damaged, or given and of another round.
    """
    found = {one.share.custodian: one for one in _given_shares(round_.id, given)}
    if missing := [name for name in names if name not in found]:
        found |= _shares_in_folder(settings, round_.id, missing)
    return [found[name] for name in names]


def _given_shares(round_id: str, given: Iterable[Path]) -> list[FoundShare]:
    found = [FoundShare(read_share(path), path) for path in given]
    for one in found:
        if one.share.round_id != round_id:
            raise CustodyError("other_round", path=one.path)
    return found


def _shares_in_folder(settings: Settings, round_id: str, names: Sequence[str]) -> dict[str, FoundShare]:
    """The shares of these custodians in the keys folder; a damaged one is told of if somebody's is missing."""
    found, damaged = {}, None
    for path in own_files(settings, round_id):
        try:
            one = FoundShare(read_share(path), path)
        except CustodyError as error:
            damaged = error
            continue
        if one.share.round_id == round_id and one.share.custodian in names:
            found[one.share.custodian] = one
    if absent := [name for name in names if name not in found]:
        raise damaged or CustodyError("missing", names=", ".join(absent), folder=settings.keys)
    return found


class Opening:
    """Bringing the shares of a round together: passphrases may come in any order, and nothing is counted meanwhile."""

    def __init__(self, shares: Iterable[FoundShare]) -> None:
        self._waiting = {one.share.custodian: one for one in shares}
        self._halves: list[bytes] = []

    @property
    def waiting(self) -> tuple[str, ...]:
        """The custodians whose share is still closed."""
        return tuple(self._waiting)

    def open_by_name(self, passphrases: Mapping[str, str]) -> None:
        """Open the share of each of these custodians.

        Raises:
            CustodyError: names every share that does not open.
        """
        wrong = [name for name, passphrase in passphrases.items() if not self._opens(name, passphrase)]
        if wrong:
            raise CustodyError("wrong", names=", ".join(wrong))

    def open_any(self, passphrase: str) -> str:
        """Open whichever share this passphrase opens; returns whose it is.

        Raises:
            CustodyError: it opens none of those that are still closed.
        """
        for name in self.waiting:
            if self._opens(name, passphrase):
                return name
        raise CustodyError("wrong", names=", ".join(self.waiting))

    def _opens(self, name: str, passphrase: str) -> bool:
        found = self._waiting[name]
        try:
            self._halves.append(custody.open_share(found.share, passphrase))
        except WrongPassphrase:
            return False
        except ShareDamaged:
            raise CustodyError("damaged", path=found.path) from None
        del self._waiting[name]
        return True

    def key(self, public: bytes) -> bytes:
        """The private key, once both shares are open.

        Raises:
            CustodyError: the shares are not the two halves of the key of this round.
        """
        first, second = self._halves
        try:
            return custody.join_key((first, second), public)
        except NotOneKey:
            raise CustodyError("not_one_key") from None


def change_passphrase(found: FoundShare, old: str, new: str) -> None:
    """Put another passphrase on a share; killed at any moment, the file holds either the old or the new share whole.

    Raises:
        CustodyError: the old passphrase does not open it, or the new one is too easy to guess.
    """
    check_passphrases([new])
    try:
        share = custody.change_passphrase(found.share, old, new)
    except WrongPassphrase:
        raise CustodyError("wrong", names=found.share.custodian) from None
    except ShareDamaged:
        raise CustodyError("damaged", path=found.path) from None
    _replace(found.path, as_document(share))


def _replace(path: Path, text: str) -> None:
    """Put a new file in the place of one, and overwrite what the old one held."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with path.open("r+b") as old:
            _write_new(beside, text)
            beside.replace(path)
            overwrite(old)
    except OSError as error:
        destroy_file(beside)
        raise CustodyError("cannot_write", path=path, why=error.strerror) from None


def destroy_shares(settings: Settings, round_id: str, given: Collection[Path] = ()) -> None:
    """Overwrite and remove the shares of a round that is closed. Harmless when they are gone.

    Raises:
        CustodyError: a file that is given is no share of this round; it stays as it is.
    """
    for path in [*own_files(settings, round_id), *own_files(settings, round_id, f".share.*{UNFINISHED}")]:
        destroy_file(path)
    for one in _given_shares(round_id, [path for path in given if path.exists()]):
        destroy_file(one.path)
