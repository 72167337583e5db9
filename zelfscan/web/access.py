"""Deny by default: a view that does not say who may open it opens for nobody."""

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

P = ParamSpec("P")
R = TypeVar("R")


class Access(Enum):
    """Who may open a view."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody may open this view."""
    return _declare(view, Access.PUBLIC)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Only somebody with an account; the view itself limits her to her own units."""
    return _declare(view, Access.SIGNED_IN)


def _declare(view: Callable[P, R], access: Access) -> Callable[P, R]:
    @wraps(view)
    def declared(*args: P.args, **kwargs: P.kwargs) -> R:
        return view(*args, **kwargs)

    declared.access = access  # type: ignore[attr-defined]
    return declared


def declared_access(view: Callable[..., Any]) -> Access | None:
    """What a view declares; None when it declares nothing."""
    return getattr(view, "access", None)


def guard() -> Response | None:
    """Before each request: let through what the view declares, refuse the rest."""
    if request.endpoint is None:
        return None
    access = declared_access(current_app.view_functions[request.endpoint])
    if access is Access.PUBLIC:
        return None
    if access is not Access.SIGNED_IN:
        abort(403)
    if not current_user.is_authenticated:
        asked = request.path if request.method == "GET" else None
        return redirect(url_for("organisations.sign_in_page", next=asked))
    return None


def init_app(app: Flask) -> None:
    app.view_functions["static"] = public(app.view_functions["static"])
    app.before_request(guard)
