"""Taking a scan: begin, answer, read back."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Self

from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item, Theme, Value
from zelfscan.db import Database
from zelfscan.privacy.code import new_code
from zelfscan.rounds.invitations.tokens import new_claim
from zelfscan.rounds.queries import VERSIONS_IN_MEMORY, Invitation, bank_versions
from zelfscan.scan import drafts

Answers = dict[str, Value | None]
AllAnswers = Mapping[str, Answers]
"""Answers per bank id."""
Choose = Callable[[Bank, Answers], Sequence[str] | None]

TYPICAL = 10
"""Questions that an adaptive test asks of most people (docs/digitypes.md)."""

SECONDS_PER_QUESTION = 10
"""Reading and answering one question, for the estimate of the time left."""


@dataclass(frozen=True)
class Scan:
    """A scan on its way, as it lies in its draft.

    Attributes:
        id: random; names this scan's outcome within a vault entry, so that a retry replaces instead of doubles.
        token: of the team's link or personal invitation that it began with.
        banks: hashes of the bank versions that it asks, in order.
        code: the personal code, fixed from the start so that every retry derives the same ids from it.
        returning: whether the code is one that the employee had already.
        answers: per bank id, answer by address; None is 'rather not say'.
        help: per bank id the places (`help_places`) where help is wanted.
        adaptive: whether the digitype is asked with as few questions as it needs.
        round_id, unit_id: where it counts, for when the invitation is erased because the round closed.
        claim: what it uses a personal invitation with; empty with a team's link. It is in no outcome and no ballot.
    """

    id: str
    token: str
    banks: tuple[str, ...]
    code: str
    returning: bool = False
    answers: dict[str, Answers] = field(default_factory=dict)
    help: dict[str, list[str]] = field(default_factory=dict)
    adaptive: bool = False
    round_id: str = ""
    unit_id: str = ""
    claim: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "scan"} | vars(self) | {"banks": list(self.banks)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        given = {name: content[name] for name in ("id", "token", "code", "returning", "answers", "help", "adaptive")}
        since = {name: content.get(name, "") for name in ("round_id", "unit_id", "claim")}
        return cls(banks=tuple(content["banks"]), **given, **since)

    def with_answers(self, bank: str, given: Answers, cleared: Collection[str] = ()) -> Self:
        """This scan with answers added, changed or cleared; others stay."""
        kept = {a: value for a, value in self.answers.get(bank, {}).items() if a not in cleared}
        return replace(self, answers=self.answers | {bank: kept | given})

    def wishes(self, banks: tuple[Bank, ...]) -> dict[str, list[str]]:
        """Where help is wanted, per bank id; not at questions that the answers hid."""
        asked = {bank.bank: {*visible(bank, self.answers.get(bank.bank, {})), *_theme_ids(bank)} for bank in banks}
        return {name: [place for place in places if place in asked.get(name, ())] for name, places in self.help.items()}

    def with_help(self, bank: str, wanted: Mapping[str, bool]) -> Self:
        """This scan with help wanted, or no longer wanted, at these places; others stay."""
        kept = [place for place in self.help.get(bank, []) if place not in wanted]
        places = sorted([*kept, *(place for place, ticked in wanted.items() if ticked)])
        return replace(self, help=self.help | {bank: places}) if places or bank in self.help else self


def _theme_ids(bank: Bank) -> list[str]:
    return [theme.id for theme in bank.themes]


@dataclass(frozen=True)
class OpenScan:
    """A scan in a browser's hands, the banks that it asks, and the draft that it was read from."""

    scan: Scan
    banks: tuple[Bank, ...]
    draft: drafts.Held


@dataclass(frozen=True)
class Page:
    """One theme of one bank: what a page of the scan asks, given the answers so far.

    Attributes:
        alone: of an adaptive test, which asks one question a page.
    """

    bank: Bank
    theme: Theme
    items: tuple[Item, ...]
    alone: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """What tells a page from the others, whatever its number is."""
        return self.bank.hash, self.items[0].address if self.alone else self.theme.id


def begin(database: Database, link: Invitation, today: date, days: int, code: str | None = None) -> bytes:
    """Begin a scan; returns the key for the browser's cookie.

    Args:
        link: where the scan began.
        days: how long an unfinished scan is kept.
        code: the code of an earlier outcome, when the employee has one.
    """
    key = drafts.new_key()
    banks = tuple(bank.hash for bank in link.banks)
    scan = Scan(
        secrets.token_hex(8),
        link.token,
        banks,
        code or new_code(),
        returning=code is not None,
        adaptive=link.adaptive,
        round_id=link.round_id,
        unit_id=link.unit_id,
        claim=new_claim() if link.personal else "",
    )
    with database.write() as session:
        drafts.erase_expired(session, today)
        drafts.create(session, key, link.organisation_id, scan.to_dict(), today + timedelta(days=days))
    return key


def open_scan(database: Database, key: bytes, today: date) -> OpenScan | None:
    """The scan in this browser's hands; None when there is none, or it is finished."""
    draft = drafts.read(database, key, today)
    if draft is None or draft.content["kind"] != "scan":
        return None
    scan = Scan.from_dict(draft.content)
    return OpenScan(scan, bank_versions(database, scan.banks), draft)


