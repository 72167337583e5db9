"""Sealed drafts: what a browser has in hand, readable only with the key in its cookie."""

import json
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from zelfscan.db import Database
from zelfscan.privacy.sealing import SealError, open_sealed, seal
from zelfscan.scan.models import Draft

KEY_BYTES = 32
SMALLEST = 4096
"""Bytes of a sealed draft: the next power of two from here, so that its length tells little."""

Content = dict[str, Any]


def new_key() -> bytes:
    """A key for a cookie; nothing derived from it is kept but the draft's id."""
    return secrets.token_bytes(KEY_BYTES)


def create(session: Session, key: bytes, organisation_id: str, content: Content, expires_on: date) -> None:
    """Store a new draft under a new key."""
    session.add(Draft(id=_id(key), organisation_id=organisation_id, sealed=_seal(key, content), expires_on=expires_on))


def read(session: Session, key: bytes, today: date) -> Content | None:
    """The draft of this key; None when there is none, or its last day is over."""
    draft = session.get(Draft, _id(key))
    return None if draft is None or draft.expires_on < today else _open(key, draft.sealed)


def change(database: Database, key: bytes, today: date, by: Callable[[Content], Content]) -> Content | None:
    """Replace a draft by what `by` makes of it; two tabs at once both get their change in.

    Returns:
        the new content; None when there is no such draft.
    """
    while True:
        with database.write() as session:
            draft = session.get(Draft, _id(key))
            content = None if draft is None or draft.expires_on < today else _open(key, draft.sealed)
            if draft is None or content is None:
                return None
            content = by(content)
            if _replace(session, draft.id, draft.sealed, _seal(key, content)):
                return content


def _replace(session: Session, draft_id: bytes, old: bytes, new: bytes) -> bool:
    unchanged = update(Draft).where(Draft.id == draft_id, Draft.sealed == old).values(sealed=new)
    result = session.execute(unchanged, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


def erase(database: Database, key: bytes) -> None:
    """Remove the draft of this key, if there is one."""
    with database.write() as session:
        session.execute(delete(Draft).where(Draft.id == _id(key)))


def erase_expired(database: Database, today: date) -> None:
    """Remove the drafts whose last day is over."""
    with database.write() as session:
        session.execute(delete(Draft).where(Draft.expires_on < today))


def _id(key: bytes) -> bytes:
    return _derive(key, b"draft id")


def _derive(key: bytes, label: bytes) -> bytes:
    return HKDFExpand(SHA256(), 32, label).derive(key)


def _seal(key: bytes, content: Content) -> bytes:
    plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    size = max(SMALLEST, 1 << (len(plain) + 8).bit_length())
    return seal(_derive(key, b"draft seal"), plain, size, b"draft")


def _open(key: bytes, sealed: bytes) -> Content | None:
    try:
        content: Content = json.loads(open_sealed(_derive(key, b"draft seal"), sealed, b"draft"))
    except SealError:
        return None
    return content
