"""Sending mail over SMTP: encrypted, one message a person, plain text without anything to follow her by."""

import smtplib
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from zelfscan.config import Settings
from zelfscan.errors import ClearError
from zelfscan.rounds.invitations.models import PersonalInvitation

PORTS = {"smtp": 587, "smtps": 465}
OWN = ("localhost", "127.0.0.1", "::1")
"""Hosts to which mail need not be encrypted: it does not leave the machine."""
PATIENCE = 30
"""Seconds that the mail server may take to answer."""
PER_CONNECTION = 50
"""Messages over one connection; many servers take no more than a hundred."""

BROKEN = (
    "the connection to the mail server broke ({reason}); what was sent is not sent again: run the command once more "
    "for the rest"
)
NOT_FROM = "the mail server does not take mail from {sender} (answer {answer})"
SETTINGS = "docs/settings.md describes ZELFSCAN_SMTP_URL and ZELFSCAN_MAIL_FROM"


class MailError(ClearError):
    """Mail cannot be sent; the message says why, and how to mend it. It never has the password in it."""


@dataclass(frozen=True)
class Server:
    """A mail server and how to reach it."""

    host: str
    port: int
    encrypted_at_once: bool
    user: str
    password: str = field(repr=False)


class Parcel(NamedTuple):
    """A message for one invitation."""

    one: PersonalInvitation
    message: EmailMessage


def server_of(settings: Settings) -> Server:
    """The mail server in the settings.

    Raises:
        MailError: there is none, or its address cannot be used.
    """
    address = settings.smtp_url.get_secret_value()
    if not address:
        raise MailError(f"no mail server is set; set ZELFSCAN_SMTP_URL. {SETTINGS}")
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise MailError(f"ZELFSCAN_SMTP_URL: begins with smtp:// or smtps://, then host and port. {SETTINGS}") from None
    if not parts.hostname:
        raise MailError(f"ZELFSCAN_SMTP_URL: names no host. {SETTINGS}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port, parts.scheme == "smtps", user, password)


def sender_of(settings: Settings) -> Address:
    """The sender in the settings, such as `Zelfscan <zelfscan@zorg.example>`.

    Raises:
        MailError: there is none, or it is no address.
    """
    name, address = parseaddr(settings.mail_from)
    try:
        sender = Address(name, addr_spec=address)
    except (ValueError, IndexError):
        sender = Address()
    if not sender.username or not sender.domain:
        raise MailError(f"ZELFSCAN_MAIL_FROM: needs a sender, such as `Zelfscan <zelfscan@zorg.example>`. {SETTINGS}")
    return sender


def message(sender: Address, to: str, subject: str, text: str) -> EmailMessage:
    """A message in plain text for one person."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, " ".join(subject.split())
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = make_msgid(domain=sender.domain)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def deliver(
    server: Server,
    parcels: Sequence[Parcel],
    begin: Callable[[PersonalInvitation], bool],
    end: Callable[[PersonalInvitation, bool], None],
    progress: Callable[[Sequence[Parcel]], Iterable[Parcel]] = iter,
) -> list[PersonalInvitation]:
    """Send messages one by one; returns the invitations whose message the server refused.

    Args:
        begin: called before a message goes to the server; tells whether it is still to go there.
        end: called with whether the server took it; not called when the connection broke, for then nobody knows.

    Raises:
        MailError: the server cannot be reached, or the connection broke; what was sent before is sent.
    """
    refused = []
    with _Line(server) as line:
        for one, letter in progress(parcels):
            smtp = line.ready()
            if begin(one) and not _taken(smtp, letter, partial(end, one)):
                refused.append(one)
    return refused


def _taken(smtp: smtplib.SMTP, letter: EmailMessage, end: Callable[[bool], None]) -> bool:
    """Hand a message to the server, and tell `end` and the caller whether it took it."""
    try:
        smtp.send_message(letter)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        end(False)
        return False
    except smtplib.SMTPSenderRefused as error:
        end(False)
        raise MailError(NOT_FROM.format(sender=letter["From"], answer=error.smtp_code)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(BROKEN.format(reason=_reason(error))) from None
    end(True)
    return True


class _Line:
    """A connection that is made when it is needed, and anew after some messages or when the server closed it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            self._smtp.close()

    def ready(self) -> smtplib.SMTP:
        if self._smtp is None or self._smtp.sock is None or self._sent % PER_CONNECTION == 0:
            self._hang_up()
            self._smtp = connect(self.server)
        self._sent += 1
        return self._smtp

    def _hang_up(self) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.quit()


def connect(server: Server) -> smtplib.SMTP:
    """A connection, signed in where there is a user.

    Raises:
        MailError: the server cannot be reached, its certificate is not trusted, it does not encrypt, or refuses us.
    """
    try:
        return _signed_in(server)
    except smtplib.SMTPNotSupportedError:
        raise MailError(
            f"{server.host} offers no encryption, or no way to sign in; take another port, or smtps:// in "
            f"ZELFSCAN_SMTP_URL. {SETTINGS}"
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise MailError(f"{server.host} does not take this user and password (answer {error.smtp_code})") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"{server.host}:{server.port} cannot be used: {_reason(error)}. {SETTINGS}") from None


def _signed_in(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    encrypted = partial(smtplib.SMTP_SSL, context=context) if server.encrypted_at_once else smtplib.SMTP
    smtp: smtplib.SMTP = encrypted(server.host, server.port, timeout=PATIENCE)
    try:
        smtp.ehlo()
        if not server.encrypted_at_once and (server.host not in OWN or smtp.has_extn("starttls")):
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _reason(error: Exception) -> str:
    """Kind of an error, and what the system says of it; never what was sent."""
    said = getattr(error, "strerror", None) or getattr(error, "reason", None) or getattr(error, "smtp_code", None)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
