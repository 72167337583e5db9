"""Pages beside the way: home, privacy, stopping, and everything that says that something is not there."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import inspect, language_of
from tests.browser.conftest import Visits
from tests.browser.pages import finish, press, start, words
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")

LANGUAGES = pytest.mark.parametrize(("language", "dark"), [("nl", True), ("en", False)])


@LANGUAGES
def test_plain_pages_are_in_order(visit: Visits, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    for address in ("/", "/privacy", "/scan/geen", "/scan/stoppen", "/scan/gestopt"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert language_of(page) == language
        inspect(page)


@LANGUAGES
def test_error_pages_are_in_order(visit: Visits, served: Served, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    start(page, served.small_link("Bosuil"))
    for address in ("/nergens", "/s/unknown", "/scan/99"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
        assert language_of(page) == language
        inspect(page)


@LANGUAGES
def test_a_form_without_its_token_is_refused_in_words(visit: Visits, served: Served, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    page.goto(served.small_link("Bosuil"))
    page.context.clear_cookies(name="zelfscan_session")
    with page.expect_response(lambda response: response.status == 400):
        press(page, words(page).start)
    inspect(page)
    page.get_by_role("link", name={"nl": "Naar het begin", "en": "To the home page"}[language]).click()
    expect(page).to_have_url(f"{served.address}/")


@LANGUAGES
def test_pages_with_a_mistake_are_in_order(visit: Visits, served: Served, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    start(page, served.small_link("Bosuil"))
    page.goto("/scan/2")
    page.get_by_role("textbox").fill("?")
    press(page, words(page).outcome)
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)
    page.goto("/scan/stoppen")
    inspect(page)
    page.goto("/uitkomst")
    finish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)


def test_a_closed_round_says_so(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto(served.closed_link("Bosuil"))
    expect(page.get_by_role("status")).to_contain_text("Deze meetronde is gesloten.")
    assert page.get_by_role("button", name=words(page).start).count() == 0
    inspect(page)
