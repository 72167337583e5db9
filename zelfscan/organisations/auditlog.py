"""The log of what managers and administrators did. Nothing that an employee does is ever in it.

A time is a clock, and a clock beside the order of writes, which PostgreSQL shows in its hidden columns, would tell when
a ballot came. So the log knows whole hours only, and what somebody did twice in an hour is in it once.
"""

import os
import pwd
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from zelfscan.db import Base, Database, Id
from zelfscan.organisations.models import Account, one_of
from zelfscan.organisations.services import new_id

KINDS = (
    "sign_in",
    "failed_sign_in",
    "sign_out",
    "look_at_dashboard",
    "open_round",
    "close_round",
    "check_custody",
    "change_passphrase",
    "print_links",
    "export_release",
    "audit_release",
    "add_account",
    "change_roles",
    "new_password",
    "import_organisation",
    "import_invitations",
    "send_invitations",
    "remind_invitations",
    "demo",
)
HOUR = "%Y-%m-%dT%H"
SUBJECT_LENGTH = 500
BETWEEN = " · "


class AuditEvent(Base):
    """Somebody with a role did something of one kind, in one hour of UTC such as `2026-11-22T10`.

    `subject` names a round, unit, account or organisation; it says nothing of who took part or how many did. A failed
    sign-in with an address that has no account is of no organisation, and does not keep the address.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), "kind"),
        CheckConstraint("hour LIKE '____-__-__T__'", "whole_hours"),
        CheckConstraint(
            "organisation_id IS NOT NULL OR (kind = 'failed_sign_in' AND who = '' AND subject = '')",
            "of_an_organisation_or_of_nobody",
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    hour: Mapped[str] = mapped_column(String(13), index=True)
    who: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))


def record(database: Database, who: str, kind: str, organisation_id: str | None, *names: str) -> None:
    """Note that somebody is about to do something; what is not noted must not be done.

    It is a transaction of its own, to be called outside any other and before what it tells of: when it raises, that
    does not happen. It always writes, also what is in the log already, so that its time tells nothing.

    Args:
        who: e-mail address of an account, or `command_line()`.
        kind: one of `KINDS`; the database refuses another.
        organisation_id: whose log it is in.
        names: of the round, unit or account that it is about; never a number or anything else about taking part.
    """
    event = {
        "organisation_id": organisation_id,
        "hour": now().strftime(HOUR),
        "who": who,
        "kind": kind,
        "subject": BETWEEN.join(names)[:SUBJECT_LENGTH],
    }
    with database.write() as session:
        session.execute(delete(AuditEvent).filter_by(**event))
        session.add(AuditEvent(id=new_id(), **event))


def record_sign_in(database: Database, email: str, succeeded: bool) -> None:
    """Note that somebody signed in or could not; an address without an account takes as long, and is not kept.

    Args:
        email: the address as it was typed.
    """
    with database.read() as session:
        found = select(Account.email, Account.organisation_id).where(Account.email == email.strip().lower())
        who, organisation_id = session.execute(found).one_or_none() or ("", None)
    record(database, who, "sign_in" if succeeded else "failed_sign_in", organisation_id)


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def command_line() -> str:
    """Who is working on the command line: the user of the operating system, by the process and not by a variable."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    return f"command line: {user}"


def events_of(session: Session, organisation_id: str, since: date | None = None) -> list[AuditEvent]:
    """The log of one organisation, oldest first: what an administrator of that organisation may read."""
    return list(session.scalars(_log(since).where(AuditEvent.organisation_id == organisation_id)))


def all_events(session: Session, since: date | None = None) -> list[AuditEvent]:
    """The log of the whole installation, oldest first, for who runs it.

    Args:
        since: first day, in UTC; from the beginning when left out.
    """
    return list(session.scalars(_log(since)))


def _log(since: date | None) -> Select[tuple[AuditEvent]]:
    order = (AuditEvent.hour, AuditEvent.who, AuditEvent.kind, AuditEvent.subject)
    return select(AuditEvent).where(AuditEvent.hour >= (since or date.min).isoformat()).order_by(*order)


def erase_old(session: Session, today: date, days: int) -> None:
    """Remove what is older than the installation keeps it (`ZELFSCAN_LOG_DAYS`)."""
    session.execute(delete(AuditEvent).where(AuditEvent.hour < (today - timedelta(days=days)).isoformat()))
