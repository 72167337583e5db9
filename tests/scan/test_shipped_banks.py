"""Every bank that ships can be taken in the browser, page by page without JavaScript, to its outcome and back."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.bench.visitor import Step, Visitor, at_random, the_first
from tests.conftest import make_app
from tests.support import TODAY, World, make_world
from tests.web.test_weight import ClientBrowser
from zelfscan.banks.loader import load_bank
from zelfscan.config import SHIPPED, Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import open_round

BANKS = sorted(path.stem for path in (SHIPPED / "question_banks").glob("*.yaml") if path.stem != "materials")
SHOWN = {
    "levels": "Per theme",
    "route": "What fits",
    "checklist": "What is there, and what is not yet",
    "profile": "What the function asks",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("shipped") / "data", code_limit="1000 per minute")
    initialise(settings)
    installation = open_installation(settings)
    yield make_world(installation)
    installation.database.close()


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[str, str]:
    """Per bank the link of a team in a round that asks that bank alone."""
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    found = {}
    for name in BANKS:
        bank = load_bank(here.settings.shipped_bank(name), here.materials)
        round_id = open_round(here.database, here.settings, organisation, name, [bank], TODAY)
        with here.database.read() as session:
            found[name] = links_of(session, round_id)[0][2]
    return found


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("choose", [the_first, at_random(1), at_random(2)], ids=["lowest", "one", "another"])
def test_a_shipped_bank_leads_to_its_outcome(world: World, tokens: dict[str, str], name: str, choose: object) -> None:
    steps: list[Step] = []
    client: FlaskClient = make_app(world).test_client()
    client.set_cookie("zelfscan_language", "en")
    visitor = Visitor(ClientBrowser(client), choose, steps.append)  # type: ignore[arg-type]
    visitor.come_back(visitor.take_scan(tokens[name]))
    bank = load_bank(world.installation.settings.shipped_bank(name))
    pages = {step.kind: step.answer.text for step in steps}
    expected = "Your digitype" if name == "digitype" else SHOWN[bank.outcome.shows]
    assert expected in pages["outcome"] or "You are between two types" in pages["outcome"]
    assert expected in pages["mine"] or "You are between two types" in pages["mine"]


def test_a_round_can_ask_the_digitype_and_a_sector_scan_of_any_sector() -> None:
    assert {"vvt", "ghz", "ggz", "ziekenhuis", "huisarts", "welzijn", "digitype"} <= set(BANKS)
    assert len(BANKS) == 20
