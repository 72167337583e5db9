"""Signing in and out, for those who look at dashboards."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from zelfscan.organisations.auditlog import record, record_sign_in
from zelfscan.organisations.forms import SignInForm
from zelfscan.organisations.services import end_sessions, sign_in
from zelfscan.organisations.signin import SignedIn, signed_in_account
from zelfscan.web.access import public, signed_in
from zelfscan.web.current import installation
from zelfscan.web.limits import limited, login_limit
from zelfscan.web.pages import own_path

blueprint = Blueprint("organisations", __name__, template_folder="templates")


def _email() -> str:
    return request.form.get("email", "").strip().lower()


@blueprint.get("/account/inloggen")
@public
def sign_in_page() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.overview"))
    return render_template("organisations/sign_in.html", form=SignInForm())


@blueprint.post("/account/inloggen")
@public
@limited(login_limit)
@limited(login_limit, by=_email)
def enter() -> str | Response:
    form = SignInForm()
    if form.validate():
        with installation().database.read() as database_session:
            account = sign_in(database_session, form.email.data, form.password.data)
        record_sign_in(installation().database, form.email.data, succeeded=account is not None)
        if account:
            session.clear()
            login_user(SignedIn(account))
            return redirect(own_path(request.args.get("next") or url_for("dashboard.overview")))
        form.password.errors = [gettext("This e-mail address and password do not belong together.")]
    return render_template("organisations/sign_in.html", form=form)


@blueprint.post("/account/uitloggen")
@signed_in
def leave() -> Response:
    account = signed_in_account()
    record(installation().database, account.email, "sign_out", account.organisation_id)
    with installation().database.write() as database_session:
        end_sessions(database_session, account.id)
    logout_user()
    session.clear()
    return redirect(url_for("organisations.sign_in_page"))
