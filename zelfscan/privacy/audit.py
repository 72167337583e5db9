"""The audit: an attacker's program, which sees a release and nothing else.

It looks for two things.

Small sets. No set of people smaller than the minimum may be isolated from the published numbers (see `isolation`):
not from the sizes of groups, and not from the numbers with a value for a measure. Distributions over more than two
categories have their own, higher minimum.

Certain answers. Of no people who are in exactly the same groups may it be certain that nobody gave some answer. That is
stricter than asking whether everyone certainly gave one answer: as a measure has at least two categories, everyone can
be in one, or in one half, only if the others are certainly empty. It is asked for an outsider who knows of somebody the
atom (her team) and, where a release has crossings, her answers to the background questions; and for a colleague with
any atom, background and answer that could be there, who leaves herself out. Who knows less can be certain of less. Not
counted: that someone has no value for a measure (being asked, or having answered enough, is participation), and what is
true of people of whom nobody has a value.

Whatever could not be found out counts as found: a program that runs out of time or fails is a leak.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np

from zelfscan.privacy.crossings import Division, units_among
from zelfscan.privacy.isolation import Isolated, Membership, atom_sizes, smallest_set
from zelfscan.privacy.programs import Numbers, Solver, Unsolved, highs
from zelfscan.privacy.release import Cell, Group, Release, Rules, Table
from zelfscan.privacy.worlds import Facts, Flags, Places, Search, Wishes, answers_of, facts_of

Kind = Literal["small set", "small distribution", "outsider", "colleague", "unfinished"]
COUNTED = "counted"

Background = tuple[tuple[str, str | None], ...]
"""Per background question the answer; None is one without a crossing, 'rather not say' among them."""


@dataclass(frozen=True)
class Leak:
    """One thing that a release gives away.

    Attributes:
        kind: what it is, or who can be certain of it.
        measure: its id; None if it follows from the sizes of groups.
        people: how many it is about, at most; 0 if that is not known.
        group: key of the group with the atom that it is about: the people who are in none of its published children.
        category: nobody in the atom can be in it (but for the colleague herself).
        colleague: group and category (None: no value) of the colleague who can tell.
        background: of those that it is about, where the release has crossings.
        colleagues_background: that of the colleague.
        groups: keys of those that are added and subtracted to isolate a small set.
    """

    kind: Kind
    measure: str | None
    people: int
    group: str | None = None
    category: str | None = None
    colleague: tuple[str, str | None] | None = None
    background: Background = ()
    colleagues_background: Background = ()
    groups: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: the attributes by name; the last three only if there is anything in them."""
        optional = ("background", "colleagues_background", "groups")
        return {name: value for name, value in asdict(self).items() if value or name not in optional}


@dataclass(frozen=True)
class Finding:
    """What the attack on a release gave.

    Attributes:
        smallest_isolable: people in the smallest set that can be isolated; None if there is none, or none was found
            in time.
        certain_outsider: answers (of one person to one measure) that an outsider can be certain about, at most.
        certain_colleague: the same, for some colleague; she knows what an outsider knows, too.
        findings: every leak; of certain answers one per atom, measure and kind.
    """

    smallest_isolable: int | None
    certain_outsider: int
    certain_colleague: int
    findings: tuple[Leak, ...]

    @property
    def clean(self) -> bool:
        """Whether the release may be published."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: the attributes by name, each leak as an object."""
        return {"clean": self.clean, **asdict(self), "findings": tuple(leak.to_dict() for leak in self.findings)}


@dataclass(frozen=True)
class Certainties:
    """What is certain from a release on one measure.

    Attributes:
        outsider: where an outsider can be certain that nobody is; flags, shape (profiles, categories).
        colleague: what only a colleague can be certain of: rows of her person, a profile and a category.
    """

    outsider: Flags
    colleague: Places


def audit(release: Release, rules: Rules, solver: Solver = highs) -> Finding:
    """Attack a release.

    Parameters:
        rules: the minimums that it has to meet.
        solver: solves the integer programs.
    """
    smallest, leaks = _small_sets(release, rules, solver, _published(release, rules, (None, *release.measures)))
    for measure in release.measures:
        leaks.extend(certain_answers(release, measure, Search(answers_of(release, measure), solver)))
    return Finding(
        smallest_isolable=min(smallest, default=None),
        certain_outsider=_answers(leaks, {"outsider"}),
        certain_colleague=_answers(leaks, {"outsider", "colleague"}),
        findings=tuple(leaks),
    )


