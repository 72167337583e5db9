"""Tables of one group: halves for small groups, and bands for counts near nobody and everybody.

Counts up to c and from n - c on are shown as the bands 0..c and n-c..n, with c = max(2, n/10), rounded up, so that
neither 'nobody' nor 'everybody' can be read from a cell. As the cells add up to n, exact cells could still solve the
bands beside them: a full table is safe only if its banded cells hold at least two people together. Then each of them
may be empty and each may hold someone, also for a colleague who takes herself out. A table with a cell in the upper
band is safe always, as every other cell lies in the lower band then.
"""

from collections.abc import Mapping

from zelfscan.privacy.release import Cell, Measure, Table

SMALLEST_BAND = 2
BAND_PARTS = 10
"""One n-th of the people is the width of a band."""
LOOSE = 2
"""People that the banded cells of a full table hold together, at least."""


def versions(measure: Measure, counts: Mapping[str, int], distribution: bool) -> tuple[Table, ...]:
    """Make the tables that could be shown, the most detailed first; none if every table would be too telling.

    Where the full table is not safe, halves in bands are not shown either: who knows the rules would learn from their
    presence that the whole group is on one side.

    Parameters:
        counts: people per category, over categories with people at least 5 together.
        distribution: whether the group may be shown per category.
    """
    halves, full = _table(measure, counts, _halves(measure)), _table(measure, counts, _singles(measure))
    if len(measure.categories) == 2 or not distribution:
        return (halves,)
    if _is_safe(full):
        return (full, halves)
    return (halves,) if all(cell.exact for cell in halves.cells) else ()


def band(count: int, n: int) -> tuple[int, int]:
    """Return the lowest and highest number of `n` people that is shown for `count` of them."""
    width = max(SMALLEST_BAND, -(-n // BAND_PARTS))
    if count <= width:
        return 0, width
    if count >= n - width:
        return n - width, n
    return count, count


def _table(measure: Measure, counts: Mapping[str, int], parts: tuple[tuple[str, ...], ...]) -> Table:
    n = sum(counts.values())
    cells = (Cell(part, *band(sum(counts.get(category, 0) for category in part), n)) for part in parts)
    return Table(measure.id, n, tuple(cells))


def _singles(measure: Measure) -> tuple[tuple[str, ...], ...]:
    return tuple((category,) for category in measure.categories)


def _halves(measure: Measure) -> tuple[tuple[str, ...], ...]:
    """Lower and upper half; of an odd number of categories the middle one goes up."""
    middle = len(measure.categories) // 2
    return measure.categories[:middle], measure.categories[middle:]


def _is_safe(table: Table) -> bool:
    exact = [cell.low for cell in table.cells if cell.exact]
    upper = any(not cell.exact and cell.high == table.n for cell in table.cells)
    return upper or len(exact) == len(table.cells) or table.n - sum(exact) >= LOOSE
