"""The units of an organisation, and the areas that a release could show: units, and 'other teams' of a unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from zelfscan.privacy.release import GroupKind

UnitKind = Literal["organisation", "location", "team"]
OTHER = "/other"
NESTING = frozenset(
    {("organisation", None), ("location", "organisation"), ("team", "location"), ("team", "organisation")}
)
"""What may stand in what."""


@dataclass(frozen=True)
class Unit:
    """A part of an organisation; has no name here, because nothing in this package needs one."""

    id: str
    parent: str | None
    kind: UnitKind


@dataclass(frozen=True)
class Area:
    """A set of teams, or of people in them, that could be shown as a group.

    Attributes:
        key: see `Group.key`.
        parent: key of the area around it.
        teams: ids of all teams in it, sorted.
        background, answer: of a crossing, whom of these teams it holds; else None.
    """

    key: str
    kind: GroupKind
    parent: str | None
    teams: tuple[str, ...]
    background: str | None = None
    answer: str | None = None


def check_units(units: Iterable[Unit]) -> dict[str, Unit]:
    """Return the units by id.

    Raises:
        ValueError: ids that occur twice or end in ``/other``; not exactly one organisation; a unit in a wrong place.
    """
    listed = list(units)
    by_id = {unit.id: unit for unit in listed}
    if len(by_id) != len(listed) or any(id_.endswith(OTHER) for id_ in by_id):
        raise ValueError(f"ids of units are unique and do not end in {OTHER}")
    if sum(unit.kind == "organisation" for unit in listed) != 1:
        raise ValueError("units form one organisation")
    for unit in listed:
        parent = by_id.get(unit.parent) if unit.parent else None
        if (unit.kind, parent.kind if parent else None) not in NESTING:
            raise ValueError(f"unit {unit.id}: a {unit.kind} cannot stand there")
    return by_id


def areas_of(units: Sequence[Unit], people: Mapping[str, int], minimum: int) -> tuple[Area, ...]:
    """List what could be shown, parents before children: units with their small teams rolled up.

    Parameters:
        people: participants per team id; a team without an entry has none.
        minimum: people that it takes to be shown.
    """
    listed = sorted(check_units(units).values(), key=lambda unit: unit.id)
    teams = [unit for unit in listed if unit.kind == "team"]
    (root,) = (unit for unit in listed if unit.kind == "organisation")
    areas = [Area(root.id, "organisation", None, tuple(team.id for team in teams))]
    for location in (unit for unit in listed if unit.kind == "location"):
        inside = tuple(team.id for team in teams if team.parent == location.id)
        areas.append(Area(location.id, "location", root.id, inside))
    for holder in tuple(areas):
        sizes = {team.id: people.get(team.id, 0) for team in teams if team.parent == holder.key}
        areas.extend(_areas_in(holder, sizes, minimum))
    return tuple(areas)


def _areas_in(holder: Area, sizes: Mapping[str, int], minimum: int) -> Iterator[Area]:
    rest = rolled_up(sizes, minimum)
    yield from (Area(team, "team", holder.key, (team,)) for team in sizes if team not in rest)
    if sum(sizes[team] > 0 for team in rest) > 1 and rest != holder.teams:
        yield Area(holder.key + OTHER, "other", holder.key, rest)


def rolled_up(sizes: Mapping[str, int], minimum: int) -> tuple[str, ...]:
    """Choose the teams of one unit that are not shown by themselves, sorted.

    Those are the teams under the minimum, and the smallest of the others if these hold too few people together:
    otherwise the small ones would be left over when all shown teams are taken from their parent.

    Parameters:
        sizes: participants per team.
    """
    small = {team for team, size in sizes.items() if size < minimum}
    left = sum(sizes[team] for team in small)
    if 0 < left < minimum and len(small) < len(sizes):
        small.add(min(sizes.keys() - small, key=lambda team: (sizes[team], team)))
    return tuple(sorted(small))
