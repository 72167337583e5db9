"""Crossings: the people of one unit who gave one answer to one background question.

Crossings of one background divide people twice over. A *block* is the people of a crossed unit who are in no crossed
unit within it: a location, and the rest of the organisation. A *cell* is the people of a block with one answer; all
answers without a crossing, 'rather not say' among them, are one cell together.

Units and crossings overlap, and people could be told apart by team, by age and by function at once. Yet nobody has to
count over all of these together (see `worlds`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zelfscan.privacy.release import Group, Measure
from zelfscan.privacy.suppression import safe_children
from zelfscan.privacy.units import Area

LARGE_LOCATION = 40
"""Participants that it takes to cross a location; the organisation is crossed always."""


@dataclass(frozen=True)
class Division:
    """How the published crossings of one background divide people.

    Attributes:
        background: its id.
        answers: those with a crossing somewhere; after these comes the cell of all others.
        block: per atom of the units its block, or -1 if no unit around it is crossed; shape (atoms,).
        crossings: per key of a crossing, the blocks that it lies in and the position of its answer.
    """

    background: str
    answers: tuple[str, ...]
    block: npt.NDArray[np.intp]
    crossings: Mapping[str, tuple[npt.NDArray[np.intp], int]]

    @property
    def cells(self) -> int:
        """Cells per block."""
        return len(self.answers) + 1

    @cached_property
    def blocks(self) -> int:
        """Number of blocks; some may hold nobody."""
        return 1 + max((int(blocks.max()) for blocks, _ in self.crossings.values()), default=-1)


def is_crossing(group: Group) -> bool:
    """Whether a group is a crossing, and no unit."""
    return group.kind == "crossing"


def units_among(groups: Iterable[Group]) -> tuple[Group, ...]:
    """The groups that are units: those that are nested."""
    return tuple(group for group in groups if not is_crossing(group))


def lines_of(units: Iterable[Group]) -> dict[str, tuple[str, ...]]:
    """Per unit its key and those of the units around it, going up."""
    lines: dict[str, tuple[str, ...]] = {}
    for unit in units:
        lines[unit.key] = (unit.key, *lines.get(unit.parent or "", ()))
    return lines


def divisions_of(groups: Sequence[Group]) -> tuple[Division, ...]:
    """Say how crossings divide people, one division per background, by its id."""
    crossings = [group for group in groups if is_crossing(group)]
    lines = lines_of(units_among(groups))
    names = sorted({str(group.background) for group in crossings})
    return tuple(_division(name, [group for group in crossings if group.background == name], lines) for name in names)


def _division(background: str, crossings: Sequence[Group], lines: Mapping[str, tuple[str, ...]]) -> Division:
    crossed = list(dict.fromkeys(group.parent or "" for group in crossings))
    answers = tuple(dict.fromkeys(str(group.answer) for group in crossings))
    inside = {unit: np.array([unit in lines[other] for other in crossed]).nonzero()[0] for unit in crossed}
    around = (next((crossed.index(unit) for unit in line if unit in crossed), -1) for line in lines.values())
    places = {group.key: (inside[group.parent or ""], answers.index(str(group.answer))) for group in crossings}
    return Division(background, answers, np.fromiter(around, np.intp), places)


def crossings_of(areas: Iterable[Area], sizes: Mapping[str, int], backgrounds: Iterable[Measure]) -> tuple[Area, ...]:
    """List what could be crossed: the organisation and large locations, with each answer of each background.

    Parameters:
        areas: the units that are shown, parents before children.
        sizes: participants per key.
    """
    listed = list(backgrounds)
    return tuple(
        Area(f"{area.key}/{background.id}={answer}", "crossing", area.key, area.teams, background.id, answer)
        for area in areas
        if area.kind == "organisation" or (area.kind == "location" and sizes[area.key] >= LARGE_LOCATION)
        for background in listed
        for answer in background.categories
    )


def suppress_crossings(crossings: Sequence[Area], counts: Mapping[str, int], minimum: int) -> set[str]:
    """Choose the crossings that may be shown beside the units that have a count.

    Of each unit the shown crossings of one background leave 0 or at least `minimum` people, and of each crossing of
    the organisation so do the shown ones of its locations. A location is crossed only with what its organisation is
    crossed with. What else could be isolated is left to `isolation`.

    Parameters:
        crossings: those of the organisation first.
        counts: people per key, of crossings and of the units that are shown.
    """
    kept: set[str] = set()
    top = {(area.background, area.answer): area.key for area in crossings if area.teams == crossings[0].teams}
    for crossed in _per_unit_and_background(crossings):
        unit = crossed[0].parent or ""
        allowed = [area for area in crossed if (over := _over(area, top)) is None or over in kept]
        if unit in counts:
            kept |= safe_children(counts[unit], {area.key: counts[area.key] for area in allowed}, minimum)
    for answer, key in top.items():
        within = {area.key for area in crossings if (area.background, area.answer) == answer} & kept - {key}
        kept -= within - safe_children(counts[key], {area: counts[area] for area in within}, minimum)
    return kept


def _over(area: Area, top: Mapping[tuple[str | None, str | None], str]) -> str | None:
    key = top[area.background, area.answer]
    return None if key == area.key else key


def _per_unit_and_background(crossings: Iterable[Area]) -> Iterator[list[Area]]:
    found: dict[tuple[str | None, str | None], list[Area]] = {}
    for area in crossings:
        found.setdefault((area.parent, area.background), []).append(area)
    yield from found.values()
