"""Nothing that is filled in gets lost: closing, coming back, another language, two tabs, pressing twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.pages import (
    answer_all,
    answers_on,
    choose,
    code_on,
    go_on,
    press,
    question,
    start,
    words,
)
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")

OPEN_ATTACHMENT = "Ik kan een bijlage openen."
STAY_CALM = "Ik blijf rustig als iets vastloopt."
LOOKS = 20
"""How often to look whether something that was saved in the background has come in."""


def answer(page: Page, text: str, choice: str) -> None:
    question(page, text).get_by_text(choice, exact=True).click()


def wait_until_saved(page: Page) -> None:
    expect(page.get_by_role("status")).to_have_text("Je antwoorden zijn bewaard")


def test_a_closed_page_goes_on_where_it_was(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    answer_all(page)
    wait_until_saved(page)
    given = answers_on(page)
    page.close()

    again = visit.trail.contexts[0].new_page()
    again.goto(served.small_link("Anemoon"))
    with again.expect_navigation():
        again.get_by_role("link", name="Ga verder waar je was").click()
    again.goto("/scan/1")
    assert answers_on(again) == given


def test_the_last_answer_is_saved_when_the_page_is_left_at_once(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    answer(page, OPEN_ATTACHMENT, "Met hulp")
    page.goto("/privacy")
    given = question(page, OPEN_ATTACHMENT).get_by_label("Met hulp")
    for _ in range(LOOKS):
        page.goto("/scan/1")
        if given.is_checked():
            break
    expect(given).to_be_checked()


def test_another_language_in_the_middle_of_a_theme_keeps_the_answers(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    answer_all(page)
    given = answers_on(page)
    press(page, "English")
    expect(page.get_by_role("heading", level=1)).to_have_text("Working with apps")
    assert answers_on(page) == given
    press(page, "Nederlands")
    assert answers_on(page) == given


def test_two_tabs_on_two_themes_both_keep_their_answers(visit: Visits, served: Served) -> None:
    first = visit()
    start(first, served.small_link("Anemoon"))
    second = first.context.new_page()
    second.goto("/scan/2")
    answer(first, OPEN_ATTACHMENT, "Met hulp")
    answer(second, STAY_CALM, "Meestal zelf")
    wait_until_saved(first)
    wait_until_saved(second)
    go_on(second)
    go_on(first)
    first.goto("/scan/1")
    expect(question(first, OPEN_ATTACHMENT).get_by_label("Met hulp")).to_be_checked()
    second.goto("/scan/2")
    expect(question(second, STAY_CALM).get_by_label("Meestal zelf")).to_be_checked()


def test_rather_not_say_clears_the_other_answers_and_the_other_way_round(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    page.goto("/scan/2")
    devices = question(page, "Welke apparaten gebruik je?")
    skip = devices.get_by_label("Zeg ik liever niet")
    devices.get_by_text("Laptop").click()
    skip.check()
    expect(devices.get_by_label("Laptop")).not_to_be_checked()
    devices.get_by_text("Telefoon").click()
    expect(skip).not_to_be_checked()
    years = question(page, "Hoeveel jaar werk je in de zorg?")
    years.get_by_role("textbox").fill("7")
    years.get_by_label("Zeg ik liever niet").check()
    expect(years.get_by_role("textbox")).to_have_value("")
    wait_until_saved(page)
    page.reload()
    expect(devices.get_by_label("Telefoon")).to_be_checked()
    expect(years.get_by_label("Zeg ik liever niet")).to_be_checked()


def test_finishing_twice_gives_one_code(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    page.goto("/uitkomst")
    choose(page, words(page).count_me_in, words(page).keep)
    page.get_by_role("button", name=words(page).finish).dblclick()
    code = code_on(page)
    page.reload()
    assert code_on(page) == code
    page.goto("/mijn")
    page.locator("#code").fill(code)
    page.get_by_role("button", name=words(page).show).click()
    expect(page).to_have_url(re.compile("/mijn/uitkomst$"))
    assert page.locator("section.type").count() == 1
    assert page.locator("main > details").count() == 0, "an earlier outcome is listed"


def test_stopping_erases_everything(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    answer_all(page)
    press(page, "Stoppen")
    press(page, "Wis alles en stop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alles is gewist")
    page.goto("/scan/1")
    expect(page).to_have_url(re.compile("/scan/geen$"))


def test_a_page_left_open_after_stopping_does_not_say_that_it_saves(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.small_link("Anemoon"))
    answer(page, OPEN_ATTACHMENT, "Met hulp")
    wait_until_saved(page)
    other = page.context.new_page()
    other.goto("/scan/stoppen")
    press(other, "Wis alles en stop")
    answer(page, OPEN_ATTACHMENT, "Zelf")
    expect(page.get_by_role("status")).to_have_text("")