def small_sets(release: Release, measure: str | None, rules: Rules, solver: Solver) -> list[Leak]:
    """List the sets under the minimum that the numbers on a measure isolate; None: the sizes of groups."""
    return _small_sets(release, rules, solver, _published(release, rules, (measure,)))[1]


def certain_answers(release: Release, measure: str, search: Search, thorough: bool = True) -> list[Leak]:
    """List the certain answers to a measure, one per atom and kind.

    Parameters:
        search: for worlds that agree with `answers_of(release, measure)`.
        thorough: see `certainties`.
    """
    try:
        found = certainties(search, thorough)
    except Unsolved:
        return [Leak("unfinished", measure, 0)]
    return list(_certain_answers(release, measure, search.facts, found))


def still_certain(release: Release, leak: Leak, solver: Solver = highs) -> bool:
    """Say whether a certain answer that the audit found is certain in another release with the same groups, too."""
    return bool(still_certain_of(release, [leak], solver))


def still_certain_of(release: Release, leaks: Sequence[Leak], solver: Solver) -> list[Leak]:
    """Choose the certain answers to one measure that are certain in another release with the same groups, too."""
    listed = [leak for leak in leaks if leak.measure in release.measures]
    if not listed:
        return []
    facts = answers_of(release, str(listed[0].measure))
    wishes = _wishes(release, facts, listed)
    try:
        certain = Search(facts, solver).impossible(wishes)
    except Unsolved:
        return listed
    return [leak for leak, is_certain in zip(listed, certain, strict=True) if is_certain]


def _wishes(release: Release, facts: Facts, leaks: Sequence[Leak]) -> Wishes:
    told = [_person(release, facts, leak.group, leak.category, leak.background) for leak in leaks]
    first = facts.persons[told]
    second = np.full_like(first, -1)
    for row, leak in enumerate(leaks):
        if leak.colleague:
            second[row] = facts.persons[_person(release, facts, *leak.colleague, leak.colleagues_background)]
    return Wishes(first, second)


def certainties(search: Search, thorough: bool = True) -> Certainties:
    """Find what is certain.

    Parameters:
        thorough: find everything, and not only what two places together make certain.

    Raises:
        Unsolved: a program came to no end, or the facts contradict each other.
    """
    facts = search.facts
    search.survey()
    everyone = facts.persons
    empty = search.never(everyone) if thorough else search.surely_impossible(Wishes.for_one(everyone))
    filled = np.flatnonzero(~empty)
    pairs = (search.pairs_apart if thorough else search.surely_apart)(everyone[filled])
    both_ways = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    values = empty.reshape(-1, facts.answers)[:, :-1]
    outsider = values & ~values.all(axis=1, keepdims=True)
    return Certainties(outsider, _told(facts, values, filled[both_ways]))


def _told(facts: Facts, empty: Flags, pairs: Places) -> Places:
    """Say what a colleague is told by who cannot be there beside her.

    Left out are 'no value', and profiles of which nobody can have a value beside her.

    Parameters:
        empty: where nobody can be anyhow, shape (profiles, categories).
        pairs: rows of the colleague's person and another who cannot be there beside her, sorted.
    """
    own, (profile, category) = pairs[:, 0], np.divmod(pairs[:, 1], facts.answers)
    valued = category < len(facts.categories)
    own, profile, category = own[valued], profile[valued], category[valued]
    _, case, barred = np.unique(own * len(empty) + profile, return_inverse=True, return_counts=True)
    left = np.sum(~empty, axis=1)[profile] > barred[case]
    told: Places = np.stack([own, profile, category], axis=1)[left]
    return told


def _answers(leaks: list[Leak], kinds: set[Kind]) -> int:
    return sum({(leak.measure, leak.group): leak.people for leak in leaks if leak.kind in kinds}.values())


