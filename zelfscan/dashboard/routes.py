"""Dashboards: one page per unit and closed round, for those who have a role there."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from zelfscan.dashboard.charts import distribution_figure, levels_figure
from zelfscan.dashboard.queries import Shown, shown_to
from zelfscan.dashboard.view import UnitView, unit_view
from zelfscan.organisations.auditlog import record
from zelfscan.organisations.signin import signed_in_account
from zelfscan.web.access import signed_in
from zelfscan.web.current import installation
from zelfscan.web.i18n import current_language

blueprint = Blueprint("dashboard", __name__, template_folder="templates", url_prefix="/dashboard")


@blueprint.get("/")
@signed_in
def overview() -> str | Response:
    """The first unit of this account in the newest closed round."""
    shown = _shown(None)
    if shown is None or not shown.units:
        return render_template("dashboard/empty.html")
    return redirect(url_for("dashboard.unit_page", round_id=shown.round.id, unit_id=shown.units[0].id))


@blueprint.get("/<round_id>/<unit_id>")
@signed_in
def unit_page(round_id: str, unit_id: str) -> str:
    shown = _shown(round_id) or abort(404)
    unit = next((unit for unit in shown.units if unit.id == unit_id), None) or abort(404)
    account, database = signed_in_account(), installation().database
    record(database, account.email, "look_at_dashboard", account.organisation_id, shown.round.title, unit.name)
    view = unit_view(shown, unit, current_language())
    return render_template("dashboard/unit.html", shown=shown, view=view, **_figures(view))


def _shown(round_id: str | None) -> Shown | None:
    with installation().database.read() as session:
        return shown_to(session, signed_in_account(), round_id)


def _figures(view: UnitView) -> dict[str, object]:
    rows, sure, perhaps = view.distribution, gettext("Certainly"), gettext("Possibly more")
    return {
        "distribution_figure": distribution_figure(rows, sure, perhaps) if rows else None,
        "level_figures": [levels_figure(table.rows, table.levels) for table in view.levels],
        "crossing_figures": [[levels_figure(t.rows, t.levels) for t in found.tables] for found in view.crossings],
    }
