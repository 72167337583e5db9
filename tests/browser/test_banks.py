"""Banks with outcomes of other shapes, in Chromium: every page is accessible, fits, and leads to the code."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import inspect
from tests.browser.conftest import Visits
from tests.browser.pages import answer_everything, choose, code_on, finish, start, words
from tests.browser.served import OTHERS, Served

HEADINGS = {
    "app_ecd": "Hier wil je hulp bij",
    "functie_helpende": "Wat de functie vraagt",
    "borging": "Wat er is en wat er nog niet is",
    "client_intake": "Wat hierbij past",
    "leidinggevende": "Om over te praten",
}


@pytest.mark.parametrize("bank", OTHERS)
def test_a_bank_is_taken_to_its_own_kind_of_outcome(visit: Visits, served: Served, bank: str) -> None:
    page = visit()
    start(page, served.others[bank])
    wish = page.locator("input[name=help]").first
    if wish.count():
        wish.check()
    answer_everything(page, inspect)
    expect(page.get_by_role("heading", name=HEADINGS[bank], exact=True)).to_be_visible()
    counts = page.locator("input[name=send]").count() > 0
    assert counts == (bank not in ("borging", "client_intake"))
    choose(page, *([words(page).only_me] if counts else []), words(page).keep)
    finish(page)
    assert code_on(page)
