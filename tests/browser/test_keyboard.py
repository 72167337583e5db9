"""Without a mouse: everything can be reached and done by keys, and the focus is always in sight."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import focused, language_of
from tests.browser.conftest import Visits
from tests.browser.pages import CODE, YEARS, answers_on, start, words
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")

MANY = 80
"""More presses of Tab than any page of the small scan has stops."""


def stops(page: Page) -> Iterator[dict[str, object]]:
    """Press Tab again and again; gives each stop, after checking that its focus is in sight."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        yield focused(page)
    pytest.fail(f"{MANY} presses of Tab did not lead to the goal on {page.url}")


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what says this."""
    next(stop for stop in stops(page) if str(stop["text"]).startswith(text))


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_in_by_keys(page: Page, goal: str) -> None:
    """Give an answer at each stop of a form, until the focus is on its button."""
    for stop in stops(page):
        if stop["type"] == "radio" and not stop["checked"]:
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            assert focused(page)["checked"]
        elif stop["type"] == "checkbox" and stop["value"] != "-":
            page.keyboard.press("Space")
            assert focused(page)["checked"]
        elif stop["type"] == "text":
            page.keyboard.type(YEARS)
        elif stop["text"] == goal:
            return


def test_from_the_first_page_to_the_code(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto(served.small_link("Ceder"))
    tab_to(page, words(page).start)
    press_enter(page)
    while "/scan/" in page.url:
        fill_in_by_keys(page, words(page).outcome if "/scan/2" in page.url else words(page).next)
        press_enter(page)
    expect(page).to_have_url(re.compile("/uitkomst$"))
    fill_in_by_keys(page, words(page).finish)
    assert answers_on(page) == [["send", "me"], ["own_type", "-"], ["keep", "nothing"]]
    press_enter(page)
    expect(page).to_have_url(re.compile("/uitkomst/klaar$"))


def test_a_fold_opens_by_key(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto(served.small_link("Ceder"))
    tab_to(page, "Ik heb een code van een vorige keer")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Je code")).to_be_visible()


def test_the_first_stop_leads_past_the_top_of_the_page(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Ceder"))
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Naar de inhoud"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["type"] == "radio"


def test_that_stop_is_not_taken_for_a_code(visit: Visits) -> None:
    page = visit()
    page.goto("/mijn")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))
    page.reload()
    expect(page.get_by_label("Je code")).to_have_value("")


def test_enter_in_a_field_goes_on_and_keeps_the_language(visit: Visits, served: Served) -> None:
    page = visit("en")
    page.goto(served.small_link("Ceder"))
    page.get_by_text("I have a code of an earlier time").click()
    page.get_by_label("Your code").focus()
    press_enter(page)
    expect(page).to_have_url(re.compile("/scan/1$"))
    assert language_of(page) == "en"
    page.get_by_role("radio").first.focus()
    press_enter(page)
    expect(page).to_have_url(re.compile("/scan/2$"))
    assert language_of(page) == "en"
    page.get_by_role("textbox").focus()
    page.keyboard.type(YEARS)
    press_enter(page)
    expect(page).to_have_url(re.compile("/uitkomst$"))
    assert language_of(page) == "en"


def test_enter_in_the_choice_at_the_end_keeps_the_language(visit: Visits, served: Served) -> None:
    page = visit("en")
    start(page, served.small_link("Ceder"))
    page.goto("/uitkomst")
    page.get_by_label("Count me in").focus()
    page.keyboard.press("Space")
    page.get_by_label("Keep it.").focus()
    page.keyboard.press("Space")
    press_enter(page)
    assert CODE.match(page.locator(".code").inner_text())
    assert language_of(page) == "en"


def test_enter_in_the_code_and_sign_in_forms_sends_them(visit: Visits) -> None:
    page = visit("en")
    for address, field in (("/mijn", "Your code"), ("/account/inloggen", "Password")):
        page.goto(address)
        page.get_by_label(field).focus()
        press_enter(page)
        expect(page.locator(".error").first).to_be_visible()
        assert language_of(page) == "en"
