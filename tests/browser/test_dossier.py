"""The paper for works council and privacy officer: in order in both languages, on a phone, and as a print."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import inspect
from tests.browser.conftest import Visits

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(("language", "dark"), [("nl", True), ("en", False)])
def test_the_paper_is_in_order(visit: Visits, language: str, dark: bool) -> None:
    page = visit(language, dark=dark)
    page.goto("/privacy")
    inspect(page)
    page.locator("a[href='/privacy/dossier']").click()
    expect(page.locator("#data")).to_be_attached()
    inspect(page)


def test_on_a_phone_every_cell_says_what_column_it_is_of(visit: Visits) -> None:
    page = visit("en")
    page.goto("/privacy/dossier")
    cell = page.get_by_role("cell", name="365 days")
    expect(cell).to_have_attribute("data-head", "How long")
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"How long: "'
    assert page.get_by_role("table").count() == 6


def test_without_script_there_is_no_button_that_does_nothing(visit: Visits) -> None:
    page = visit(scripts=False)
    page.goto("/privacy/dossier")
    expect(page.locator("[data-print]")).to_be_hidden()


def test_a_print_holds_the_paper_and_not_the_buttons(visit: Visits) -> None:
    page = visit()
    page.goto("/privacy/dossier")
    expect(page.locator("[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_role("heading", name="Sleutels")).to_be_visible()
