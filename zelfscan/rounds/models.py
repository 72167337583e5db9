"""Measurement rounds: what is asked of whom, the sealed ballots while a round is open, the release after it."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zelfscan.db import Base, Hash, Id, Name, Sealed
from zelfscan.organisations.models import one_of
from zelfscan.privacy.custody import NAME_LENGTH as CUSTODIAN_LENGTH
from zelfscan.privacy.sealing import BALLOT_SIZE

STATES = ("open", "closed")


class BankVersion(Base):
    """One version of a question bank, as canonical JSON, with all that it picked from the library; never changed."""

    __tablename__ = "bank_version"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    bank: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class Round(Base):
    """A round of an organisation. Its private key is a file outside the database, gone after closing; or it is split
    between two custodians, whose roles are then named here, and closing needs the passphrases of both.

    `backgrounds`: ids of the background questions that it asks. `attack`: after closing, what the attack on the release
    gave (`zelfscan.rounds.services.attack_figures`). `trends`: after closing, the earlier rounds that it was published
    beside, oldest first, each as ``{"round": id, "groups": {measure: [key of each group that may be compared]}}``.
    """

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), "state"),
        CheckConstraint("minimum >= 5", "minimum_of_five"),
        CheckConstraint("minimum_distribution >= 8", "distribution_of_eight"),
        CheckConstraint(
            "(first_custodian IS NULL) = (second_custodian IS NULL) AND first_custodian <> second_custodian",
            "two_custodians_or_none",
        ),
        UniqueConstraint("organisation_id", "title"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[Name]
    state: Mapped[str] = mapped_column(String(8))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    minimum: Mapped[int]
    minimum_distribution: Mapped[int]
    adaptive: Mapped[bool] = mapped_column(default=False)
    invitations_only: Mapped[bool] = mapped_column(default=False)
    backgrounds: Mapped[list[str]] = mapped_column(JSON, default=list)
    attack: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    trends: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    first_custodian: Mapped[str | None] = mapped_column(String(CUSTODIAN_LENGTH))
    second_custodian: Mapped[str | None] = mapped_column(String(CUSTODIAN_LENGTH))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    banks: Mapped[list["RoundBank"]] = relationship(order_by="RoundBank.position")


class RoundBank(Base):
    """A bank version that a round asks, in order."""

    __tablename__ = "round_bank"

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    hash: Mapped[Hash] = mapped_column(ForeignKey("bank_version.hash"))


class RoundLink(Base):
    """The open link of a team in a round: for a poster, so it says nothing of who follows it."""

    __tablename__ = "round_link"
    __table_args__ = (UniqueConstraint("round_id", "unit_id"),)

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"))
    unit_id: Mapped[Id] = mapped_column(ForeignKey("unit.id"))


class Ballot(Base):
    """A sealed ballot. Nothing here may lead to a person, a time or an order (tests/adversary)."""

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint(f"length(sealed) = {BALLOT_SIZE}", "all_of_one_length"),
        CheckConstraint("length(id) = 32", "id_is_derived"),
        {"sqlite_with_rowid": False},
    )

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    sealed: Mapped[Sealed]


class ReleasedGroup(Base):
    """A group that a release shows: a unit, or the other teams of a location together (`key` ends in /other)."""

    __tablename__ = "released_group"

    round_id: Mapped[Id] = mapped_column(ForeignKey("round.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    parent: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Name]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
