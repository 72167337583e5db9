"""On a small phone, a large phone and a computer: pages do not scroll sideways, and everything can be hit."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_fits, assert_targets
from tests.browser.conftest import Visits
from tests.browser.pages import (
    answer_everything,
    choose,
    code_on,
    finish,
    press,
    put_code_away,
    show_outcome,
    start,
    words,
)
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")


def look(page: Page) -> None:
    assert_fits(page)
    assert_targets(page)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_of_a_scan(visit: Visits, served: Served, language: str) -> None:
    page = visit(language)
    page.goto(served.link("Anemoon"))
    look(page)
    start(page, served.link("Anemoon"))
    answer_everything(page, look)
    finish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    choose(page, words(page).only_me, words(page).keep)
    finish(page)
    code = code_on(page)
    look(page)
    put_code_away(page)
    look(page)
    page.goto("/mijn")
    look(page)
    page.locator("#code").fill(code)
    show_outcome(page)
    look(page)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_around_a_scan(visit: Visits, served: Served, language: str) -> None:
    page = visit(language)
    for address in ("/", "/privacy", "/scan/geen", "/scan/gestopt", "/uitkomst/klaar", "/nergens", "/mijn"):
        page.goto(address)
        look(page)
    press(page, words(page).show)
    look(page)
    start(page, served.small_link("Anemoon"))
    page.goto("/scan/2")
    page.get_by_role("textbox").fill("?")
    press(page, words(page).outcome)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    page.goto("/scan/stoppen")
    look(page)
    page.goto(served.small_link("Anemoon"))
    look(page)
