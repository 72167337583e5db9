"""A small browser over HTTP: one connection, and the cookies of one visitor."""

from http.client import HTTPConnection
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.bench.visitor import Answer, Form

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 30
"""Seconds to wait for an answer."""


class HttpBrowser:
    """Sends requests over a connection that stays open, as browsers do."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def send(self, method: str, address: str, form: Form, headers: dict[str, str]) -> Answer:
        """Send a request and read the whole answer; leads nowhere by itself."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = urlencode(form) if method == "POST" else None
        self._connection.request(method, address, body, headers | cookies | (FORM if body else {}))
        response = self._connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self._keep(cookie)
        return Answer(response.status, response.headers.get("Location", ""), content)

    def _keep(self, cookie: str) -> None:
        for name, morsel in SimpleCookie(cookie).items():
            if morsel["max-age"] == "0":
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = morsel.value
