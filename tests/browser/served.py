"""An installation that is really served: its own data folder, a free port, granian in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import numpy as np

from tests.support import TODAY, TREE, World, make_world
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.simulation import Respondents
from zelfscan.installation import Installation, initialise, open_installation
from zelfscan.outcome.building import build_outcome
from zelfscan.outcome.services import finish
from zelfscan.rounds.backgrounds import backgrounds_of, known_backgrounds
from zelfscan.rounds.queries import Invitation, invitation, links_of
from zelfscan.rounds.services import close_round, open_round
from zelfscan.scan import drafts
from zelfscan.scan.services import Answers, begin, open_scan, save_answers

SHIPPED = ("digitype", "vvt")
OTHERS = ("app_ecd", "functie_helpende", "borging", "client_intake", "leidinggevende")
"""Banks with an outcome of another shape: wishes for help, a profile, a checklist, a route, a dialogue."""
OUT_OF_THE_WAY = "1000 per 5 minutes"
"""All browsers of these tests share one address, so that the real limits on attempts would stop them."""
START_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A served installation with one organisation (`TREE`, `ACCOUNTS`), a closed round and two open ones.

    Attributes:
        address: of the home page, without a slash at the end.
        units: id of each unit by its name.
        closed_round: id of the round that the dashboards show.
        closed: token per team of that round.
        shipped: token per team of the open round that asks the shipped banks.
        small: token per team of the open round that asks tests/banks/mini.yaml.
        others: per bank of `OTHERS` the link of a team in an open round that asks that bank alone.
        log: what the server printed.
    """

    address: str
    units: dict[str, str]
    closed_round: str
    closed: dict[str, str]
    shipped: dict[str, str]
    small: dict[str, str]
    others: dict[str, str]
    log: Path

    def link(self, team: str) -> str:
        """The link of a team in the round that asks the shipped banks."""
        return f"{self.address}/s/{self.shipped[team]}"

    def closed_link(self, team: str) -> str:
        """The link of a team in the closed round."""
        return f"{self.address}/s/{self.closed[team]}"

    def small_link(self, team: str) -> str:
        """The link of a team in the round that asks the small bank."""
        return f"{self.address}/s/{self.small[team]}"

    def dashboard(self, unit: str) -> str:
        """The dashboard of a unit in the closed round."""
        return f"{self.address}/dashboard/{self.closed_round}/{self.units[unit]}"


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Make an installation in a folder and serve it until the block ends."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(data_dir=folder / "data", base_url=address)
    initialise(settings)
    installation = open_installation(settings)
    world = make_world(installation)
    closed, current = _shipped_rounds(world)
    links = [_links(installation, round_id) for round_id in (closed, current)]
    others = {bank: f"{address}/s/{_round_of(world, bank)}" for bank in OTHERS}
    installation.database.close()
    units = {name: unit.id for name, unit in world.units.items()}
    log = folder / "server.log"
    with _process(settings, port, log):
        yield Served(address, units, closed, *links, world.tokens, others, log)


def _shipped_rounds(world: World) -> tuple[str, str]:
    """Ids of a closed round that everybody took part in, and of an open one; both ask the shipped banks."""
    installation = world.installation
    settings, database = installation.settings, installation.database
    banks = [load_bank(settings.shipped_bank(bank)) for bank in SHIPPED]
    organisation = world.units["Testzorg"].organisation_id
    asked = tuple(known_backgrounds())
    closed = open_round(database, settings, organisation, "Eerste ronde", banks, TODAY, backgrounds=asked)
    _fill(installation, _links(installation, closed), banks)
    close_round(database, settings, closed, TODAY)
    return closed, open_round(database, settings, organisation, "Ronde nu", banks, TODAY, backgrounds=asked)


def _round_of(world: World, bank: str) -> str:
    """Open a round that asks one bank; returns the token of a team."""
    here = world.installation
    asked = [load_bank(here.settings.shipped_bank(bank))]
    round_id = open_round(
        here.database, here.settings, world.units["Testzorg"].organisation_id, f"Ronde {bank}", asked, TODAY
    )
    return next(iter(_links(here, round_id).values()))


def _links(installation: Installation, round_id: str) -> dict[str, str]:
    with installation.database.read() as session:
        return {team: token for _, team, token in links_of(session, round_id)}


def _fill(installation: Installation, links: dict[str, str], banks: list[Bank]) -> None:
    """Everybody of every team takes the scan; the answers come from the simulation."""
    people = Respondents(load_parameters(installation.settings.models_dir / "simulation.yaml"), banks)
    random = np.random.default_rng(2026)
    for team, size in (entry for teams in TREE.values() for entry in teams.items()):
        with installation.database.read() as session:
            link = invitation(session, links[team])
        assert link is not None
        for _ in range(size):
            told: dict[str, str | None] = {m.id: str(random.choice(m.categories)) for m in backgrounds_of(link)}
            _take_part(installation, link, people.answer(random), told)


def _take_part(
    installation: Installation, link: Invitation, answers: dict[str, Answers], told: dict[str, str | None]
) -> None:
    key = begin(installation.database, link, TODAY, installation.settings.draft_days)
    for bank, given in answers.items():
        save_answers(installation.database, key, TODAY, bank, given)
    found = open_scan(installation.database, key, TODAY)
    assert found is not None
    outcome = build_outcome(link.banks, found.scan.answers, installation.classifier, installation.materials)
    finish(installation, found.scan, link, outcome, TODAY, keep=False, send=True, background=told)
    drafts.erase(installation.database, key)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _process(settings: Settings, port: int, log: Path) -> Iterator[None]:
    """`zelfscan serve` as somebody would start it; returns when it answers."""
    command = [sys.executable, "-c", "from zelfscan.cli import main; main()", "serve", "--port", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=_environment(settings), stdout=output, stderr=subprocess.STDOUT) as server,
    ):
        try:
            _wait_until_healthy(server, port, log)
            yield
        finally:
            server.terminate()
            server.wait(20)


def _environment(settings: Settings) -> dict[str, str]:
    ours = {
        "ZELFSCAN_DATA_DIR": str(settings.data_dir),
        "ZELFSCAN_BASE_URL": settings.base_url,
        "ZELFSCAN_LOGIN_LIMIT": OUT_OF_THE_WAY,
        "ZELFSCAN_CODE_LIMIT": OUT_OF_THE_WAY,
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("ZELFSCAN_")} | ours


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
    except OSError:
        return False
    finally:
        connection.close()
