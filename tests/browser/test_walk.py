"""The whole way of an employee on a phone: team link, questions, outcome, code, and back with the code."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import inspect, language_of
from tests.browser.conftest import Visits
from tests.browser.pages import (
    answer_everything,
    choose,
    code_on,
    finish,
    outcome_on,
    put_code_away,
    show_outcome,
    start,
    words,
)
from tests.browser.served import SHIPPED, Served
from tests.browser.trail import letters
from tests.support import BANKS
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings
from zelfscan.outcome.qr import code_address, qr_svg

pytestmark = pytest.mark.xdist_group("browser")


def take_scan(page: Page, link: str) -> tuple[dict[str, str], str]:
    """The way to the code, looking closely at each page; returns the outcome and the code."""
    page.goto(link)
    inspect(page)
    start(page, link)
    answer_everything(page, inspect, there_and_back=language_of(page) == "nl")
    outcome = outcome_on(page)
    choose(page, words(page).count_me_in, words(page).keep)
    finish(page)
    code = code_on(page)
    inspect(page)
    return outcome, code


def come_back_by_typing(page: Page, code: str) -> None:
    page.goto("/mijn")
    inspect(page)
    page.locator("#code").fill(code.upper().replace("-", " "))
    show_outcome(page)


def come_back_by_qr(page: Page, address: str, code: str) -> None:
    """Open the address that the QR holds; the code is gone from the address bar at once."""
    page.goto(address)
    expect(page.locator("#code")).to_have_value(code)
    assert page.url == address.partition("#")[0]
    show_outcome(page)


@pytest.mark.parametrize(
    ("asks", "language", "dark"),
    [("the shipped banks", "nl", False), ("the shipped banks", "en", True), ("the small bank", "en", False)],
)
def test_from_link_to_outcome_and_back_with_the_code(
    visit: Visits, served: Served, asks: str, language: str, dark: bool
) -> None:
    link = served.link("Bosuil") if asks == "the shipped banks" else served.small_link("Bosuil")
    page = visit(language, dark=dark)
    outcome, code = take_scan(page, link)
    assert language_of(page) == language
    address = code_address(served.address, code)
    assert page.get_by_role("img", name="QR").get_attribute("src") == qr_svg(address)
    put_code_away(page)
    inspect(page)

    come_back_by_typing(page, code)
    inspect(page)
    assert outcome_on(page) == outcome

    another_phone = visit(language, dark=dark)
    come_back_by_qr(another_phone, address, code)
    assert outcome_on(another_phone) == outcome

    assert not [text for text in visit.trail.sent() if letters(code) in letters(text)]
    assert not [text for text in visit.trail.stored() if letters(code) in letters(text)]
    assert letters(code) not in letters(served.log.read_text(encoding="utf-8"))


def test_the_walks_pass_every_kind_of_question() -> None:
    paths = [*(Settings().shipped_bank(bank) for bank in SHIPPED), BANKS / "mini.yaml"]
    banks = [load_bank(path) for path in paths]
    assert {item.question.kind for bank in banks for item in bank.items()} == set(KINDS)


def test_a_code_that_arrives_while_the_page_is_open_leaves_the_address_too(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto("/mijn")
    page.goto("/mijn#dor-lef-pim")
    expect(page.locator("#code")).to_have_value("dor-lef-pim")
    assert page.url == f"{served.address}/mijn"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("dor-lef", "typefout"), ("bab-bab-bab-bab-bab-bab-bab", "geen uitkomst"), ("", "Vul je code in")],
)
def test_a_code_that_opens_nothing_is_not_repeated(visit: Visits, typed: str, answer: str) -> None:
    page = visit()
    page.goto("/mijn")
    page.locator("#code").fill(typed)
    page.get_by_role("button", name=words(page).show).click()
    expect(page.locator(".error")).to_contain_text(answer)
    expect(page.locator("#code")).to_have_value("")
    inspect(page)


def test_language_can_be_chosen_on_the_first_page_and_stays(visit: Visits, served: Served) -> None:
    page = visit()
    page.goto(served.small_link("Bosuil"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    start(page, served.small_link("Bosuil"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Working with apps")
    page.goto("/")
    expect(page.locator("h1")).to_have_text(re.compile("only yours"))
