"""The figures as a person reads them, and as a program does."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tests.bench.cpu import derivation_ms
from tests.bench.limits import DERIVING, Limit
from tests.bench.measuring import VISITORS, Measured
from tests.bench.weight import LEVEL, Weight

WIDE = 62


def machine() -> str:
    """Where the figures come from; other work on the same cores makes all of them larger."""
    load = os.getloadavg()[0]
    keys = f"deriving the keys of a code takes {derivation_ms():.0f} ms of CPU"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start; {keys}"


def database_lines(measured: Measured, workers: int) -> Iterator[str]:
    """What was measured on one database."""
    plain, autosaving = measured.plain, measured.autosaving
    yield f"{measured.database}, {workers} workers"
    yield _line(f"completed scans per second, sealed, {VISITORS} visitors at once", f"{plain.per_second:.1f}")
    yield _line("CPU per completed scan, web processes", f"{plain.web:.0f} ms")
    if plain.engine:
        yield _line("CPU per completed scan, database processes", f"{plain.engine:.0f} ms")
    whole = autosaving.web + autosaving.engine
    yield _line("CPU per completed scan when each answer is saved by script", f"{whole:.0f} ms")
    yield _line("other work on this machine meanwhile", f"{100 * plain.others:.0f}% of the cores")
    yield _line("time per page at one visitor", "median        p95   requests")
    for kind, times in measured.pages.items():
        note = "   derives keys" if kind in DERIVING else ""
        yield _line(f"  {kind}", f"{times.median:.1f} ms{times.p95:8.1f} ms{times.count:11}{note}")


def weight_lines(weights: Sequence[Weight]) -> Iterator[str]:
    """What the pages weigh; of a kind of page only the heaviest."""
    yield f"Weight of each employee page with an empty cache, gzip level {LEVEL}"
    for page in heaviest(weights):
        files = f"{len(page.files)} files" if len(page.files) != 1 else "1 file"
        elsewhere = f"{len(page.elsewhere)} from other hosts"
        yield _line(
            f"  {page.page}", f"{page.total / 1000:.1f} kB   ({page.html / 1000:.1f} HTML, {files}, {elsewhere})"
        )


def heaviest(weights: Sequence[Weight]) -> list[Weight]:
    """The heaviest page of each kind."""
    found: dict[str, Weight] = {}
    for page in weights:
        found[page.page] = max(found.get(page.page, page), page, key=lambda weighed: weighed.total)
    return list(found.values())


def limit_lines(limits: Sequence[Limit]) -> Iterator[str]:
    """Limit by limit, whether it is kept."""
    yield "Limits"
    for limit in limits:
        state = "ok" if limit.kept else "OVER"
        yield _line(
            f"  {limit.what}", f"{limit.measured:.1f} {limit.unit}".strip() + f"   at most {limit.most:g}   {state}"
        )


def _line(what: str, value: str) -> str:
    return f"  {what:<{WIDE}}{value}"


def as_dict(measured: Sequence[Measured], weights: Sequence[Weight], limits: Sequence[Limit]) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "machine": machine(),
        "databases": [asdict(m) for m in measured],
        "weights": [asdict(page) | {"total": page.total} for page in heaviest(weights)],
        "limits": [asdict(limit) | {"kept": limit.kept} for limit in limits],
    }
