"""Writing sealed rows so that neither place nor version of a row tells when it came.

PostgreSQL shows in `xmin` which transaction wrote a row and in `ctid` where it lies; SQLite's file shows where. A row
that is written alone would therefore be joined, by rank, with what the same person wrote in another table. So each
write takes up to `NEIGHBOURS` random rows of the same table out and writes them again beside the new one, in the
order of their derived keys.
"""

import secrets

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from zelfscan.db import Base

NEIGHBOURS = 32


def write_mixed(session: Session, row: Base, key: InstrumentedAttribute[bytes], scope: ColumnElement[bool]) -> None:
    """Insert or replace `row`, and write its random neighbours anew in the same transaction.

    The caller holds a lock on what `scope` selects, so that no two writers take out the same rows.

    Args:
        session: a writing session.
        row: the new row; a row with the same key is replaced.
        key: the column with the derived key, random in order.
        scope: which rows belong together, for example those of one round.
    """
    table = row.__table__
    values = {column.name: getattr(row, column.name) for column in table.columns}
    taken = [values[key.key], *_neighbours(session, key, scope)]
    removed = session.execute(delete(table).where(scope, key.in_(taken)).returning(*table.columns)).mappings()
    kept = [dict(other) for other in removed if other[key.key] != values[key.key]]
    session.execute(insert(table), sorted([*kept, values], key=lambda other: bytes(other[key.key])))


def _neighbours(session: Session, key: InstrumentedAttribute[bytes], scope: ColumnElement[bool]) -> list[bytes]:
    """Keys drawn evenly from all rows in scope: a run of keys side by side would point at the new one outside it."""
    keys = session.scalars(select(key).where(scope)).all()
    return secrets.SystemRandom().sample(keys, min(NEIGHBOURS, len(keys)))
