"""Headers that keep pages to themselves, and requests within bounds."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from itsdangerous import URLSafeTimedSerializer

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
A_YEAR = "public, max-age=31536000, immutable"
KIB = 1024


FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")


def refuse_what_no_form_sends() -> None:
    """Let in text fields of forms only: no JSON, no files, no NUL, which PostgreSQL cannot hold."""
    given = [request.path, *request.args.values()]
    if request.method == "POST":
        if request.mimetype not in FORMS or request.files:
            abort(400)
        given += (value for _, value in request.form.items(multi=True))
    if any("\0" in value for value in given):
        abort(400)


class WithHeaders:
    """Adds `HEADERS` to every answer, whatever answers."""

    def __init__(self, wsgi: "WSGIApplication") -> None:
        self.wsgi = wsgi

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            return start_response(status, [*headers, *HEADERS.items()], *error)

        return self.wsgi(environ, start)


class SignedCookies(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie, with a signer that is made once, not twice a request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> "URLSafeTimedSerializer | None":
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


def set_headers(response: Response) -> Response:
    """No page is kept by a browser or proxy; static files, whose address names their content, for a year."""
    static = request.endpoint == "static" and response.status_code < 400
    response.headers["Cache-Control"] = A_YEAR if static and "v" in request.args else "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    return response


def init_app(app: Flask, secure: bool) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="zelfscan_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=256 * KIB,
        MAX_FORM_MEMORY_SIZE=256 * KIB,
        MAX_FORM_PARTS=2000,
    )
    app.session_interface = SignedCookies()
    app.wsgi_app = WithHeaders(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(refuse_what_no_form_sends)
    app.after_request(set_headers)
