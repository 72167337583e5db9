"""The application factory."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, url_for
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from zelfscan.config import Settings
from zelfscan.installation import Installation, open_installation
from zelfscan.web import access, errors, i18n, security


def create_app(settings: Settings | None = None, installation: Installation | None = None) -> Flask:
    """Make the application.

    Args:
        settings: the settings; read from the environment when left out.
        installation: an opened installation; opened from the settings when left out.

    Raises:
        SettingsError, DatabaseError, ModelError, BankError: the message says what to mend.
    """
    opened = installation or open_installation(settings or Settings.from_environment())
    app = Flask(__name__)
    app.extensions["zelfscan"] = opened
    app.config["SECRET_KEY"] = opened.secrets.session
    if opened.settings.production:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    security.init_app(app, secure=opened.settings.secure)
    CSRFProtect(app)
    i18n.init_app(app)
    _sign_in(app)
    _register(app)
    if opened.settings.metrics:
        from zelfscan.web import metrics

        metrics.init_app(app)
    access.init_app(app)
    errors.init_app(app)
    app.jinja_env.globals["static"] = cache(static_address)
    return app


def _register(app: Flask) -> None:
    from zelfscan.dashboard.routes import blueprint as dashboard
    from zelfscan.organisations.routes import blueprint as organisations
    from zelfscan.outcome.routes import blueprint as outcome
    from zelfscan.scan.routes import blueprint as scan
    from zelfscan.web.pages import blueprint as pages

    for blueprint in (pages, scan, outcome, organisations, dashboard):
        app.register_blueprint(blueprint)


def _sign_in(app: Flask) -> None:
    from zelfscan.organisations.signin import load_user

    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(load_user)


def static_address(filename: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it."""
    content = (Path(current_app.static_folder or "") / filename).read_bytes()
    return url_for("static", filename=filename, v=hashlib.sha256(content).hexdigest()[:12])
