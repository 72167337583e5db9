"""`/metrics`: off by default, and of use to an operator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.conftest import make_app
from tests.support import World
from zelfscan.backup.tables import revisions
from zelfscan.config import Settings
from zelfscan.db import Database
from zelfscan.web import metrics
from zelfscan.web.metrics import MEMORY_STEP, Hours, ask_database, hour_of, memory

NIGHT = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)


def with_metrics(world: World) -> World:
    """The same installation, with `ZELFSCAN_METRICS=on`."""
    settings = world.installation.settings.model_copy(update={"metrics": True})
    return replace(world, installation=replace(world.installation, settings=settings))


@pytest.fixture
def measured(world: World, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(metrics, "now", lambda: NIGHT)
    return make_app(with_metrics(world))


def values(page: str) -> dict[tuple[str, ...], float]:
    """Value by name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_it_is_off_unless_it_is_asked_for(world: World) -> None:
    assert make_app(world).test_client().get("/metrics").status_code == 404
    assert not Settings.from_environment({}).metrics
    assert Settings.from_environment({"ZELFSCAN_METRICS": "on"}).metrics


def test_it_says_what_an_operator_needs(measured: Flask) -> None:
    answer = measured.test_client().get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    found = values(answer.text)
    assert found["zelfscan_info", revisions()[0], version("zelfscan")] == 1
    assert found["zelfscan_start_time_seconds",] == hour_of(NIGHT).timestamp()
    assert found["zelfscan_database_up",] == 1
    assert found["zelfscan_database_seconds",] in metrics.CLASSES
    assert {status for name, *status in found if name == "zelfscan_errors" for status in status} == {
        "500",
        "502",
        "503",
        "504",
    }


def test_a_database_that_does_not_answer_is_told_and_is_no_crash(measured: Flask, world: World) -> None:
    with world.installation.database.write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    answer = measured.test_client().get("/metrics")
    assert answer.status_code == 200
    found = values(answer.text)
    assert found["zelfscan_database_up",] == 0
    assert ("zelfscan_database_seconds",) not in found


def clock(*moments: float) -> Iterator[float]:
    yield from moments


@pytest.mark.parametrize(("took", "told"), [(0.002, 0.1), (0.1, 0.1), (0.3, 1.0), (5.0, 10.0), (30.0, float("inf"))])
def test_the_time_of_the_database_is_told_in_classes(world: World, took: float, told: float) -> None:
    ticks = clock(0.0, took)
    assert ask_database(world.installation.database, lambda: next(ticks))[1] == told


def test_a_database_that_is_not_there_has_no_time() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    assert ask_database(database) == ("", None)
    database.close()


def test_an_error_is_told_for_the_whole_hour_after_its_own() -> None:
    hours = Hours(hour_of(NIGHT))
    hours.note(200, NIGHT)
    hours.note(404, NIGHT)
    hours.note(503, NIGHT)
    told = [hours.look(NIGHT + timedelta(minutes=m))[0] for m in (1, 49, 50, 80, 109, 110)]
    assert [sorted(errors) for errors in told] == [[], [], [503], [503], [503], []]


def test_an_error_of_long_ago_is_forgotten() -> None:
    hours = Hours(hour_of(NIGHT))
    hours.note(500, NIGHT)
    assert hours.look(NIGHT + timedelta(hours=5))[0] == frozenset()


def test_memory_is_told_in_steps_and_measured_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory() % MEMORY_STEP == 0
    assert 0 < memory() < 2**40
    measured = iter([1, 2, 3])
    monkeypatch.setattr(metrics, "memory", lambda: next(measured) * MEMORY_STEP)
    hours = Hours(hour_of(NIGHT))
    told = [hours.look(NIGHT + timedelta(minutes=m))[1] // MEMORY_STEP for m in (0, 20, 49, 50, 109, 110)]
    assert told == [1, 1, 1, 2, 2, 3]
