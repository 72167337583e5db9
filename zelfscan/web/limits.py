"""Limits on attempts, counted in the memory of each worker: nothing about who tried what is written down."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from zelfscan.web.current import installation

P = ParamSpec("P")
R = TypeVar("R")

attempts = MovingWindowRateLimiter(MemoryStorage())


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def code_limit() -> str:
    """How often one address may try a personal code."""
    return installation().settings.code_limit


def login_limit() -> str:
    """How often one address may try a password."""
    return installation().settings.login_limit


def limited(
    rate: Callable[[], str], by: Callable[[], str] = address, counts: Callable[[], bool] = lambda: True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answer 429 when a view is opened too often.

    Args:
        rate: how often, for example '20 per 5 minutes'.
        by: what is counted apart, for example each address.
        counts: whether this request counts at all.
    """

    def limit(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if counts() and not attempts.hit(parse(rate()), view.__qualname__, by.__qualname__, by()):
                abort(429)
            return view(*args, **kwargs)

        return checked

    return limit
