"""The attack on releases together: what a round gives away beside the rounds before it, and how it gives way.

Each release has passed its own audit. Whoever lays two of them side by side can do more, in two ways.

**Small sets.** Where two releases count as many people in a linked set (see `linking`), the attacker takes them to be
the same people, and adds and subtracts groups of both: teams that moved, or 'other teams' that held more teams before.
No set under the minimum may be isolated so, from sizes or from numbers with a value, nor from distributions one under
theirs. It is tried for each pair of releases, and for all of them at once.

**Stable answers.** She takes it that who stayed answered as before, so that the difference of two tables tells what
those answered who joined or left (see `stability`). It is tried for each pair of releases.

Whatever could not be found out counts as found. What is published stays so: the later release gives way (`settle`).

Limits. With open links the system knows no churn. Who knows that as many left as joined knows more than the least churn
that fits. Who moves from one group to another is one who left and one who joined. Measures whose categories differ are
not compared, and crossings only with those of their own unit and background.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from zelfscan.privacy.isolation import smallest_isolable
from zelfscan.privacy.linking import (
    Churn,
    Count,
    Layer,
    blocks_of,
    joint_membership,
    layers_of,
    linked_sets,
    numbers_with,
    views,
)
from zelfscan.privacy.programs import Solver, Unsolved, highs
from zelfscan.privacy.release import Cell, Group, Release, Rules, Table
from zelfscan.privacy.spreading import Spread
from zelfscan.privacy.stability import Difference, Kind, Known, inferred

__all__ = ["Churn", "Difference", "Known", "Together", "audit_together", "settle", "trends"]


@dataclass(frozen=True)
class Together:
    """What the attack on a release beside earlier ones gave; attributes as those of `audit.Finding`."""

    smallest_isolable: int | None
    certain_outsider: int
    certain_colleague: int
    findings: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        """Whether the releases may be published beside each other."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: the attributes by name, each difference as an object."""
        return {"clean": self.clean, **asdict(self)}


class Found(NamedTuple):
    """What one step of the attack gave: the people in the smallest set that can be isolated, and leaks."""

    smallest: int | None
    leaks: tuple[Difference, ...]


Step = Callable[[], Found]


def audit_together(
    later: Release,
    earlier: Sequence[Release],
    rules: Rules,
    churn: Sequence[Known] | None = None,
    solver: Solver = highs,
    progress: Callable[[Sequence[Step]], Iterable[Step]] = iter,
    spread: Spread = map,
) -> Together:
    """Attack a release beside earlier ones of the same organisation.

    Parameters:
        earlier: oldest first.
        rules: the minimums that have to be met; of rounds with different ones, the lowest.
        churn: what is known per earlier release.
        solver: solves the integer programs.
        progress: wraps the steps, for a progress bar.
        spread: carries out the steps.
    """
    found = list(spread(_taken, progress(_steps(later, earlier, rules, churn, solver))))
    leaks = tuple(chain.from_iterable(each.leaks for each in found))
    return Together(
        smallest_isolable=min((each.smallest for each in found if each.smallest is not None), default=None),
        certain_outsider=_answers(leaks, {"outsider"}),
        certain_colleague=_answers(leaks, {"outsider", "colleague"}),
        findings=leaks,
    )


def _taken(step: Step) -> Found:
    return step()


def _answers(leaks: Iterable[Difference], kinds: set[Kind]) -> int:
    return sum({(leak.measure, leak.groups, leak.who): leak.people for leak in leaks if leak.kind in kinds}.values())


def _steps(
    later: Release, earlier: Sequence[Release], rules: Rules, churn: Sequence[Known] | None, solver: Solver
) -> list[Step]:
    on_measure = partial(_on_measure, later, earlier, rules, churn, solver)
    return [partial(_small_groups, later, earlier, rules, solver), *(partial(on_measure, m) for m in later.measures)]


def _small_groups(later: Release, earlier: Sequence[Release], rules: Rules, solver: Solver) -> Found:
    return _small_sets(later, earlier, _sizes, ("small set", None, rules.minimum), solver)


