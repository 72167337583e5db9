"""Small organisations for the tests of disclosure control: written out by hand, or drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from zelfscan.privacy.disclosure import BallotContent, Cell, Group, Measure, Release, Table, Unit

LEVELS = ("start", "basis", "ruim", "expert")
MEASURE = Measure("vvt.privacy", LEVELS)
OTHER = Measure("digitype", ("ja", "nee"))

Counts = Sequence[int]
"""People per level, and after these, if given, people without a value."""


@dataclass(frozen=True)
class Organisation:
    """Units, and what everyone in them answered."""

    units: list[Unit]
    ballots: list[BallotContent]

    def counts(self, teams: Sequence[str], measure: Measure) -> dict[str | None, int]:
        """The truth: people per category, and under None without a value."""
        values = [ballot.values[measure.id] for ballot in self.ballots if ballot.unit in teams]
        return {category: values.count(category) for category in (*measure.categories, None)}

    def teams_of(self, group: Group) -> list[str]:
        """Ids of the teams that a group is about."""
        parents = {unit.id: unit.parent for unit in self.units}
        if group.kind == "other":
            return list(group.members)
        return [
            unit.id
            for unit in self.units
            if unit.kind == "team" and group.key in (unit.id, unit.parent, parents.get(unit.parent or ""))
        ]


def organisation(tree: Mapping[str, Mapping[str, Counts]]) -> Organisation:
    """Make an organisation from the counts per team per location; location ``org`` is the organisation itself."""
    units = [Unit("org", None, "organisation")]
    units += [Unit(location, "org", "location") for location in tree if location != "org"]
    units += [Unit(team, location, "team") for location, teams in tree.items() for team in teams]
    ballots = [
        BallotContent(team, {MEASURE.id: level})
        for teams in tree.values()
        for team, counts in teams.items()
        for level, count in zip((*LEVELS, None), counts, strict=False)
        for _ in range(count)
    ]
    return Organisation(units, ballots)


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Draw an organisation of 20 to 200 people in up to 4 locations, from alike to very different teams."""
    sizes = draw(st.lists(st.integers(0, 25), min_size=3, max_size=16).filter(lambda sizes: 20 <= sum(sizes) <= 200))
    holders = draw(st.lists(st.sampled_from(["org", "a", "b", "c"]), min_size=len(sizes), max_size=len(sizes)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    likeness, missing = draw(st.sampled_from([0.3, 2.0, 50.0])), draw(st.sampled_from([0.0, 0.1, 0.4]))
    units = [Unit("org", None, "organisation"), *(Unit(name, "org", "location") for name in "abc")]
    ballots = []
    for number, (size, holder) in enumerate(zip(sizes, holders, strict=True)):
        units.append(Unit(f"t{number}", holder, "team"))
        shares = {each.id: chance.dirichlet([likeness] * len(each.categories)) for each in (MEASURE, OTHER)}
        for _ in range(size):
            values = {
                each.id: None
                if chance.random() < missing
                else each.categories[chance.choice(len(each.categories), p=shares[each.id])]
                for each in (MEASURE, OTHER)
            }
            ballots.append(BallotContent(f"t{number}", values))
    return Organisation(units, ballots)


def exact(*counts: int) -> Table:
    """A table that says every number."""
    cells = (Cell((level,), count, count) for level, count in zip(LEVELS, counts, strict=True))
    return Table(MEASURE.id, sum(counts), tuple(cells))


def ranges(n: int, *bounds: tuple[int, int]) -> Table:
    """A table of four cells with the given bounds."""
    cells = (Cell((level,), low, high) for level, (low, high) in zip(LEVELS, bounds, strict=True))
    return Table(MEASURE.id, n, tuple(cells))


def release(root: tuple[int, Table | None], **teams: tuple[int, Table | None]) -> Release:
    """A release written by hand: an organisation and teams, each with a size and perhaps a table."""
    groups = [Group("org", "organisation", None, root[0], (), (root[1],) if root[1] else ())]
    groups += [Group(key, "team", "org", size, (), (table,) if table else ()) for key, (size, table) in teams.items()]
    return Release(tuple(groups), hidden=True)


AGE = Measure("age", ("young", "middle", "old"))
FUNCTION = Measure("function", ("care", "support"))


def with_background(made: Organisation, seed: int, silent: float = 0.1) -> Organisation:
    """Let everybody say of herself how old she is and what she does; some rather not say."""
    chance = np.random.default_rng(seed)
    shares = {each.id: chance.dirichlet([3.0] * len(each.categories)) for each in (AGE, FUNCTION)}

    def said(question: Measure) -> str | None:
        position = chance.choice(len(question.categories), p=shares[question.id])
        return None if chance.random() < silent else question.categories[position]

    ballots = [replace(ballot, background={each.id: said(each) for each in (AGE, FUNCTION)}) for ballot in made.ballots]
    return Organisation(made.units, ballots)


def random_organisation(people: int, teams: int, locations: int, measures: int = 1, seed: int = 0) -> Organisation:
    """Make an organisation of any size, with background; team sizes and how alike a team is are drawn."""
    chance = np.random.default_rng(seed)
    units = [Unit("org", None, "organisation"), *(Unit(f"l{n}", "org", "location") for n in range(locations))]
    units += [Unit(f"t{n}", f"l{n % locations}", "team") for n in range(teams)]
    likeness = chance.choice([0.3, 2.0, 50.0], size=teams)
    shares = {(m, n): chance.dirichlet([likeness[n]] * len(LEVELS)) for m in range(measures) for n in range(teams)}
    ballots = []
    for team in chance.choice(teams, size=people, p=chance.dirichlet([6.0] * teams)):
        values = {
            f"m{m}": None if chance.random() < 0.05 else LEVELS[chance.choice(len(LEVELS), p=shares[m, team])]
            for m in range(measures)
        }
        ballots.append(BallotContent(f"t{team}", values))
    return with_background(Organisation(units, ballots), seed)
