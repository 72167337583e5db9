"""A personal link in a browser: start, go on, finish once, and what comes after."""

import re

import pytest
from flask.testing import FlaskClient

from tests.adversary.test_nothing_lost import counts
from tests.conftest import make_app
from tests.rounds.invitations.support import invited, personal_visit
from tests.support import TODAY, World, complete
from zelfscan.rounds.services import close_round

CHOICE = {"send": "team", "keep": "code"}


@pytest.fixture
def token(sqlite_world: World) -> str:
    return invited(sqlite_world, "Anemoon", 1)[0]


def take(client: FlaskClient, token: str, **choice: str) -> str:
    """Take a whole scan in a browser; returns where the last button leads."""
    client.post(f"/s/{token}")
    client.post("/scan/1", data={f"apps.{q}": "4" for q in ("openen", "zoeken", "delen", "nut")})
    return client.post("/uitkomst", data=CHOICE | choice).location or ""


def test_the_start_says_that_the_link_is_personal(client: FlaskClient, token: str, sqlite_world: World) -> None:
    page = client.get(f"/s/{token}").text
    assert "Testzorg · Anemoon" in page
    assert "alleen van jou en werkt één keer" in page
    assert "alleen van jou en werkt" not in client.get(f"/s/{sqlite_world.tokens['Anemoon']}").text
    assert "p2@" not in page
    assert "anemoon.2" not in page


def test_the_whole_way_and_after_it_a_friendly_page(client: FlaskClient, token: str, sqlite_world: World) -> None:
    assert take(client, token) == "/uitkomst/code"
    code = re.search(r'<p class="code"[^>]*>([a-z-]+)</p>', client.get("/uitkomst/code").text)
    assert code
    client.post("/uitkomst/code")
    again = client.get(f"/s/{token}")
    assert again.status_code == 404
    for words in ("werkt één keer", "Je hoeft dan niets meer te doen", "Op dit apparaat is een scan afgerond"):
        assert words in again.text
    assert 'href="/mijn"' in again.text
    assert client.post("/mijn", data={"code": code[1]}).location == "/mijn/uitkomst"
    assert client.post("/mijn/terugtrekken").location == "/mijn/uitkomst"
    assert counts(sqlite_world) == (1, 0)


def test_a_scan_goes_on_where_it_was(client: FlaskClient, token: str) -> None:
    client.post(f"/s/{token}")
    client.post("/scan/1", data={"apps.openen": "3"})
    assert "Ga verder waar je was" in client.get(f"/s/{token}").text


def test_beginning_again_before_the_end_loses_nothing(client: FlaskClient, token: str, sqlite_world: World) -> None:
    client.post(f"/s/{token}")
    client.post(f"/s/{token}")
    assert take(client, token) == "/uitkomst/code"
    assert counts(sqlite_world) == (1, 1)


def test_who_comes_second_hears_it_and_may_keep_her_outcome(
    client: FlaskClient, token: str, sqlite_world: World
) -> None:
    client.post(f"/s/{token}")
    client.post("/scan/1", data={"apps.openen": "3"})
    other = make_app(sqlite_world).test_client()
    assert take(other, token) == "/uitkomst/code"
    page = client.get("/uitkomst").text
    assert "Je uitnodiging is al gebruikt" in page
    assert 'name="send"' not in page
    assert client.post("/uitkomst", data={"keep": "code"}).location == "/uitkomst/code"
    assert counts(sqlite_world) == (2, 1)


def test_who_is_overtaken_on_the_last_page_hears_it_after_the_button(
    client: FlaskClient, token: str, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zelfscan.outcome.services as outcome_services

    client.post(f"/s/{token}")
    client.post("/scan/1", data={"apps.openen": "3"})
    rival, real = personal_visit(sqlite_world, token), outcome_services.finish

    def overtaken(*given: object, **choice: object) -> object:
        monkeypatch.setattr(outcome_services, "finish", real)
        complete(sqlite_world, rival)
        return real(*given, **choice)  # type: ignore[arg-type]

    monkeypatch.setattr(outcome_services, "finish", overtaken)
    assert client.post("/uitkomst", data=CHOICE).location == "/uitkomst/code"
    assert "Daarom telt deze scan niet mee" in client.get("/uitkomst/code").text
    assert counts(sqlite_world) == (2, 1)


def test_a_claimed_scan_that_broke_off_is_found_by_its_link(
    client: FlaskClient, token: str, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker died after the invitation was used: the link leads back to the scan, which still counts."""
    import zelfscan.outcome.services as outcome_services

    client.post(f"/s/{token}")
    client.post("/scan/1", data={"apps.openen": "3"})
    real = outcome_services.put_ballot

    def dies(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(outcome_services, "put_ballot", dies)
    assert client.post("/uitkomst", data=CHOICE).status_code == 500
    monkeypatch.setattr(outcome_services, "put_ballot", real)
    page = client.get(f"/s/{token}")
    assert page.status_code == 200
    assert "Ga verder waar je was" in page.text
    assert "Opnieuw beginnen" not in page.text
    assert client.post(f"/s/{token}").location == "/scan"
    assert client.post("/uitkomst", data=CHOICE).location == "/uitkomst/code"
    assert counts(sqlite_world) == (1, 1)


def test_after_closing_a_link_that_nobody_used_says_that_the_round_may_be_over(
    client: FlaskClient, token: str, sqlite_world: World
) -> None:
    here = sqlite_world.installation
    close_round(here.database, here.settings, sqlite_world.round_id, TODAY)
    page = client.get(f"/s/{token}")
    assert page.status_code == 404
    assert "Misschien is de meetronde voorbij" in page.text


def test_a_colleague_s_scan_on_a_shared_device_is_not_taken_for_one_s_own(
    client: FlaskClient, sqlite_world: World
) -> None:
    one, other = invited(sqlite_world, "Duin", 2)
    client.post(f"/s/{one}")
    page = client.get(f"/s/{other}").text
    assert "een scan van een andere link" in page
    assert "Ga verder waar je was" not in page


def test_a_link_costs_one_statement_whatever_it_is(sqlite_world: World, token: str) -> None:
    from sqlalchemy import event

    client, database = make_app(sqlite_world).test_client(), sqlite_world.installation.database
    client.get(f"/s/{token}")
    seen: list[str] = []
    for engine in (database.engine, database.single):
        event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    numbers = []
    for address in (sqlite_world.tokens["Anemoon"], token, "AAAAAAAAAAAA"):
        seen.clear()
        client.get(f"/s/{address}")
        numbers.append(len([words for words in seen if words.startswith(("SELECT", "WITH"))]))
    assert numbers == [1, 1, 1]
