"""Taking a scan in a browser without JavaScript."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_app
from tests.support import TODAY, World, complete, take_scan, visit
from zelfscan.rounds.queries import ballot_count
from zelfscan.rounds.services import close_round
from zelfscan.scan import drafts
from zelfscan.scan.models import Draft
from zelfscan.scan.services import Scan, begin, open_scan, pages_of, save_answers


@pytest.fixture
def link(sqlite_world: World) -> str:
    return f"/s/{sqlite_world.tokens['Anemoon']}"


def checked(page: str) -> dict[str, str]:
    """Name and value of each ticked answer on a page."""
    found = re.findall(r'<input checked[^>]*name="([^"]+)"[^>]*value="([^"]+)"', page)
    return dict(found)


def test_the_start_says_what_comes(client: FlaskClient, link: str) -> None:
    page = client.get(link).text
    assert "Testzorg · Anemoon" in page
    assert "ongeveer 2 minuten" in page


def test_an_unknown_link_is_not_found(client: FlaskClient) -> None:
    assert client.get("/s/unknown").status_code == 404
    assert client.post("/s/unknown").status_code == 404


def test_answers_are_there_when_one_goes_back(client: FlaskClient, link: str) -> None:
    assert client.post(link).location == "/scan/1"
    given = {"apps.openen": "3", "apps.zoeken": "-", "apps.delen": "1"}
    assert client.post("/scan/1", data=given | {"go": "next"}).location == "/scan/2"
    assert client.post("/scan/2", data={"go": "back"}).location == "/scan/1"
    assert checked(client.get("/scan/1").text) == given


def test_an_answer_that_is_left_open_does_not_wipe_an_earlier_one(client: FlaskClient, link: str) -> None:
    client.post(link)
    client.post("/scan/1", data={"apps.openen": "3"})
    client.post("/scan/1", data={"apps.zoeken": "2"})
    assert checked(client.get("/scan/1").text) == {"apps.openen": "3", "apps.zoeken": "2"}


def test_every_question_may_be_left_open(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert client.post("/scan/1", data={"go": "next"}).location == "/scan/2"
    assert client.post("/scan/2", data={"go": "next"}).location == "/uitkomst"
    page = client.get("/uitkomst")
    assert "Te weinig antwoorden voor een digitype" in page.text


def test_a_question_that_an_answer_opens_is_asked_before_the_next_theme(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert "apps.beeldbellen-hulp" not in client.get("/scan/1").text
    answer = client.post("/scan/1", data={"apps.beeldbellen": "ja", "go": "next"})
    assert answer.location == "/scan/1#apps.beeldbellen-hulp"
    assert "apps.beeldbellen-hulp" in client.get("/scan/1").text
    assert client.post("/scan/1", data={"apps.beeldbellen-hulp": "2", "go": "next"}).location == "/scan/2"


def test_every_kind_of_answer_is_kept(client: FlaskClient, link: str, sqlite_world: World) -> None:
    client.post(link)
    client.post(
        "/scan/2", data={"privacy.mail": "melden", "privacy.apparaten": ["telefoon", "laptop"], "privacy.jaren": "12"}
    )
    page = client.get("/scan/2").text
    assert checked(page)["privacy.mail"] == "melden"
    assert len(re.findall(r'<input checked[^>]*name="privacy.apparaten"', page)) == 2
    assert re.search(r'name="privacy.jaren"[^>]*value="12"', page)


@pytest.mark.parametrize(
    "wrong", [{"privacy.jaren": "twaalf"}, {"privacy.jaren": "61"}, {"privacy.mail": "iets"}, {"privacy.rustig": "9"}]
)
def test_an_impossible_answer_is_refused_and_the_others_are_kept(
    client: FlaskClient, link: str, wrong: dict[str, str]
) -> None:
    client.post(link)
    answer = client.post("/scan/2", data={"privacy.leren": "3", "go": "next"} | wrong)
    assert answer.status_code == 200
    assert "Kijk nog eens naar één antwoord" in answer.text
    assert checked(client.get("/scan/2").text) == {"privacy.leren": "3"}


def test_ticks_and_entries_can_be_emptied(client: FlaskClient, link: str) -> None:
    client.post(link)
    shown = {"shown": ["privacy.apparaten", "privacy.jaren"]}
    client.post("/scan/2", data=shown | {"privacy.apparaten": ["telefoon"], "privacy.jaren": "12"})
    client.post("/scan/2", data=shown | {"privacy.jaren": ""})
    page = client.get("/scan/2").text
    assert page.count('name="shown"') == 2
    assert checked(page) == {}
    assert re.search(r'name="privacy.jaren"[^>]*value=""', page)


def test_rather_not_say_beside_a_number(client: FlaskClient, link: str) -> None:
    client.post(link)
    client.post("/scan/2", data={"privacy.jaren": ["5", "-"]})
    page = client.get("/scan/2").text
    assert re.search(r'type="checkbox" name="privacy.jaren" value="-" checked', page)


def test_a_background_save_answers_with_nothing(client: FlaskClient, link: str) -> None:
    client.post(link)
    answer = client.post("/scan/1", data={"apps.openen": "3"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert checked(client.get("/scan/1").text) == {"apps.openen": "3"}


def test_a_background_save_hears_that_the_scan_is_gone(client: FlaskClient, link: str) -> None:
    client.post(link)
    client.post("/scan/stoppen")
    assert client.post("/scan/1", data={"apps.openen": "3"}, headers={"X-Autosave": "1"}).status_code == 410


def test_another_team_s_link_does_not_go_on_with_this_scan(client: FlaskClient, link: str, sqlite_world: World) -> None:
    client.post(link)
    elsewhere = client.get(f"/s/{sqlite_world.tokens['Duin']}").text
    assert "Ga verder waar je was" not in elsewhere
    assert "een scan voor een ander team" in elsewhere


def test_a_new_scan_leaves_nothing_of_the_one_before(client: FlaskClient, link: str, sqlite_world: World) -> None:
    client.post(link)
    client.post(link)
    with sqlite_world.installation.database.read() as session:
        assert session.query(Draft).count() == 1


def test_changing_the_language_keeps_the_page_and_its_answers(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert client.post("/scan/1", data={"apps.openen": "3", "go": "language-en"}).location == "/scan/1"
    page = client.get("/scan/1").text
    assert "I can open an attachment." in page
    assert checked(page) == {"apps.openen": "3"}


def test_a_scan_goes_on_where_it_was(client: FlaskClient, link: str) -> None:
    client.post(link)
    everything = {f"apps.{q}": "2" for q in ("openen", "zoeken", "delen", "nut")} | {"apps.beeldbellen": "nee"}
    client.post("/scan/1", data=everything)
    assert "Ga verder waar je was" in client.get(link).text
    assert client.get("/scan").location == "/scan/2"


def test_a_skipped_question_does_not_hold_up_who_goes_on_later(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert client.get("/scan").location == "/scan/1"
    client.post("/scan/1", data={"apps.openen": "2"})
    assert client.get("/scan").location == "/scan/1"
    client.post("/scan/2", data={"privacy.leren": "3"})
    assert client.get("/scan").location == "/scan/2"


def test_stopping_leaves_nothing(client: FlaskClient, link: str, sqlite_world: World) -> None:
    client.post(link)
    client.post("/scan/1", data={"apps.openen": "3"})
    assert client.post("/scan/stoppen").location == "/scan/gestopt"
    with sqlite_world.installation.database.read() as session:
        assert session.query(Draft).count() == 0
    assert client.get_cookie("zelfscan_scan") is None
    assert client.get("/scan/1").location == "/scan/geen"


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_page_that_the_scan_does_not_have(client: FlaskClient, link: str, number: int) -> None:
    client.post(link)
    assert client.get(f"/scan/{number}").status_code == 404
    assert client.post(f"/scan/{number}").status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "!" * 44, "A" * 43 + "=", "A" * 400])
def test_a_cookie_that_is_no_key_opens_nothing(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("zelfscan_scan", cookie)
    assert client.get("/scan/1").location == "/scan/geen"
    assert client.get("/uitkomst").location == "/scan/geen"


def test_a_closed_round_takes_no_new_scan(client: FlaskClient, link: str, sqlite_world: World) -> None:
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    assert "gesloten" in client.get(link).text
    assert client.post(link).status_code == 200


def test_the_cookie_is_for_this_browser_s_own_use(client: FlaskClient, link: str) -> None:
    header = client.post(link).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_a_code_of_an_earlier_time(client: FlaskClient, link: str, sqlite_world: World) -> None:
    code = take_scan(sqlite_world, "Anemoon")
    assert client.post(link, data={"code": code.upper().replace("-", " ")}).location == "/scan/1"
    assert "typefout" in client.post(link, data={"code": f"{code[:-1]}q"}).text


def test_the_whole_way_ends_with_a_code_that_opens_the_outcome(client: FlaskClient, link: str) -> None:
    client.post(link)
    client.post("/scan/1", data={f"apps.{q}": "4" for q in ("openen", "zoeken", "delen", "nut")})
    client.post("/scan/2", data={f"privacy.{q}": "4" for q in ("rustig", "proberen", "leren", "vertrouwen")})
    assert "De digitale enthousiasteling" in client.get("/uitkomst").text
    assert "Maak nog twee keuzes" in client.post("/uitkomst", data={"go": "next"}).text
    assert client.post("/uitkomst", data={"send": "team", "keep": "code"}).location == "/uitkomst/code"
    found = re.search(r'<p class="code"[^>]*>([a-z-]+)</p>', client.get("/uitkomst/code").text)
    assert found
    assert client.post("/uitkomst/code").location == "/uitkomst/klaar"
    assert client.post("/mijn", data={"code": found[1]}).location == "/mijn/uitkomst"
    assert "De digitale enthousiasteling" in client.get("/mijn/uitkomst").text
    assert "op dit apparaat al ingevuld" in client.get(link).text
    assert client.post("/mijn/terugtrekken").location == "/mijn/uitkomst"
    assert "telt niet meer mee" in client.get("/mijn/uitkomst").text
    assert client.post("/mijn/verwijderen").location == "/mijn"
    assert "gewist" in client.get("/mijn").text
    assert "We vinden geen uitkomst" in client.post("/mijn", data={"code": found[1]}).text


def test_deleting_takes_the_ballot_along(client: FlaskClient, sqlite_world: World) -> None:
    code = take_scan(sqlite_world, "Anemoon")
    client.post("/mijn", data={"code": code})
    client.post("/mijn/verwijderen")
    with sqlite_world.installation.database.read() as session:
        assert ballot_count(session, sqlite_world.round_id) == 0


def test_codes_are_limited_at_the_start_too(client: FlaskClient, link: str) -> None:
    answers = [client.post(link, data={"code": "bab"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert client.post(link).status_code == 302, "without a code anybody can begin"


@pytest.mark.parametrize("address", ["/mijn/terugtrekken", "/mijn/verwijderen", "/mijn/sluiten"])
def test_without_an_opened_outcome_there_is_nothing_to_change(client: FlaskClient, address: str) -> None:
    assert client.post(address).location == "/mijn"
    assert client.get("/mijn/uitkomst").location == "/mijn"


def test_secure_cookies_behind_https(sqlite_world: World) -> None:
    from dataclasses import replace

    here = sqlite_world.installation
    secure = here.settings.model_copy(update={"base_url": "https://scan.example"})
    world = replace(sqlite_world, installation=replace(here, settings=secure))
    answer = make_app(world).test_client().post(f"/s/{world.tokens['Duin']}")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_draft_is_gone_after_its_last_day(world: World) -> None:
    visited = visit(world, "Anemoon")
    database, late = world.installation.database, TODAY + timedelta(days=31)
    assert open_scan(database, visited.key, late) is None
    assert save_answers(database, visited.key, late, "mini", {"apps.openen": 1}) is None
    begin(database, visited.link, late, 30)
    with database.read() as session:
        assert session.query(Draft).count() == 1


def test_a_draft_opens_with_its_own_key_only(world: World) -> None:
    visited = visit(world, "Anemoon")
    assert drafts.read(world.installation.database, drafts.new_key(), TODAY) is None
    assert drafts.read(world.installation.database, visited.key, TODAY) is not None


def test_sealed_drafts_come_in_few_sizes(world: World) -> None:
    visit(world, "Anemoon", 0)
    visit(world, "Anemoon", 4)
    with world.installation.database.read() as session:
        assert len({len(draft.sealed) for draft in session.query(Draft)}) == 1


def test_a_finished_scan_takes_no_more_answers(world: World) -> None:
    visited = visit(world, "Anemoon")
    complete(world, visited)
    drafts.erase(world.installation.database, visited.key)
    assert save_answers(world.installation.database, visited.key, TODAY, "mini", {"apps.openen": 1}) is None


def test_a_scan_survives_its_draft() -> None:
    scan = Scan("a1", "token", ("hash",), "code", True, {"mini": {"apps.openen": 3, "apps.zoeken": None}})
    assert Scan.from_dict(scan.to_dict()) == scan


def test_pages_follow_the_answers(sqlite_world: World) -> None:
    banks = sqlite_world.link("Anemoon").banks
    before = pages_of(banks, {})
    after = pages_of(banks, {"mini": {"apps.beeldbellen": "ja"}})
    assert [len(page.items) for page in before] == [5, 7]
    assert [len(page.items) for page in after] == [6, 7]
