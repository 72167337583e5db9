"""A12: somebody who tries codes, addresses and cookies, and looks at the answers and at what they cost.

Work is counted, in derivations and statements, and not timed: what takes the same steps takes as long, on any machine.
"""

import base64
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

import zelfscan.installation
from tests.support import ACCOUNTS, PASSWORD, TODAY, World, bank_text, take_scan, visit
from zelfscan.banks.loader import parse_bank
from zelfscan.organisations import services as organisation_services
from zelfscan.organisations.services import add_organisation, add_unit
from zelfscan.outcome.services import delete_outcomes
from zelfscan.privacy.code import CONSONANTS, new_code
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import open_round
from zelfscan.web import cookies
from zelfscan.web.limits import attempts


@dataclass
class Work:
    """What the service did since the last look."""

    derived: int = 0
    verified: int = 0
    statements: list[str] = field(default_factory=list)

    def look(self) -> tuple[int, int, tuple[str, ...]]:
        done = self.derived, self.verified, tuple(self.statements)
        self.derived, self.verified, self.statements = 0, 0, []
        return done


@pytest.fixture
def work(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    found, derive, argon = Work(), zelfscan.installation.derive, organisation_services.Argon2id

    def counted(code: str, salt: bytes, pepper: bytes) -> object:
        found.derived += 1
        return derive(code, salt, pepper)

    class Counting:
        @staticmethod
        def verify_phc_encoded(password: bytes, stored: str) -> None:
            found.verified += 1
            argon.verify_phc_encoded(password, stored)

    def ran(*given: object) -> None:
        found.statements.append(str(given[2]))

    organisation_services._nobody()
    monkeypatch.setattr(zelfscan.installation, "derive", counted)
    monkeypatch.setattr(organisation_services, "Argon2id", Counting)
    engines = world.installation.database.engine, world.installation.database.single
    for engine in engines:
        event.listen(engine, "before_cursor_execute", ran)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", ran)


def seen(page: TestResponse) -> tuple[object, ...]:
    """All that a browser gets, but for the token that guards a form and the signed session that it belongs to."""
    body = re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)
    headers = [(name, value) for name, value in page.headers if name not in ("Set-Cookie", "Content-Length")]
    names = [value.split("=")[0] for value in page.headers.getlist("Set-Cookie")]
    return page.status_code, sorted(headers), sorted(names), body, len(page.text)


def unknown_codes(world: World) -> dict[str, str]:
    """Codes that open nothing, each for another reason."""
    deleted = take_scan(world, "Anemoon")
    delete_outcomes(world.installation, world.installation.keys_of(deleted))
    return {
        "never was": new_code(),
        "never was either": new_code(),
        "of an outcome that was deleted": deleted,
        "of a ballot whose outcome was not kept": take_scan(world, "Bosuil", keep=False),
        "of a scan of which nothing is left": take_scan(world, "Duin", keep=False, send=False),
        "of a scan on its way": visit(world, "Anemoon").scan.code,
    }


def code_elsewhere(world: World) -> str:
    """A code that opens an outcome, of another organisation on the same server."""
    here = world.installation
    with here.database.write() as session:
        root = add_organisation(session, "Anderszorg")
        add_unit(session, add_unit(session, root, "location", "Oost"), "team", "Fazant")
    asked = [parse_bank(bank_text("mini"), "mini.yaml")]
    round_id = open_round(here.database, here.settings, root.organisation_id, "Een", asked, TODAY)
    with here.database.read() as session:
        tokens = {team: token for _, team, token in links_of(session, round_id)}
    return take_scan(World(here, {}, round_id, tokens), "Fazant")


Ask = Callable[[FlaskClient, World, str], TestResponse]
ENTRANCES: dict[str, Ask] = {
    "return": lambda client, _, code: client.post("/mijn", data={"code": code}),
    "start": lambda client, world, code: client.post(f"/s/{world.tokens['Anemoon']}", data={"code": code}),
}


