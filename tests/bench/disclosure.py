"""What a release gives away, and how long it takes: `python -m tests.bench.disclosure`.

Over organisations drawn at random, ours is held against a plain threshold: every unit and crossing of five or more
people is published, every number exactly.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

import click
import numpy as np

from tests.privacy.synthetic import AGE, FUNCTION, LEVELS, Organisation, random_organisation
from zelfscan.privacy.audit import certainties
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.crossings import Division, crossings_of, divisions_of, units_among
from zelfscan.privacy.disclosure import Cell, Group, Measure, Release, Rules, Table, make_release
from zelfscan.privacy.isolation import crossed_membership, membership, smallest_isolable
from zelfscan.privacy.programs import highs
from zelfscan.privacy.spreading import spreading
from zelfscan.privacy.units import Area, areas_of
from zelfscan.privacy.worlds import Facts, Search, facts_of

RULES = Rules()
BACKGROUNDS = (AGE, FUNCTION)
MEASURE = Measure("m0", LEVELS)
ORGANISATIONS, PEOPLE, TEAMS, LOCATIONS = 40, 120, 12, 2
LARGE_TEAM = 8
LONGEST = 60.0
"""Seconds for closing 700 people with 10 measures."""


@dataclass(frozen=True)
class Given:
    """Shares, 0 to 1: of people in an isolable set under the minimum, of answers that are certain, of teams shown."""

    isolable: float
    outsider: float
    colleague: float
    teams: float


def plain_threshold(made: Organisation) -> Release:
    """Publish everything of five people or more, exactly."""
    areas = _plain_areas(made)
    counts = {area.key: _ballots_of(made, area) for area in areas}
    shown: dict[str, Group] = {}
    for area in areas:
        ballots = counts[area.key]
        if len(ballots) >= RULES.minimum and (area.parent is None or area.parent in shown):
            shown[area.key] = _plain_group(area, ballots)
    return Release(tuple(shown.values()), hidden=True)


def _plain_areas(made: Organisation) -> list[Area]:
    people = {unit.id: sum(ballot.unit == unit.id for ballot in made.ballots) for unit in made.units}
    areas = areas_of(made.units, dict.fromkeys(people, RULES.minimum), RULES.minimum)
    sizes = {area.key: sum(people[team] for team in area.teams) for area in areas}
    return [*areas, *crossings_of(areas, sizes, BACKGROUNDS)]


def _ballots_of(made: Organisation, area: Area) -> list[BallotContent]:
    inside = [ballot for ballot in made.ballots if ballot.unit in area.teams]
    return [ballot for ballot in inside if not area.background or ballot.background[area.background] == area.answer]


def _plain_group(area: Area, ballots: Sequence[BallotContent]) -> Group:
    values = [ballot.values[MEASURE.id] for ballot in ballots]
    numbers = [values.count(level) for level in LEVELS]
    cells = tuple(Cell((level,), number, number) for level, number in zip(LEVELS, numbers, strict=True))
    tables = (Table(MEASURE.id, sum(numbers), cells),) if sum(numbers) >= RULES.minimum else ()
    return Group(area.key, area.kind, area.parent, len(ballots), (), tables, area.background, area.answer)


def ours(made: Organisation) -> Release:
    """Publish what our own disclosure control lets through."""
    return make_release(made.units, made.ballots, RULES, [MEASURE], backgrounds=BACKGROUNDS)


def given_away(made: Organisation, release: Release) -> Given:
    """Attack a release, and count the people that it is about."""
    facts = facts_of(release, MEASURE.id)
    profiles = np.array([_profile(made, release, facts, ballot) for ballot in made.ballots])
    found = certainties(Search(facts, highs))
    outsider = found.outsider.any(axis=1)
    there = {_person(facts, profile, ballot) for profile, ballot in zip(profiles, made.ballots, strict=True)}
    colleague = outsider.copy()
    colleague[[profile for own, profile, _ in found.colleague if own in there]] = True
    large = [unit.id for unit in made.units if _size(made, unit.id) >= LARGE_TEAM]
    shown = release.tables_of(MEASURE.id)
    return Given(
        isolable=float(np.mean(_in_small_sets(release, facts)[profiles])),
        outsider=float(np.mean(outsider[profiles])),
        colleague=float(np.mean(colleague[profiles])),
        teams=float(np.mean([team in shown for team in large])),
    )


def _size(made: Organisation, team: str) -> int:
    return sum(ballot.unit == team for ballot in made.ballots)


def _profile(made: Organisation, release: Release, facts: Facts, ballot: BallotContent) -> int:
    """Say which profile somebody has in the eyes of who knows her."""
    holding = [n for n, unit in enumerate(units_among(release.groups)) if _holds(made, unit, ballot)]
    atom = holding[-1]
    known = [_cell(division, atom, ballot) for division in facts.divisions]
    return int(np.flatnonzero((facts.profiles == [atom, *known]).all(axis=1))[0])


def _holds(made: Organisation, unit: Group, ballot: BallotContent) -> bool:
    return ballot.unit in made.teams_of(unit)


def _cell(division: Division, atom: int, ballot: BallotContent) -> int:
    answer = ballot.background[division.background]
    if division.block[atom] < 0:
        return -1
    return division.answers.index(answer) if answer in division.answers else len(division.answers)


def _person(facts: Facts, profile: int, ballot: BallotContent) -> int:
    return int(profile) * facts.answers + (*facts.categories, None).index(ballot.values[MEASURE.id])


def _in_small_sets(release: Release, facts: Facts) -> np.ndarray:
    """Say which profiles are in a set under the minimum that can be isolated."""
    sizes = {group.key: float(group.size) for group in release.groups}
    units = units_among(release.groups)
    atoms = _small(membership(units), [sizes[unit.key] for unit in units])
    small = atoms[facts.profiles[:, 0]]
    for number, division in enumerate(divisions_of(release.groups)):
        everywhere = np.ones((division.blocks, division.cells), np.bool_)
        keys, inside = crossed_membership(release.groups, division, everywhere)
        cells = _small(inside, [sizes[key] for key in keys]).reshape(everywhere.shape)
        block, cell = division.block[facts.profiles[:, 0]], facts.profiles[:, 1 + number]
        small |= (block >= 0) & cells[block, cell]
    return small


def _small(inside: np.ndarray, people: Sequence[float]) -> np.ndarray:
    sets = (smallest_isolable(inside, np.array(people), highs, holding=atom) for atom in range(inside.shape[1]))
    return np.array([found is not None and found < RULES.minimum for found in sets])


def seconds_to_close(people: int, teams: int, locations: int, measures: int) -> float:
    """Time one closing as the service does it, crossings and audit included."""
    made = random_organisation(people, teams, locations, measures, seed=1)
    asked = [Measure(f"m{number}", LEVELS) for number in range(measures)]
    start = time.perf_counter()
    with spreading(measures > 1) as spread:
        make_release(made.units, made.ballots, RULES, asked, backgrounds=BACKGROUNDS, spread=spread)
    return time.perf_counter() - start


def compare(publish: Callable[[Organisation], Release], drawn: Iterable[Organisation]) -> Given:
    """Take the mean over organisations."""
    return Given(*np.mean([astuple(given_away(made, publish(made))) for made in drawn], axis=0))


@click.command()
@click.option("--organisations", default=ORGANISATIONS, show_default=True, help="How many to draw.")
def disclosure(organisations: int) -> None:
    """Print what a plain threshold and our release give away, and how long closing takes. Exits with 1 over a limit."""
    drawn = [random_organisation(PEOPLE, TEAMS, LOCATIONS, seed=seed) for seed in range(organisations)]
    click.echo(f"{organisations} organisations of {PEOPLE} people in {TEAMS} teams; age and function crossed")
    click.echo(f"{'':24}{'isolable':>12}{'outsider':>12}{'colleague':>12}{'teams of 8+':>12}")
    kept = True
    for name, publish in (("a plain threshold of 5", plain_threshold), ("ours", ours)):
        given = compare(publish, drawn)
        click.echo(f"{name:24}" + "".join(f"{share:12.1%}" for share in astuple(given)))
        kept = publish is not ours or (given.isolable, given.outsider, given.colleague) == (0, 0, 0)
        kept = kept and (publish is not ours or given.teams >= 0.5)
    whole = seconds_to_close(700, 72, 8, 10)
    click.echo(f"closing 700 people, 72 teams, 8 locations, 10 measures: {whole:.1f} s (at most {LONGEST:.0f})")
    for teams in (20, 72, 200):
        click.echo(f"one measure, {teams} teams: {seconds_to_close(teams * 10, teams, max(2, teams // 9), 1):.1f} s")
    sys.exit(0 if kept and whole <= LONGEST else 1)


if __name__ == "__main__":
    disclosure()