def _on_measure(
    later: Release,
    earlier: Sequence[Release],
    rules: Rules,
    churn: Sequence[Known] | None,
    solver: Solver,
    measure: str,
) -> Found:
    """Attack one measure of a release beside the earlier ones that have it with the same categories."""
    known = churn or [{}] * len(earlier)
    pairs = [(before, of) for before, of in zip(earlier, known, strict=True) if _same(before, later, measure)]
    befores = [before for before, _ in pairs]
    small = _small_sets(later, befores, numbers_with(measure), ("small set", measure, rules.minimum), solver)
    limits: _Limit = ("small distribution", measure, rules.minimum_distribution)
    few = _small_sets(later, befores, _distributions(measure), limits, solver)
    told = [leak for before, of in pairs for leak in inferred(before, later, measure, of, solver)]
    return Found(small.smallest, (*small.leaks, *few.leaks, *told))


def _same(earlier: Release, later: Release, measure: str) -> bool:
    return _categories(earlier, measure) == _categories(later, measure)


def _categories(release: Release, measure: str) -> frozenset[str]:
    tables = release.tables_of(measure).values()
    return frozenset(name for table in tables for cell in table.cells for name in cell.categories)


# Small sets


_Limit = tuple[Kind, str | None, int]


def _sizes(release: Release) -> dict[str, int]:
    return {group.key: group.size for group in release.groups}


def _distributions(measure: str) -> Count:
    return lambda release: {k: table.n for k, table in release.tables_of(measure).items() if table.is_distribution}


def _small_sets(later: Release, earlier: Sequence[Release], count: Count, limit: _Limit, solver: Solver) -> Found:
    """Look for small sets in each pair of the release and an earlier one, and in all of them together."""
    beside = [[before, later] for before in earlier]
    beside += [[*earlier, later]] if len(earlier) > 1 else []
    smallest: list[int] = []
    leaks: list[Difference] = []
    for view in chain.from_iterable(views(releases) for releases in beside):
        found = _smallest(layers_of(view, count), limit, solver)
        smallest.extend([] if found.smallest is None else [found.smallest])
        leaks.extend(found.leaks)
    return Found(min(smallest, default=None), tuple(leaks))


def _smallest(layers: Sequence[Layer], limit: _Limit, solver: Solver) -> Found:
    kind, measure, minimum = limit
    if not layers[-1].people:
        return Found(None, ())
    near = _regrouped(layers)
    try:
        people = smallest_isolable(*joint_membership(layers), solver)
    except Unsolved:
        return Found(None, (Difference("unfinished", measure, 0, near=near),))
    if people is None or people >= minimum:
        return Found(people, ())
    return Found(people, (Difference(kind, measure, people, near=near),))


