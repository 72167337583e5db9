"""Sealed drafts: what a browser has in hand, readable only with the key in its cookie."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import bindparam, delete, select, update
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
_REPLACE_UNTIL = _REPLACE.values(expires_on=bindparam("last_day"))


@dataclass(frozen=True)
class Held:
    """A draft as it was read: its content, and the sealed bytes by which a change sees whether it is still the same."""

    content: Content
    sealed: bytes


def new_key() -> bytes:
    """A key for a cookie; nothing derived from it is kept but the draft's id."""
    return secrets.token_bytes(KEY_BYTES)


def create(session: Session, key: bytes, organisation_id: str, content: Content, expires_on: date) -> None:
    """Store a new draft under a new key."""
    session.add(Draft(id=_id(key), organisation_id=organisation_id, sealed=_seal(key, content), expires_on=expires_on))


def read(database: Database, key: bytes, today: date) -> Held | None:
    """The draft of this key; None when there is none, or its last day is over."""
    with database.autocommit() as connection:
        sealed = connection.scalar(_SEALED, {"id": _id(key), "today": today})
    content = None if sealed is None else _open(key, sealed)
    return None if content is None else Held(content, sealed)


def change(
    database: Database,
    key: bytes,
    today: date,
    by: Callable[[Content], Content],
    held: Held | None = None,
    last_day: date | None = None,
) -> Content | None:
    """Replace a draft by what `by` makes of it; two tabs at once both get their change in.

    Args:
        held: the draft when it was read just now; a draft that has changed since is read again.
        last_day: until when the changed draft is kept; as long as before when left out.

    Returns:
        the new content; None when there is no such draft.
    """
    while held := held or read(database, key, today):
        changed = by(held.content)
        if changed == held.content or _replace(database, key, held, changed, last_day):
            return changed
        held = None
    return None


def _replace(database: Database, key: bytes, held: Held, content: Content, last_day: date | None) -> bool:
    """Replace a draft if it is still the one that was held."""
    values = {"of": _id(key), "old": held.sealed, "new": _seal(key, content)}
    statement, kept = (_REPLACE_UNTIL, {"last_day": last_day}) if last_day else (_REPLACE, {})
    with database.autocommit() as connection:
        return connection.execute(statement, values | kept).rowcount == 1


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
