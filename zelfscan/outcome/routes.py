"""Pages of the private outcome: see it, choose what is kept and sent, come back with the code."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date, gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import has_facets
from zelfscan.outcome import services
from zelfscan.outcome.building import Outcome, ballot_of, build_outcome
from zelfscan.outcome.forms import CodeForm, FinishForm, KeepForm, finish_form
from zelfscan.outcome.qr import code_address, qr_svg
from zelfscan.outcome.view import ballot_lines, chosen_lines, outcome_view, progress_lines
from zelfscan.privacy.code import CodeKeys, CodeTypo, normalise
from zelfscan.rounds.invitations.tokens import hashed_claim
from zelfscan.rounds.measures import DIGITYPE, measures_of
from zelfscan.rounds.queries import Invitation, bank_versions, invitation, invitation_of_draft
from zelfscan.scan import drafts
from zelfscan.scan.services import Answers, Scan, open_scan, pages_of
from zelfscan.web import cookies
from zelfscan.web.access import public
from zelfscan.web.codes import typo_message
from zelfscan.web.current import installation, now, today
from zelfscan.web.i18n import LANGUAGES, current_language, remember_language
from zelfscan.web.limits import code_limit, limited

blueprint = Blueprint("outcome", __name__, template_folder="templates")


def _in_hand() -> tuple[bytes, Scan, Invitation, Outcome] | None:
    key = cookies.read_key(cookies.SCAN)
    found = open_scan(installation().database, key, today()) if key else None
    if key is None or found is None:
        return None
    here, scan = installation(), found.scan
    with here.database.read() as session:
        link = _began_with(session, scan)
    if link is None:
        return None
    return key, scan, link, build_outcome(link.banks, _counting(scan, link), here.classifier, here.materials)


def _began_with(session: Session, scan: Scan) -> Invitation | None:
    if not scan.round_id:
        return invitation(session, scan.token)
    mark = installation().tokens.mark(scan.token) if scan.claim else None
    return invitation_of_draft(session, scan.token, scan.round_id, scan.unit_id, mark)


def _is_used_elsewhere(scan: Scan, link: Invitation) -> bool:
    """Whether another scan with the same invitation was finished first."""
    return link.used_by not in (None, hashed_claim(scan.claim))


def _counting(scan: Scan, link: Invitation) -> dict[str, Answers]:
    """The answers that count: of an adaptive test those to the questions that are asked."""
    if not scan.adaptive:
        return scan.answers
    asked = {
        page.items[0].address
        for page in pages_of(link.banks, scan.answers, installation().questions_asked)
        if page.alone
    }
    return scan.answers | {
        DIGITYPE: {address: value for address, value in scan.answers.get(DIGITYPE, {}).items() if address in asked}
    }


@blueprint.get("/uitkomst")
@public
def outcome_page() -> str | Response:
    found = _in_hand()
    if found is None:
        return redirect(url_for("scan.nothing_here"))
    _, scan, link, outcome = found
    return _outcome_page(scan, link, outcome, _finish_form(scan, link, outcome))


def _finish_form(scan: Scan, link: Invitation, outcome: Outcome) -> KeepForm:
    counts = measures_of(link.banks) and not _is_used_elsewhere(scan, link)
    return finish_form(link.backgrounds, _given_type(link, outcome)) if counts else KeepForm()


def _given_type(link: Invitation, outcome: Outcome) -> str | None:
    return outcome.digitype.type if has_facets(link.banks) else None


def _outcome_page(scan: Scan, link: Invitation, outcome: Outcome, form: KeepForm) -> str:
    language = current_language()
    return render_template(
        "outcome/outcome.html",
        view=outcome_view(outcome, link.banks, installation().materials, scan.wishes(link.banks), language),
        ballot=ballot_lines(ballot_of(outcome, link.unit_id, link.banks), link.banks, language)
        + chosen_lines(link, _given_type(link, outcome) is not None, language),
        link=link,
        form=form,
        elsewhere=_is_used_elsewhere(scan, link),
    )


@blueprint.post("/uitkomst")
@public
def finish() -> str | Response:
    """Carry out the choice; pressed twice, the second press shows what the first one did."""
    found = _in_hand()
    if found is None:
        return redirect(url_for("outcome.code_page"))
    key, scan, link, outcome = found
    form = _finish_form(scan, link, outcome)
    language = request.form.get("go", "").removeprefix("language-")
    if language in LANGUAGES:
        return remember_language(redirect(url_for("outcome.outcome_page")), language, installation().settings.secure)
    if not form.validate():
        return _outcome_page(scan, link, outcome, form)
    try:
        return _finish(key, scan, link, outcome, form)
    except services.ScanChanged:
        return finish()


def _finish(key: bytes, scan: Scan, link: Invitation, outcome: Outcome, form: KeepForm) -> Response:
    keep, send = form.keep.data == "code", isinstance(form, FinishForm) and form.send.data == "team"
    told: dict[str, Any] = {}
    if isinstance(form, FinishForm):
        told = {"background": form.background, "own_type": form.sees_herself_as}
    done = services.finish(installation(), scan, link, outcome, today(), keep=keep, send=send, **told)
    if done.too_late:
        flash(gettext("This round has just closed. What you sent before counts; nothing changes any more."))
    if done.elsewhere and send:
        flash(
            gettext(
                "Your invitation was used already, so this scan does not count. What was chosen the first time stays."
            )
        )
    response = _after(key, scan, link, done)
    if done.sent:
        cookies.set_cookie(response, cookies.DONE, link.round_id, cookies.DONE_DAYS)
    return response


def _after(key: bytes, scan: Scan, link: Invitation, done: services.Finished) -> Response:
    if done.kept and services.leave_code(installation(), key, scan, link, now(), done.again):
        return redirect(url_for("outcome.code_page"))
    if not done.kept:
        services.leave_nothing(installation(), key, scan, link)
    return cookies.drop(redirect(url_for("outcome.finished")), cookies.SCAN)


@blueprint.get("/uitkomst/code")
@public
def code_page() -> str | Response:
    """The code, until it is put away."""
    key = cookies.read_key(cookies.SCAN)
    code = services.code_in_hand(installation(), key, now()) if key else None
    if code is None:
        return redirect(url_for("outcome.finished"))
    address = code_address(installation().settings.base_url, code)
    return render_template("outcome/code.html", code=code, qr=qr_svg(address))


@blueprint.post("/uitkomst/code")
@public
def put_code_away() -> Response:
    """Forget the code; a scan that another tab began since then stays."""
    key = cookies.read_key(cookies.SCAN)
    if key and open_scan(installation().database, key, today()) is not None:
        return redirect(url_for("scan.resume"))
    if key:
        drafts.erase(installation().database, key)
        installation().database.forget_traces()
    return cookies.drop(redirect(url_for("outcome.finished")), cookies.SCAN)


@blueprint.get("/uitkomst/klaar")
@public
def finished() -> str:
    return render_template("outcome/finished.html")


@blueprint.get("/mijn")
@public
def return_page() -> str:
    return render_template("outcome/return.html", form=CodeForm())


@blueprint.post("/mijn")
@public
@limited(code_limit)
def return_with_code() -> str | Response:
    form = CodeForm()
    if not form.validate():
        return render_template("outcome/return.html", form=form)
    try:
        keys = installation().keys_of(normalise(form.code.data))
    except CodeTypo as typo:
        form.code.errors = [typo_message(typo)]
        return render_template("outcome/return.html", form=form)
    opened = services.open_vault(installation(), keys)
    if opened is None:
        form.code.errors = [gettext("We find no outcome with this code. Look at your code once more.")]
        return render_template("outcome/return.html", form=form)
    key = services.remember_opened(installation(), opened.organisation_id, keys, now())
    return cookies.set_key(redirect(url_for("outcome.mine")), cookies.OPENED, key)


@blueprint.get("/mijn/uitkomst")
@public
def mine() -> str | Response:
    keys = _opened_keys()
    opened = services.open_vault(installation(), keys) if keys else None
    if opened is None:
        return redirect(url_for("outcome.return_page"))
    newest, *earlier = reversed(opened.outcomes)
    views = [_kept_view(kept) for kept in (newest, *earlier)]
    return render_template("outcome/mine.html", views=views, compared=_compared(newest, earlier))


def _compared(newest: services.Kept, earlier: Sequence[services.Kept]) -> dict[str, object] | None:
    """The newest outcome beside the last one before it that has something in common with it."""
    for then in earlier:
        lines = progress_lines(then, _banks(then), newest, _banks(newest), current_language())
        if lines:
            return {"title": then.title, "month": _month(then.month), "lines": lines}
    return None


def _banks(kept: services.Kept) -> tuple[Bank, ...]:
    return bank_versions(installation().database, kept.banks)


def _kept_view(kept: services.Kept) -> dict[str, object]:
    banks = _banks(kept)
    view = outcome_view(kept.outcome, banks, installation().materials, kept.help, current_language())
    return {"title": kept.title, "month": _month(kept.month), "view": view}


def _month(month: str) -> str:
    """A month such as '2026-11' in words."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM y"))


