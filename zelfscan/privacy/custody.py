"""Custody: the private key of a round split in two shares, each behind the passphrase of one custodian.

The split is a one-time pad: one share is random, the other is the key XOR that. Either share alone is as good as
random numbers, whoever computes on it and for however long. Each share is sealed with AES-256-GCM under a key that
Argon2id makes of the passphrase and a salt of the share's own; round and custodian are part of what is authenticated.

A share says why it does not open. Its text holds a checksum, so that damage on the way is told apart; `check`, which
follows from the passphrase, tells a wrong passphrase from a sealed half that somebody changed and gave a new checksum.
"""

import base64
import hmac
import json
import os
import re
import unicodedata
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from zelfscan.privacy.code import KEY_LENGTH
from zelfscan.privacy.sealing import SealError, open_sealed, seal

VERSION = "zelfscan key share 1"
SHARE_ROOM = 128
"""Bytes of half a key, padded, before sealing; the key of a round, as PEM, is 119, and its length takes 4."""
SALT_SIZE = 16
CHECKSUM_SIZE = 32

ARGON2_MEMORY, ARGON2_ITERATIONS, ARGON2_LANES = 64 * 1024, 3, 4
"""KiB, passes and lanes: the second recommended choice of RFC 9106, for who holds a share can try without limit."""

PASSPHRASE_LENGTH, PASSPHRASE_CHARACTERS = 12, 6
"""Fewest characters of a passphrase, and fewest that differ; four short words have more than both."""

NAME_LENGTH = 80

BEGIN, END = "-----BEGIN ZELFSCAN KEY SHARE-----", "-----END ZELFSCAN KEY SHARE-----"
LINE = 64
_BLOCK = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)


class WeakPassphrase(ValueError):
    """A passphrase is too easy to guess. Never holds the passphrase."""


class ShareDamaged(Exception):
    """This is no share, or it was changed since it was made."""


class WrongPassphrase(Exception):
    """The share is whole, and this passphrase does not open it."""


class NotOneKey(Exception):
    """Two shares that open, but are not the two halves of this round's key."""


@dataclass(frozen=True)
class Share:
    """One half of a round's private key, sealed.

    Attributes:
        round_id: of which round.
        custodian: whose passphrase opens it.
        salt: SALT_SIZE random bytes for Argon2id.
        check: 32 bytes that follow from the passphrase, to tell that it is the right one.
        sealed: the half, ``SHARE_ROOM + OVERHEAD`` bytes.
    """

    round_id: str
    custodian: str
    salt: bytes
    check: bytes
    sealed: bytes

    def to_text(self) -> str:
        """The share as lines of text, with a checksum, to be kept in a file or on paper."""
        parts = {name: getattr(self, name).hex() for name in ("salt", "check", "sealed")}
        content = {"version": VERSION, "round": self.round_id, "custodian": self.custodian} | parts
        body = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        packed = base64.b64encode(sha256(body).digest() + body).decode()
        lines = [packed[start : start + LINE] for start in range(0, len(packed), LINE)]
        return "\n".join([BEGIN, *lines, END, ""])

    @classmethod
    def from_text(cls, text: str) -> "Share":
        """Read what `to_text` wrote; what stands before and after it, and line ends, make no difference.

        Raises:
            ShareDamaged: there is no share in the text, or its checksum is not right.
        """
        content = _content(text)
        try:
            parts = {name: bytes.fromhex(content[name]) for name in ("salt", "check", "sealed")}
            share = cls(content["round"], content["custodian"], **parts)
        except (KeyError, TypeError, ValueError):
            raise ShareDamaged from None
        if len(share.salt) != SALT_SIZE:
            raise ShareDamaged
        return share

    @property
    def context(self) -> bytes:
        """What is authenticated with the sealed half: one reading only, for JSON quotes its parts."""
        return json.dumps([VERSION, self.round_id, self.custodian]).encode()


def _content(text: str) -> dict[str, str]:
    """The content of a share's text, if its checksum is right and it is of this version."""
    found = _BLOCK.search(text)
    try:
        packed = base64.b64decode("".join(found[1].split()) if found else "", validate=True)
        checksum, body = packed[:CHECKSUM_SIZE], packed[CHECKSUM_SIZE:]
        content: dict[str, str] = json.loads(body) if sha256(body).digest() == checksum else {}
    except (NotBase64, ValueError, RecursionError):
        content = {}
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ShareDamaged
    return content


