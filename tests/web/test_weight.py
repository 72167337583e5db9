"""Every page that an employee sees is light, and loads nothing from another host."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.bench.served import shipped_round
from tests.bench.visitor import Answer, Form
from tests.bench.weight import LIMIT, compressed, weigh, weigh_employee_pages
from zelfscan.config import Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.web.app import create_app
from zelfscan.web.limits import attempts

KINDS = {"home", "start", "theme page", "outcome", "code", "end", "return", "mine"}
THEMES = 12
"""Themes of the two shipped banks."""


class ClientBrowser:
    """Visits the application without a server in between."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def send(self, method: str, address: str, form: Form, headers: dict[str, str]) -> Answer:
        with self.client.open(address, method=method, data=MultiDict(form), headers=headers) as response:
            return Answer(response.status_code, response.location or "", response.data)


@pytest.fixture
def visitor(sqlite_settings: Settings) -> Iterator[tuple[FlaskClient, str]]:
    """A browser, and the link of a team in a round that asks the shipped banks."""
    initialise(sqlite_settings)
    installation = open_installation(sqlite_settings)
    token = shipped_round(installation)[0]
    app = create_app(installation=installation)
    attempts.storage.reset()
    yield app.test_client(), token
    installation.database.close()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_employee_pages_are_light_and_load_nothing_from_elsewhere(
    visitor: tuple[FlaskClient, str], language: str
) -> None:
    client, token = visitor
    client.set_cookie("zelfscan_language", language)
    weights = weigh_employee_pages(ClientBrowser(client), token)
    assert {page.page for page in weights} == KINDS
    assert len([page for page in weights if page.page == "theme page"]) >= THEMES
    assert all(any(".css" in file for file in page.files) for page in weights)
    assert {page.page: page.total for page in weights if page.total > LIMIT} == {}
    assert {page.page: page.elsewhere for page in weights if page.elsewhere} == {}


CSS = b'@import "more.css"; a { background: url(dot.svg) } b { background: url("data:image/png;base64,AA==") }'
FILES = {"https://own/static/a.css": CSS, "https://own/static/more.css": b"", "https://own/static/dot.svg": b"<svg/>"}
PAGE = '<link rel="stylesheet" href="/static/a.css"><a href="https://elsewhere/">x</a><img src="data:image/svg+xml,x">'


def test_a_page_weighs_what_it_loads_once_and_what_that_loads() -> None:
    found = weigh("page", "https://own/here", PAGE * 2, FILES.__getitem__)
    assert found.files == {address: compressed(content) for address, content in FILES.items()}
    assert found.total == compressed((PAGE * 2).encode()) + sum(found.files.values())
    assert found.elsewhere == ()


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://elsewhere/x"></script>',
        '<img src="//elsewhere/x">',
        '<link rel="preload" href="https://elsewhere/x">',
        '<img srcset="https://elsewhere/x 2x">',
        '<p style="background: url(https://elsewhere/x)">',
        '<video poster="https://elsewhere/x"></video>',
        '<object data="http://own/x"></object>',
    ],
)
def test_what_comes_from_another_host_is_found(html: str) -> None:
    (found,) = weigh("page", "https://own/here", html, FILES.__getitem__).elsewhere
    assert found in {"https://elsewhere/x", "http://own/x"}
