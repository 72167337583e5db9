"""The audit: an attacker's program, which sees a release and nothing else.

It looks for two things.

Small sets. No set of people smaller than the minimum may be isolated from the published numbers (see `isolation`):
not from the sizes of groups, and not from the numbers with a value for a measure. Distributions over more than two
categories have their own, higher minimum.

Certain answers. Of no atom (people who are in exactly the same groups) may it be certain that nobody gave some answer.
That is stricter than asking whether everyone certainly gave one answer: as a measure has at least two categories,
everyone can be in one, or in one half, only if the others are certainly empty. It is asked for an outsider, and for a
colleague in any atom with any answer that could be there, who leaves herself out. Not counted: that someone has no
value for a measure (being asked, or having answered enough, is participation), and what is true of an atom in which
nobody has a value.

Whatever could not be found out counts as found: a program that runs out of time or fails is a leak.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from zelfscan.privacy.isolation import atom_sizes, membership, smallest_isolable
from zelfscan.privacy.programs import Numbers, Solver, Unsolved, highs
from zelfscan.privacy.release import Release, Rules
from zelfscan.privacy.worlds import Facts, Flags, Wishes, facts_of, impossible

Kind = Literal["small set", "small distribution", "outsider", "colleague", "unfinished"]


@dataclass(frozen=True)
class Leak:
    """One thing that a release gives away.

    Attributes:
        kind: what it is, or who can be certain of it.
        measure: its id; None if it follows from the sizes of groups.
        people: how many it is about; 0 if that is not known.
        group: key of the group with the atom that it is about: the people who are in none of its published children.
        category: nobody in the atom can be in it (but for the colleague herself).
        colleague: group and category (None: no value) of the colleague who can tell.
    """

    kind: Kind
    measure: str | None
    people: int
    group: str | None = None
    category: str | None = None
    colleague: tuple[str, str | None] | None = None


@dataclass(frozen=True)
class Finding:
    """What the attack on a release gave.

    Attributes:
        smallest_isolable: people in the smallest set that can be isolated; None if there is none, or none was found
            in time.
        certain_outsider: answers (of one person to one measure) that an outsider can be certain about.
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
        return {"clean": self.clean, **asdict(self)}


def audit(release: Release, rules: Rules, solver: Solver = highs) -> Finding:
    """Attack a release.

    Parameters:
        rules: the minimums that it has to meet.
        solver: solves the integer programs.
    """
    smallest, leaks = _small_sets(release, rules, solver)
    for measure in release.measures:
        try:
            leaks.extend(_certain_answers(release, measure, solver))
        except Unsolved:
            leaks.append(Leak("unfinished", measure, 0))
    return Finding(
        smallest_isolable=min(smallest, default=None),
        certain_outsider=_answers(leaks, {"outsider"}),
        certain_colleague=_answers(leaks, {"outsider", "colleague"}),
        findings=tuple(leaks),
    )


def still_certain(release: Release, leak: Leak, solver: Solver = highs) -> bool:
    """Say whether a certain answer that the audit found is certain in another release with the same groups, too."""
    if leak.measure not in release.measures:
        return False
    facts = facts_of(release, leak.measure)
    place = _place(release, facts, leak.group, leak.category)
    if leak.colleague:
        wish = Wishes(np.array([place]), np.array([_place(release, facts, *leak.colleague)]))
    else:
        wish = Wishes.for_one(np.array([place]))
    try:
        return bool(impossible(facts, wish, solver).all())
    except Unsolved:
        return True


def _answers(leaks: list[Leak], kinds: set[Kind]) -> int:
    return sum({(leak.measure, leak.group): leak.people for leak in leaks if leak.kind in kinds}.values())


def _small_sets(release: Release, rules: Rules, solver: Solver) -> tuple[list[int], list[Leak]]:
    smallest: list[int] = []
    leaks: list[Leak] = []
    inside = membership(release.groups)
    for kind, measure, minimum, people in _published(release, rules):
        counted = ~np.isnan(people)
        try:
            found = smallest_isolable(inside[counted], people[counted], solver)
        except Unsolved:
            leaks.append(Leak("unfinished", measure, 0))
            continue
        if found is not None and kind == "small set":
            smallest.append(found)
        if found is not None and found < minimum:
            leaks.append(Leak(kind, measure, found))
    return smallest, leaks


def _published(release: Release, rules: Rules) -> Iterator[tuple[Kind, str | None, int, Numbers]]:
    """List the published numbers of people that can be subtracted from each other; NaN where a group has none."""
    yield "small set", None, rules.minimum, np.array([group.size for group in release.groups], float)
    for measure in release.measures:
        tables = release.tables_of(measure)
        rows = [tables.get(group.key) for group in release.groups]
        yield "small set", measure, rules.minimum, np.array([row.n if row else np.nan for row in rows])
        distributions = np.array([row.n if row and row.is_distribution else np.nan for row in rows])
        yield "small distribution", measure, rules.minimum_distribution, distributions


def _certain_answers(release: Release, measure: str, solver: Solver) -> Iterator[Leak]:
    facts = facts_of(release, measure)
    people = atom_sizes(release.groups)
    outsider, colleague = _certainties(facts, solver)
    for atom, group in enumerate(release.groups):
        size = round(people[atom])
        for category in np.flatnonzero(outsider[atom])[:1]:
            yield Leak("outsider", measure, size, group.key, facts.categories[category])
        for own, category in np.argwhere(colleague[:, atom])[:1]:
            who = _name(release, facts, own)
            yield Leak("colleague", measure, size, group.key, facts.categories[category], who)


def _certainties(facts: Facts, solver: Solver) -> tuple[Flags, Flags]:
    """Find where nobody can be.

    Returns:
        for an outsider: flags, shape (atoms, categories);
        for a colleague, beyond that: flags, shape (places of the colleague, atoms, categories).
    """
    empty = impossible(facts, Wishes.for_one(np.arange(facts.places)), solver)
    filled = np.flatnonzero(~empty)
    first, second = (filled[index] for index in np.triu_indices(len(filled)))
    valued = np.arange(facts.places) % facts.answers < len(facts.categories)
    asked = valued[first] | valued[second]
    first, second = first[asked], second[asked]
    barred = np.tile(empty, (facts.places, 1))
    barred[first, second] = barred[second, first] = impossible(facts, Wishes(first, second), solver)
    barred[empty] = False
    outsider, colleague = _told(facts, empty), _told(facts, barred)
    return outsider, colleague & ~outsider


def _told(facts: Facts, empty: Flags) -> Flags:
    """Take 'no value' out, and atoms where nobody has a value: shape (..., places) to (..., atoms, categories)."""
    values = empty.reshape(*empty.shape[:-1], facts.atoms, facts.answers)[..., :-1]
    return values & ~values.all(axis=-1, keepdims=True)


def _place(release: Release, facts: Facts, group: str | None, answer: str | None) -> int:
    atom = next(index for index, shown in enumerate(release.groups) if shown.key == group)
    return atom * facts.answers + (*facts.categories, None).index(answer)


def _name(release: Release, facts: Facts, place: int) -> tuple[str, str | None]:
    atom, answer = divmod(place, facts.answers)
    return release.groups[atom].key, (*facts.categories, None)[answer]
