"""Headers that keep pages to themselves, and requests within bounds."""

from flask import Flask, abort, request
from werkzeug.wrappers import Response

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
    if request.mimetype not in FORMS or request.files:
        abort(400)
    given = [request.path, *request.args.values(), *(value for _, value in request.form.items(multi=True))]
    if any("\0" in value for value in given):
        abort(400)


def set_headers(response: Response) -> Response:
    """No page is kept by a browser or proxy; static files, whose address names their content, for a year."""
    response.headers.update(HEADERS)
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
    app.before_request(refuse_what_no_form_sends)
    app.after_request(set_headers)
