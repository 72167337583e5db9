"""The token in a personal link, and the two keyed hashes of it that the database holds.

A token follows from the invitation's random id with a key outside the database. So a reminder or a second print
carries the same link, a scan that was begun with it stays valid, and nothing has to be kept to send it again. A
database without the pepper gives no token, and does not tell which invitation a mark belongs to.
"""

import base64
import hmac
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ID_BYTES, TOKEN_BYTES, KEY_BYTES = 16, 9, 32
"""Bytes of an id, of a token (72 bits, as long as that of a team's link) and of each key."""


def new_id() -> bytes:
    """A random id of an invitation: it carries no order and no time."""
    return secrets.token_bytes(ID_BYTES)


def new_claim() -> str:
    """What a draft remembers itself by when it uses an invitation; it is in no outcome and no ballot."""
    return secrets.token_hex(16)


def hashed_claim(claim: str) -> bytes:
    """What of a claim stands beside a mark."""
    return sha256(claim.encode()).digest()


class Tokens:
    """Derives tokens and their hashes.

    Args:
        pepper: of the installation, kept outside the database.
    """

    def __init__(self, pepper: bytes) -> None:
        self._token, self._lookup, self._mark = (
            HKDF(SHA256(), KEY_BYTES, salt=None, info=f"invitation {purpose}".encode()).derive(pepper)
            for purpose in ("token", "lookup", "mark")
        )

    def token(self, invitation_id: bytes) -> str:
        """The token of an invitation: 12 letters, digits, `-` and `_`, like the token of a team's link."""
        derived = hmac.digest(self._token, invitation_id, "sha256")[:TOKEN_BYTES]
        return base64.urlsafe_b64encode(derived).decode()

    def lookup(self, token: str) -> bytes:
        """By what an invitation is found when somebody follows her link."""
        return hmac.digest(self._lookup, token.encode(), "sha256")

    def mark(self, token: str) -> bytes:
        """What is written down when an invitation is used."""
        return hmac.digest(self._mark, token.encode(), "sha256")