def _regrouped(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The groups of the last release that were divided otherwise before; all of them if there are none."""
    sets = linked_sets(layers, blocks_of(layers))
    found = [key for linked in sets if len(linked.blocks) > 1 for key in linked.homes[-1]]
    return tuple(found or layers[-1].people)


# Giving way


def settle(
    later: Release,
    earlier: Sequence[Release],
    rules: Rules,
    churn: Sequence[Known] | None = None,
    solver: Solver = highs,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
    spread: Spread = map,
) -> Release:
    """Take groups and detail from a release until the attack on it beside earlier ones finds nothing.

    Groups that isolate people by their sizes go, the smallest first. Of a measure, of the tables that a leak was
    worked out from the smallest loses detail: a full table becomes two halves, and these go. What is left says nothing
    that was not said before. Parameters as for `audit_together`; `progress` and `spread` are about the measures.
    """
    if not earlier:
        return later
    settled = later
    while settled.groups and (leaks := _small_groups(settled, earlier, rules, solver).leaks):
        settled = _without_group(settled, leaks[0].near)
    of_measure = partial(_settled_tables, settled, earlier, rules, churn, solver)
    kept = dict(zip(settled.measures, spread(of_measure, progress(settled.measures)), strict=True))
    groups = (
        replace(group, tables=tuple(kept[t.measure][group.key] for t in group.tables if group.key in kept[t.measure]))
        for group in settled.groups
    )
    settled = replace(settled, groups=tuple(groups))
    return settled if settled == later else replace(settled, hidden=True)


def _settled_tables(
    later: Release,
    earlier: Sequence[Release],
    rules: Rules,
    churn: Sequence[Known] | None,
    solver: Solver,
    measure: str,
) -> dict[str, Table]:
    """The tables of one measure, by group, that are left when the attack finds nothing any more."""
    while leaks := _on_measure(later, earlier, rules, churn, solver, measure).leaks:
        later = _weaker(later, measure, leaks)
    return later.tables_of(measure)


def _without_group(release: Release, near: Sequence[str]) -> Release:
    """Drop the smallest group that holds no other: of the given ones if there is one among them."""
    holders = {group.parent for group in release.groups}
    leaves = [group for group in release.groups if group.key not in holders]
    least = min(leaves, key=lambda group: (group.key not in near, group.size, group.key))
    return replace(release, groups=tuple(group for group in release.groups if group is not least))


def _weaker(release: Release, measure: str, leaks: Iterable[Difference]) -> Release:
    """Take detail from one table for each leak."""
    tables = release.tables_of(measure)
    chosen = {
        min(near, key=lambda key: (tables[key].n, key))
        for leak in leaks
        if (near := [key for key in leak.near or tables if key in tables])
    }
    groups = (_with_halves(group, measure) if group.key in chosen else group for group in release.groups)
    return replace(release, groups=tuple(groups))


def _with_halves(group: Group, measure: str) -> Group:
    tables = (halves_of(table) if table.measure == measure else table for table in group.tables)
    return replace(group, tables=tuple(table for table in tables if table is not None))


def halves_of(table: Table) -> Table | None:
    """Work the two halves out of a full table; None for a table of halves. Of an odd number the middle goes up.

    What is not exact in the full table is not exact in the halves: nothing is told that the full table does not tell.
    """
    if not table.is_distribution:
        return None
    middle = len(table.cells) // 2
    lower, upper = table.cells[:middle], table.cells[middle:]
    return replace(table, cells=(_merged(lower, upper, table.n), _merged(upper, lower, table.n)))


def _merged(cells: Sequence[Cell], others: Sequence[Cell], n: int) -> Cell:
    low = max(sum(cell.low for cell in cells), n - sum(cell.high for cell in others))
    high = min(sum(cell.high for cell in cells), n - sum(cell.low for cell in others))
    return Cell(tuple(name for cell in cells for name in cell.categories), low, high)


# Trends


def trends(
    later: Release, earlier: Release, rules: Rules, found: Together, churn: Known | None = None
) -> dict[str, tuple[str, ...]]:
    """Say which groups may be compared with the round before, per measure.

    A group is the same in both releases, has a table in both, and as many people joined and left (people, and people
    with a value for the measure) as nobody, or as the minimum. Churn is what is known of the group, else the sum of the
    least that fits the numbers of all groups within it.

    Parameters:
        found: what `audit_together` found of these two; a measure that leaks is compared nowhere.

    Returns:
        keys of groups per measure, in the order of the later release; only measures with one.
    """
    leaking = {leak.measure for leak in found.findings}
    if None in leaking:
        return {}
    asked = [measure for measure in later.measures if measure not in leaking and _same(earlier, later, measure)]
    keys = {measure: _comparable(later, earlier, measure, rules, churn or {}) for measure in asked}
    return {measure: chosen for measure, chosen in keys.items() if chosen}


def _comparable(later: Release, earlier: Release, measure: str, rules: Rules, known: Known) -> tuple[str, ...]:
    fitting: set[str] = set()
    for view in views([earlier, later]):
        by_size, by_value = layers_of(view, _sizes), layers_of(view, numbers_with(measure))
        common = by_value[0].people.keys() & by_value[1].people.keys()
        fitting |= {
            key
            for key in common
            if _fits(_churn_of(key, by_size, known), rules) and _fits(_churn_of(key, by_value, {}), rules)
        }
    return tuple(group.key for group in later.groups if group.key in fitting)


def _fits(churn: Churn | None, rules: Rules) -> bool:
    return churn is not None and all(people == 0 or people >= rules.minimum for people in churn)


def _churn_of(key: str, layers: Sequence[Layer], known: Known) -> Churn | None:
    """Add up the churn of the linked sets in a group; None if the group is not the same in both releases."""
    blocks = blocks_of(layers)
    held = [
        {n for n, block in enumerate(blocks) if key in layer.around.get(block[i] or "", ())}
        for i, layer in enumerate(layers)
    ]
    sets = [linked for linked in linked_sets(layers, blocks) if held[0] & set(linked.blocks)]
    if held[0] != held[1] or any(not held[0].issuperset(linked.blocks) for linked in sets):
        return None
    if key in known:
        return known[key]
    least = [linked.churn for linked in sets]
    return Churn(sum(each.joined for each in least if each), sum(each.left for each in least if each))
