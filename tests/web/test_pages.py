"""Headers, languages, error pages and the pages that belong to no feature."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import World
from zelfscan.web.i18n import CATALOGUES
from zelfscan.web.pages import own_path
from zelfscan.web.security import HEADERS

PACKAGE = Path(__file__).parents[2] / "zelfscan"
PAGES = ("/", "/privacy", "/mijn", "/account/inloggen", "/scan/geen", "/scan/stoppen", "/uitkomst/klaar", "/nope")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_the_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "'unsafe" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_page_has_inline_script_or_style(client: FlaskClient, address: str, language: str) -> None:
    client.set_cookie("zelfscan_language", language)
    page = client.get(address).text
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", page)


def test_static_files_are_kept_by_browsers_and_pages_are_not(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/zelfscan.css[^"]+)"', client.get("/").text)
    assert address
    with client.get(address[1]) as kept, client.get("/static/zelfscan.css") as unnamed:
        assert "immutable" in kept.headers["Cache-Control"]
        assert unnamed.headers["Cache-Control"] == "no-store"


def test_dutch_unless_the_reader_chose_english(client: FlaskClient) -> None:
    assert "Wie ziet wat" in client.get("/", headers={"Accept-Language": "en"}).text
    assert client.post("/taal", data={"language": "en", "next": "/privacy"}).location == "/privacy"
    assert "Who sees what" in client.get("/").text


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "mijn", "", "//["])
def test_the_choice_of_language_leads_nowhere_else(client: FlaskClient, address: str) -> None:
    assert client.post("/taal", data={"language": "en", "next": address}).location == "/"


def test_own_paths_are_let_through(client: FlaskClient) -> None:
    with client.application.test_request_context():
        assert own_path("/dashboard/a/b") == "/dashboard/a/b"


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_form_without_its_token_is_refused_with_advice(sqlite_world: World) -> None:
    app = make_app(sqlite_world)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/mijn", data={"code": "x"})
    assert answer.status_code == 400
    assert "cookies" in answer.text


def test_only_the_text_of_forms_is_let_in(client: FlaskClient, sqlite_world: World) -> None:
    token = sqlite_world.tokens["Anemoon"]
    refused = [
        client.post("/mijn", json={"code": "x"}),
        client.post(f"/s/{token}", json={"code": "x"}),
        client.post("/mijn", data={"code": (BytesIO(b"x"), "x")}, content_type="multipart/form-data"),
        client.post("/account/inloggen", data={"email": "a\0@b.example", "password": "x"}),
        client.get("/s/%00"),
    ]
    assert [answer.status_code for answer in refused] == [400] * 5


def test_too_much_at_once_gets_a_clear_answer(client: FlaskClient) -> None:
    answer = client.post("/mijn", data={"code": "x" * 300_000})
    assert answer.status_code == 413
    assert "te veel" in answer.text


def messages_in_code() -> set[str]:
    """Every text that code and templates translate."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = extract_from_dir(
        PACKAGE, methods, keywords={"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    )
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found if message}


def test_every_text_has_a_dutch_translation_and_none_is_left_over() -> None:
    with (CATALOGUES / "nl.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")
    translated = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id and m.string}
    assert translated == messages_in_code()
    assert not [m.id for m in catalogue if m.fuzzy and m.id]
    assert not [m.id for m in catalogue if m.id and list(m.check())]
