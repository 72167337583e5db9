"""An employee who takes a scan, page after page, as her browser would without JavaScript."""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Protocol

from zelfscan.scan.forms import SKIP

Form = list[tuple[str, str]]
Choose = Callable[[Sequence[str]], str]

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
CODE = re.compile(r'<p class="code"[^>]*>([a-z-]+)</p>')
A_NUMBER = "5"
CHOICES: Form = [("send", "team"), ("keep", "code"), ("go", "next")]
FILE, AUTOSAVE = "static file", "autosave"


@dataclass(frozen=True)
class Answer:
    """What the server answered; `location` is empty unless it leads elsewhere."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser(Protocol):
    """Sends requests, and keeps the cookies that come with the answers."""

    def send(self, method: str, address: str, form: Form, headers: dict[str, str]) -> Answer:
        """Send a request; leads nowhere by itself."""


@dataclass(frozen=True)
class Step:
    """One request of a visit: what kind of page, and how long the answer took in seconds."""

    kind: str
    method: str
    address: str
    seconds: float
    answer: Answer


class Unexpected(Exception):
    """The service did not answer as it should; the message says where."""


class Visitor:
    """Takes scans and comes back with a code."""

    def __init__(
        self, browser: Browser, choose: Choose, at_each: Callable[[Step], None], autosaves: bool = False
    ) -> None:
        """
        Args:
            browser: a new one: no cookies, nothing in its cache.
            choose: picks an answer from the values of a question.
            at_each: gets each step.
            autosaves: whether each answer is saved when it is given, as the script of the page does.
        """
        self.browser, self.choose, self.at_each, self.autosaves = browser, choose, at_each, autosaves
        self._cached: set[str] = set()

    def open(self, kind: str, address: str) -> str:
        """Open a page, and load the files that the browser does not have yet; returns the page."""
        page = self._step(kind, "GET", address).text
        for file in STATIC.findall(page):
            if file not in self._cached:
                self._cached.add(file)
                self._step(FILE, "GET", unescape(file))
        return page

    def press(self, kind: str, address: str, page: str, form: Form) -> str:
        """Send a form of a page; returns the address that the answer leads to."""
        return self._step(kind, "POST", address, [_token(page), *form]).location

    def _step(self, kind: str, method: str, address: str, form: Form | None = None) -> Answer:
        started = time.perf_counter()
        answer = self.browser.send(method, address, form or [], {"X-Autosave": "1"} if kind == AUTOSAVE else {})
        seconds = time.perf_counter() - started
        if answer.status != (200 if method == "GET" else 204 if kind == AUTOSAVE else 302):
            raise Unexpected(f"{method} {address}: status {answer.status}")
        self.at_each(Step(kind, method, address, seconds, answer))
        return answer

    def take_scan(self, token: str) -> str:
        """A whole scan, from the link of a team to the code that is put away; returns the code."""
        start = self.open("start", f"/s/{token}")
        address = self.press("begin", f"/s/{token}", start, [])
        while address.startswith("/scan/"):
            address = self._take_theme(address.partition("#")[0])
        outcome = self.open("outcome", address)
        address = self.press("finish", address, outcome, CHOICES)
        page = self.open("code", address)
        code = CODE.search(page)
        if code is None:
            raise Unexpected(f"no code on {address}")
        self.open("end", self.press("put away", address, page, []))
        return code[1]

    def _take_theme(self, address: str) -> str:
        page = self.open("theme page", address)
        given: Form = []
        for name, values in _questions(page).items():
            given.append((name, self.choose(values) if values else A_NUMBER))
            if self.autosaves:
                self._step(AUTOSAVE, "POST", address, [_token(page), *given])
        return self.press("theme answers", address, page, [*given, ("go", "next")])

    def come_back(self, code: str) -> None:
        """Open the outcome that was kept with a code."""
        page = self.open("return", "/mijn")
        self.open("mine", self.press("return with code", "/mijn", page, [("code", code)]))


def _token(page: str) -> tuple[str, str]:
    tokens = [found["value"] for found in _inputs(page) if found.get("name") == "csrf_token"]
    if not tokens:
        raise Unexpected("a page without a form token")
    return "csrf_token", tokens[0]


def _inputs(page: str) -> list[dict[str, str]]:
    return [{name: unescape(value) for name, value in ATTRIBUTE.findall(tag)} for tag in INPUT.findall(page)]


def _questions(page: str) -> dict[str, list[str]]:
    """Name of each question on a theme page with the values to choose from; none for a free entry."""
    found: dict[str, list[str]] = {}
    for field in _inputs(page):
        name, value = field.get("name", ""), field.get("value", "")
        if "." in name:
            values = found.setdefault(name, [])
            if field.get("type") != "text" and value != SKIP:
                values.append(value)
    return found


def at_random(seed: int) -> Choose:
    """Picks any answer; the same ones for the same seed."""
    return random.Random(seed).choice  # noqa: S311


def the_first(values: Sequence[str]) -> str:
    """Picks the first answer, which on a scale is the lowest: the outcome with the most tips."""
    return values[0]
