"""Serving the application with granian."""

import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from zelfscan.config import Settings, SettingsError, load_secrets
from zelfscan.db import Database
from zelfscan.digitypes.store import load_classifier
from zelfscan.web.app import create_app

THREADS = 16
"""Per worker. A request whose body stalls on the way holds one, without Python's lock; a proxy in front that takes in
the whole request first, as most do, keeps all of them free."""
PATIENCE = 10
"""Seconds that a worker may take to finish what it is doing when the service stops."""


def serve(settings: Settings, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Serve until stopped; each worker opens the installation for itself.

    There is no access log: it would hold who was here, and when.

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
    server: Any = Server(
        "zelfscan",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
    )
    server.on_startup(ready or (lambda: None))
    server.serve(target_loader=partial(create_app, settings), wrap_loader=False)


def require_ready(settings: Settings) -> None:
    """Raise SettingsError, DatabaseError or ModelError, before any worker starts, when something is not ready."""
    load_secrets(settings)
    load_classifier(settings.models_dir)
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
