"""Pages of the scan: start by a link, one theme a page, stop without a trace."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from zelfscan.outcome.services import code_opens
from zelfscan.privacy.code import CodeTypo, normalise
from zelfscan.rounds.queries import Invitation, invitation
from zelfscan.scan import drafts
from zelfscan.scan.forms import (
    HELP,
    HELP_ASKED,
    SHOWN,
    THEME,
    BeginForm,
    cleared_answers,
    given_answers,
    theme_form,
    wanted_help,
)
from zelfscan.scan.questions import filled_questions, submitted_questions
from zelfscan.scan.services import (
    AllAnswers,
    Answers,
    OpenScan,
    Page,
    Scan,
    begin,
    help_places,
    minutes_left,
    open_scan,
    pages_of,
    save_answers,
    unanswered,
    way_through,
    whole_theme,
)
from zelfscan.web import cookies
from zelfscan.web.access import public
from zelfscan.web.codes import typo_message
from zelfscan.web.current import installation, today
from zelfscan.web.forms import Form
from zelfscan.web.i18n import LANGUAGES, remember_language
from zelfscan.web.limits import code_limit, limited

blueprint = Blueprint("scan", __name__, template_folder="templates")

NEED_VALID = ("next", "back")
"""Buttons that wait until each answer is possible; another language and stopping never wait."""


@blueprint.get("/s/<token>")
@public
def start_page(token: str) -> str | Response:
    link = _link(token)
    return _start_page(link, BeginForm()) if link else _no_entrance()


@blueprint.post("/s/<token>")
@public
@limited(code_limit, counts=lambda: bool(request.form.get("code")))
def start(token: str) -> str | Response:
    link, form = _link(token), BeginForm()
    if link is None:
        return _no_entrance()
    if link.used:
        return redirect(url_for("scan.resume"))
    if not link.open:
        return _start_page(link, form)
    code = None
    if form.code.data:
        try:
            code = normalise(form.code.data)
        except CodeTypo as typo:
            form.code.errors = [typo_message(typo)]
            return _start_page(link, form)
        if not code_opens(installation(), link.organisation_id, code):
            form.code.errors = [gettext("We find no outcome with this code here. Check it, or leave it empty.")]
            return _start_page(link, form)
    _erase_draft()
    days = installation().settings.draft_days
    key = begin(installation().database, link, today(), days, code)
    return cookies.set_key(redirect(url_for("scan.page", number=1)), cookies.SCAN, key, days)


def _link(token: str) -> Invitation | None:
    """What a link leads to; an invitation that was used leads to the scan that used it, and else nowhere."""
    here = installation()
    with here.database.read() as session:
        link = invitation(session, token, here.tokens)
    return None if link and link.used and not _is_in_hand(link) else link


def _is_in_hand(link: Invitation) -> bool:
    found = _scan_in_hand()
    return found is not None and found.scan.token == link.token


def _no_entrance() -> Response:
    """One page for what was never a link and for what was used: whoever tries tokens learns nothing of either."""
    done = bool(request.cookies.get(cookies.DONE))
    return Response(render_template("scan/no_entrance.html", done=done), status=404, mimetype="text/html")


def _start_page(link: Invitation, form: BeginForm) -> str:
    pages, found = pages_of(link.banks, {}), _scan_in_hand()
    return render_template(
        "scan/start.html",
        link=link,
        form=form,
        minutes=minutes_left(pages, 1),
        questions=sum(len(page.items) for page in pages),
        done=request.cookies.get(cookies.DONE) == link.round_id,
        under_way=found is not None and found.scan.token == link.token,
        elsewhere=found is not None and found.scan.token != link.token,
    )


def _scan_in_hand() -> OpenScan | None:
    key = cookies.read_key(cookies.SCAN)
    return open_scan(installation().database, key, today()) if key else None


@blueprint.get("/scan")
@public
def resume() -> Response:
    """Back to where it was, also for who skips questions."""
    found = _scan_in_hand()
    if found is None:
        return redirect(url_for("scan.nothing_here"))
    return redirect(url_for("scan.page", number=_where_it_was(_pages(found), found.scan.answers)))


def _pages(found: OpenScan, answers: AllAnswers | None = None) -> list[Page]:
    """The pages of a scan with the answers in it, or with newer ones."""
    return pages_of(
        found.banks, answers or found.scan.answers, installation().questions_asked if found.scan.adaptive else None
    )


def _where_it_was(pages: list[Page], answers: AllAnswers) -> int:
    """Number (from 1) of the last theme with an answer, or of the one behind it when that theme is complete."""
    still_open = [len(unanswered(page, answers.get(page.bank.bank, {}))) for page in pages]
    begun = [n for n, page in enumerate(pages, 1) if still_open[n - 1] < len(page.items)]
    last = begun[-1] if begun else 1
    return last if still_open[last - 1] else min(last + 1, len(pages))


@blueprint.get("/scan/<int:number>")
@public
def page(number: int) -> str | Response:
    found = _scan_in_hand()
    if found is None:
        return redirect(url_for("scan.nothing_here"))
    answers, pages = found.scan.answers, _pages(found)
    theme = _page_at(pages, number)
    wanted = found.scan.help.get(theme.bank.bank, [])
    return _theme_page(filled_questions(theme, answers.get(theme.bank.bank, {})), wanted, pages, number)


def _page_at(pages: list[Page], number: int) -> Page:
    return pages[number - 1] if 1 <= number <= len(pages) else abort(404)


def _theme_page(
    questions: list[Markup], help_wanted: list[str], pages: list[Page], number: int, wrong: bool = False
) -> str:
    return render_template(
        "scan/theme.html",
        questions=questions,
        help_places=help_places(pages[number - 1]),
        help_wanted=help_wanted,
        wrong=wrong,
        page=pages[number - 1],
        way=way_through(pages, number),
        begins_bank=number == 1 or pages[number - 2].bank.hash != pages[number - 1].bank.hash,
        number=number,
        last=number == len(pages) and not pages[number - 1].alone,
        minutes=minutes_left(pages, number),
    )


@blueprint.post("/scan/<int:number>")
@public
def answer(number: int) -> str | Response:
    """Save what is valid, then go where the pressed button leads; a background save gets no page back."""
    found, key = _scan_in_hand(), cookies.read_key(cookies.SCAN)
    if found is None or key is None:
        return _gone()
    pages = _pages(found)
    sent = whole_theme(found.banks, request.form.get(THEME, "")) or _page_at(pages, number)
    form = theme_form(sent)
    valid = form.validate()
    shown = _shown(pages, sent, number)
    saved = _save(form, sent, key, found, shown)
    if saved is None:
        return _gone()
    if "X-Autosave" in request.headers:
        return Response(status=204)
    if not valid and shown and request.form.get("go", "next") in NEED_VALID:
        wanted = saved.help.get(sent.bank.bank, [])
        return _theme_page(submitted_questions(shown, form), wanted, pages, pages.index(shown) + 1, wrong=True)
    return _next_page(_pages(found, saved.answers), saved.answers, shown or sent, number)


def _shown(pages: list[Page], sent: Page, number: int) -> Page | None:
    """The page that was sent, as it was before; None when other answers hide it."""
    here = pages[number - 1 : number]
    return next((page for page in here + pages if (page.bank, page.theme) == (sent.bank, sent.theme)), None)


def _save(form: Form, theme: Page, key: bytes, found: OpenScan, shown: Page | None) -> Scan | None:
    return save_answers(
        installation().database,
        key,
        today(),
        theme.bank.bank,
        _passed(found, shown) | given_answers(form, theme),
        cleared_answers(form, theme, request.form.getlist(SHOWN)),
        wanted_help(theme, request.form.getlist(HELP_ASKED), request.form.getlist(HELP)),
        found.draft,
    )


def _passed(found: OpenScan, shown: Page | None) -> Answers:
    """A question of an adaptive test that somebody goes on from without an answer is skipped: the next follows it."""
    if shown is None or not shown.alone or "X-Autosave" in request.headers or request.form.get("go", "next") != "next":
        return {}
    (item,) = shown.items
    return {} if item.address in found.scan.answers.get(shown.bank.bank, {}) else {item.address: None}


def _gone() -> Response:
    """The scan is finished or gone: a background save has to hear that nothing was saved."""
    return Response(status=410) if "X-Autosave" in request.headers else redirect(url_for("scan.nothing_here"))


def _next_page(pages: list[Page], answers: AllAnswers, before: Page, number: int) -> Response:
    """Where the pressed button leads: language, back, or on; first to questions that the answers opened here."""
    pressed = request.form.get("go", "next")
    here = url_for("scan.page", number=number)
    if pressed.removeprefix("language-") in LANGUAGES:
        return remember_language(redirect(here), pressed.removeprefix("language-"), installation().settings.secure)
    if pressed == "stop":
        return redirect(url_for("scan.stop_page"))
    if pressed == "back":
        return redirect(url_for("scan.page", number=max(1, number - 1)))
    opened = _opened_here(pages, before, answers)
    if opened:
        return redirect(f"{here}#{opened}")
    after = _number_after(pages, before, number)
    return redirect(url_for("scan.page", number=after) if after <= len(pages) else url_for("outcome.outcome_page"))


def _opened_here(pages: list[Page], before: Page, answers: AllAnswers) -> str | None:
    """Address of the first question on this page that was not asked before, and now is."""
    asked = {item.address for item in before.items}
    given = answers.get(before.bank.bank, {})
    same = [page for page in pages if page.name == before.name]
    new = [i.address for p in same for i in p.items if i.address not in asked and i.address not in given]
    return new[0] if new else None


def _number_after(pages: list[Page], before: Page, number: int) -> int:
    """Number (from 1) of the page behind `before`, in the pages as they are now; `number` when it is gone."""
    order = [page.name for page in pages]
    return order.index(before.name) + 2 if before.name in order else number


@blueprint.get("/scan/stoppen")
@public
def stop_page() -> str:
    return render_template("scan/stop.html", under_way=_scan_in_hand() is not None)


@blueprint.post("/scan/stoppen")
@public
def stop() -> Response:
    """Erase the draft and the cookie: nothing is left."""
    _erase_draft()
    return cookies.drop(redirect(url_for("scan.stopped")), cookies.SCAN)


def _erase_draft() -> None:
    key = cookies.read_key(cookies.SCAN)
    if key:
        drafts.erase(installation().database, key)
        installation().database.forget_traces()


@blueprint.get("/scan/gestopt")
@public
def stopped() -> str:
    return render_template("scan/stopped.html")


@blueprint.get("/scan/geen")
@public
def nothing_here() -> str:
    """There is no scan in this browser: finished, too old, or cookies are off."""
    return render_template("scan/nothing.html")
