"""A round that asks the digitype with as few questions as it needs: one a page, with and without a way back."""

import re

import pytest
from flask.testing import FlaskClient

from tests.bench.visitor import Step, Visitor, at_random, the_first
from tests.conftest import make_app
from tests.support import TODAY, World
from tests.web.test_weight import ClientBrowser
from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import RoundError, open_round

BANK = load_bank(Settings().shipped_bank("digitype"))
SUBJECT = re.compile(r'<fieldset class="question" id="([^"]+)"')


@pytest.fixture
def link(sqlite_world: World) -> str:
    """A team's link in an adaptive round that asks the digitype and a sector scan."""
    here = sqlite_world.installation
    banks = [load_bank(here.settings.shipped_bank(name)) for name in ("digitype", "collega")]
    organisation = sqlite_world.units["Testzorg"].organisation_id
    round_id = open_round(here.database, here.settings, organisation, "Kort", banks, TODAY, adaptive=True)
    with here.database.read() as session:
        return f"/s/{links_of(session, round_id)[0][2]}"


def asked(client: FlaskClient, number: int) -> list[str]:
    """Addresses of the questions on a page."""
    return SUBJECT.findall(client.get(f"/scan/{number}").text)


def answer(client: FlaskClient, number: int, value: str | None, go: str = "next") -> str:
    """Answer the one question of a page, the higher the better; returns where that leads."""
    (question,) = asked(client, number)
    theme = "digitype." + question.partition(".")[0]
    if value is not None and BANK.item(question).question.reverse:
        value = str(4 - int(value))
    data = {"theme": theme, "go": go} | ({question: value} if value is not None else {})
    return client.post(f"/scan/{number}", data=data).location


def take(client: FlaskClient, value: str | None) -> int:
    """Answer question after question in the same way; returns how many there were."""
    number = 1
    while len(found := asked(client, number)) == 1 and not found[0].startswith(("collega", "team")):
        location = answer(client, number, value)
        if location != f"/scan/{number + 1}":
            break
        number += 1
        if "hoogstens" not in client.get(location).text:
            break
    return number - 1


def test_somebody_who_is_clear_gets_fewer_questions(client: FlaskClient, link: str) -> None:
    client.post(link)
    page = client.get("/scan/1").text
    assert "Vraag 1 van hoogstens 18" in page
    questions = take(client, "4")
    assert 8 <= questions <= 10
    assert "Deel 1 van 4" in client.get(f"/scan/{questions + 1}").text


def test_a_skipped_question_is_passed_and_all_may_be_skipped(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert take(client, None) == 18
    for number in range(19, 23):
        location = client.post(f"/scan/{number}", data={"go": "next"}).location
    assert location == "/uitkomst"
    assert "Te weinig antwoorden voor een digitype" in client.get("/uitkomst").text


def test_going_back_and_changing_an_answer_replays_the_test(client: FlaskClient, link: str) -> None:
    client.post(link)
    first = asked(client, 1)
    for number in range(1, 5):
        answer(client, number, "4")
    before = [asked(client, number) for number in range(1, 6)]
    assert before[0] == first
    assert answer(client, 5, None, go="back") == "/scan/4"
    assert answer(client, 4, "4", go="back") == "/scan/3"
    answer(client, 2, "0")
    assert [asked(client, number) for number in (1, 2)] == before[:2]
    assert "checked" in client.get("/scan/1").text


def test_a_background_save_skips_nothing(client: FlaskClient, link: str) -> None:
    client.post(link)
    (question,) = asked(client, 1)
    data = {"theme": "digitype." + question.partition(".")[0]}
    assert client.post("/scan/1", data=data, headers={"X-Autosave": "1"}).status_code == 204
    assert client.get("/scan/2").status_code == 200
    assert "hoogstens" not in client.get("/scan/2").text
    assert asked(client, 1) == [question]


@pytest.mark.parametrize("choose", [the_first, at_random(3), at_random(4)], ids=["lowest", "one", "another"])
def test_an_adaptive_scan_leads_to_its_outcome_and_back(sqlite_world: World, link: str, choose: object) -> None:
    steps: list[Step] = []
    browser = make_app(sqlite_world).test_client()
    browser.set_cookie("zelfscan_language", "en")
    visitor = Visitor(ClientBrowser(browser), choose, steps.append)  # type: ignore[arg-type]
    visitor.come_back(visitor.take_scan(link.removeprefix("/s/")))
    pages = {step.kind: step.answer.text for step in steps}
    assert "Your digitype" in pages["outcome"] or "You are between two types" in pages["outcome"]
    assert "Per theme" in pages["mine"]


def test_only_the_digitype_can_be_adaptive(sqlite_world: World) -> None:
    here, organisation = sqlite_world.installation, sqlite_world.units["Testzorg"].organisation_id
    with pytest.raises(RoundError, match="adaptive"):
        open_round(
            here.database,
            here.settings,
            organisation,
            "Kort",
            [load_bank(here.settings.shipped_bank("vvt"))],
            TODAY,
            adaptive=True,
        )
