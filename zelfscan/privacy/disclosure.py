"""From ballots to a release: counting, hiding, banding, and a rehearsal of the attack.

The steps, numbered as in the design of the product:

1. Count per unit.
2. A group needs `Rules.minimum` people to be shown, and `Rules.minimum_distribution` for a distribution over more
   than two categories; below that it gets two halves.
3. Small teams are rolled up into 'other teams' of their location (see `units`).
4. Complementary suppression (see `suppression`), three times: for the people in groups, for the people with a value
   in tables, and for those in full tables. So no subtraction of published numbers leaves fewer people than those
   would need to be shown themselves.
5. The organisation and its large locations are crossed with each background question by itself (see `crossings`), with
   the same minimums and the same suppression. What can be isolated from units and crossings together is found by a
   program; as long as that is too few, a crossing goes.
6. Numbers near nobody and everybody are banded (see `banding`).
7. The release is attacked (see `audit`). As long as something leaks, the nearest and smallest table that it hangs on
   loses detail, or goes, those of crossings before those of units; an attack that comes to no end costs the smallest
   table or group.

Steps 1 to 5 depend on how many people took part and what they say of themselves, and never on what is measured. In
steps 6 and 7 a table may lose detail because of its content, which is the one thing that a missing table can hint at.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from zelfscan.privacy.audit import Leak, certain_answers, small_sets, still_certain, still_certain_of
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.banding import versions
from zelfscan.privacy.crossings import crossings_of, is_crossing, lines_of, suppress_crossings, units_among
from zelfscan.privacy.programs import Numbers, Solver, highs
from zelfscan.privacy.release import Cell, Group, Measure, Release, Rules, Table
from zelfscan.privacy.spreading import Spread
from zelfscan.privacy.suppression import suppress
from zelfscan.privacy.units import Area, Unit, areas_of, check_units
from zelfscan.privacy.worlds import Search, answers_of

__all__ = ["BallotContent", "Cell", "Group", "Measure", "Release", "Rules", "Table", "Unit", "draft_of", "make_release"]

Ladder = Mapping[str, tuple[Table, ...]]
"""Per group, the tables of one measure that it could show: the one to show first, the less detailed ones after it."""


PROGRAMS = 60
"""How many programs one attack on tables with crossings may take before these give way: a count, and no time, so that
the same ballots give the same release on any machine."""


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
        return not self.units <= {group.key for group in release.groups} or any(map(self._lacks, release.groups))

    def _lacks(self, group: Group) -> bool:
        due = (measure for measure in self.measures if not measure.whole_only or group.parent is None)
        return sum(len(table.cells) for table in group.tables) < sum(len(measure.categories) for measure in due)


def make_release(
    units: Sequence[Unit],
    ballots: Iterable[BallotContent],
    rules: Rules,
    measures: Sequence[Measure],
    solver: Solver = highs,
    backgrounds: Sequence[Measure] = (),
    progress: Callable[[Iterable[Ladder]], Iterable[Ladder]] = iter,
    spread: Spread = map,
) -> Release:
    """Turn the ballots of a round into a release that passes the audit.

    The order of units and ballots makes no difference.

    Parameters:
        units: one organisation with its locations and teams.
        ballots: each naming a team; values of other measures are left out of account.
        measures: what to make tables of.
        solver: solves the integer programs of the audit.
        backgrounds: questions of which `BallotContent.background` holds the answer, to cross units with.
        progress: goes through the measures, one after the other, so that a command can show how far it is.
        spread: carries out the work on each measure; it takes nothing from the work on another.

    Raises:
        ValueError: the units form no organisation, a ballot names an unknown team or category, or a background is
            asked twice.
    """
    draft = draft_of(units, ballots, rules, measures, backgrounds)
    groups = _settled_groups(draft.groups, rules, solver)
    settled = partial(_settled, groups, rules=rules, solver=solver)
    ladders = tuple(spread(settled, progress(draft.ladders)))
    return replace(draft, groups=groups, ladders=ladders).release()


def draft_of(
    units: Sequence[Unit],
    ballots: Iterable[BallotContent],
    rules: Rules,
    measures: Sequence[Measure],
    backgrounds: Sequence[Measure] = (),
) -> Draft:
    """Take steps 1 to 6: everything but the attack. Parameters and errors as for `make_release`."""
    tally = _count(units, ballots, measures, backgrounds)
    areas = areas_of(units, tally.people(), rules.minimum)
    shown = suppress(areas, sizes := tally.sizes(areas), rules.minimum)
    areas = tuple(area for area in areas if area.key in shown)
    wanted = crossings_of(areas, sizes, backgrounds)
    kept = suppress_crossings(wanted, sizes := tally.sizes((*areas, *wanted)), rules.minimum)
    crossings = tuple(area for area in wanted if area.key in kept)
    return Draft(
        units=frozenset(unit.id for unit in units) | {area.key for area in wanted},
        measures=tuple(measures),
        groups=tuple(_group(area, sizes[area.key]) for area in (*areas, *crossings)),
        ladders=tuple(_ladder(areas, crossings, tally, measure, rules) for measure in measures),
    )


PEOPLE = None
"""Stands for the measure and the category when people are counted whatever they answered."""


@dataclass(frozen=True)
class _Tally:
    """People per (team, background, answer, measure, category); without background these two are None."""

    counts: Counter[tuple[str, str | None, str | None, str | None, str | None]]

    def people(self) -> dict[str, int]:
        """Count the participants per team."""
        whole = (None, None, PEOPLE, PEOPLE)
        return {team: count for (team, *rest), count in self.counts.items() if tuple(rest) == whole}

    def sizes(self, areas: Iterable[Area]) -> dict[str, int]:
        """Count the participants per area."""
        return {area.key: self._of(area, PEOPLE, PEOPLE) for area in areas}

    def values(self, area: Area, measure: Measure) -> dict[str, int]:
        """Count the people of an area per category."""
        return {category: self._of(area, measure.id, category) for category in measure.categories}

    def _of(self, area: Area, measure: str | None, category: str | None) -> int:
        crossing = (area.background, area.answer)
        return sum(self.counts[team, *crossing, measure, category] for team in area.teams)


def _count(
    units: Sequence[Unit],
    ballots: Iterable[BallotContent],
    measures: Sequence[Measure],
    backgrounds: Sequence[Measure],
) -> _Tally:
    if len({background.id for background in backgrounds}) < len(backgrounds):
        raise ValueError("a background is asked twice")
    teams = {unit.id for unit in check_units(units).values() if unit.kind == "team"}
    tally = _Tally(Counter())
    for ballot in ballots:
        if ballot.unit not in teams:
            raise ValueError("a ballot names a team that is none of these units")
        values = ((PEOPLE, PEOPLE), *_chosen(ballot.values, measures))
        for crossing in ((None, None), *_chosen(ballot.background, backgrounds)):
            tally.counts.update((ballot.unit, *crossing, *value) for value in values)
    return tally


def _chosen(choices: Mapping[str, str | None], measures: Iterable[Measure]) -> list[tuple[str, str]]:
    """List what a ballot says, as (measure, category). Raises ValueError for what the measure does not have."""
    chosen = []
    for measure in measures:
        category = choices.get(measure.id)
        if category is None:
            continue
        if category not in measure.categories:
            raise ValueError(f"a ballot holds a value that measure {measure.id} does not have")
        chosen.append((measure.id, category))
    return chosen


def _group(area: Area, size: int) -> Group:
    members = area.teams if area.kind == "other" else ()
    return Group(area.key, area.kind, area.parent, size, members, (), area.background, area.answer)


def _ladder(areas: Sequence[Area], crossings: Sequence[Area], tally: _Tally, measure: Measure, rules: Rules) -> Ladder:
    if measure.whole_only:
        areas, crossings = areas[:1], ()
    counts = {area.key: tally.values(area, measure) for area in (*areas, *crossings)}
    people = {key: sum(values.values()) for key, values in counts.items()}
    shown = _suppressed(areas, crossings, people, rules.minimum)
    rest, crossed = ([area for area in listed if area.key in shown] for listed in (areas, crossings))
    full = _suppressed(rest, crossed, people, rules.minimum_distribution)
    tables = {key: versions(measure, counts[key], key in full) for key in sorted(shown)}
    return {key: tables_ for key, tables_ in tables.items() if tables_}


def _suppressed(
    areas: Sequence[Area], crossings: Sequence[Area], people: Mapping[str, int], minimum: int
) -> frozenset[str]:
    """Choose the areas and crossings to show by the number of people in them that are counted."""
    shown = suppress(areas, people, minimum)
    counts = {key: people[key] for key in (*shown, *(area.key for area in crossings))}
    return frozenset(shown | suppress_crossings(crossings, counts, minimum))


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
    """Drop groups until the sizes alone pass the audit."""
    while groups and (leaks := small_sets(Release(groups, hidden=True), None, rules, solver)):
        least = _least(groups, leaks[0])
        groups = tuple(group for group in groups if group is not least)
    return groups


def _least(groups: Sequence[Group], leak: Leak) -> Group:
    """Choose the smallest group that holds no other: a crossing if there is any, one that the leak uses if it does."""
    parents = {group.parent for group in groups}
    crossings = [group for group in groups if is_crossing(group)]
    used = [group for group in crossings if group.key in leak.groups]
    alone = [group for group in groups if group.key not in parents]
    return min(used or crossings or alone, key=lambda group: (group.size, group.key))


def _settled(groups: Sequence[Group], ladder: Ladder, rules: Rules, solver: Solver) -> Ladder:
    """Take detail from the tables of one measure until they pass the audit."""
    keys = {group.key for group in groups}
    ladder = {key: tables for key, tables in ladder.items() if key in keys}
    known: list[Numbers] = []
    while ladder and (leaks := _leaks(_release(groups, [ladder]), rules, solver, known)):
        before = ladder
        certain = [leak for leak in leaks if leak.group is not None]
        while certain:
            ladder = _plugged(groups, ladder, certain[0], solver)
            certain = still_certain_of(_release(groups, [ladder]), certain[1:], solver)
        if ladder == before:
            ladder = _smaller(groups, ladder, leaks[0])
    return ladder


def _smaller(groups: Sequence[Group], ladder: Ladder, leak: Leak) -> Ladder:
    """Take what nothing certain hangs on: all crossings if the attack came to no end, else the nearest table."""
    crossings = {group.key for group in groups if is_crossing(group)} & ladder.keys()
    if leak.kind == "unfinished" and crossings:
        return {key: tables for key, tables in ladder.items() if key not in crossings}
    return _coarser(ladder, _suspects(groups, ladder, leak)[0])


def _leaks(release: Release, rules: Rules, solver: Solver, known: list[Numbers]) -> list[Leak]:
    """Attack the tables of one measure, the cheapest way that finds anything.

    Parameters:
        known: worlds found for the same groups with more detail, which agree with this release too; gets new ones.
    """
    (measure,) = release.measures
    if leaks := small_sets(release, measure, rules, solver):
        return leaks
    facts = answers_of(release, measure)
    search = Search(facts, solver, known, PROGRAMS if facts.divisions else math.inf)
    leaks = certain_answers(release, measure, search, thorough=False) or certain_answers(release, measure, search)
    known[:] = search.worlds
    return leaks


def _plugged(groups: Sequence[Group], ladder: Ladder, leak: Leak, solver: Solver) -> Ladder:
    """Take detail from one table that a certain answer hangs on.

    The suspects are taken out one by one, until with the last of them the certainty goes. As taking out more never
    makes more certain, that last one is found by bisection.
    """
    suspects = _suspects(groups, ladder, leak)

    def is_gone_without(number: int) -> bool:
        rest = {key: ladder[key] for key in suspects[number:]}
        return not still_certain(_release(groups, [rest]), leak, solver)

    reach = next((size for size in _doubling(len(suspects)) if is_gone_without(size)), len(suspects))
    number = bisect_left(range(reach), True, lo=reach // 2, key=is_gone_without)
    return _coarser(ladder, suspects[number - 1]) if number else ladder


def _doubling(end: int) -> Iterator[int]:
    """1, 2, 4 and so on, below `end`: what a leak hangs on is most often near."""
    size = 1
    while size < end:
        yield size
        size *= 2


def _suspects(groups: Sequence[Group], ladder: Ladder, leak: Leak) -> list[str]:
    """Order the tables by where they meet what a leak is about; small ones first.

    Tables of crossings come before those of units. A small set is about the groups that it takes, and a certain answer
    about a group, its crossings, and those of the colleague.
    """
    lines = lines_of(units_among(groups))
    up = lines.get(leak.group or "", ())
    answers = {*leak.background, *leak.colleagues_background}

    def order(key: str) -> tuple[bool, bool, int, int, str]:
        group = by_key[key]
        line = lines[(group.parent or "") if is_crossing(group) else key]
        near = key in leak.groups or (group.background, group.answer) in answers
        steps = next((up.index(holder) for holder in line if holder in up), 0)
        return not is_crossing(group), not near, steps, ladder[key][0].n, key

    by_key = {group.key: group for group in groups}
    return sorted(ladder, key=order)


def _coarser(ladder: Ladder, key: str) -> Ladder:
    tables = {**ladder, key: ladder[key][1:]}
    return {key: rest for key, rest in tables.items() if rest}
