"""The same way with JavaScript off: nothing may depend on it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import language_of
from tests.browser.conftest import Visits
from tests.browser.pages import (
    answer_all,
    answer_everything,
    answers_on,
    choose,
    code_on,
    finish,
    go_on,
    outcome_on,
    press,
    put_code_away,
    question,
    show_outcome,
    start,
    words,
)
from tests.browser.served import Served

pytestmark = pytest.mark.xdist_group("browser")


def test_keep_nothing_and_only_for_me(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.link("Duin"))
    answer_everything(page)
    assert "Jouw digitype" in outcome_on(page)["digitype"]
    choose(page, words(page).only_me, words(page).keep_nothing)
    finish(page)
    expect(page).to_have_url(re.compile("/uitkomst/klaar$"))
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "zelfscan_scan"]
    page.goto("/uitkomst")
    expect(page).to_have_url(re.compile("/scan/geen$"))


def test_keep_the_outcome_and_come_back(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.small_link("Duin"))
    answer_everything(page, there_and_back=True)
    outcome = outcome_on(page)
    choose(page, words(page).count_me_in, words(page).keep)
    finish(page)
    code = code_on(page)
    expect(page.locator("[data-print]")).to_be_hidden()
    put_code_away(page)
    page.goto("/mijn")
    page.locator("#code").fill(code)
    show_outcome(page)
    assert outcome_on(page) == outcome


def test_nothing_is_chosen_in_advance(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.small_link("Duin"))
    page.goto("/uitkomst")
    assert answers_on(page) == []
    finish(page)
    expect(page.get_by_role("alert")).to_have_text("Maak nog twee keuzes. Dan kun je afronden.")


def test_changing_the_language_saves_what_is_filled_in(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.small_link("Duin"))
    answer_all(page)
    given = answers_on(page)
    press(page, "English")
    expect(page.get_by_role("heading", level=1)).to_have_text("Working with apps")
    assert answers_on(page) == given


def test_an_answer_that_cannot_be_is_pointed_out_and_the_others_are_saved(visit: Visits, served: Served) -> None:
    page = visit(scripts=False)
    start(page, served.small_link("Duin"))
    page.goto("/scan/2")
    question(page, "Ik vertrouw op mijzelf.").get_by_text("Met hulp").click()
    years = page.get_by_role("textbox", name="Hoeveel jaar werk je in de zorg?")
    years.fill("veel")
    go_on(page)
    expect(years).to_have_attribute("aria-invalid", "true")
    expect(years).to_have_value("veel")
    expect(page.locator(".error").last).to_have_text("Vul een heel getal in van 0 tot en met 60.")
    page.goto("/scan/2")
    expect(question(page, "Ik vertrouw op mijzelf.").get_by_label("Met hulp")).to_be_checked()


@pytest.mark.parametrize(("pressed", "leads_to"), [("English", "/scan/2"), ("Stoppen", "/scan/stoppen")])
def test_an_answer_that_cannot_be_holds_up_neither_language_nor_stopping(
    visit: Visits, served: Served, pressed: str, leads_to: str
) -> None:
    page = visit(scripts=False)
    start(page, served.small_link("Duin"))
    page.goto("/scan/2")
    page.get_by_role("textbox").fill("veel")
    press(page, pressed)
    expect(page).to_have_url(f"{served.address}{leads_to}")
    assert language_of(page) == ("en" if pressed == "English" else "nl")
    expect(page.locator(".error")).to_have_count(0)
