"""What a page weighs for a browser with an empty cache: its HTML and everything that it loads, compressed.

The service compresses nothing itself, the proxy in front of it does; gzip level 6 is what proxies use.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.bench.visitor import FILE, Browser, Step, Unexpected, Visitor, the_first

LIMIT = 50_000
"""Bytes of an employee page with everything that it loads, compressed."""
LEVEL = 6

ORIGIN = "http://zelfscan"
"""Stands for our own host: whatever else a page loads from is another one."""

Fetch = Callable[[str], bytes]
IN_CSS = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""")
FOLLOWED_BY_HAND = {"a", "area", "base"}
LOADING = {"src", "href", "poster", "data", "background", "xlink:href"}


@dataclass(frozen=True)
class Weight:
    """A weighed page.

    Attributes:
        page: what kind of page it is.
        html: bytes of its HTML, compressed.
        files: bytes per address that it loads from its own host, compressed.
        elsewhere: addresses that it loads from another host.
    """

    page: str
    html: int
    files: dict[str, int]
    elsewhere: tuple[str, ...]

    @property
    def total(self) -> int:
        """Bytes that a browser with an empty cache takes in, headers left out."""
        return self.html + sum(self.files.values())


def weigh_employee_pages(browser: Browser, token: str) -> list[Weight]:
    """Weigh each page that an employee sees, from the home page to coming back with her code.

    Args:
        browser: a new one.
        token: link of a team.
    """
    steps: list[Step] = []
    visitor = Visitor(browser, the_first, steps.append)
    visitor.open("home", "/")
    visitor.come_back(visitor.take_scan(token))
    pages = [step for step in steps if step.method == "GET" and step.kind != FILE]
    return [weigh(page.kind, ORIGIN + page.address, page.answer.text, partial(_fetch, browser)) for page in pages]


def _fetch(browser: Browser, address: str) -> bytes:
    answer = browser.send("GET", address.removeprefix(ORIGIN), [], {})
    if answer.status != 200:
        raise Unexpected(f"GET {address}: status {answer.status}")
    return answer.body


def weigh(page: str, address: str, html: str, fetch: Fetch) -> Weight:
    """Weigh a page.

    Args:
        page: what kind of page it is.
        address: of the page, whole.
        html: its source.
        fetch: gets the content behind a whole address on the host of the page.
    """
    waiting = [urljoin(address, found) for found in loaded_by_html(html)]
    files: dict[str, int] = {}
    elsewhere: set[str] = set()
    while waiting:
        found = waiting.pop()
        if urlsplit(found)[:2] != urlsplit(address)[:2]:
            elsewhere.add(found)
        elif found not in files:
            content = fetch(found)
            files[found] = compressed(content)
            if urlsplit(found).path.endswith(".css"):
                waiting += [urljoin(found, inner) for inner in loaded_by_css(content.decode())]
    return Weight(page, compressed(html.encode()), files, tuple(sorted(elsewhere)))


def compressed(content: bytes) -> int:
    """Bytes of a content after compression."""
    return len(gzip.compress(content, LEVEL, mtime=0))


def loaded_by_html(html: str) -> list[str]:
    """What a browser loads for a page without being asked, as it is written there; data addresses left out."""
    finder = _Finder()
    finder.feed(html)
    return _without_data(finder.found)


def loaded_by_css(css: str) -> list[str]:
    """What a browser may load for a style sheet, as it is written there; data addresses left out."""
    return _without_data(IN_CSS.findall(css))


def _without_data(found: list[str]) -> list[str]:
    return [address for address in found if address and not address.startswith(("data:", "#"))]


class _Finder(HTMLParser):
    """Collects the addresses in every attribute that makes a browser load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in FOLLOWED_BY_HAND:
            self.found += [address for name, value in attrs if value for address in _addresses(name, value)]


def _addresses(attribute: str, value: str) -> Iterator[str]:
    if attribute in LOADING:
        yield value.strip()
    elif attribute == "srcset" and not value.startswith("data:"):
        yield from (candidate.split()[0] for candidate in value.split(",") if candidate.strip())
    elif attribute == "style":
        yield from IN_CSS.findall(value)
