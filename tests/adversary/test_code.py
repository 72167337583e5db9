"""The code never leaves: not in a cookie, an address, a log, a referrer, a cache or an error page."""

import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

import zelfscan.outcome.services
from tests.support import World
from zelfscan.outcome.qr import qr_svg
from zelfscan.privacy.code import new_code
from zelfscan.web import errors

CODE = re.compile(r"[a-z]{3}(?:-[a-z]{3}){6}")
CHOICE = {"send": "team", "keep": "code", "go": "next"}


class Watcher:
    """A browser that remembers everything that came and went, but for the one page that shows the code."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.seen: list[str] = []
        self.pages: list[TestResponse] = []

    def get(self, address: str) -> TestResponse:
        return self._remember(address, self.client.get(address))

    def post(self, address: str, data: dict[str, str]) -> TestResponse:
        return self._remember(address, self.client.post(address, data=data))

    def _remember(self, address: str, response: TestResponse) -> TestResponse:
        self.seen += [address, *(f"{name}: {value}" for name, value in response.headers)]
        self.pages.append(response)
        return response

    def everything(self) -> str:
        return "\n".join(self.seen)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        for name in ("sqlalchemy.engine", "zelfscan", "werkzeug"):
            caplog.set_level(logging.DEBUG, logger=name)
        yield caplog


def walk(watcher: Watcher, world: World) -> str:
    """From the link to the page with the code; returns the code."""
    watcher.post(f"/s/{world.tokens['Anemoon']}", {})
    watcher.post("/scan/1", {"apps.openen": "3", "apps.zoeken": "4", "apps.nut": "2"})
    watcher.get("/uitkomst")
    watcher.post("/uitkomst", CHOICE)
    found = CODE.search(watcher.client.get("/uitkomst/code").text)
    assert found
    return found[0]


def variants(code: str) -> list[str]:
    return [code, code.replace("-", ""), code.replace("-", " "), code.replace("-", "%2D"), code.upper()]


def test_the_code_is_in_no_address_header_cookie_or_log(
    app: Flask, world: World, logs: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher(app)
    code = walk(watcher, world)
    watcher.post("/uitkomst/code", {})
    watcher.post("/mijn", {"code": code})
    watcher.get("/mijn/uitkomst")
    watcher.post("/mijn/terugtrekken", {})
    watcher.post("/mijn/verwijderen", {})
    held = watcher.everything() + logs.text
    assert "vault_entry" in logs.text, "the log of statements was on"
    assert not [variant for variant in variants(code) if variant in held]


def test_the_code_is_on_one_page_only(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    code = walk(watcher, world)
    watcher.post("/uitkomst/code", {})
    watcher.get("/uitkomst/code")
    watcher.get("/uitkomst")
    watcher.post("/mijn", {"code": code})
    watcher.get("/mijn/uitkomst")
    assert not [page.request.path for page in watcher.pages if CODE.search(page.text)]


def test_the_code_is_shown_once(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    walk(watcher, world)
    watcher.post("/uitkomst/code", {})
    assert watcher.get("/uitkomst/code").headers["Location"] == "/uitkomst/klaar"


def test_no_page_may_be_kept_by_a_cache(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    walk(watcher, world)
    assert {page.headers["Cache-Control"] for page in watcher.pages} == {"no-store"}


def test_the_qr_holds_the_code_in_the_fragment(app: Flask, world: World) -> None:
    """A browser sends the fragment of an address to nobody."""
    watcher = Watcher(app)
    code = walk(watcher, world)
    fragment = qr_svg(f"{world.installation.settings.base_url}/mijn#{code}")
    assert escape(fragment) in watcher.client.get("/uitkomst/code").text


def test_no_other_site_hears_the_address_of_a_page(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    walk(watcher, world)
    assert {page.headers.get("Referrer-Policy") for page in watcher.pages} <= {"same-origin", "no-referrer"}


def test_no_script_and_no_other_site_gets_at_a_cookie_that_holds_a_key(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    code = walk(watcher, world)
    watcher.post("/mijn", {"code": code})
    keys = [
        line for line in watcher.seen if line.startswith(("Set-Cookie: zelfscan_scan", "Set-Cookie: zelfscan_opened"))
    ]
    assert len(keys) >= 2
    assert [line for line in keys if "; HttpOnly" not in line or "; SameSite=Lax" not in line] == []


def test_a_mistyped_or_unknown_code_is_not_repeated(app: Flask, world: World) -> None:
    watcher = Watcher(app)
    code = walk(watcher, world)
    wrong = code[:-1] + ("b" if code[-1] != "b" else "d")
    for typed in (wrong, "iets anders dan een code", code):
        page = watcher.post("/mijn", {"code": typed})
        assert typed not in page.text
        assert not CODE.search(page.text)


def test_unknown_codes_get_one_answer(app: Flask) -> None:
    client = app.test_client()
    pages = [client.post("/mijn", data={"code": new_code()}) for _ in range(3)]
    assert {page.status_code for page in pages} == {200}
    assert len({re.sub(r'name="csrf_token" value="[^"]+"', "", page.text) for page in pages}) == 1


def crash_while_finishing(watcher: Watcher, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A crash whose message holds the code, as a library's could; returns the code."""
    codes: list[str] = []

    def broken(installation: object, scan: zelfscan.outcome.services.Scan, *_: object, **__: object) -> None:
        codes.append(scan.code)
        raise RuntimeError(f"cannot store {scan.code}")

    monkeypatch.setattr(zelfscan.outcome.services, "finish", broken)
    watcher.post(f"/s/{world.tokens['Anemoon']}", {})
    page = watcher.post("/uitkomst", CHOICE)
    assert page.status_code == 500
    return codes[0]


def test_a_crash_writes_no_code(
    app: Flask, world: World, logs: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(app)
    code = crash_while_finishing(watcher, world, monkeypatch)
    assert "crash: RuntimeError" in logs.text
    assert not [variant for variant in variants(code) if variant in logs.text + watcher.pages[-1].text]


def test_without_its_guard_a_crash_would_write_the_code(
    app: Flask, world: World, logs: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "where", repr)
    code = crash_while_finishing(Watcher(app), world, monkeypatch)
    assert code in logs.text


def test_a_database_error_quotes_no_value(world: World) -> None:
    """Guard: `hide_parameters` of the engine."""
    with pytest.raises(DBAPIError) as caught, world.installation.database.read() as session:
        session.execute(text("SELECT * FROM nowhere WHERE code = :code"), {"code": "dor-lef-pim-wak-tus-nog-hab"})
    assert "dor-lef" not in str(caught.value)


def test_an_address_with_a_code_in_it_is_not_repeated(app: Flask) -> None:
    page = app.test_client().get("/mijn/dor-lef-pim-wak-tus-nog-hab")
    assert page.status_code == 404
    assert "dor-lef" not in page.text


def test_attempts_are_limited(app: Flask) -> None:
    client = app.test_client()
    answers = [client.post("/mijn", data={"code": "bab"}).status_code for _ in range(21)]
    assert answers[:20] == [200] * 20
    assert answers[20] == 429
