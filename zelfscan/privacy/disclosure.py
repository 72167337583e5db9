"""From ballots to a release: counting, hiding, banding, and a rehearsal of the attack.

The steps, numbered as in the design of the product:

1. Count per unit.
2. A group needs `Rules.minimum` people to be shown, and `Rules.minimum_distribution` for a distribution over more
   than two categories; below that it gets two halves.
3. Small teams are rolled up into 'other teams' of their location (see `units`).
4. Complementary suppression (see `suppression`), three times: for the people in groups, for the people with a value
   in tables, and for those in full tables. So no subtraction of published numbers leaves fewer people than those
   would need to be shown themselves.
6. Numbers near nobody and everybody are banded (see `banding`).
7. The release is attacked (see `audit`). As long as something leaks, the nearest and smallest table that it hangs on
   loses detail, or goes; an attack that comes to no end costs the smallest table or group.

Steps 1 to 4 depend on how many people took part and never on what they answered. In steps 6 and 7 a table may lose
detail because of its content, which is the one thing that a missing table can hint at.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zelfscan.privacy.audit import Leak, audit, still_certain
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.banding import versions
from zelfscan.privacy.programs import Solver, highs
from zelfscan.privacy.release import Cell, Group, Measure, Release, Rules, Table
from zelfscan.privacy.suppression import suppress
from zelfscan.privacy.units import Area, Unit, areas_of, check_units

__all__ = ["BallotContent", "Cell", "Group", "Measure", "Release", "Rules", "Table", "Unit", "draft_of", "make_release"]

Ladder = Mapping[str, tuple[Table, ...]]
"""Per group, the tables of one measure that it could show: the one to show first, the less detailed ones after it."""


@dataclass(frozen=True)
class Draft:
    """A release before it is attacked.

    Attributes:
        units: keys of everything that would be shown if it were large enough.
        measures: in the order of their tables.
        groups: without tables.
        ladders: one per measure.
    """

    units: frozenset[str]
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    ladders: tuple[Ladder, ...]

    def release(self) -> Release:
        """Return the release with the first table of every ladder."""
        release = _release(self.groups, self.ladders)
        return replace(release, hidden=self._hides(release))

    def _hides(self, release: Release) -> bool:
        per_category = sum(len(measure.categories) for measure in self.measures)
        shown = (sum(len(table.cells) for table in group.tables) for group in release.groups)
        return not self.units <= {group.key for group in release.groups} or min(shown) < per_category


def make_release(
    units: Sequence[Unit],
    ballots: Iterable[BallotContent],
    rules: Rules,
    measures: Sequence[Measure],
    solver: Solver = highs,
) -> Release:
    """Turn the ballots of a round into a release that passes the audit.

    The order of units and ballots makes no difference.

    Parameters:
        units: one organisation with its locations and teams.
        ballots: each naming a team; values of other measures are left out of account.
        measures: what to make tables of.
        solver: solves the integer programs of the audit.

    Raises:
        ValueError: the units form no organisation, or a ballot names an unknown team or category.
    """
    draft = draft_of(units, ballots, rules, measures)
    groups = _settled_groups(draft.groups, rules, solver)
    ladders = tuple(_settled(groups, ladder, rules, solver) for ladder in draft.ladders)
    return replace(draft, groups=groups, ladders=ladders).release()


def draft_of(
    units: Sequence[Unit], ballots: Iterable[BallotContent], rules: Rules, measures: Sequence[Measure]
) -> Draft:
    """Take steps 1 to 6: everything but the attack. Parameters and errors as for `make_release`."""
    tally = _count(units, ballots, measures)
    areas = areas_of(units, tally.people, rules.minimum)
    sizes = {area.key: sum(tally.people[team] for team in area.teams) for area in areas}
    shown = suppress(areas, sizes, rules.minimum)
    areas = tuple(area for area in areas if area.key in shown)
    return Draft(
        units=frozenset(unit.id for unit in units),
        measures=tuple(measures),
        groups=tuple(_group(area, sizes[area.key]) for area in areas),
        ladders=tuple(_ladder(areas, tally, measure, rules) for measure in measures),
    )


@dataclass(frozen=True)
class _Tally:
    """Participants per team, and values per (team, measure, category)."""

    people: Counter[str]
    values: Counter[tuple[str, str, str]]

    def of(self, area: Area, measure: Measure) -> dict[str, int]:
        """Count the people of an area per category."""
        return {
            category: sum(self.values[team, measure.id, category] for team in area.teams)
            for category in measure.categories
        }


def _count(units: Sequence[Unit], ballots: Iterable[BallotContent], measures: Sequence[Measure]) -> _Tally:
    teams = {unit.id for unit in check_units(units).values() if unit.kind == "team"}
    tally = _Tally(Counter(), Counter())
    for ballot in ballots:
        if ballot.unit not in teams:
            raise ValueError("a ballot names a team that is none of these units")
        tally.people[ballot.unit] += 1
        for measure in measures:
            category = ballot.values.get(measure.id)
            if category is None:
                continue
            if category not in measure.categories:
                raise ValueError(f"a ballot holds a value that measure {measure.id} does not have")
            tally.values[ballot.unit, measure.id, category] += 1
    return tally


def _group(area: Area, size: int) -> Group:
    return Group(area.key, area.kind, area.parent, size, area.teams if area.kind == "other" else ())


def _ladder(areas: Sequence[Area], tally: _Tally, measure: Measure, rules: Rules) -> Ladder:
    counts = {area.key: tally.of(area, measure) for area in areas}
    people = {key: sum(values.values()) for key, values in counts.items()}
    shown = suppress(areas, people, rules.minimum)
    full = suppress([area for area in areas if area.key in shown], people, rules.minimum_distribution)
    tables = {key: versions(measure, counts[key], key in full) for key in sorted(shown)}
    return {key: tables_ for key, tables_ in tables.items() if tables_}


def _release(groups: Sequence[Group], ladders: Iterable[Ladder]) -> Release:
    rows = list(ladders)
    return Release(
        tuple(
            replace(group, tables=tuple(ladder[group.key][0] for ladder in rows if group.key in ladder))
            for group in groups
        ),
        hidden=True,
    )


def _settled_groups(groups: tuple[Group, ...], rules: Rules, solver: Solver) -> tuple[Group, ...]:
    """Drop the smallest group that holds no other, until the sizes alone pass the audit."""
    while groups and not audit(Release(groups, hidden=True), rules, solver).clean:
        parents = {group.parent for group in groups}
        least = min((group for group in groups if group.key not in parents), key=lambda group: (group.size, group.key))
        groups = tuple(group for group in groups if group is not least)
    return groups


def _settled(groups: Sequence[Group], ladder: Ladder, rules: Rules, solver: Solver) -> Ladder:
    """Take detail from the tables of one measure until they pass the audit."""
    keys = {group.key for group in groups}
    ladder = {key: tables for key, tables in ladder.items() if key in keys}
    while ladder and (leaks := audit(_release(groups, [ladder]), rules, solver).findings):
        before = ladder
        for leak in leaks:
            ladder = _plugged(groups, ladder, leak, solver)
        if ladder == before:
            ladder = _coarser(ladder, _suspects(groups, ladder, leaks[0])[0])
    return ladder


def _plugged(groups: Sequence[Group], ladder: Ladder, leak: Leak, solver: Solver) -> Ladder:
    """Take detail from one table that a certain answer hangs on; one that is no longer certain costs nothing.

    The suspects are taken out one by one, until with the last of them the certainty goes. As taking out more never
    makes more certain, that last one is found by bisection. Leaks of other kinds are left as they are.
    """
    if leak.group is None:
        return ladder
    suspects = _suspects(groups, ladder, leak)

    def is_gone_without(number: int) -> bool:
        rest = {key: ladder[key] for key in suspects[number:]}
        return not still_certain(_release(groups, [rest]), leak, solver)

    number = bisect_left(range(len(suspects)), True, key=is_gone_without)
    return _coarser(ladder, suspects[number - 1]) if number else ladder


def _suspects(groups: Sequence[Group], ladder: Ladder, leak: Leak) -> list[str]:
    """Order the tables by where they meet the group of a leak, going up from it; small ones first."""
    lines: dict[str, list[str]] = {}
    for group in groups:
        lines[group.key] = [group.key, *lines.get(group.parent or "", ())]
    up = lines.get(leak.group or "", [])

    def order(key: str) -> tuple[int, int, str]:
        steps = next((up.index(holder) for holder in lines[key] if holder in up), 0)
        return steps, ladder[key][0].n, key

    return sorted(ladder, key=order)


def _coarser(ladder: Ladder, key: str) -> Ladder:
    tables = {**ladder, key: ladder[key][1:]}
    return {key: rest for key, rest in tables.items() if rest}
