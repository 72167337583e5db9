"""Writing invitations: add people, note what was mailed or printed, use an invitation."""

import hmac
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from zelfscan.db import Database
from zelfscan.mixing import write_mixed
from zelfscan.rounds.invitations.models import PersonalInvitation, UsedInvitation
from zelfscan.rounds.invitations.people import Person
from zelfscan.rounds.invitations.tokens import Tokens, hashed_claim, new_id
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import Invitation
from zelfscan.rounds.services import RoundClosed, lock_open


def invite(session: Session, tokens: Tokens, round_: Round, people: Iterable[Person]) -> None:
    """Make an invitation for each of these people, who have none yet; nothing is sent.

    Args:
        people: as `zelfscan.rounds.invitations.queries.plan` found them new.
    """
    most = select(func.max(PersonalInvitation.reminders)).where(PersonalInvitation.round_id == round_.id)
    reached = session.scalar(most) or 0
    session.add_all(_invitation(tokens, round_, person, reached) for person in people)


def _invitation(tokens: Tokens, round_: Round, person: Person, reminders: int) -> PersonalInvitation:
    id_ = new_id()
    return PersonalInvitation(
        round_id=round_.id,
        id=id_,
        organisation_id=round_.organisation_id,
        unit_id=person.unit_id,
        lookup=tokens.lookup(tokens.token(id_)),
        email=person.email,
        number=person.number,
        language=person.language,
        row=person.row,
        reminders=reminders,
    )


def refresh(session: Session, known: Iterable[tuple[PersonalInvitation, Person]]) -> None:
    """Note where people who were invited already stand in the list that is imported now, and what it adds of them."""
    for one, person in known:
        one.row, one.email, one.number = person.row, one.email or person.email, one.number or person.number


def begin_mail(database: Database, one: PersonalInvitation) -> bool:
    """Note that an invitation is on its way; False when another run mails it."""
    return _change(database, one, PersonalInvitation.mailed == "no", mailed="unsure")


def end_mail(database: Database, one: PersonalInvitation, taken: bool) -> None:
    """Note whether the mail server took an invitation."""
    _change(database, one, PersonalInvitation.mailed == "unsure", mailed="yes" if taken else "no")


def begin_reminder(database: Database, one: PersonalInvitation, number: int) -> bool:
    """Note that a reminder is on its way, the how manieth of the round; False when another run mails it."""
    return _change(database, one, PersonalInvitation.reminders < number, reminders=number)


def note_printed(database: Database, found: Sequence[PersonalInvitation]) -> None:
    """Note that these people have a letter."""
    with database.write() as session:
        session.execute(
            update(PersonalInvitation), [{"round_id": one.round_id, "id": one.id, "printed": True} for one in found]
        )


def _change(database: Database, one: PersonalInvitation, still: ColumnElement[bool], **values: object) -> bool:
    """Change one invitation if it is still as it was; tells whether it was."""
    here = (PersonalInvitation.round_id == one.round_id) & (PersonalInvitation.id == one.id)
    with database.write() as session:
        changed = update(PersonalInvitation).where(here, still).values(**values).returning(PersonalInvitation.id)
        return session.execute(changed).first() is not None


def is_used_elsewhere(database: Database, link: Invitation, claim: str) -> bool:
    """Use a personal invitation, and say whether another draft did so before: then this one does not count.

    A transaction of its own, without time or counter, mixed with other marks. It comes before the ballot: a worker that
    dies in between leaves the draft, whose claim knows its own mark again. In a round that is closed nothing is used.

    Args:
        link: what the scan began with; a team's link is never used up.
        claim: of the draft (`zelfscan.rounds.invitations.tokens.new_claim`).
    """
    if link.mark is None:
        return False
    try:
        with database.write() as session:
            lock_open(session, link.round_id)
            return not _use(session, link, link.mark, hashed_claim(claim))
    except RoundClosed:
        return False


def _use(session: Session, link: Invitation, mark: bytes, claim: bytes) -> bool:
    """Write the mark, or tell whether it is that of the same draft."""
    found = session.get(UsedInvitation, (link.round_id, mark))
    if found is not None:
        return hmac.compare_digest(found.claim, claim)
    row = UsedInvitation(round_id=link.round_id, mark=mark, organisation_id=link.organisation_id, claim=claim)
    write_mixed(session, row, UsedInvitation.mark, UsedInvitation.round_id == link.round_id)
    return True
