"""Sealed drafts: what a browser has in hand, readable only with the key in its cookie."""

import json
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.orm import Session

from zelfscan.db import Database
from zelfscan.privacy.sealing import SealError, open_sealed, seal
from zelfscan.scan.models import Draft

KEY_BYTES = 32
SMALLEST = 4096
"""Bytes of a sealed draft: the next power of two from here, so that its length tells little."""

Content = dict[str, Any]

_DRAFTS = Draft.__table__.c
_SEALED = select(_DRAFTS.sealed).where(_DRAFTS.id == bindparam("id"), _DRAFTS.expires_on >= bindparam("today"))
_REPLACE = (
    update(Draft.__table__)
    .where(_DRAFTS.id == bindparam("of"), _DRAFTS.sealed == bindparam("old"))
    .values(sealed=bindparam("new"))
)


def new_key() -> bytes:
    """A key for a cookie; nothing derived from it is kept but the draft's id."""
    return secrets.token_bytes(KEY_BYTES)


def create(session: Session, key: bytes, organisation_id: str, content: Content, expires_on: date) -> None:
    """Store a new draft under a new key."""
    session.add(Draft(id=_id(key), organisation_id=organisation_id, sealed=_seal(key, content), expires_on=expires_on))


def read(session: Session, key: bytes, today: date) -> Content | None:
    """The draft of this key; None when there is none, or its last day is over."""
    sealed = _sealed(session, key, today)
    return None if sealed is None else _open(key, sealed)


def shorten(session: Session, key: bytes, last_day: date) -> None:
    """Let a draft expire earlier than it would."""
    session.execute(update(Draft).where(Draft.id == _id(key), Draft.expires_on > last_day).values(expires_on=last_day))


def change(database: Database, key: bytes, today: date, by: Callable[[Content], Content]) -> Content | None:
    """Replace a draft by what `by` makes of it; two tabs at once both get their change in.

    Returns:
        the new content; None when there is no such draft.
    """
    while True:
        with database.write() as session:
            sealed = _sealed(session, key, today)
            content = None if sealed is None else _open(key, sealed)
            if sealed is None or content is None:
                return None
            changed = by(content)
            if changed == content or _replace(session, _id(key), sealed, _seal(key, changed)):
                return changed


def _sealed(session: Session, key: bytes, today: date) -> bytes | None:
    return session.scalar(_SEALED, {"id": _id(key), "today": today})


def _replace(session: Session, draft_id: bytes, old: bytes, new: bytes) -> bool:
    result = session.execute(_REPLACE, {"of": draft_id, "old": old, "new": new})
    return isinstance(result, CursorResult) and result.rowcount == 1


def erase(database: Database, key: bytes) -> None:
    """Remove the draft of this key, if there is one."""
    with database.write() as session:
        session.execute(delete(Draft).where(Draft.id == _id(key)))


def erase_expired(session: Session, today: date) -> None:
    """Remove the drafts whose last day is over."""
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
