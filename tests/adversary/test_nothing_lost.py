"""Nothing submitted is lost and nothing is counted twice: retry, double click, two tabs, a killed worker."""

import base64
import multiprocessing
import os
import secrets
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import zelfscan.outcome.services as outcome_services
import zelfscan.rounds.services as round_services
from tests.conftest import make_app
from tests.support import TODAY, Visit, World, cast, complete, take_scan, visit
from zelfscan.db import Database
from zelfscan.outcome.models import VaultEntry
from zelfscan.outcome.services import Finished, leave_code, open_vault
from zelfscan.privacy.sealing import TooLarge
from zelfscan.rounds.keys import key_file
from zelfscan.rounds.models import Ballot, ReleasedGroup, Round
from zelfscan.rounds.services import close_round
from zelfscan.scan import drafts
from zelfscan.scan.services import open_scan, save_answers
from zelfscan.web import cookies

CHOICE = {"send": "team", "keep": "code", "go": "next"}


def counts(world: World) -> tuple[int, int]:
    """How many vault entries and ballots there are."""
    with world.installation.database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(t)) or 0 for t in (VaultEntry, Ballot))  # type: ignore[return-value]


def test_finishing_twice_counts_once(world: World) -> None:
    visited = visit(world, "Anemoon")
    complete(world, visited)
    complete(world, visited)
    assert counts(world) == (1, 1)


def test_another_choice_at_the_second_try_replaces_the_first(world: World) -> None:
    visited = visit(world, "Anemoon")
    complete(world, visited, keep=True, send=True)
    complete(world, visited, keep=False, send=False)
    assert counts(world) == (0, 0)


def test_a_double_click_counts_once(world: World, app: Flask) -> None:
    client = app.test_client()
    client.post(f"/s/{world.tokens['Anemoon']}")
    client.post("/scan/1", data={"apps.openen": "3"})
    cookie = client.get_cookie("zelfscan_scan")
    assert cookie is not None

    def press(_: int) -> int:
        other = app.test_client()
        other.set_cookie("zelfscan_scan", cookie.value)
        return other.post("/uitkomst", data=CHOICE).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(press, range(4)))
    assert statuses == [302] * 4
    assert counts(world) == (1, 1)
    assert client.get("/uitkomst/code").status_code == 200


@pytest.mark.parametrize("first", ["code", "nothing"])
def test_two_tabs_with_two_choices_end_in_one_of_them(world: World, app: Flask, first: str) -> None:
    """A code that is shown opens its outcome, and an outcome that is kept has its code shown."""
    other = "nothing" if first == "code" else "code"
    for _ in range(5):
        visited = visit(world, "Anemoon")
        cookie = base64.urlsafe_b64encode(visited.key).decode()

        def press(keep: str, cookie: str = cookie) -> None:
            client = app.test_client()
            client.set_cookie("zelfscan_scan", cookie)
            client.post("/uitkomst", data=CHOICE | {"keep": keep})

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(press, [first, other]))
        client = app.test_client()
        client.set_cookie("zelfscan_scan", cookie)
        shown = client.get("/uitkomst/code").status_code == 200
        kept = open_vault(world.installation, world.installation.keys_of(visited.scan.code)) is not None
        assert shown == kept


def test_two_tabs_keep_each_other_s_answers(world: World) -> None:
    visited = visit(world, "Anemoon")
    addresses = [f"apps.q{number}" for number in range(16)]

    def answer(address: str) -> None:
        save_answers(world.installation.database, visited.key, TODAY, "mini", {address: 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(answer, addresses))
    found = open_scan(world.installation.database, visited.key, TODAY)
    assert found is not None
    assert set(addresses) <= set(found.scan.answers["mini"])


STEPS = ("_keep", "put_ballot")


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_while_finishing_loses_and_doubles_nothing(world: World, step: str) -> None:
    """A worker dies, by SIGKILL, right after it carried out a step; the employee presses the button again."""
    visited = visit(world, "Anemoon", 4)
    run_and_kill(_finish_until, world, visited, step)
    assert sum(counts(world)) >= 1
    found = open_scan(world.installation.database, visited.key, TODAY)
    assert found is not None, "the draft is still there"
    complete(world, Visit(visited.key, found.scan, visited.link))
    assert counts(world) == (1, 1)
    opened = open_vault(world.installation, world.installation.keys_of(visited.scan.code))
    assert opened is not None
    assert len(opened.outcomes) == 1


def run_and_kill(target: Any, world: World, *args: Any) -> None:
    """Run in a process of its own, with connections of its own, which has to die by SIGKILL."""

    def run() -> None:
        for engine in (world.installation.database.engine, world.installation.database.single):
            engine.dispose(close=False)
        target(world, *args)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def _finish_until(world: World, visited: Visit, step: str) -> None:
    original = getattr(outcome_services, step)

    def step_then_die(*args: Any) -> None:
        original(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(outcome_services, step, step_then_die)
    complete(world, visited)


CLOSING = ("make_release", "_released_groups", "destroy_key")


@pytest.mark.parametrize("step", CLOSING)
def test_a_round_killed_while_closing_is_open_or_whole(world: World, step: str) -> None:
    cast(world, {"Anemoon": 8})
    run_and_kill(_close_until, world, step)
    state, groups, ballots = round_state(world)
    assert (state, groups > 0, ballots) in {("open", False, 8), ("closed", True, 0)}
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    assert round_state(world)[0::2] == ("closed", 0)
    assert not key_file(world.installation.settings, world.round_id).exists()


def _close_until(world: World, step: str) -> None:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(round_services, step, die)
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)


def round_state(world: World) -> tuple[str, int, int]:
    with world.installation.database.read() as session:
        state = session.get_one(Round, world.round_id).state
        groups = session.scalar(select(func.count()).select_from(ReleasedGroup)) or 0
        return state, groups, counts(world)[1]


def test_a_ballot_that_comes_while_the_round_is_counted_is_counted(world: World) -> None:
    cast(world, {"Anemoon": 7})
    counted = []

    def progress(ballots: Any) -> Any:
        counted.append(len(ballots))
        if len(counted) == 1:
            take_scan(world, "Anemoon", 1, keep=False)
        return ballots

    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY, progress)
    with world.installation.database.read() as session:
        root = session.get_one(ReleasedGroup, (world.round_id, world.units["Testzorg"].id))
    assert counted == [7, 8]
    assert root.content["size"] == 8


