"""The background questions on the outcome page: asked there, sent with the ballot, and kept nowhere else."""

import base64
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import make_app
from tests.support import TODAY, World, complete, make_world, visit
from zelfscan.config import Settings
from zelfscan.installation import initialise, open_installation
from zelfscan.outcome.services import finish, open_vault
from zelfscan.outcome.view import chosen_lines
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.sealing import open_ballot
from zelfscan.rounds.keys import read_key
from zelfscan.rounds.models import Ballot
from zelfscan.scan.services import open_scan

SENT = {"send": "team", "keep": "code", "go": "next"}


@pytest.fixture
def asking(sqlite_settings: Settings) -> Iterator[World]:
    """An open round that asks both backgrounds."""
    initialise(sqlite_settings)
    opened = open_installation(sqlite_settings)
    yield make_world(opened, backgrounds=("age", "function"))
    opened.database.close()


def browser_with(world: World, key: bytes) -> FlaskClient:
    client = make_app(world).test_client()
    client.set_cookie("zelfscan_scan", base64.urlsafe_b64encode(key).decode())
    return client


def ballots(world: World) -> list[BallotContent]:
    """What the ballots say, read with the round's private key."""
    private = read_key(world.installation.settings, world.round_id)
    with world.installation.database.read() as session:
        rows = session.scalars(select(Ballot)).all()
    return [open_ballot(private, row.sealed, world.round_id, row.id) for row in rows]


def checked(page: str) -> list[str]:
    return re.findall(r'checked id="([^"]+)"', page)


def test_the_questions_stand_before_the_list_and_nothing_is_told_in_advance(asking: World) -> None:
    page = browser_with(asking, visit(asking, "Anemoon").key).get("/uitkomst").text
    assert page.index("Hoe oud ben je?") < page.index("Precies dit krijgt")
    assert page.index("Telt je uitkomst mee met je team?") < page.index("Op welk niveau werk je?")
    assert checked(page) == ["background-age-3", "background-function-4", "own_type-4"]


def test_the_list_says_what_is_sent_whatever_is_chosen(asking: World) -> None:
    page = browser_with(asking, visit(asking, "Anemoon").key).get("/uitkomst").text
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td></tr>', page.split("Precies dit krijgt")[1])
    chosen = "wat je hierboven kiest, of niets als je het liever niet zegt"
    assert [row for row in rows if row[1] == chosen] == [
        (title, chosen) for title in ("Leeftijd", "Functieniveau", "Het type waarin je jezelf herkent")
    ]
    browser_with(asking, visit(asking, "Bosuil").key).post("/uitkomst", data=SENT | {"background-age": "from_55"})
    (ballot,) = ballots(asking)
    about_type = 1
    assert len(rows) == 1 + len(ballot.values) - about_type + len(ballot.background), "the team, and all in the ballot"


def test_a_round_that_asks_nothing_shows_nothing_of_it(client: FlaskClient, sqlite_world: World) -> None:
    page = browser_with(sqlite_world, visit(sqlite_world, "Anemoon").key).get("/uitkomst").text
    assert "Hoe oud ben je?" not in page
    assert checked(page) == ["own_type-4"]
    with client.application.test_request_context():
        assert chosen_lines(sqlite_world.link("Anemoon"), False, "nl") == []


def test_what_is_chosen_is_in_the_ballot_and_what_is_left_is_not(asking: World) -> None:
    browser_with(asking, visit(asking, "Anemoon").key).post("/uitkomst", data=SENT | {"background-age": "from_55"})
    assert [ballot.background for ballot in ballots(asking)] == [{"age": "from_55", "function": None}]


def test_only_for_me_sends_no_background(asking: World) -> None:
    told = {"background-age": "from_55", "background-function": "level_3"}
    browser_with(asking, visit(asking, "Anemoon").key).post("/uitkomst", data=SENT | told | {"send": "me"})
    assert ballots(asking) == []


def test_a_choice_that_is_missing_keeps_what_was_told(asking: World) -> None:
    client = browser_with(asking, visit(asking, "Anemoon").key)
    page = client.post("/uitkomst", data={"send": "team", "background-age": "to_34"}).text
    assert "Maak nog één keuze" in page
    assert checked(page) == ["send-0", "background-age-0", "background-function-4", "own_type-4"]


def test_a_category_that_nobody_offered_is_refused(asking: World) -> None:
    client = browser_with(asking, visit(asking, "Anemoon").key)
    assert client.post("/uitkomst", data=SENT | {"background-age": "shoe"}).status_code == 200
    assert ballots(asking) == []


def test_the_later_press_wins(asking: World) -> None:
    """Two tabs, or a retry after a worker died: the same ballot is replaced, with its background."""
    visited = visit(asking, "Anemoon")
    complete(asking, visited, background={"age": "to_34", "function": "other"})
    complete(asking, visited, background={"age": None, "function": "level_3"})
    assert [ballot.background for ballot in ballots(asking)] == [{"age": None, "function": "level_3"}]


def test_neither_draft_nor_vault_holds_the_background(asking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visited, seen = visit(asking, "Anemoon"), []

    def finish_and_look(*args: object, **choice: object) -> object:
        done = finish(*args, **choice)  # type: ignore[arg-type]
        seen.append(open_scan(asking.installation.database, visited.key, TODAY))
        return done

    monkeypatch.setattr("zelfscan.outcome.services.finish", finish_and_look)
    browser_with(asking, visited.key).post("/uitkomst", data=SENT | {"background-age": "from_55"})
    opened = open_vault(asking.installation, asking.installation.keys_of(visited.scan.code))
    assert opened is not None
    assert [found.scan for found in seen] == [visited.scan], "the draft is what it was"
    assert "from_55" not in str([kept.to_dict() for kept in opened.outcomes])


@pytest.mark.parametrize(("language", "question"), [("nl", "Hoe oud ben je?"), ("en", "How old are you?")])
def test_the_questions_are_in_the_language_of_the_page(asking: World, language: str, question: str) -> None:
    client = browser_with(asking, visit(asking, "Anemoon").key)
    client.set_cookie("zelfscan_language", language)
    assert question in client.get("/uitkomst").text