def _small_sets(
    release: Release, rules: Rules, solver: Solver, published: Iterable[tuple[Kind, str | None, int, Numbers]]
) -> tuple[list[int], list[Leak]]:
    smallest: list[int] = []
    leaks: list[Leak] = []
    for kind, measure, minimum, people in published:
        try:
            found = _isolated(release, people, solver)
        except Unsolved:
            leaks.append(Leak("unfinished", measure, 0))
            continue
        if found is not None and kind == "small set":
            smallest.append(found.people)
        if found is not None and found.people < minimum:
            leaks.append(Leak(kind, measure, found.people, groups=found.groups))
    return smallest, leaks


def _published(
    release: Release, rules: Rules, measures: Iterable[str | None]
) -> Iterator[tuple[Kind, str | None, int, Numbers]]:
    """List the published numbers of people that can be subtracted from each other; NaN where a group has none."""
    for measure in measures:
        if measure is None:
            yield "small set", None, rules.minimum, np.array([group.size for group in release.groups], float)
            continue
        tables = release.tables_of(measure)
        rows = [tables.get(group.key) for group in release.groups]
        yield "small set", measure, rules.minimum, np.array([row.n if row else np.nan for row in rows])
        distributions = np.array([row.n if row and row.is_distribution else np.nan for row in rows])
        yield "small distribution", measure, rules.minimum_distribution, distributions


def _isolated(release: Release, people: Numbers, solver: Solver) -> Isolated | None:
    if np.isnan(people).all():
        return None
    counted = [
        replace(group, tables=() if np.isnan(number) else (_headcount(round(number)),))
        for group, number in zip(release.groups, people, strict=True)
    ]
    facts = facts_of(Release(tuple(counted), hidden=True), COUNTED)
    return smallest_set(release.groups, people, _occupied(facts, solver), solver)


def _headcount(number: int) -> Table:
    return Table(COUNTED, number, (Cell((COUNTED,), number, number),))


def _occupied(facts: Facts, solver: Solver) -> dict[str, Membership]:
    """Say where there can be anyone who is counted (see `isolation.smallest_set`)."""
    if not facts.divisions:
        return {}
    filled = ~Search(facts, solver).empty().reshape(-1, facts.answers)[:, 0]
    starts = [start // facts.answers for start in facts.starts]
    return {
        division.background: cells.reshape(-1, division.cells)
        for division, cells in zip(facts.divisions, np.split(filled, starts)[1:], strict=True)
    }


def _certain_answers(release: Release, measure: str, facts: Facts, found: Certainties) -> Iterator[Leak]:
    units = units_among(release.groups)
    atoms, people = facts.profiles[:, 0], atom_sizes(units)
    own, told, told_category = found.colleague.T
    for atom, group in enumerate(units):
        size = round(people[atom])
        outside = np.argwhere(found.outsider & (atoms == atom)[:, np.newaxis])
        for profile, category in outside[:1]:
            about = _background(facts, profile)
            yield Leak("outsider", measure, size, group.key, facts.categories[category], None, about)
        for row in np.flatnonzero(atoms[told] == atom)[:1]:
            about, hers = _background(facts, told[row]), _background(facts, own[row] // facts.answers)
            who = _name(units, facts, own[row])
            yield Leak("colleague", measure, size, group.key, facts.categories[told_category[row]], who, about, hers)


def _background(facts: Facts, profile: int) -> Background:
    cells = zip(facts.divisions, facts.profiles[profile, 1:], strict=True)
    return tuple((each.background, (*each.answers, None)[cell]) for each, cell in cells if cell >= 0)


def _person(release: Release, facts: Facts, group: str | None, answer: str | None, background: Background) -> int:
    atom = next(index for index, shown in enumerate(units_among(release.groups)) if shown.key == group)
    known = dict(background)
    cells = [_cell(division, known) for division in facts.divisions]
    (profile,) = np.flatnonzero((facts.profiles == [atom, *cells]).all(axis=1))
    return int(profile) * facts.answers + (*facts.categories, None).index(answer)


def _cell(division: Division, known: dict[str, str | None]) -> int:
    if division.background not in known:
        return -1
    answer = known[division.background]
    return division.answers.index(answer) if answer in division.answers else len(division.answers)


def _name(units: Sequence[Group], facts: Facts, person: int) -> tuple[str, str | None]:
    profile, answer = divmod(int(person), facts.answers)
    return units[facts.profiles[profile, 0]].key, (*facts.categories, None)[answer]
