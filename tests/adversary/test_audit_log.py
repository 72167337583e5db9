"""The log of managers and administrators tells nothing of employees: not that, when or how many took part."""

import ast
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import Rule

import zelfscan.progress
from tests.adversary.test_code import CODE
from tests.support import TODAY, World, cast, take_scan
from tests.test_architecture import PACKAGE, breaches
from zelfscan.cli import cli
from zelfscan.organisations import auditlog
from zelfscan.organisations.auditlog import AuditEvent, all_events, record
from zelfscan.organisations.models import Account, Organisation, Unit
from zelfscan.rounds.models import Ballot, Round
from zelfscan.rounds.queries import ballot_count, ballots_at_least
from zelfscan.rounds.services import close_round
from zelfscan.web.access import Access, declared_access

SIGN_IN = "organisations.enter"
"""The only public route that may write in the log, and only of signing in."""


def events(world: World) -> int:
    with world.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


# Nothing that an employee does.


def take_part(client: FlaskClient, world: World) -> str:
    """A whole scan on the pages, from the poster to the code; returns the code."""
    client.post(f"/s/{world.tokens['Anemoon']}")
    client.post("/scan/1", data={"apps.openen": "3", "apps.zoeken": "4", "apps.nut": "2"})
    client.post("/uitkomst", data={"send": "team", "keep": "code", "go": "next"})
    found = CODE.search(client.get("/uitkomst/code").text)
    assert found
    client.post("/uitkomst/code")
    return found[0]


def return_and_leave(client: FlaskClient, code: str) -> None:
    """Come back with the code, withdraw the ballot, delete the outcome."""
    assert client.post("/mijn", data={"code": code}).status_code == 302
    client.get("/mijn/uitkomst")
    client.post("/mijn/terugtrekken")
    client.post("/mijn/verwijderen")


def test_a_whole_scan_and_what_comes_after_it_are_not_in_the_log(app: Flask, world: World) -> None:
    client = app.test_client()
    code = take_part(client, world)
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 1
    return_and_leave(client, code)
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 0
    assert events(world) == 0


def public_rules(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if declared_access(app.view_functions[rule.endpoint]) is Access.PUBLIC and rule.endpoint != SIGN_IN
    ]


SENT = {"go": "next", "send": "team", "keep": "code", "language": "nl"}


def walk_public_routes(app: Flask, world: World) -> set[str]:
    """Ask for each public route, with each method, as a stranger, in the middle of a scan and with an open outcome."""
    known = {"token": world.tokens["Anemoon"], "number": 1, "filename": "zelfscan.css", "round_id": world.round_id}
    scanning, opened = app.test_client(), app.test_client()
    scanning.post(f"/s/{world.tokens['Bosuil']}")
    opened.post("/mijn", data={"code": take_scan(world, "Anemoon")})
    visited = set()
    for rule, client in itertools.product(public_rules(app), (app.test_client(), scanning, opened)):
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: known.get(name, "1") for name in rule.arguments})
        for method in (rule.methods or set()) & {"GET", "POST"}:
            with client.open(address, method=method, data=SENT) as answer:
                assert answer.status_code < 500, address
            visited.add(rule.endpoint)
    return visited


def test_no_public_route_writes_in_the_log(app: Flask, world: World) -> None:
    visited = walk_public_routes(app, world)
    assert visited == {rule.endpoint for rule in public_rules(app)}
    assert len(visited) > 15
    assert events(world) == 0


def test_a_public_route_that_would_write_is_found(app: Flask, world: World) -> None:
    view = app.view_functions["pages.privacy"]

    def writing() -> object:
        record(world.installation.database, "somebody", "demo", world.units["Testzorg"].organisation_id)
        return view()

    writing.access = Access.PUBLIC  # type: ignore[attr-defined]
    app.view_functions["pages.privacy"] = writing
    walk_public_routes(app, world)
    assert events(world) == 1


def test_taking_a_scan_knows_no_log() -> None:
    paths = [path for feature in ("scan", "outcome") for path in (PACKAGE / feature).rglob("*.py")]
    assert len(paths) > 10
    assert breaches(paths, ("zelfscan.organisations.auditlog",)) == []


