"""`/metrics` for who runs the service, in Prometheus' text format: nothing in it moves with what a visitor does.

A counter of requests, a histogram of how long they took or the CPU time of the process would each show, in a quiet
night, when one colleague took her scan and when she finished. So there is no counter here. What an operator needs is
given as gauges: what the service is, whether and how fast its database answers a question of our own, how much memory
the process needs, and which errors there were in the last whole hour. Nothing that depends on visitors is finer than
that hour.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from threading import Lock

from flask import Blueprint, Flask, current_app
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from zelfscan.db import Database
from zelfscan.web.access import public
from zelfscan.web.current import installation

blueprint = Blueprint("metrics", __name__)

HOUR = timedelta(hours=1)
MEMORY_STEP = 256 * 1024 * 1024
"""Bytes. What one scan takes for a moment, some 20 MiB, is far less."""
UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes that the operating system counts the largest memory of a process in."""
CLASSES = (0.1, 1.0, 10.0)
"""Seconds in which the database answers: in class 0.1 it is well, above 1 people notice."""
ERRORS = (500, 502, 503, 504)


def hour_of(moment: datetime) -> datetime:
    """The whole hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def memory() -> int:
    """The most memory that this process has had, in bytes, rounded up to whole steps."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    return -(-most // MEMORY_STEP) * MEMORY_STEP


@dataclass
class Hours:
    """What one process knows of the hour that runs and of the one before it.

    Attributes:
        started: the hour in which the process started.
    """

    started: datetime
    _hour: datetime = field(init=False)
    _running: set[int] = field(default_factory=set)
    _last: frozenset[int] = frozenset()
    _memory: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._hour = self.started

    def note(self, status: int, moment: datetime) -> None:
        """Note that an answer had this status, if it was an error of ours."""
        if status in ERRORS:
            with self._lock:
                self._turn(moment)
                self._running.add(status)

    def look(self, moment: datetime) -> tuple[frozenset[int], int]:
        """The kinds of error in the last whole hour, and the memory, measured once an hour."""
        with self._lock:
            self._turn(moment)
            self._memory = self._memory or memory()
            return self._last, self._memory

    def _turn(self, moment: datetime) -> None:
        """Begin a new hour when it is time."""
        hour = hour_of(moment)
        if hour > self._hour:
            self._last = frozenset(self._running) if hour - self._hour == HOUR else frozenset()
            self._hour, self._running, self._memory = hour, set(), None


@dataclass(frozen=True)
class Seen:
    """What `/metrics` tells.

    Attributes:
        program: version of the program.
        tables: version of the tables; empty when the database does not answer.
        started: in which hour this process started, as seconds since 1970.
        seconds: class of how long the database took; None when it does not answer.
        memory: bytes.
        errors: statuses of errors in the last whole hour.
    """

    program: str
    tables: str
    started: float
    seconds: float | None
    memory: int
    errors: frozenset[int]


def see(database: Database, hours: Hours, moment: datetime) -> Seen:
    """Look at everything once."""
    tables, seconds = ask_database(database)
    errors, most = hours.look(moment)
    return Seen(version("zelfscan"), tables, hours.started.timestamp(), seconds, most, errors)


def ask_database(database: Database, clock: Callable[[], float] = time.monotonic) -> tuple[str, float | None]:
    """Ask the database for the version of its tables; with it the class of the time that it took."""
    begun = clock()
    try:
        with database.autocommit() as connection:
            found = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        return "", None
    took = clock() - begun
    return found, next((limit for limit in CLASSES if took <= limit), float("inf"))


def exposition(seen: Seen) -> bytes:
    """The text for Prometheus."""
    registry = CollectorRegistry()

    def gauge(name: str, help_: str, value: float, **labels: str) -> None:
        made = Gauge(name, help_, list(labels), namespace="zelfscan", registry=registry)
        (made.labels(**labels) if labels else made).set(value)

    gauge("info", "Version of the program and of the tables.", 1, version=seen.program, tables=seen.tables)
    gauge("start_time_seconds", "Hour in which this process started.", seen.started)
    gauge("memory_bytes", "Most memory that this process has had, once an hour, in steps.", seen.memory)
    gauge("database_up", "Whether the database answers.", seen.seconds is not None)
    if seen.seconds is not None:
        gauge("database_seconds", "The database answers within this time.", seen.seconds)
    errors = Gauge("zelfscan_errors", "Whether the last whole hour had such an error.", ["status"], registry=registry)
    for status in ERRORS:
        errors.labels(str(status)).set(status in seen.errors)
    return generate_latest(registry)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """What this process knows; a page for a program, with nothing about anybody."""
    hours: Hours = current_app.extensions["zelfscan_metrics"]
    return Response(exposition(see(installation().database, hours, now())), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Give the application its `/metrics`."""
    hours = app.extensions["zelfscan_metrics"] = Hours(hour_of(now()))

    def noting(response: Response) -> Response:
        hours.note(response.status_code, now())
        return response

    app.after_request(noting)
    app.register_blueprint(blueprint)
