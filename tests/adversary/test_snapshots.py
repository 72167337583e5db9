"""A9: somebody who has two copies of the whole database, from before and after something that one person did.

docs/privacy.md states as a limit that such copies show that somebody finished, and which rows are new. These tests hold
that, and that there is no more: not which team, which answers or which earlier row it was.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select, text

from tests.adversary.test_code import CODE
from tests.adversary.test_database import sqlite_file
from tests.rounds.invitations.support import invited, personal_visit
from tests.support import TODAY, World, cast, complete, take_scan, visit
from zelfscan.db import Base
from zelfscan.outcome.models import VaultEntry
from zelfscan.rounds.models import Ballot
from zelfscan.rounds.services import close_round
from zelfscan.scan import drafts
from zelfscan.scan.models import Draft

ONE_PERSON = ("vault_entry", "ballot", "used_invitation", "draft")
"""Tables of which each row is about one person."""

Copy = dict[str, Counter[tuple[object, ...]]]
Difference = dict[str, tuple[int, int]]
"""Per table that is not the same: how many rows are new, and how many are gone."""


def copy(world: World) -> Copy:
    """Every row of every table; on PostgreSQL with the number of the transaction that wrote it, where rows stay put."""
    database = world.installation.database
    found: Copy = {}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            hidden = [] if database.is_sqlite or table.name in ONE_PERSON else [text("xmin::text")]
            rows = session.execute(select(table, *hidden)).all()
            found[table.name] = Counter(tuple(map(repr, row)) for row in rows)
    return found


def difference(before: Copy, after: Copy) -> Difference:
    changed = {name: (after[name] - before[name], before[name] - after[name]) for name in after}
    return {name: (new.total(), gone.total()) for name, (new, gone) in changed.items() if new or gone}


def around(world: World, act: Callable[[], object]) -> Difference:
    """Attack: copy the database before and after, and compare."""
    before = copy(world)
    act()
    return difference(before, copy(world))


@pytest.fixture
def busy(world: World) -> World:
    """A round in which some have finished already."""
    for number, team in enumerate(("Anemoon", "Bosuil", "Duin", "Duin")):
        take_scan(world, team, number % 5)
    return world


def begin(app: Flask, world: World, team: str) -> FlaskClient:
    client = app.test_client()
    client.post(f"/s/{world.tokens[team]}")
    return client


def answer(client: FlaskClient, value: int) -> None:
    client.post("/scan/1", data={"apps.openen": str(value), "apps.zoeken": str(value), "apps.nut": str(value)})


def finish(client: FlaskClient, send: str = "team", keep: str = "code") -> str:
    client.post("/uitkomst", data={"send": send, "keep": keep, "go": "next"})
    code = CODE.search(client.get("/uitkomst/code", follow_redirects=True).text)
    client.post("/uitkomst/code")
    return code[0] if code else ""


def whole_scan(app: Flask, world: World, team: str, value: int, send: str = "team", keep: str = "code") -> str:
    client = begin(app, world, team)
    answer(client, value)
    return finish(client, send, keep)


def test_copies_around_a_whole_scan_show_one_outcome_and_one_ballot_and_nothing_else(busy: World, app: Flask) -> None:
    assert around(busy, lambda: whole_scan(app, busy, "Anemoon", 3)) == {"vault_entry": (1, 0), "ballot": (1, 0)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("team", "value"), [("Anemoon", 0), ("Anemoon", 4), ("Ekster", 0), ("Duin", 2)])
def test_they_are_the_same_whatever_the_team_and_the_answers(busy: World, app: Flask, team: str, value: int) -> None:
    before = copy(busy)
    whole_scan(app, busy, team, value)
    after = copy(busy)
    assert difference(before, after) == {"vault_entry": (1, 0), "ballot": (1, 0)}
    new = [row for name in ("vault_entry", "ballot") for row in after[name] - before[name]]
    assert not [row for row in new if busy.units[team].id in "".join(map(str, row))]
    with busy.installation.database.read() as session:
        lengths = [select(func.length(column)).distinct() for column in (VaultEntry.sealed, Ballot.sealed)]
        assert [len(session.scalars(found).all()) for found in lengths] == [1, 1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_they_show_what_she_chose_to_keep_and_send(busy: World, app: Flask) -> None:
    assert around(busy, lambda: whole_scan(app, busy, "Anemoon", 3, send="me")) == {"vault_entry": (1, 0)}
    assert around(busy, lambda: whole_scan(app, busy, "Anemoon", 3, keep="nothing")) == {"ballot": (1, 0)}
    assert around(busy, lambda: whole_scan(app, busy, "Anemoon", 3, send="me", keep="nothing")) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_copies_around_each_page_of_a_scan_show_its_draft_alone(busy: World, app: Flask) -> None:
    begun: list[FlaskClient] = []
    assert around(busy, lambda: begun.append(begin(app, busy, "Bosuil"))) == {"draft": (1, 0)}
    assert around(busy, lambda: answer(begun[0], 3)) == {"draft": (1, 1)}
    assert around(busy, lambda: begun[0].get("/uitkomst")) == {}


def test_copies_around_the_last_press_show_that_this_draft_became_this_outcome_and_this_ballot(
    busy: World, app: Flask
) -> None:
    """The most that two copies tell: three rows that belong together, all of them sealed."""
    client = begin(app, busy, "Bosuil")
    answer(client, 3)
    assert around(busy, lambda: finish(client)) == {"vault_entry": (1, 0), "ballot": (1, 0), "draft": (0, 1)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_coming_back_with_a_code_shows_a_draft_and_not_whose_outcome_was_opened(busy: World, app: Flask) -> None:
    code = take_scan(busy, "Anemoon")
    client = app.test_client()
    assert around(busy, lambda: client.post("/mijn", data={"code": code})) == {"draft": (1, 0)}
    assert around(busy, lambda: client.get("/mijn/uitkomst")) == {}
    assert around(busy, lambda: client.post("/mijn/sluiten")) == {"draft": (0, 1)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_code_leaves_no_trace(busy: World, app: Flask) -> None:
    client = app.test_client()
    code = take_scan(busy, "Anemoon", keep=False, send=False)
    assert around(busy, lambda: client.post("/mijn", data={"code": code})) == {}


def test_withdrawing_and_deleting_take_one_row_each(busy: World, app: Flask) -> None:
    client = app.test_client()
    client.post("/mijn", data={"code": take_scan(busy, "Anemoon")})
    assert around(busy, lambda: client.post("/mijn/terugtrekken")) == {"ballot": (0, 1)}
    assert around(busy, lambda: client.post("/mijn/verwijderen")) == {"vault_entry": (0, 1), "draft": (0, 1)}


def test_with_an_invitation_they_show_one_mark_more_and_no_address(busy: World) -> None:
    (token, *_) = invited(busy, "Anemoon", 6)
    visited = personal_visit(busy, token)
    seen = around(busy, lambda: complete(busy, visited))
    assert seen == {"vault_entry": (1, 0), "ballot": (1, 0), "used_invitation": (1, 0)}


def test_nothing_that_is_sealed_can_be_read_or_unpacked(world: World) -> None:
    """What is sealed cannot be made shorter: it holds no padding, no text and nothing that was packed before."""
    visit(world, "Bosuil", 3)
    take_scan(world, "Anemoon", 4)
    with world.installation.database.read() as session:
        blobs = [blob for table in (VaultEntry, Ballot, Draft) for blob in session.scalars(select(table.sealed))]
    assert len(blobs) == 3
    assert [len(zlib.compress(blob, 9)) > len(blob) for blob in blobs] == [True] * 3


# One by one, so that nobody but who takes copies in between sees what belongs together.

WRITES = re.compile(rf"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?({'|'.join(ONE_PERSON)})\b", re.IGNORECASE)


@pytest.fixture
def transactions(world: World) -> Iterator[list[set[str]]]:
    """The tables of `ONE_PERSON` that each transaction wrote in."""
    found: list[set[str]] = []
    database = world.installation.database

    def ran(connection: Connection, _: object, statement: str, *__: object) -> None:
        connection.info.setdefault("wrote", set()).update(match.lower() for match in WRITES.findall(statement))
        if connection.engine is database.single:
            ended(connection)

    def ended(connection: Connection) -> None:
        found.append(connection.info.pop("wrote", set()))

    event.listen(database.engine, "commit", ended)
    for engine in (database.engine, database.single):
        event.listen(engine, "before_cursor_execute", ran)
    yield found
    event.remove(database.engine, "commit", ended)
    for engine in (database.engine, database.single):
        event.remove(engine, "before_cursor_execute", ran)


def test_no_transaction_writes_in_two_tables_about_one_person(
    world: World, app: Flask, transactions: list[set[str]]
) -> None:
    code = whole_scan(app, world, "Anemoon", 3)
    client = app.test_client()
    client.post("/mijn", data={"code": code})
    client.post("/mijn/verwijderen")
    (token,) = invited(world, "Anemoon", 1)
    visited = personal_visit(world, token)
    complete(world, visited)
    drafts.erase(world.installation.database, visited.key)
    assert set.union(*transactions) == set(ONE_PERSON)
    assert max(len(written) for written in transactions) == 1


# What is left in the file.


def test_after_closing_there_is_no_ballot_in_the_file_and_no_page_that_one_was_on(sqlite_world: World) -> None:
    world = sqlite_world
    cast(world, {"Anemoon": 14, "Bosuil": 9, "Duin": 12})
    world.installation.database.forget_traces()
    with world.installation.database.read() as session:
        ends = [ballot.sealed[-24:] for ballot in session.scalars(select(Ballot))]
    assert all(end in sqlite_file(world).read_bytes() for end in ends)
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    with world.installation.database.read() as session:
        assert session.scalar(text("PRAGMA freelist_count")) == 0
    raw = sqlite_file(world).read_bytes()
    assert not [end for end in ends if end in raw]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_after_closing_postgresql_keeps_no_page_of_ballots(world: World) -> None:
    cast(world, {"Anemoon": 14, "Bosuil": 9, "Duin": 12})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    with world.installation.database.read() as session:
        assert session.scalar(text("SELECT pg_relation_size('ballot')")) == 0
