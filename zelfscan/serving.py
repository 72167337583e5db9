"""Serving the application with gunicorn."""

import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from zelfscan.config import Settings, SettingsError, load_secrets
from zelfscan.db import Database
from zelfscan.web.app import create_app


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings; each worker opens the installation for itself. No access log: it would hold
    who was here, and when."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.given = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.given.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)


def serve(settings: Settings, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Serve until stopped.

    Args:
        settings: the settings of the installation.
        host: address to listen on.
        port: port to listen on.
        ready: called once when the service listens.

    Raises:
        SettingsError: the port is taken.
    """
    require_free(host, port)
    require_ready(settings)
    options = {
        "bind": f"{host}:{port}",
        "workers": settings.workers,
        "threads": 4,
        "worker_class": "gthread",
        "accesslog": None,
        "loglevel": "warning",
        "when_ready": lambda _: ready() if ready else None,
        "control_socket_disable": True,
    }
    Server(settings, options).run()


def require_ready(settings: Settings) -> None:
    """Raise SettingsError or DatabaseError, before any worker starts, when the installation is not ready."""
    load_secrets(settings)
    database = Database(settings.database)
    try:
        database.check()
    finally:
        database.close()


def require_free(host: str, port: int) -> None:
    """Raise SettingsError when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(f"cannot listen on {host}:{port} ({error.strerror}); choose another port") from None