def _opened_keys() -> CodeKeys | None:
    key = cookies.read_key(cookies.OPENED)
    return services.opened_keys(installation(), key, now()) if key else None


@blueprint.post("/mijn/terugtrekken")
@public
def withdraw() -> Response:
    keys = _opened_keys()
    if keys is None:
        return redirect(url_for("outcome.return_page"))
    taken = services.withdraw(installation(), keys)
    if taken:
        flash(
            ngettext(
                "Your outcome no longer counts in the round that is open.",
                "Your outcome no longer counts in the %(num)s rounds that are open.",
                taken,
            )
        )
    else:
        flash(gettext("There is no open round that your outcome counts in. What is counted cannot be undone."))
    return redirect(url_for("outcome.mine"))


@blueprint.post("/mijn/verwijderen")
@public
def delete() -> Response:
    """Remove everything that the code opens, and the ballots that are not counted yet."""
    keys = _opened_keys()
    if keys is None:
        return redirect(url_for("outcome.return_page"))
    services.withdraw(installation(), keys)
    services.delete_outcomes(installation(), keys)
    flash(gettext("Your outcome is deleted. Your code opens nothing any more."))
    return _closed()


@blueprint.post("/mijn/sluiten")
@public
def close() -> Response:
    flash(gettext("Your outcome is closed. With your code you can open it again."))
    return _closed()


def _closed() -> Response:
    key = cookies.read_key(cookies.OPENED)
    if key:
        drafts.erase(installation().database, key)
    return cookies.drop(redirect(url_for("outcome.return_page")), cookies.OPENED)
