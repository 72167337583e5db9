"""Personal invitations, the marks of those that were used, and how participation was last shown.

No column joins the three: who was invited and which marks there are meet only in memory, with the pepper at hand.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from zelfscan.db import Base, Id
from zelfscan.organisations.models import one_of

LANGUAGES = ("nl", "en")
MAILED = ("no", "unsure", "yes")
"""Whether the invitation was mailed; 'unsure' when the connection broke while the server was taking it."""
LONGEST_ADDRESS, LONGEST_NUMBER = 254, 40


class PersonalInvitation(Base):
    """Somebody who is invited. Of her link there is a keyed hash alone; whether she used it stands elsewhere.

    Attributes:
        number: her employee number, for who has no e-mail address.
        row: where she stood in the file that was imported last.
        printed: whether a letter was made.
        reminders: how many times the round's reminders reached her.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR number IS NOT NULL", "of_somebody"),
        CheckConstraint(one_of("mailed", MAILED), "mailed"),
        CheckConstraint(one_of("language", LANGUAGES), "language"),
        CheckConstraint("length(lookup) = 32", "lookup_is_derived"),
        UniqueConstraint("lookup"),
        UniqueConstraint("email", "round_id"),
        UniqueConstraint("number", "round_id"),
    )

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[Id] = mapped_column(ForeignKey("unit.id"))
    lookup: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    number: Mapped[str | None] = mapped_column(String(LONGEST_NUMBER))
    language: Mapped[str] = mapped_column(String(2))
    row: Mapped[int]
    mailed: Mapped[str] = mapped_column(String(8), default="no")
    printed: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[int] = mapped_column(default=0)


class UsedInvitation(Base):
    """That some invitation was used. Nothing here may lead to a person, a time or an order (tests/adversary).

    `mark` follows from the link with a key outside the database; `claim` from a random part of the draft that used it,
    so that a retry knows its own mark again, and nobody knows it once the draft is gone.
    """

    __tablename__ = "used_invitation"
    __table_args__ = (
        CheckConstraint("length(mark) = 32", "mark_is_derived"),
        CheckConstraint("length(claim) = 32", "claim_is_derived"),
        {"sqlite_with_rowid": False},
    )

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    claim: Mapped[bytes] = mapped_column(LargeBinary)


class ShownParticipation(Base):
    """The range of participation that was shown for a group on a day: shown again until the next day."""

    __tablename__ = "shown_participation"

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    low: Mapped[int]
    high: Mapped[int]
    shown_on: Mapped[date]


OF_INVITATIONS = (PersonalInvitation, UsedInvitation, ShownParticipation)
"""Everything of a round that is erased when it closes."""
