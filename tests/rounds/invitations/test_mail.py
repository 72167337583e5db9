"""Sending over SMTP: encryption, signing in, and what happens to messages that do not arrive."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

import zelfscan.rounds.invitations.mail as mail
from tests.rounds.invitations.support import Catcher, free_port
from zelfscan.config import Settings
from zelfscan.rounds.invitations.mail import MailError, Parcel, Server, connect, deliver, message, sender_of, server_of
from zelfscan.rounds.invitations.models import PersonalInvitation

SENDER = sender_of(Settings(mail_from="Zelfscan Noord <zelfscan@zorg.example>"))


def parcels(count: int) -> list[Parcel]:
    people = [PersonalInvitation(email=f"p{n}@zorg.example", row=n) for n in range(count)]
    return [Parcel(one, message(SENDER, one.email or "", "Onderwerp", "Tekst")) for one in people]


def send(server: Server, found: list[Parcel]) -> list[int]:
    """Deliver; returns the rows that were refused."""
    return [one.row for one in deliver(server, found, lambda one: True, lambda one, taken: None)]


@pytest.fixture
def serve() -> Any:
    """Starts mail servers on this machine, and stops them."""
    started: list[Controller] = []

    def start(catcher: Catcher, **options: Any) -> int:
        port = free_port()
        controller = Controller(catcher, hostname="127.0.0.1", port=port, **options)
        controller.start()
        started.append(controller)
        return port

    yield start
    for controller in started:
        controller.stop()


Serve = Callable[..., int]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine that nobody signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def encrypted(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_server_with_a_certificate_that_is_not_trusted_gets_nothing(serve: Serve, encrypted: ssl.SSLContext) -> None:
    catcher = Catcher()
    port = serve(catcher, tls_context=encrypted)
    with pytest.raises(MailError, match="SSLCertVerificationError"):
        send(Server("127.0.0.1", port, False, "", ""), parcels(1))
    assert catcher.messages == []


def test_mail_is_encrypted_where_the_server_can(
    serve: Serve, encrypted: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    catcher = Catcher()
    port = serve(catcher, tls_context=encrypted, require_starttls=True)
    assert send(Server("127.0.0.1", port, False, "", ""), parcels(2)) == []
    assert len(catcher.messages) == 2


def test_another_machine_has_to_encrypt(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "OWN", ())
    catcher = Catcher()
    port = serve(catcher)
    with pytest.raises(MailError, match="offers no encryption"):
        send(Server("127.0.0.1", port, False, "", ""), parcels(1))
    assert catcher.messages == []


def test_encrypted_from_the_first_byte(
    serve: Serve, encrypted: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    catcher = Catcher()
    port = serve(catcher, ssl_context=encrypted)
    assert send(Server("127.0.0.1", port, True, "", ""), parcels(1)) == []
    assert catcher.receivers == ["p0@zorg.example"]


def authenticated(right: bytes) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        taken = isinstance(data, LoginPassword) and data.password == right
        return AuthResult(success=taken, handled=taken)

    return check


@pytest.mark.parametrize(("password", "taken"), [("geh:e@im", True), ("verkeerd", False)])
def test_signing_in(
    serve: Serve,
    encrypted: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    taken: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    catcher = Catcher()
    port = serve(catcher, authenticator=authenticated(b"geh:e@im"), auth_required=True, tls_context=encrypted)
    quoted = password.replace(":", "%3A").replace("@", "%40")
    server = server_of(Settings(smtp_url=SecretStr(f"smtp://user%40zorg:{quoted}@127.0.0.1:{port}")))
    assert (server.user, server.password) == ("user@zorg", password)
    assert password not in repr(server)
    if taken:
        assert send(server, parcels(1)) == []
    else:
        with pytest.raises(MailError, match="does not take this user and password") as caught:
            connect(server)
        assert password not in str(caught.value)
    assert len(catcher.messages) == int(taken)


def test_many_messages_go_over_several_connections(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "PER_CONNECTION", 3)
    opened: list[object] = []
    real = mail.connect
    monkeypatch.setattr(mail, "connect", lambda server: opened.append(server) or real(server))  # type: ignore[func-returns-value]
    catcher = Catcher()
    assert send(Server("127.0.0.1", serve(catcher), False, "", ""), parcels(7)) == []
    assert (len(catcher.messages), len(opened)) == (7, 3)


def test_a_refused_message_does_not_stop_the_others(serve: Serve) -> None:
    catcher = Catcher()
    catcher.refused = {"p1@zorg.example"}
    assert send(Server("127.0.0.1", serve(catcher), False, "", ""), parcels(4)) == [1]
    assert catcher.receivers == ["p0@zorg.example", "p2@zorg.example", "p3@zorg.example"]


def test_a_sender_that_the_server_does_not_take_stops_at_the_first_message(serve: Serve) -> None:
    class Strict(Catcher):
        async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
            return "553 not yours"

    ended: list[bool] = []
    server = Server("127.0.0.1", serve(Strict()), False, "", "")
    with pytest.raises(MailError, match=r"does not take mail from Zelfscan Noord .*answer 553"):
        deliver(server, parcels(3), lambda one: True, lambda one, taken: ended.append(taken))
    assert ended == [False], "so that it is tried again"


def test_a_message_that_another_run_sends_is_left_to_it(serve: Serve) -> None:
    catcher = Catcher()
    server = Server("127.0.0.1", serve(catcher), False, "", "")
    assert deliver(server, parcels(4), lambda one: one.row % 2 == 0, lambda one, taken: None) == []
    assert catcher.receivers == ["p0@zorg.example", "p2@zorg.example"]


def test_a_subject_and_an_address_cannot_add_a_header() -> None:
    made = message(SENDER, "a@zorg.example", "Een\nBcc: b@zorg.example", "Tekst")
    assert made["Subject"] == "Een Bcc: b@zorg.example"
    assert "Bcc" not in made
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|header"):
        message(SENDER, "a@zorg.example\nBcc: b@zorg.example", "Een", "Tekst")


def test_a_message_names_its_sender_and_nothing_of_this_machine() -> None:
    made = message(SENDER, "a@zorg.example", "Onderwerp", "Tekst")
    assert str(made["From"]) == "Zelfscan Noord <zelfscan@zorg.example>"
    assert str(made["Message-ID"]).endswith("@zorg.example>")
    assert made["Auto-Submitted"] == "auto-generated"
