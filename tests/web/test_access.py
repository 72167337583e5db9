"""Deny by default: no route is open that nobody declared open."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import World
from zelfscan.web.access import Access, declared_access

GUARDED = {"dashboard.overview", "dashboard.unit_page", "organisations.leave"}


@pytest.fixture
def sqlite_app(sqlite_world: World) -> Flask:
    return make_app(sqlite_world)


def test_every_route_declares_who_may_open_it(sqlite_app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in sqlite_app.url_map.iter_rules()
        if declared_access(sqlite_app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_the_guarded_routes_are_these(sqlite_app: Flask) -> None:
    guarded = {
        rule.endpoint
        for rule in sqlite_app.url_map.iter_rules()
        if declared_access(sqlite_app.view_functions[rule.endpoint]) is Access.SIGNED_IN
    }
    assert guarded == GUARDED


def test_a_route_that_nobody_declared_opens_for_nobody(sqlite_app: Flask) -> None:
    sqlite_app.add_url_rule("/forgotten", view_func=lambda: "secret")
    page = sqlite_app.test_client().get("/forgotten")
    assert page.status_code == 403
    assert "secret" not in page.text


def test_guarded_pages_lead_to_signing_in(client: FlaskClient) -> None:
    answer = client.get("/dashboard/")
    assert answer.status_code == 302
    assert answer.location == "/account/inloggen?next=/dashboard/"
