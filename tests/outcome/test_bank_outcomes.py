"""What banks show beside levels: advice by rules, a route, a checklist, a profile, a dialogue, wishes for help."""

import random
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import TODAY, World, complete, make_world, take_scan, visit
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank, Item, Value
from zelfscan.config import Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.outcome import services
from zelfscan.outcome.building import build_outcome
from zelfscan.outcome.models import VAULT_ROOM
from zelfscan.outcome.services import Kept
from zelfscan.rounds.queries import ballot_count
from zelfscan.rounds.services import MOST_QUESTIONS, RoundError, close_round, open_round

ASKED = ["apps.openen", "apps.zoeken", "begin"]
Answers = dict[str, str | list[str]]
Taking = Callable[..., tuple[World, FlaskClient]]


@pytest.fixture
def taking(sqlite_settings: Settings) -> Taking:
    """Takes a scan of one bank, page by page as given; returns the world and the browser, before the outcome."""
    initialise(sqlite_settings)

    def take(bank: str, *pages: Answers) -> tuple[World, FlaskClient]:
        world = make_world(open_installation(sqlite_settings), banks=(bank,))
        client = make_app(world).test_client()
        client.post(f"/s/{world.tokens['Anemoon']}")
        for number, answers in enumerate(pages, 1):
            client.post(f"/scan/{number}", data={"go": "next", "help_asked": ASKED} | answers)
        return world, client

    return take


