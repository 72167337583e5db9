"""What browsers leave behind in a test: what they asked for, and what they complained of."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from urllib.parse import unquote_plus, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError


class Trail:
    """Follows browser contexts; `problems` has to stay empty.

    Attributes:
        problems: console errors and warnings (a blocked script or style is one), crashes of scripts, requests to
            another host, and parts of a page that did not load.
        requests: every request, in order.
        contexts: the contexts that are followed.
    """

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.problems: list[str] = []
        self.requests: list[Request] = []
        self.contexts: list[BrowserContext] = []

    def follow(self, context: BrowserContext) -> None:
        self.contexts.append(context)
        context.on("console", self._on_console)
        context.on("weberror", self._on_crash)
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def sent(self) -> Iterator[str]:
        """Every address and header that went out; a fragment stays in the browser."""
        for request in self.requests:
            yield request.url.partition("#")[0]
            yield from request.all_headers().values()

    def stored(self) -> Iterator[str]:
        """What the browsers keep: cookies, as they are and decoded, and the storage of pages that are open."""
        for context in self.contexts:
            for cookie in context.cookies():
                yield cookie["value"]
                yield from map(_decoded, cookie["value"].split("."))
            yield from map(_storage, context.pages)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{message.type} in the console: {message.text}")

    def _on_crash(self, error: WebError) -> None:
        self.problems.append(f"a script crashed: {error.error}")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc != self.host:
            self.problems.append(f"a request to another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        """A page may answer with an error, when a test asks for one; what belongs to a page may not.

        Except 410, by which a background save hears that it comes too late.
        """
        if response.status >= 400 and response.status != 410 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status} for {response.url}")


def _decoded(part: str) -> str:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
    except NotBase64:
        return ""


def _storage(page: Page) -> str:
    return str(page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, location.href])"))


def letters(text: str) -> str:
    """Only the letters of a text, in lower case: however a code is written, its letters stay in order."""
    return "".join(c for c in unquote_plus(text).lower() if c.isalpha())