def ask(app: Flask, world: World, work: Work, entrance: str, code: str) -> tuple[object, object]:
    client = app.test_client()
    client.get("/mijn")
    attempts.storage.reset()
    work.look()
    page = ENTRANCES[entrance](client, world, code)
    return seen(page), work.look()


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_a_code_that_opens_nothing_answers_alike_for_whatever_reason(
    app: Flask, world: World, work: Work, entrance: str
) -> None:
    codes = unknown_codes(world)
    if entrance == "start":
        codes["of another organisation"] = code_elsewhere(world)
    answers = {name: ask(app, world, work, entrance, code) for name, code in codes.items()}
    first = answers["never was"]
    assert first[1][0] == 1, "one derivation"  # type: ignore[index]
    assert [name for name, answer in answers.items() if answer[0] != first[0]] == []
    assert [name for name, answer in answers.items() if answer[1] != first[1]] == []


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_a_code_that_opens_an_outcome_is_derived_and_looked_up_as_any_other(
    app: Flask, world: World, work: Work, entrance: str
) -> None:
    """What comes after that, the outcome itself, is for who has the code."""
    known = take_scan(world, "Anemoon")
    _, (derived, _, statements) = ask(app, world, work, entrance, new_code())  # type: ignore[misc]
    opened, (derived_too, _, and_more) = ask(app, world, work, entrance, known)  # type: ignore[misc]
    assert opened[0] == 302  # type: ignore[index]
    assert derived == derived_too == 1
    assert and_more[: len(statements)] == statements


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_a_mistyped_code_is_refused_before_anything_is_looked_up_however_near_it_is(
    app: Flask, world: World, work: Work, entrance: str
) -> None:
    """The check syllable is public arithmetic: it tells a typing mistake from a code, and not which codes there are."""
    known = take_scan(world, "Anemoon")
    answers = [ask(app, world, work, entrance, mistyped(code)) for code in (known, new_code(), new_code())]
    assert answers[0][1][0] == 0  # type: ignore[index]
    assert not [s for s in answers[0][1][2] if "vault_entry" in s]  # type: ignore[index]
    assert answers[0] == answers[1] == answers[2]


def mistyped(code: str) -> str:
    return code[:-1] + next(letter for letter in CONSONANTS if letter != code[-1])


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_who_tries_too_often_gets_no_work_done_and_another_link_does_not_help(
    app: Flask, world: World, work: Work, entrance: str
) -> None:
    client, tokens = app.test_client(), list(world.tokens)
    for number in range(20):
        turn = World(world.installation, world.units, world.round_id, {"Anemoon": world.tokens[tokens[number % 5]]})
        assert ENTRANCES[entrance](client, turn, new_code()).status_code == 200
    work.look()
    known = take_scan(world, "Anemoon")
    work.look()
    assert ENTRANCES[entrance](client, world, known).status_code == 429
    assert work.look()[:2] == (0, 0)
    assert "429" not in client.get("/mijn").status


# Accounts.


def test_an_address_without_an_account_and_a_wrong_password_answer_alike(app: Flask, world: World, work: Work) -> None:
    answers = []
    for email, password in [
        ("nobody@test.example", PASSWORD),
        (next(iter(ACCOUNTS)), "not the password"),
        ("leader@test.exampl", "not the password"),
    ]:
        client = app.test_client()
        client.get("/account/inloggen")
        attempts.storage.reset()
        work.look()
        page = client.post("/account/inloggen", data={"email": email, "password": password})
        _, verified, statements = work.look()
        statements = tuple(re.sub(r"organisation_id (IS NULL|= \S+)", "organisation_id", text) for text in statements)
        status, headers, names, body, _ = seen(page)
        answers.append(((status, headers, names), str(body).replace(email, "ADDRESS"), verified, statements))
    assert answers[0][2] == 1
    assert answers == [answers[0]] * 3


# Cookies.

HELD = ("/scan", "/scan/1", "/uitkomst", "/uitkomst/code", "/mijn/uitkomst", "/privacy")


def test_a_cookie_that_was_never_given_out_is_answered_as_one_of_a_scan_that_is_over(
    app: Flask, world: World, work: Work
) -> None:
    over = visit(world, "Anemoon")
    ended = app.test_client()
    ended.set_cookie(cookies.SCAN, base64.urlsafe_b64encode(over.key).decode())
    ended.post("/scan/stoppen")
    answers = []
    for key in (over.key, secrets.token_bytes(32), secrets.token_bytes(32)):
        client = app.test_client()
        for name in (cookies.SCAN, cookies.OPENED):
            client.set_cookie(name, base64.urlsafe_b64encode(key).decode())
        work.look()
        answers.append([(seen(client.get(address)), work.look()) for address in HELD])
    assert answers[0] == answers[1] == answers[2]
