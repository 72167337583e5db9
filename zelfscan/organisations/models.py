"""Organisation, its tree of units, and the people who may look at dashboards. Employees are not in here."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from zelfscan.db import Base, Id, Name

UNIT_KINDS = ("organisation", "location", "team")
ROLES = ("teamleider", "locatiemanager", "organisatiemanager")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL of a CHECK that allows only the given words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Installation(Base):
    """One row: the salt of every personal code here. The pepper lies outside the database; `pepper_check`, derived
    from it, tells whether it is still the same one."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    pepper_check: Mapped[bytes | None] = mapped_column(LargeBinary)


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Name]


class Unit(Base):
    """A node of the tree organisation > location > team."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(one_of("kind", UNIT_KINDS), "kind"),
        CheckConstraint("(kind = 'organisation') = (parent_id IS NULL)", "only_the_root_has_no_parent"),
        UniqueConstraint("parent_id", "name"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    parent_id: Mapped[Id | None] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Name]


class Account(Base):
    """Somebody who may look at dashboards. `session_key` names her sessions; a new one ends them all."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("email"), UniqueConstraint("session_key"))

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    session_key: Mapped[Id]
    assignments: Mapped[list["Assignment"]] = relationship(lazy="selectin")


class Assignment(Base):
    """A role of an account on a unit, and thereby on everything below that unit."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), "role"),
        ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
    )

    account_id: Mapped[Id] = mapped_column(primary_key=True)
    unit_id: Mapped[Id] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(32))
