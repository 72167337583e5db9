"""What the service may cost at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import weight
from tests.bench.measuring import Measured
from tests.bench.weight import Weight

CPU = 120
"""Milliseconds of server CPU per completed scan, key derivation and database included."""
PAGE = 15
"""Milliseconds until a page is there, at one visitor, median."""
DERIVING = ("finish", "return with code")
"""Requests that derive keys with Argon2id, slow on purpose: they count in the CPU time, not as a page."""


@dataclass(frozen=True)
class Limit:
    """A limit and what was measured."""

    what: str
    most: float
    measured: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured <= self.most


def limits(measured: Sequence[Measured], weights: Sequence[Weight]) -> list[Limit]:
    """Every limit with what was measured for it."""
    found = [Limit(f"CPU per completed scan, {m.database}", CPU, m.plain.web + m.plain.engine, "ms") for m in measured]
    for m in measured:
        kind, slowest = max(((k, t.median) for k, t in m.pages.items() if k not in DERIVING), key=lambda page: page[1])
        found.append(Limit(f"median page, {m.database} (slowest: {kind})", PAGE, slowest, "ms"))
    heaviest = max(weights, key=lambda page: page.total)
    elsewhere = {address for page in weights for address in page.elsewhere}
    return [
        *found,
        Limit(f"weight of a page (heaviest: {heaviest.page})", weight.LIMIT / 1000, heaviest.total / 1000, "kB"),
        Limit("requests to other hosts", 0, len(elsewhere), ""),
    ]