def test_a_round_in_which_ballots_keep_coming_is_counted(world: World) -> None:
    cast(world, {"Anemoon": 7})
    counted = []

    def progress(ballots: Any) -> Any:
        counted.append(len(ballots))
        if len(counted) <= round_services.FREE_TRIES:
            take_scan(world, "Anemoon", 1, keep=False)
        return ballots

    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY, progress)
    assert counted == [7, 8, 9]
    assert round_state(world)[0] == "closed"


def test_who_is_too_late_hears_it_and_keeps_her_outcome(world: World) -> None:
    visited = visit(world, "Anemoon")
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    done = complete(world, visited)
    assert (done.kept, done.sent, done.too_late) == (True, False, True)
    assert counts(world) == (1, 0)


def test_neighbours_that_are_written_anew_stay_whole(world: World) -> None:
    codes = [take_scan(world, "Duin", number % 5) for number in range(40)]
    assert counts(world) == (40, 40)
    for code in codes:
        opened = open_vault(world.installation, world.installation.keys_of(code))
        assert opened is not None
        assert opened.outcomes[0].month == f"{date(2026, 11, 1):%Y-%m}"


def test_finishing_at_once_loses_nobody(world: World) -> None:
    visits = [visit(world, "Duin", number % 5) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda visited: complete(world, visited), visits))
    assert counts(world) == (12, 12)


def test_traces_are_wiped_even_when_another_connection_reads(sqlite_world: World) -> None:
    """The log of SQLite is emptied as soon as the reader is gone."""
    database: Database = sqlite_world.installation.database
    with database.read() as session:
        session.scalars(select(Round)).all()
        take_scan(sqlite_world, "Anemoon")
    database.forget_traces()
    assert counts(sqlite_world) == (1, 1)


def test_an_answer_that_another_tab_saves_while_finishing_is_in_the_outcome_and_the_ballot(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited = visit(world, "Anemoon", 0)
    real, saved = outcome_services.finish, []

    def finish_while_another_tab_saves(*args: object, **choice: bool) -> Finished:
        done = real(*args, **choice)  # type: ignore[arg-type]
        if not saved:
            saved.append(save_answers(world.installation.database, visited.key, TODAY, "mini", {"apps.openen": 4}))
        return done

    monkeypatch.setattr(outcome_services, "finish", finish_while_another_tab_saves)
    client = make_app(world).test_client()
    client.set_cookie(cookies.SCAN, base64.urlsafe_b64encode(visited.key).decode())
    assert client.post("/uitkomst", data={"send": "team", "keep": "code"}).location == "/uitkomst/code"
    opened = open_vault(world.installation, world.installation.keys_of(visited.scan.code))
    assert opened is not None
    assert [kept.answers["mini"]["apps.openen"] for kept in opened.outcomes] == [4]
    assert counts(world) == (1, 1)


def test_putting_an_old_code_away_leaves_a_scan_that_was_begun_since(world: World) -> None:
    visited = visit(world, "Anemoon", 2)
    client = make_app(world).test_client()
    client.set_cookie(cookies.SCAN, base64.urlsafe_b64encode(visited.key).decode())
    assert client.post("/uitkomst/code").location == "/scan"
    assert open_scan(world.installation.database, visited.key, TODAY) is not None


def test_an_answer_from_a_theme_that_another_tab_hid_is_kept(world: World) -> None:
    visited = visit(world, "Anemoon", 2)
    client = make_app(world).test_client()
    client.set_cookie(cookies.SCAN, base64.urlsafe_b64encode(visited.key).decode())
    sent = {"theme": "mini.privacy", "privacy.mail": "melden", "go": "next"}
    assert client.post("/scan/99", data=sent, headers={"X-Autosave": "1"}).status_code == 204
    found = open_scan(world.installation.database, visited.key, TODAY)
    assert found is not None
    assert found.scan.answers["mini"]["privacy.mail"] == "melden"


def test_a_newest_outcome_never_gives_way_and_none_is_thrown_away_for_one_that_does_not_fit(world: World) -> None:
    code = take_scan(world, "Anemoon", 1)
    keys = world.installation.keys_of(code)
    opened = open_vault(world.installation, keys)
    assert opened is not None
    noise = {f"apps.q{n}": secrets.token_hex(8) for n in range(900)}
    too_large = replace(opened.outcomes[0], id="other", answers={"mini": noise})
    with pytest.raises(TooLarge):
        outcome_services._keep(world.installation, world.link("Anemoon").organisation_id, keys, too_large)
    again = open_vault(world.installation, keys)
    assert again == opened


def test_a_press_that_hung_until_the_code_was_put_away_loses_nothing(world: World) -> None:
    visited, now = visit(world, "Anemoon"), datetime(2026, 11, 22, 12)
    here = world.installation
    first = complete(world, visited)
    assert leave_code(here, visited.key, visited.scan, visited.link, now, first.again)
    drafts.erase(here.database, visited.key)
    second = complete(world, visited)
    assert leave_code(here, visited.key, visited.scan, visited.link, now, second.again)
    assert counts(world) == (1, 1)
