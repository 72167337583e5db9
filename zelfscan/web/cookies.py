"""The cookies that hold a key: whoever has the browser has the draft, and nobody else."""

import base64
import binascii

from flask import request
from werkzeug.wrappers import Response

from zelfscan.scan.drafts import KEY_BYTES
from zelfscan.web.current import installation

SCAN = "zelfscan_scan"
OPENED = "zelfscan_opened"
DONE = "zelfscan_done"
DONE_DAYS = 60
"""How long a browser knows that a scan of a round was finished in it."""
A_DAY = 24 * 3600


def read_key(cookie: str) -> bytes | None:
    """The key in a cookie; None when there is none, or it is no key."""
    try:
        key = base64.urlsafe_b64decode(request.cookies.get(cookie, ""))
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def set_key(response: Response, cookie: str, key: bytes, days: int | None = None) -> Response:
    """Put a key in a cookie, for a number of days or until the browser closes."""
    set_cookie(response, cookie, base64.urlsafe_b64encode(key).decode(), days)
    return response


def set_cookie(response: Response, cookie: str, value: str, days: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites do not send."""
    response.set_cookie(
        cookie,
        value,
        max_age=days * A_DAY if days else None,
        secure=installation().settings.secure,
        httponly=True,
        samesite="Lax",
    )


def drop(response: Response, cookie: str) -> Response:
    """Remove a cookie."""
    response.delete_cookie(cookie, secure=installation().settings.secure, httponly=True, samesite="Lax")
    return response
