"""The vault: outcomes that employees chose to keep, each opened by its personal code alone."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from zelfscan.db import Base, Id, Sealed
from zelfscan.privacy.sealing import OVERHEAD

VAULT_ROOM = 7140
"""Bytes of every entry before sealing: a handful of outcomes, and one row still fits in a page of PostgreSQL."""
VAULT_SIZE = VAULT_ROOM + OVERHEAD


class VaultEntry(Base):
    """A sealed entry. Nothing here may lead to a person, a ballot, a time or an order (tests/adversary)."""

    __tablename__ = "vault_entry"
    __table_args__ = (
        CheckConstraint(f"length(sealed) = {VAULT_SIZE}", "all_of_one_length"),
        CheckConstraint("length(lookup) = 32", "lookup_is_derived"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    lookup: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, index=True)
    sealed: Mapped[Sealed]