def split(secret: bytes) -> tuple[bytes, bytes]:
    """Two halves of a secret, each as long as it: a one-time pad, and the secret under that pad."""
    pad = os.urandom(len(secret))
    return pad, _xor(pad, secret)


def join(one: bytes, other: bytes) -> bytes:
    """The secret of which these are the halves, in any order.

    Raises:
        NotOneKey: they are not equally long.
    """
    if len(one) != len(other):
        raise NotOneKey
    return _xor(one, other)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def seal_share(half: bytes, round_id: str, custodian: str, passphrase: str) -> Share:
    """Seal half a key under the passphrase of a custodian, with a new salt.

    Raises:
        WeakPassphrase: it is too easy to guess.
    """
    require_strength(passphrase)
    salt = os.urandom(SALT_SIZE)
    key, check = _keys(passphrase, salt)
    blank = Share(round_id, custodian, salt, check, b"")
    return replace(blank, sealed=seal(key, half, SHARE_ROOM, blank.context))


def open_share(share: Share, passphrase: str) -> bytes:
    """The half of the key that is in a share.

    Raises:
        WrongPassphrase: the share is whole, and this passphrase does not open it.
        ShareDamaged: the passphrase is right, and the share was changed.
    """
    key, check = _keys(passphrase, share.salt)
    if not hmac.compare_digest(check, share.check):
        raise WrongPassphrase
    try:
        return open_sealed(key, share.sealed, share.context)
    except SealError:
        raise ShareDamaged from None


def change_passphrase(share: Share, old: str, new: str) -> Share:
    """The same half of the same key, under another passphrase and salt.

    Raises:
        WrongPassphrase, ShareDamaged: as `open_share`.
        WeakPassphrase: the new one is too easy to guess.
    """
    require_strength(new)
    return seal_share(open_share(share, old), share.round_id, share.custodian, new)


def split_key(private: bytes, round_id: str, custodians: tuple[tuple[str, str], tuple[str, str]]) -> list[Share]:
    """Split the private key of a round between two custodians.

    Parameters:
        private: PKCS #8 PEM, of `sealing.new_round_keys`.
        custodians: name and passphrase of each.

    Raises:
        WeakPassphrase: a passphrase is too easy to guess.
    """
    halves = split(private)
    return [
        seal_share(half, round_id, name, passphrase)
        for half, (name, passphrase) in zip(halves, custodians, strict=True)
    ]


def join_key(halves: tuple[bytes, bytes], public: bytes) -> bytes:
    """The private key of which these are the halves.

    Parameters:
        public: 32 raw bytes: the key of the round, which the private key has to belong to.

    Raises:
        NotOneKey: the halves are of two different keys, or of another round.
    """
    private = join(*halves)
    if _public_of(private) != public:
        raise NotOneKey
    return private


def _public_of(private: bytes) -> bytes | None:
    """The public key that belongs to a private one; None for what is no such key."""
    try:
        loaded = load_pem_private_key(private, password=None)
    except (ValueError, TypeError):
        return None
    if not isinstance(loaded, X25519PrivateKey):
        return None
    return loaded.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def normal_passphrase(text: str) -> str:
    """The one form of a passphrase: spaces and composed letters differ between keyboards, and make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def require_strength(passphrase: str) -> None:
    """Refuse what is too easy to guess.

    Raises:
        WeakPassphrase: fewer than 12 characters, or fewer than 6 that differ.
    """
    normal = normal_passphrase(passphrase)
    if len(normal) < PASSPHRASE_LENGTH or len(set(normal)) < PASSPHRASE_CHARACTERS:
        raise WeakPassphrase(
            f"a passphrase has at least {PASSPHRASE_LENGTH} characters, {PASSPHRASE_CHARACTERS} of them different"
        )


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """The sealing key and the check of a passphrase: HKDF-SHA256 with two labels over Argon2id."""
    stretch = Argon2id(
        salt=salt,
        length=KEY_LENGTH,
        iterations=ARGON2_ITERATIONS,
        lanes=ARGON2_LANES,
        memory_cost=ARGON2_MEMORY,
    )
    root = stretch.derive(normal_passphrase(passphrase).encode(errors="surrogatepass"))
    return _derive(root, b"share seal"), _derive(root, b"share check")


def _derive(root: bytes, label: bytes) -> bytes:
    return HKDF(SHA256(), KEY_LENGTH, salt=None, info=label).derive(root)
