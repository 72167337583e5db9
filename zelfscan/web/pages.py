"""Pages that belong to no feature: home, privacy, health, choice of language."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from zelfscan.privacy.disclosure import Rules
from zelfscan.rounds.backgrounds import titles_of
from zelfscan.rounds.queries import Invitation, invitation_of_draft
from zelfscan.scan.services import open_scan
from zelfscan.web import cookies
from zelfscan.web.access import public
from zelfscan.web.current import installation, today
from zelfscan.web.dossier import ROLES_SEE, dossier
from zelfscan.web.i18n import current_language, remember_language

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def home() -> str:
    return render_template("home.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What the round of the scan in hand promises, or else this installation."""
    link = _round_in_hand()
    rules = Rules(link.minimum, link.minimum_distribution) if link else Rules()
    backgrounds = titles_of(link, current_language()) if link else []
    return render_template(
        "privacy.html", settings=installation().settings, rules=rules, link=link, backgrounds=backgrounds
    )


def _round_in_hand() -> Invitation | None:
    key = cookies.read_key(cookies.SCAN)
    found = open_scan(installation().database, key, today()) if key else None
    if found is None:
        return None
    with installation().database.read() as session:
        return invitation_of_draft(session, found.scan.token, found.scan.round_id, found.scan.unit_id, mark=None)


@blueprint.get("/privacy/dossier")
@public
def privacy_dossier() -> str:
    """The paper for works council and privacy officer, from what is in force at this moment."""
    with installation().database.read() as session:
        found = dossier(session, installation().settings, current_language())
    return render_template("dossier.html", found=found, roles=ROLES_SEE, day=today())


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