def words(client: FlaskClient, address: str = "/uitkomst") -> str:
    """The text of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).text).split())


def test_a_route_comes_first_and_nothing_is_counted(taking: Taking) -> None:
    world, client = taking("route", {"nu.haast": "ja"})
    page = words(client)
    assert "Wat hierbij past Bel vandaag" in page
    assert "Volg een cursus" not in page
    assert "digitype" not in page.lower()
    assert "Telt jouw uitkomst mee" not in page
    assert "Niemand telt deze antwoorden mee" in page
    assert client.post("/uitkomst", data={"keep": "code", "send": "team"}).location == "/uitkomst/code"
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 0


def test_the_rule_without_a_condition_is_for_who_skips_everything(taking: Taking) -> None:
    assert "Wat hierbij past Volg een cursus" in words(taking("route", {})[1])


def test_a_round_that_counts_nothing_can_be_closed(taking: Taking) -> None:
    world, client = taking("route", {"nu.haast": "ja"})
    client.post("/uitkomst", data={"keep": "nothing"})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    client.post("/account/inloggen", data={"email": "all@test.example", "password": "long enough for a test"})
    assert client.get("/dashboard/", follow_redirects=True).status_code == 200


def test_a_checklist_says_what_is_there_and_what_to_do_next(taking: Taking) -> None:
    page = words(taking("checklist", {"begin.plan": "nee", "begin.geld": "ja"})[1])
    assert "○ Nog niet Er is een plan. Schrijf een plan op één blad." in page
    assert "✓ Is er Er is geld." in page
    assert "1 van 2" in page
    assert "Hoeveel mensen" not in page


def test_a_profile_compares_with_what_the_function_asks(taking: Taking) -> None:
    page = words(taking("profile", {"apps.openen": "1", "apps.zoeken": "1", "apps.maken": "0"})[1])
    assert "Wat de functie vraagt" in page
    assert "○ Nog niet Ik kan een app openen. Open er elke dag een." in page
    assert "✓ Dat kun je Ik kan een app zoeken." in page
    assert "1 van 2" in page
    assert "een app maken" not in page.split("Wat de functie vraagt")[1].split("volgende stappen")[0]


def test_what_is_not_answered_is_open(taking: Taking) -> None:
    assert words(taking("profile", {"apps.openen": "-"})[1]).count("– Niet ingevuld") == 2


@pytest.mark.parametrize(
    ("answers", "given"),
    [
        ({}, ["Vul meer in"]),
        ({"apps.openen": "0", "apps.zoeken": "0"}, ["Samen oefenen"]),
        ({"apps.openen": "2", "apps.zoeken": "2"}, ["Leer het een ander"]),
        (
            {"apps.openen": "2", "apps.zoeken": "2", "apps.waarom": "nee"},
            ["Waar apps goed voor zijn", "Samen oefenen"],
        ),
        ({"apps.openen": "0", "apps.zoeken": "0", "apps.waarom": "nee"}, ["Samen oefenen"]),
    ],
)
def test_rules_give_advice_in_their_order(taking: Taking, answers: Answers, given: list[str]) -> None:
    _, client = taking("help", {k: v for k, v in answers.items() if k != "apps.waarom"})
    client.post("/scan/1", data=answers)
    page = words(client)
    titles = ["Vul meer in", "Waar apps goed voor zijn", "Samen oefenen", "Leer het een ander"]
    assert sorted((t for t in titles if t in page), key=page.index) == given
    assert "Om over te praten" in page


def test_where_help_is_wanted_is_shown_to_her_alone(taking: Taking) -> None:
    _, client = taking("help", {"apps.openen": "0", "help": ["apps.zoeken"]})
    page = words(client)
    assert "Hier wil je hulp bij Ik kan een app zoeken." in page
    table = client.get("/uitkomst").text.split('<table class="plain">')[1].split("</table>")[0]
    assert "hulp" not in table.lower()
    client.post("/uitkomst", data={"keep": "code", "send": "team"})
    code = re.search(r'<p class="code"[^>]*>([a-z-]+)</p>', client.get("/uitkomst/code").text)
    assert code is not None
    client.post("/mijn", data={"code": code[1]})
    assert "Hier wil je hulp bij Ik kan een app zoeken." in words(client, "/mijn/uitkomst")


def test_help_can_be_ticked_and_unticked_and_survives_other_pages(taking: Taking) -> None:
    _, client = taking("help", {"help": ["apps.openen", "apps.zoeken", "apps.weg"]})
    ticked = re.findall(r'name="help" value="([^"]+)" checked', client.get("/scan/1").text)
    assert ticked == ["apps.openen", "apps.zoeken"]
    client.post("/scan/1", data={"apps.openen": "1"})
    assert len(re.findall(r'name="help" value="[^"]+" checked', client.get("/scan/1").text)) == 2
    client.post("/scan/1", data={"help_asked": ASKED, "help": "apps.zoeken"})
    assert re.findall(r'name="help" value="([^"]+)" checked', client.get("/scan/1").text) == ["apps.zoeken"]


def test_help_can_be_asked_for_a_whole_theme(taking: Taking) -> None:
    _, client = taking("checklist", {"help": "begin"})
    assert client.get("/scan/1").text.count('name="help"') == 1
    assert "Hier wil je hulp bij Het begin" in words(client)


def test_a_bank_without_it_asks_nobody_about_help(taking: Taking) -> None:
    _, client = taking("mini", {"help": "apps.openen"})
    assert 'name="help"' not in client.get("/scan/1").text
    assert "Hier wil je hulp bij" not in words(client)


def test_a_second_scan_is_put_beside_the_first_over_the_same_questions(sqlite_world: World) -> None:
    code = take_scan(sqlite_world, "Anemoon", 1)
    visited = visit(sqlite_world, "Anemoon", 3, code)
    complete(sqlite_world, visited)
    client = make_app(sqlite_world).test_client()
    assert client.post("/mijn", data={"code": code}).location == "/mijn/uitkomst"
    page = words(client, "/mijn/uitkomst")
    assert re.search(r"Toen en nu Naast Nulmeting, november 2026\..* Werken met apps 25 75 ", page)


def test_one_scan_has_nothing_to_be_put_beside(sqlite_world: World) -> None:
    client = make_app(sqlite_world).test_client()
    client.post("/mijn", data={"code": take_scan(sqlite_world, "Anemoon", 1)})
    assert "Toen en nu" not in words(client, "/mijn/uitkomst")


def test_a_theme_without_questions_that_have_a_score_says_nothing_of_levels(taking: Taking) -> None:
    _, client = taking("client_like", {"wens.wat": "mail"}, {"kunnen.mail": "1"})
    page = words(client)
    assert "Te weinig antwoorden" not in page
    assert "Kunnen" in page


def test_a_question_that_was_not_asked_is_neither_open_nor_a_wish(taking: Taking) -> None:
    _, client = taking("help", {"apps.openen": "2", "apps.zoeken": "0", "help": ["apps.openen"]})
    client.post("/scan/1", data={"apps.zoeken": "2"})
    client.post("/scan/1", data={"help_asked": ["apps.waarom"], "help": ["apps.waarom"]})
    assert "Vind je apps handig?" in words(client).split("Hier wil je hulp bij")[1].split("Jouw volgende")[0]
    client.post("/scan/1", data={"apps.zoeken": "0"})
    assert "Vind je apps handig?" not in words(client)


def test_a_wish_for_help_survives_a_page_that_did_not_show_it(taking: Taking) -> None:
    _, client = taking("help", {"apps.zoeken": "2", "help": ["apps.zoeken"]})
    client.post("/scan/1", data={"help_asked": ["apps.openen"], "apps.openen": "1"})
    assert re.findall(r'name="help" value="([^"]+)" checked', client.get("/scan/1").text) == ["apps.zoeken"]


def test_a_round_asks_no_more_than_a_kept_outcome_can_hold(sqlite_world: World) -> None:
    here, organisation = sqlite_world.installation, sqlite_world.units["Testzorg"].organisation_id
    settings = here.settings
    many = [load_bank(settings.shipped_bank(name)) for name in ("vvt", "ghz", "ggz", "ziekenhuis", "huisarts")]
    with pytest.raises(RoundError, match="at most 200"):
        open_round(here.database, settings, organisation, "Alles", many, TODAY)


@pytest.mark.parametrize("seed", range(3))
def test_the_longest_outcome_of_a_round_fits_what_it_is_kept_in(sqlite_world: World, seed: int) -> None:
    here, chance = sqlite_world.installation, random.Random(seed)  # noqa: S311
    names = ["vvt", "ghz", "ggz", "digitype", "functie_helpende"]
    banks = tuple(load_bank(here.settings.shipped_bank(name)) for name in names)
    assert 180 <= sum(len(bank.items()) for bank in banks) <= MOST_QUESTIONS
    answers = {bank.bank: {item.address: any_answer(item, bank, chance) for item in bank.items()} for bank in banks}
    outcome = build_outcome(banks, answers, here.classifier, here.materials)
    places = {bank.bank: [item.address for item in bank.items()] for bank in banks}
    kept = Kept("0" * 16, "0" * 32, "T" * 200, "2026-11", tuple(bank.hash for bank in banks), answers, outcome, places)
    assert len(services._packed([kept])) <= VAULT_ROOM


def any_answer(item: Item, bank: Bank, chance: random.Random) -> Value:
    choices = KINDS[item.question.kind].choices(item.question, bank)
    raw = chance.choice(choices).value if choices else str(item.question.minimum or 1)
    return KINDS[item.question.kind].parse(raw, item.question, bank)
