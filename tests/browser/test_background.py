"""The background questions at the end of a scan: without JavaScript, by keys, in order in both languages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import inspect
from tests.browser.conftest import Visits
from tests.browser.pages import answers_on, choose, finish, question, start, words
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")

AGE = {"nl": "Hoe oud ben je?", "en": "How old are you?"}


@pytest.mark.parametrize(("language", "dark"), [("nl", False), ("en", True)])
def test_the_questions_are_in_order_and_nothing_is_told_in_advance(
    visit: Visits, served: Served, language: str, dark: bool
) -> None:
    page = visit(language, dark=dark)
    start(page, served.link("Duin"))
    page.goto("/uitkomst")
    assert answers_on(page) == [["background-age", "-"], ["background-function", "-"]]
    expect(question(page, AGE[language])).to_be_visible()
    inspect(page)


def test_without_script_a_choice_survives_what_was_forgotten(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.link("Duin"))
    page.goto("/uitkomst")
    question(page, AGE["nl"]).get_by_text("55 jaar of ouder").click()
    finish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert ["background-age", "from_55"] in answers_on(page)
    choose(page, words(page).count_me_in, words(page).keep_nothing)
    finish(page)
    expect(page).to_have_url(re.compile("/uitkomst/klaar$"))


def test_by_keys(visit: Visits, served: Served) -> None:
    page = visit()
    start(page, served.link("Duin"))
    page.goto("/uitkomst")
    question(page, AGE["nl"]).get_by_role("radio").last.focus()
    page.keyboard.press("ArrowUp")
    expect(question(page, AGE["nl"]).get_by_label("55 jaar of ouder")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("input[name=background-function]:focus")).to_have_count(1)
