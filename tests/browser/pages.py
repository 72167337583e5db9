"""The pages as a visitor uses them: by the words on them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import language_of
from tests.support import PASSWORD

AtEachPage = Callable[[Page], None]
CODE = re.compile(r"^([a-z]{3}-){6}[a-z]{3}$")
YEARS = "12"


@dataclass(frozen=True)
class Words:
    """What the buttons and choices say in one language."""

    start: str
    next: str
    outcome: str
    back: str
    count_me_in: str
    only_me: str
    keep: str
    keep_nothing: str
    finish: str
    written_down: str
    show: str
    sign_in: str


WORDS = {
    "nl": Words(
        start="Begin",
        next="Verder",
        outcome="Naar mijn uitkomst",
        back="Terug",
        count_me_in="Tel mij anoniem mee",
        only_me="Nee, alleen voor mij",
        keep="Bewaren.",
        keep_nothing="Niets bewaren.",
        finish="Afronden",
        written_down="Ik heb de code bewaard",
        show="Laat mijn uitkomst zien",
        sign_in="Inloggen",
    ),
    "en": Words(
        start="Start",
        next="Next",
        outcome="To my outcome",
        back="Back",
        count_me_in="Count me in",
        only_me="Only for me",
        keep="Keep it.",
        keep_nothing="Keep nothing.",
        finish="Finish",
        written_down="I have written it down",
        show="Show my outcome",
        sign_in="Sign in",
    ),
}
ENGLISH, DUTCH = "English", "Nederlands"


def words(page: Page) -> Words:
    """The words of the language that the page is in."""
    return WORDS[language_of(page)]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page that it leads to."""
    with page.expect_navigation():
        button(page, name).click()


def start(page: Page, link: str) -> None:
    """Open a team link and begin."""
    page.goto(link)
    press(page, words(page).start)
    expect(page).to_have_url(re.compile(r"/scan/1$"))


def question(page: Page, text: str) -> Locator:
    """The group of answers under a question."""
    return page.get_by_role("group", name=text)


def answer_all(page: Page) -> None:
    """Answer every question of this theme that has no answer yet, each in another way than the one before."""
    for entry in page.locator("fieldset input[type=text]").all():
        entry.fill(YEARS)
    still_open = page.locator("fieldset:not(:has(input:checked)):not(:has(input[type=text]))")
    for number, name in enumerate(still_open.evaluate_all("groups => groups.map(group => group.id)")):
        answers = page.locator(f"fieldset[id='{name}'] label.answer:not(.aside)")
        answers.nth((2 * number + 1) % answers.count()).click()


def answers_on(page: Page) -> list[list[str]]:
    """Name and value of everything that is filled in on this theme."""
    found: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('fieldset input')].filter(e => e.type === 'text' ? e.value : e.checked)"
        ".map(e => [e.name, e.value])"
    )
    return found


def go_on(page: Page) -> None:
    """Press the button that leads on."""
    here = words(page)
    press(page, here.outcome if button(page, here.outcome).count() else here.next)


def answer_everything(page: Page, at_each: AtEachPage = lambda _: None, *, there_and_back: bool = False) -> None:
    """Answer theme after theme up to the outcome.

    Args:
        page: on the first theme.
        at_each: looks at each page, the outcome too.
        there_and_back: leave each answered theme, come back to it, and compare, before going on.
    """
    while "/scan/" in page.url:
        at_each(page)
        here = _path(page)
        answer_all(page)
        given = answers_on(page)
        go_on(page)
        if there_and_back and "/scan/" in page.url and _path(page) != here:
            press(page, words(page).back)
            assert (_path(page), answers_on(page)) == (here, given), "going back lost an answer"
            go_on(page)
    expect(page).to_have_url(re.compile("/uitkomst$"))
    at_each(page)


def _path(page: Page) -> str:
    return urlsplit(page.url).path


def outcome_on(page: Page) -> dict[str, str]:
    """The words of the outcome: digitype, next steps, and theme after theme."""
    parts = {"digitype": "section.type", "steps": "section:has(> #steps)", "themes": "section:has(> #themes)"}
    found = {part: " ".join((page.locator(css).text_content() or "").split()) for part, css in parts.items()}
    assert all(found.values()), f"an empty part in {found}"
    return found


def choose(page: Page, *choices: str) -> None:
    """Tick the choices at the end of the scan."""
    for choice in choices:
        page.get_by_text(choice).locator("visible=true").first.click()


def finish(page: Page) -> None:
    press(page, words(page).finish)


def code_on(page: Page) -> str:
    """The personal code on the page that shows it."""
    expect(page).to_have_url(re.compile("/uitkomst/code$"))
    code = page.locator(".code").inner_text()
    assert CODE.match(code)
    return code


def put_code_away(page: Page) -> None:
    press(page, words(page).written_down)
    expect(page).to_have_url(re.compile("/uitkomst/klaar$"))


def show_outcome(page: Page) -> None:
    """Press the button under the code, and wait for the outcome."""
    press(page, words(page).show)
    expect(page).to_have_url(re.compile("/mijn/uitkomst$"))


def sign_in(page: Page, email: str) -> None:
    """Sign in with an account of `tests.support`, and wait for the dashboard."""
    page.goto("/dashboard/")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    press(page, words(page).sign_in)
    expect(page).to_have_url(re.compile("/dashboard/."))
