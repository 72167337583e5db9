"""Pages beside the way: home, privacy, stopping, and everything that says that something is not there."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import assert_accessible, language_of
from tests.browser.conftest import Visits
from tests.browser.pages import finish, press, start, words
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")

LANGUAGES = pytest.mark.parametrize(("language", "dark"), [("nl", True), ("en", False)])


@LANGUAGES
@pytest.mark.parametrize("address", ["/", "/privacy", "/scan/geen", "/scan/stoppen", "/scan/gestopt"])
def test_plain_pages_are_accessible(visit: Visits, address: str, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert language_of(page) == language
    assert_accessible(page)


@LANGUAGES
@pytest.mark.parametrize("address", ["/nergens", "/s/unknown", "/scan/99999999", "/dashboard/no/no"])
def test_error_pages_are_accessible(visit: Visits, served: Served, address: str, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    if address.startswith("/scan"):
        start(page, served.small_link("Bosuil"))
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == (200 if address.startswith("/dashboard") else 404)
    assert language_of(page) == language
    assert_accessible(page)


@LANGUAGES
def test_a_form_without_its_token_is_refused_in_words(visit: Visits, served: Served, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    page.goto(served.small_link("Bosuil"))
    page.context.clear_cookies(name="zelfscan_session")
    with page.expect_response(lambda response: response.status == 400):
        press(page, words(page).start)
    assert_accessible(page)
    page.get_by_role("link", name={"nl": "Naar het begin", "en": "To the home page"}[language]).click()
    expect(page).to_have_url(f"{served.address}/")


@LANGUAGES
def test_pages_with_a_mistake_are_accessible(visit: Visits, served: Served, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    start(page, served.small_link("Bosuil"))
    page.goto("/scan/2")
    page.get_by_role("textbox").fill("?")
    press(page, words(page).outcome)
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.goto("/scan/stoppen")
    assert_accessible(page)
    page.goto("/uitkomst")
    finish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)


def test_a_closed_round_says_so(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto(served.closed_link("Bosuil"))
    expect(page.get_by_role("status")).to_contain_text("Deze meetronde is gesloten.")
    assert page.get_by_role("button", name=words(page).start).count() == 0
    assert_accessible(page)
