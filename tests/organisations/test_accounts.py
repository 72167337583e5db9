"""Accounts, signing in, and which units a role sees; on both databases."""

import pytest
from cryptography.exceptions import InvalidKey
from flask.testing import FlaskClient

from tests.support import PASSWORD, World
from zelfscan.organisations import services
from zelfscan.organisations.models import Account
from zelfscan.organisations.queries import units_of, visible_units
from zelfscan.organisations.services import AccountError, add_account, sign_in


def enter(client: FlaskClient, email: str = "leader@test.example", password: str = PASSWORD, query: str = "") -> object:
    return client.post(f"/account/inloggen{query}", data={"email": email, "password": password})


def test_a_password_is_stored_as_argon2id(world: World) -> None:
    with world.installation.database.read() as session:
        stored = session.query(Account).filter_by(email="leader@test.example").one().password_hash
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_signing_in_needs_the_right_password(world: World) -> None:
    with world.installation.database.read() as session:
        assert sign_in(session, " Leader@test.example ", PASSWORD)
        assert sign_in(session, "leader@test.example", "wrong") is None
        assert sign_in(session, "nobody@test.example", PASSWORD) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "baas"}, "choose one of"),
        ({"email": "no address"}, "not an e-mail address"),
        ({"password": "short"}, "at least 12"),
        ({"email": "leader@test.example"}, "already"),
        ({"units": []}, "one or more units"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(world: World, change: dict[str, object], words: str) -> None:
    asked = {"email": "new@test.example", "password": PASSWORD, "role": "teamleider", "units": [world.units["Duin"]]}
    with pytest.raises(AccountError, match=words), world.installation.database.write() as session:
        add_account(session, **(asked | change))  # type: ignore[arg-type]


def test_a_role_sees_its_unit_and_all_below(world: World) -> None:
    seen = {}
    with world.installation.database.read() as session:
        for account in session.query(Account):
            seen[account.email] = [unit.name for unit in visible_units(session, account)]
    assert seen["leader@test.example"] == ["Anemoon"]
    assert seen["location@test.example"] == ["Noord", "Anemoon", "Bosuil", "Ceder"]
    assert len(seen["all@test.example"]) == 8


def test_units_read_as_a_tree(world: World) -> None:
    with world.installation.database.read() as session:
        names = [unit.name for unit in units_of(session, world.units["Testzorg"].organisation_id)]
    assert names == ["Testzorg", "Noord", "Anemoon", "Bosuil", "Ceder", "Zuid", "Duin", "Ekster"]


def test_signing_in_and_out(client: FlaskClient) -> None:
    assert enter(client).location == "/dashboard/"  # type: ignore[attr-defined]
    assert "nog niets te zien" in client.get("/dashboard/").text
    assert client.get("/account/inloggen").location == "/dashboard/"
    client.post("/account/uitloggen")
    assert client.get("/dashboard/").status_code == 302


def test_a_wrong_password_and_an_unknown_address_look_alike(client: FlaskClient) -> None:
    wrong, unknown = enter(client, password="wrong"), enter(client, email="nobody@test.example")
    for page in (wrong, unknown):
        assert "horen niet bij elkaar" in page.text  # type: ignore[attr-defined]


def test_signing_in_leads_to_the_page_that_was_asked_and_nowhere_else(client: FlaskClient) -> None:
    assert enter(client, query="?next=/dashboard/a/b").location == "/dashboard/a/b"  # type: ignore[attr-defined]
    client.post("/account/uitloggen")
    assert enter(client, query="?next=//evil.example").location == "/"  # type: ignore[attr-defined]


def test_attempts_are_limited(client: FlaskClient) -> None:
    answers = [enter(client, password="wrong").status_code for _ in range(11)]  # type: ignore[attr-defined]
    assert answers == [200] * 10 + [429]


def test_a_new_session_key_ends_every_session(client: FlaskClient, sqlite_world: World) -> None:
    enter(client)
    with sqlite_world.installation.database.write() as session:
        session.query(Account).filter_by(email="leader@test.example").one().session_key = "0" * 32
    assert client.get("/dashboard/").status_code == 302


def test_a_copied_cookie_opens_nothing_after_signing_out(client: FlaskClient) -> None:
    enter(client)
    cookie = client.get_cookie("zelfscan_session")
    assert cookie is not None
    client.post("/account/uitloggen")
    thief = client.application.test_client()
    thief.set_cookie("zelfscan_session", cookie.value)
    assert thief.get("/dashboard/").status_code == 302


def test_signing_in_after_a_form_leads_to_a_page(client: FlaskClient) -> None:
    assert client.post("/account/uitloggen").location == "/account/inloggen"


def test_one_address_is_limited_wherever_the_attempts_come_from(client: FlaskClient) -> None:
    asked = {"email": "leader@test.example", "password": "wrong"}
    answers = [
        client.post("/account/inloggen", data=asked, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}).status_code
        for n in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_an_unknown_address_costs_a_derivation_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    class Counting:
        @staticmethod
        def verify_phc_encoded(password: bytes, stored: str) -> None:
            tried.append(stored)
            raise InvalidKey

    monkeypatch.setattr(services, "_nobody", lambda: "nobody's hash")
    monkeypatch.setattr(services, "Argon2id", Counting)
    with world.installation.database.read() as session:
        sign_in(session, "nobody@test.example", PASSWORD)
        sign_in(session, "leader@test.example", PASSWORD)
    assert len(tried) == 2
    assert tried[0] == "nobody's hash"