# A log that does not work.


def break_log(world: World) -> None:
    with world.installation.database.write() as session:
        session.execute(text("DROP TABLE audit_event"))


def test_a_scan_goes_on_when_the_log_is_broken(app: Flask, world: World) -> None:
    break_log(world)
    client = app.test_client()
    return_and_leave(client, take_part(client, world))
    take_part(client, world)
    with world.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 1


@pytest.fixture
def run(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    return CliRunner()


OPEN = ["round", "open", "--organisation", "Testzorg", "--title", "Twee", "--bank", "tests/banks/mini.yaml"]


def test_what_cannot_be_logged_is_not_done(run: CliRunner, sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 9})
    break_log(sqlite_world)
    for asked in (OPEN, ["round", "close", sqlite_world.round_id], ["round", "links", sqlite_world.round_id]):
        failed = run.invoke(cli, asked)
        assert isinstance(failed.exception, DBAPIError), asked
        assert "/s/" not in failed.output
    with sqlite_world.installation.database.read() as session:
        assert [(round_.title, round_.state) for round_ in session.scalars(select(Round))] == [("Nulmeting", "open")]
        assert ballot_count(session, sqlite_world.round_id) == 9


# What an event says.


def test_what_is_done_with_a_round_is_noted_with_its_name_and_nothing_more(run: CliRunner, sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 13, "Duin": 6})
    for asked in (OPEN, *(["round", words, sqlite_world.round_id] for words in ("links", "status", "close"))):
        assert run.invoke(cli, asked).exit_code == 0
    with sqlite_world.installation.database.read() as session:
        noted = [(event.kind, event.subject) for event in all_events(session)]
    assert noted == [("close_round", "Nulmeting"), ("open_round", "Twee"), ("print_links", "Nulmeting")]


def test_a_subject_is_made_of_names_only(run: CliRunner, sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 13})
    for asked in (OPEN, *(["round", words, sqlite_world.round_id] for words in ("links", "close"))):
        run.invoke(cli, asked)
    with sqlite_world.installation.database.read() as session:
        columns = (Round.title, Unit.name, Account.email, Organisation.name)
        names = {name for column in columns for name in session.scalars(select(column))}
        parts = {part for event in all_events(session) for part in event.subject.split(auditlog.BETWEEN)}
    assert parts
    assert parts <= names


NAMES = {"title", "name", "email", "ORGANISATION"}


