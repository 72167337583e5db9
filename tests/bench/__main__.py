"""The benchmark: `python -m tests.bench`, or `make bench`."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from tests.bench import printing
from tests.bench.browsing import HttpBrowser
from tests.bench.limits import limits
from tests.bench.measuring import QUICK, WHOLE, measure
from tests.bench.served import served_on_postgresql, served_on_sqlite
from tests.bench.weight import weigh_employee_pages

WORKERS = 2


@click.command()
@click.option("--quick", is_flag=True, help="A short run, for a first impression.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures to a file.")
def bench(quick: bool, file: Path | None) -> None:
    """Serve the application on SQLite and on PostgreSQL, take scans over HTTP, and hold the figures to the limits.

    Exits with 1 when a limit is exceeded.
    """
    show([printing.machine(), ""])
    measured = []
    for serve in (served_on_sqlite, served_on_postgresql):
        with serve(WORKERS) as served:
            measured.append(measure(served, QUICK if quick else WHOLE))
            show([*printing.database_lines(measured[-1], WORKERS), ""])
            with HttpBrowser(served.port) as browser:
                weights = weigh_employee_pages(browser, served.tokens[0])
    held = limits(measured, weights)
    show([*printing.weight_lines(weights), "", *printing.limit_lines(held)])
    if file:
        file.write_text(json.dumps(printing.as_dict(measured, weights, held), indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if all(limit.kept for limit in held) else 1)


def show(lines: Iterable[str]) -> None:
    """Print lines as soon as they are known."""
    for line in lines:
        click.echo(line)


bench()
