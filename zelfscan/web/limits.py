"""Limits on attempts, counted in the memory of each worker: nothing about who tried what is written down."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from zelfscan.web.current import installation

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def code_limit() -> str:
    """How often one address may try a personal code."""
    return installation().settings.code_limit


def login_limit() -> str:
    """How often one address may try a password."""
    return installation().settings.login_limit


def init_app(app: Flask) -> None:
    limiter.init_app(app)