def recording_calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "organisations.auditlog" in path.read_text(encoding="utf-8"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "record":
                    yield path, node


def made_up(call: ast.Call) -> list[str]:
    """What a call of `record` gives as names and that is no variable or attribute of a name."""
    last = [argument.attr if isinstance(argument, ast.Attribute) else ast.unparse(argument) for argument in call.args]
    return [word for word in last[4:] if word not in NAMES]


def test_nobody_makes_up_what_an_event_is_about() -> None:
    found = [(path.name, made_up(call)) for path, call in recording_calls() if made_up(call) or call.keywords]
    assert found == []
    assert len(list(recording_calls())) >= 7


@pytest.mark.parametrize("words", ["f'{count} ballots'", "str(count)", "round_.title + count", "count"])
def test_made_up_words_are_found(words: str) -> None:
    call = ast.parse(
        f"record(database, who, 'close_round', round_.organisation_id, round_.title, {words})", mode="eval"
    )
    assert isinstance(call.body, ast.Call)
    assert len(made_up(call.body)) == 1


# The log as a clock, beside PostgreSQL's order of writes.


class Clock:
    """A clock of which every look is a minute later."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


def bracket(world: World) -> timedelta:
    """Attack: between which two times, by the log and the numbers of transactions, did the last ballot come?"""
    with world.installation.database.read() as session:
        last = session.scalar(text("SELECT max(xmin::text::bigint) FROM ballot"))
        rows = session.execute(text("SELECT hour, xmin::text::bigint FROM audit_event")).all()
    times = [(datetime.fromisoformat(f"{hour}:00" if len(hour) == 13 else hour), len(hour), n) for hour, n in rows]
    before = max(time for time, _, number in times if number < last)
    after = min(time + timedelta(hours=length == 13) for time, length, number in times if number > last)
    return after - before


def manager_works_while_somebody_finishes(world: World) -> None:
    organisation = world.units["Testzorg"].organisation_id
    for number, team in enumerate(("Anemoon", "Bosuil", "Duin")):
        record(world.installation.database, f"before{number}@test.example", "sign_in", organisation)
        take_scan(world, team)
        record(world.installation.database, f"after{number}@test.example", "sign_in", organisation)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_log_does_not_tell_when_a_ballot_came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditlog, "now", Clock())
    manager_works_while_somebody_finishes(world)
    assert bracket(world) >= timedelta(hours=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_log_with_minutes_would_tell(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditlog, "now", Clock())
    monkeypatch.setattr(auditlog, "HOUR", "%Y-%m-%dT%H:%M")
    with world.installation.database.write() as session:
        session.execute(text("ALTER TABLE audit_event DROP CONSTRAINT ck_audit_event_whole_hours"))
        session.execute(text("ALTER TABLE audit_event ALTER COLUMN hour TYPE varchar(32)"))
    manager_works_while_somebody_finishes(world)
    assert bracket(world) <= timedelta(minutes=2)


def test_an_event_has_no_time_and_no_number_of_its_own() -> None:
    columns = {column.name: str(column.type) for column in AuditEvent.__table__.columns}
    assert columns == {
        "id": "VARCHAR(32)",
        "organisation_id": "VARCHAR(32)",
        "hour": "VARCHAR(13)",
        "who": "VARCHAR(300)",
        "kind": "VARCHAR(32)",
        "subject": "VARCHAR(500)",
    }
    assert not [index for index in AuditEvent.__table__.indexes if index.unique]


# Asking for the number of ballots, again and again.


def changes(numbers: list[int]) -> list[int]:
    """After which ballot the number that somebody asks for was another one than before."""
    return [place for place, (old, new) in enumerate(itertools.pairwise(numbers), start=1) if old != new]


def ask_after_each_ballot(world: World, ballots: int) -> tuple[list[int], list[int]]:
    """What status says, and what the exact count is, from no ballots on and after each."""
    told, exact = [], []
    for number in range(ballots + 1):
        if number:
            cast(world, {"Anemoon": 1})
        with world.installation.database.read() as session:
            told.append(ballots_at_least(session, session.get_one(Round, world.round_id)))
            exact.append(ballot_count(session, world.round_id))
    return told, exact


def test_status_does_not_tell_when_one_person_finished(world: World) -> None:
    told, exact = ask_after_each_ballot(world, 17)
    assert changes(told) == [5, 10, 15]
    assert changes(exact) == list(range(1, 18)), "with the exact number each of them would be seen"


def test_status_starts_at_the_minimum_of_the_round(world: World) -> None:
    with world.installation.database.write() as session:
        session.get_one(Round, world.round_id).minimum = 7
    told, _ = ask_after_each_ballot(world, 11)
    assert told == [0] * 7 + [7] * 3 + [10] * 2


def test_the_command_says_no_more(run: CliRunner, sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 13, "Duin": 6})
    asked = ["round", "status", sqlite_world.round_id]
    assert "ballots: at least 15" in run.invoke(cli, asked).output
    assert json.loads(run.invoke(cli, [*asked, "--json"]).output)["ballots_at_least"] == 15


def test_closing_and_stopping_half_way_does_not_show_how_many_there_are(
    run: CliRunner, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar on the terminal would count the ballots, and whoever breaks off could ask again."""
    watched: list[object] = []
    monkeypatch.setattr(zelfscan.progress, "tqdm", lambda items, **_: watched.append(items) or items)
    cast(sqlite_world, {"Anemoon": 13, "Duin": 6})
    closed = run.invoke(cli, ["round", "close", sqlite_world.round_id])
    assert closed.exit_code == 0
    assert (watched, "19" in closed.output) == ([], False)


def test_a_closed_round_has_no_number_of_ballots(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cast(world, {"Anemoon": 13})
    here = world.installation
    close_round(here.database, here.settings, world.round_id, TODAY)
    with here.database.read() as session:
        assert ballots_at_least(session, session.get_one(Round, world.round_id)) == 0
