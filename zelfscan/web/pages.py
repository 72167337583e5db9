"""Pages that belong to no feature: home, privacy, health, choice of language."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from zelfscan.privacy.disclosure import Rules
from zelfscan.web.access import public
from zelfscan.web.current import installation
from zelfscan.web.i18n import remember_language

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def home() -> str:
    return render_template("home.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return render_template("privacy.html", settings=installation().settings, rules=Rules())


@blueprint.get("/healthz")
@public
def health() -> dict[str, str]:
    with installation().database.read() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}


@blueprint.post("/taal")
@public
def choose_language() -> Response:
    response = redirect(own_path(request.form.get("next", "")))
    return remember_language(response, request.form.get("language", ""), installation().settings.secure)


def own_path(address: str) -> str:
    """The path when it is one of ours, else the home page: no redirect leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return url_for("pages.home")
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if ours and not address.startswith("//") else url_for("pages.home")
