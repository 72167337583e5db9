"""Error pages that say what happened and what to do, and logs that say nothing of anybody."""

import traceback

from flask import Flask, current_app, render_template
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError


def explanations() -> dict[int, tuple[str, str]]:
    """Title and advice per status code, in the reader's language."""
    return {
        400: (gettext("That did not work"), gettext("Go back one page and try again.")),
        403: (
            gettext("You cannot open this page"),
            gettext("It belongs to somebody else, or to another role."),
        ),
        404: (
            gettext("This page does not exist"),
            gettext("Check the address, or scan the code on the poster again."),
        ),
        413: (gettext("That is too much at once"), gettext("Go back one page and send less.")),
        429: (gettext("Too many attempts"), gettext("Wait five minutes, then try again. Nothing is lost.")),
        500: (
            gettext("Something went wrong on our side"),
            gettext("It is not your fault. Your answers are still there: go back one page and try again."),
        ),
    }


def error_page(error: HTTPException) -> tuple[str, int]:
    """The page for any HTTP error; it repeats nothing of the request."""
    code = error.code or 500
    title, advice = explanations().get(code, explanations()[400 if code < 500 else 500])
    return render_template("error.html", title=title, advice=advice), code


def csrf_page(error: CSRFError) -> tuple[str, int]:
    """The form is older than the browser's session, or cookies are off."""
    advice = gettext(
        "This page was open too long, or your browser keeps no cookies. Go back one page, reload it and try again."
    )
    return render_template("error.html", title=gettext("That did not work"), advice=advice), 400


def crash_page(error: Exception) -> tuple[str, int]:
    """A crash: the log gets its kind and place, never its message, which could quote an answer or a code."""
    current_app.logger.error("crash: %s\n%s", type(error).__name__, where(error))
    return error_page(InternalServerError())


def where(error: BaseException) -> str:
    """File, line and function of each frame; no source values, no message."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, csrf_page)
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(Exception, crash_page)
