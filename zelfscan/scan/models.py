"""What a browser has in hand: a scan on its way, a code to write down, an opened outcome."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from zelfscan.db import Base, Id, Sealed


class Draft(Base):
    """Sealed under a key that only the browser's cookie holds; gone after completion or its last day."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("length(id) = 32", "id_is_derived"), {"sqlite_with_rowid": False})

    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    sealed: Mapped[Sealed]
    expires_on: Mapped[date] = mapped_column(index=True)
