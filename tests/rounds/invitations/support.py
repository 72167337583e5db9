"""What tests of invitations need: people on a list, their links, and a mail server that keeps what it gets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import select

from tests.support import TODAY, Visit, World, answers_at
from zelfscan.rounds.invitations.models import PersonalInvitation
from zelfscan.rounds.invitations.people import Person
from zelfscan.rounds.invitations.services import invite
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import Invitation, invitation
from zelfscan.scan.services import begin, open_scan, save_answers


def invited(world: World, team: str, people: int) -> list[str]:
    """Invite so many people of a team by mail; returns their tokens, in the order of their rows."""
    here = world.installation
    unit = world.units[team].id
    found = [Person(n, f"{team.lower()}.{n}@zorg.example", None, unit, "nl") for n in range(2, people + 2)]
    with here.database.write() as session:
        invite(session, here.tokens, session.get_one(Round, world.round_id), found)
    with here.database.read() as session:
        rows = session.scalars(
            select(PersonalInvitation)
            .where(PersonalInvitation.round_id == world.round_id, PersonalInvitation.unit_id == unit)
            .order_by(PersonalInvitation.row)
        )
        return [here.tokens.token(one.id) for one in rows]


def personal_link(world: World, token: str) -> Invitation:
    with world.installation.database.read() as session:
        found = invitation(session, token, world.installation.tokens)
    assert found is not None
    return found


def personal_visit(world: World, token: str, value: int = 2, code: str | None = None) -> Visit:
    """Begin a scan by a personal link and answer everything with one point of the scale."""
    database, link = world.installation.database, personal_link(world, token)
    key = begin(database, link, TODAY, 30, code)
    for bank, given in answers_at(link, value).items():
        save_answers(database, key, TODAY, bank, dict(given))
    found = open_scan(database, key, TODAY)
    assert found is not None
    return Visit(key, found.scan, link)


def rows_of(world: World) -> list[PersonalInvitation]:
    with world.installation.database.read() as session:
        return list(session.scalars(select(PersonalInvitation).order_by(PersonalInvitation.row)))


class Catcher:
    """Keeps the messages that a mail server gets; refuses or breaks where it is told to.

    Attributes:
        refused: addresses that it does not take.
        breaks_at: address at which it breaks the connection, after the message came.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.breaks_at = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.breaks_at in envelope.rcpt_tos:
            server.transport.abort()
            return "421 gone"
        self.messages.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    @property
    def receivers(self) -> list[str]:
        return [str(message["To"]) for message in self.messages]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def mail_server(world: World, **options: Any) -> Iterator[tuple[World, Catcher]]:
    """A mail server on this machine, and the world with its address in the settings."""
    catcher = Catcher()
    port = free_port()
    controller = Controller(catcher, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        given = {"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "mail_from": "Zelfscan <zelfscan@zorg.example>"}
        settings = world.installation.settings.model_copy(update=given)
        yield replace(world, installation=replace(world.installation, settings=settings)), catcher
    finally:
        controller.stop()
