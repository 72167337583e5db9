"""Sealing: what is stored about a person can be opened by one key only, and its length says nothing.

A vault entry is sealed with AES-256-GCM under a key that follows from the employee's code. A ballot is sealed with
HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM) to the public key of its round, so that nothing that can
read the database before the round closes can read a ballot.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from zelfscan.privacy.ballot import BallotContent

LENGTH_PREFIX = 4
NONCE_SIZE = 12
TAG_SIZE = 16
OVERHEAD = NONCE_SIZE + TAG_SIZE
"""Bytes that `seal` adds to the padded size."""

BALLOT_ROOM = 4096
"""Bytes of a padded ballot before sealing; 4092 of them can hold content, some 80 measures."""
ENCAPSULATED_KEY_SIZE = 32
BALLOT_SIZE = ENCAPSULATED_KEY_SIZE + BALLOT_ROOM + TAG_SIZE
"""Bytes of every sealed ballot."""
BALLOT_ID_SIZE = 32
BALLOT_VERSION = b"zelfscan ballot 1"

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealError(Exception):
    """Something sealed does not open: wrong key, wrong context, damaged or forged. Does not say which."""

    def __init__(self) -> None:
        super().__init__("this does not open")


class TooLarge(ValueError):
    """The content does not fit into the fixed size. Does not hold the content."""


def seal(key: bytes, plaintext: bytes, size: int, aad: bytes) -> bytes:
    """Seal with AES-256-GCM, a random 96-bit nonce and padding.

    Parameters:
        key: 32 bytes.
        size: bytes of the padded plaintext, of which 4 hold the length.
        aad: context that must be the same when opening; not stored.

    Returns:
        nonce, ciphertext and tag: always ``size + OVERHEAD`` bytes.

    Raises:
        TooLarge: the plaintext is longer than ``size - 4`` bytes.
    """
    nonce = os.urandom(NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, _pad(plaintext, size), aad)


def open_sealed(key: bytes, blob: bytes, aad: bytes) -> bytes:
    """Open what `seal` made. Raises SealError for whatever does not open."""
    try:
        return _unpad(AESGCM(key).decrypt(blob[:NONCE_SIZE], blob[NONCE_SIZE:], aad))
    except (InvalidTag, ValueError):
        raise SealError from None


def new_round_keys() -> tuple[bytes, bytes]:
    """Make the key pair of a round: the private key as unencrypted PKCS #8 PEM, the public key as 32 raw bytes."""
    private = X25519PrivateKey.generate()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
    )


def seal_ballot(public: bytes, ballot: BallotContent, round_id: str, ballot_id: bytes) -> bytes:
    """Seal a ballot to the public key of its round, bound to that round and to its own id.

    Sealing the largest ballot that a round allows, when it opens, shows whether every ballot will fit.

    Parameters:
        public: 32 raw bytes, of `new_round_keys`.
        ballot_id: 32 bytes, of `CodeKeys.ballot_id`.

    Returns:
        BALLOT_SIZE bytes.

    Raises:
        TooLarge: the ballot takes more than ``BALLOT_ROOM - 4`` bytes.
        ValueError: the public key or the ballot id has the wrong length.
    """
    recipient = X25519PublicKey.from_public_bytes(public)
    return _SUITE.encrypt(_pad(ballot.to_bytes(), BALLOT_ROOM), recipient, info=_context(round_id, ballot_id))


def open_ballot(private: bytes, blob: bytes, round_id: str, ballot_id: bytes) -> BallotContent:
    """Open a ballot with the private key of its round.

    Raises:
        SealError: the ballot was damaged, forged, or sealed for another round or id, or says nothing readable.
        ValueError: the private key or the ballot id is not one.
    """
    recipient = load_pem_private_key(private, password=None)
    if not isinstance(recipient, X25519PrivateKey):
        raise ValueError("not the private key of a round")
    context = _context(round_id, ballot_id)
    try:
        return BallotContent.from_bytes(_unpad(_SUITE.decrypt(blob, recipient, info=context)))
    except (InvalidTag, ValueError):
        raise SealError from None


def _context(round_id: str, ballot_id: bytes) -> bytes:
    """HPKE's info: one reading only, because the parts before the round's id have fixed lengths."""
    if len(ballot_id) != BALLOT_ID_SIZE:
        raise ValueError(f"a ballot id has {BALLOT_ID_SIZE} bytes")
    return BALLOT_VERSION + ballot_id + round_id.encode()


def _pad(plaintext: bytes, size: int) -> bytes:
    if len(plaintext) > size - LENGTH_PREFIX:
        raise TooLarge(f"more than {size - LENGTH_PREFIX} bytes")
    return (len(plaintext).to_bytes(LENGTH_PREFIX, "big") + plaintext).ljust(size, b"\0")


def _unpad(padded: bytes) -> bytes:
    end = LENGTH_PREFIX + int.from_bytes(padded[:LENGTH_PREFIX], "big")
    if len(padded) < end:
        raise ValueError("padding")
    return padded[LENGTH_PREFIX:end]
