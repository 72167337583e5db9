"""Measures a service that runs: scans per second, CPU time per scan, time per page."""

import math
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.bench.browsing import HttpBrowser
from tests.bench.cpu import CORES, cpu_seconds, machine_seconds
from tests.bench.served import Served
from tests.bench.visitor import Step, Visitor, at_random

VISITORS = 4
"""How many scans are under way at once while throughput and CPU time are measured."""


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        warm_up: scans before anything counts; enough that each worker has met each page, and that each ballot has all
            the neighbours that it is mixed with (`zelfscan.mixing.NEIGHBOURS`).
        batch: scans whose throughput and CPU time are measured together.
        repeats: how many batches; their median counts.
        alone: scans of one visitor with nobody else there, for the time per page.
    """

    warm_up: int
    batch: int
    repeats: int
    alone: int


WHOLE = Plan(warm_up=40, batch=24, repeats=5, alone=12)
QUICK = Plan(warm_up=36, batch=8, repeats=1, alone=4)


@dataclass(frozen=True)
class Batch:
    """Scans that were under way together.

    Attributes:
        per_second: completed scans per second.
        web: milliseconds of CPU time per scan of the web processes.
        engine: the same of the processes of the database, if it has its own.
        others: share of the cores, 0 to 1, that was busy with something else than this benchmark meanwhile: from some
            0.1 on the other figures say more about that than about the service.
    """

    per_second: float
    web: float
    engine: float
    others: float


@dataclass(frozen=True)
class Times:
    """Milliseconds until a page was there: median, 95th percentile, of how many."""

    median: float
    p95: float
    count: int


@dataclass(frozen=True)
class Measured:
    """What was measured of a service.

    Attributes:
        database: which one.
        plain: scans without JavaScript: a request to see each page, and one to send it.
        autosaving: scans with JavaScript, which saves each answer as well.
        pages: per kind of request, at one visitor.
    """

    database: str
    plain: Batch
    autosaving: Batch
    pages: dict[str, Times]


def measure(served: Served, plan: Plan) -> Measured:
    """Warm the service up, then measure it."""
    measuring = _Measuring(served)
    measuring.batch(plan.warm_up)
    pages = measuring.alone(plan.alone)
    plain = [measuring.batch(plan.batch) for _ in range(plan.repeats)]
    autosaving = [measuring.batch(plan.batch, autosaves=True) for _ in range(plan.repeats)]
    return Measured(served.database, _median(plain), _median(autosaving), pages)


class _Measuring:
    """Sends visitors to a service, each with answers of her own."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._visits = 0

    def batch(self, scans: int, autosaves: bool = False) -> Batch:
        first = self._visits
        self._visits += scans
        before, started = self._spent(), time.perf_counter()
        with ThreadPoolExecutor(VISITORS) as visitors:
            list(visitors.map(lambda number: self._visit(number, autosaves=autosaves), range(first, self._visits)))
        seconds = time.perf_counter() - started
        web, engine, client, machine = (now - then for now, then in zip(self._spent(), before, strict=True))
        others = (machine - web - engine - client) / seconds / CORES
        return Batch(scans / seconds, 1000 * web / scans, 1000 * engine / scans, max(0.0, others))

    def _spent(self) -> tuple[float, float, float, float]:
        """CPU seconds so far: of the web processes, the database, the visitors, and the whole machine."""
        engine = cpu_seconds(self.served.engine) if self.served.engine else 0.0
        return cpu_seconds(self.served.web), engine, time.process_time(), machine_seconds()

    def alone(self, scans: int) -> dict[str, Times]:
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(scans):
            self._visits += 1
            for step in self._visit(self._visits, comes_back=True):
                found[step.kind].append(1000 * step.seconds)
        return {kind: _times(milliseconds) for kind, milliseconds in found.items()}

    def _visit(self, number: int, autosaves: bool = False, comes_back: bool = False) -> list[Step]:
        steps: list[Step] = []
        with HttpBrowser(self.served.port) as browser:
            visitor = Visitor(browser, at_random(number), steps.append, autosaves)
            code = visitor.take_scan(self.served.tokens[number % len(self.served.tokens)])
            if comes_back:
                visitor.come_back(code)
        return steps


def _times(milliseconds: Iterable[float]) -> Times:
    found = sorted(milliseconds)
    return Times(statistics.median(found), found[math.ceil(0.95 * len(found)) - 1], len(found))


def _median(batches: list[Batch]) -> Batch:
    return Batch(
        statistics.median(batch.per_second for batch in batches),
        statistics.median(batch.web for batch in batches),
        statistics.median(batch.engine for batch in batches),
        statistics.median(batch.others for batch in batches),
    )