def save_answers(
    database: Database,
    key: bytes,
    today: date,
    bank: str,
    given: Answers,
    cleared: Collection[str] = (),
    help_wanted: Mapping[str, bool] | None = None,
    draft: drafts.Held | None = None,
) -> Scan | None:
    """Add answers to the draft, and take out those that were cleared; None when the scan is finished or gone.

    Args:
        help_wanted: whether help is wanted, per place where that was asked.
        draft: the draft when it was read just now.
    """

    def add(content: drafts.Content) -> drafts.Content:
        if content["kind"] != "scan":
            return content
        return Scan.from_dict(content).with_answers(bank, given, cleared).with_help(bank, help_wanted or {}).to_dict()

    content = drafts.change(database, key, today, add, draft)
    return Scan.from_dict(content) if content and content["kind"] == "scan" else None


def pages_of(banks: tuple[Bank, ...], answers: AllAnswers, choose: Choose | None = None) -> list[Page]:
    """The pages of a scan: each theme of each bank that has a question to ask, given the answers.

    Args:
        choose: for an adaptive scan: the questions to ask of a bank, in order, or None for a bank that is asked whole.
    """
    pages: list[Page] = []
    for bank in banks:
        chosen = choose(bank, answers.get(bank.bank, {})) if choose else None
        if chosen is not None:
            items = [bank.item(address) for address in chosen]
            pages += [Page(bank, item.theme, (item,), alone=True) for item in items]
            continue
        pages += _theme_pages(bank, answers.get(bank.bank, {}))
    return pages


def _theme_pages(bank: Bank, answers: Answers) -> Sequence[Page]:
    """The themes of a bank that have a question to ask."""
    whole = _whole_pages(_Version(bank.hash, bank))
    if not bank.branches:
        return whole
    asked = set(visible(bank, answers))
    kept = ((page, tuple(item for item in page.items if item.address in asked)) for page in whole)
    return [page if items == page.items else replace(page, items=items) for page, items in kept if items]


@dataclass(frozen=True)
class _Version:
    """A bank, told apart by its hash."""

    hash: str
    bank: Bank = field(compare=False)


@lru_cache(maxsize=VERSIONS_IN_MEMORY)
def _whole_pages(version: _Version) -> tuple[Page, ...]:
    """Each theme of a bank with all its questions."""
    themes = groupby(version.bank.items(), key=lambda item: item.theme)
    return tuple(Page(version.bank, theme, tuple(items)) for theme, items in themes)


def whole_theme(banks: tuple[Bank, ...], name: str) -> Page | None:
    """A theme by its name (`bank.theme`) with all its questions, also those that the answers hide now.

    What a browser sends may come from a page of before other answers hid questions, or the whole theme.
    """
    bank_id, _, theme_id = name.partition(".")
    whole = (page for bank in banks if bank.bank == bank_id for page in _whole_pages(_Version(bank.hash, bank)))
    return next((page for page in whole if page.theme.id == theme_id), None)


def help_places(page: Page) -> tuple[str, ...]:
    """Where a page lets people say that they want help: addresses of questions, or the id of its theme."""
    if page.bank.wants_help == "theme":
        return (page.theme.id,)
    return tuple(item.address for item in page.items) if page.bank.wants_help else ()


def unanswered(page: Page, answers: Answers) -> list[Item]:
    """The questions of a page that have neither an answer nor 'rather not say'."""
    return [item for item in page.items if item.address not in answers]


@dataclass(frozen=True)
class Way:
    """How far a page is on the way through a scan.

    Attributes:
        part, parts: number of the theme, and how many there are; 0 on a page of an adaptive test.
        question, questions: number of the question of an adaptive test, and how many there are at most; else 0.
        done, whole: for a bar.
    """

    part: int
    parts: int
    question: int
    questions: int
    done: int
    whole: int


def way_through(pages: list[Page], number: int) -> Way:
    """How far page `number` (from 1) is; the end of an adaptive test is a leap forward."""
    alone, here = [page for page in pages if page.alone], pages[number - 1].alone
    most = len(alone[0].bank.items()) if alone else 0
    parts = len(pages) - len(alone)
    if here:
        return Way(0, parts, sum(page.alone for page in pages[:number]), most, number - 1, most + parts)
    part = sum(not page.alone for page in pages[:number])
    return Way(part, parts, 0, most, most + part - 1, most + parts)


def minutes_left(pages: list[Page], number: int) -> int:
    """Estimate of the minutes from page `number` (from 1) to the outcome, at least 1."""
    questions = sum(len(page.items) for page in pages[number - 1 :])
    if pages[number - 1].alone:
        questions += max(0, TYPICAL - sum(page.alone for page in pages))
    return max(1, round(questions * SECONDS_PER_QUESTION / 60))


def parse_answer(raw: list[str], item: Item, bank: Bank) -> Value:
    """The value that a form's raw words stand for; raises ValueError when the question cannot have it."""
    return KINDS[item.question.kind].parse(raw, item.question, bank)
