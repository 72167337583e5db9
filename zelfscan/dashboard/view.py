"""Released tables in words and rows, ready for charts and their data tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from zelfscan.banks.schema import Bank
from zelfscan.dashboard.queries import Shown, below, other_key
from zelfscan.digitypes.facets import has_facets
from zelfscan.digitypes.profiles import TypeProfile, profiles
from zelfscan.digitypes.types import TYPES
from zelfscan.organisations.models import Unit
from zelfscan.outcome.view import level_label
from zelfscan.privacy.disclosure import Cell, Group, Table
from zelfscan.rounds.measures import DIGITYPE, measures_of


@dataclass(frozen=True)
class DistributionRow:
    """A digitype, or two together, and how many people: from `low` to `high`."""

    label: str
    low: int
    high: int
    range: str
    share: str


@dataclass(frozen=True)
class LevelRow:
    """A theme: per level the number of people as words, and about which share (percent, together 100)."""

    label: str
    people: int
    ranges: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class LevelTable:
    """Themes that share the same columns."""

    levels: tuple[str, ...]
    rows: tuple[LevelRow, ...]


@dataclass(frozen=True)
class UnitView:
    """One unit of a round, as its dashboard shows it; without `group` it is not shown by itself."""

    unit: Unit
    group: Group | None
    distribution: tuple[DistributionRow, ...]
    levels: tuple[LevelTable, ...]
    profiles: tuple[TypeProfile, ...]
    others: Group | None
    hidden: bool


def unit_view(shown: Shown, unit: Unit, language: str) -> UnitView:
    """Everything that the dashboard of a unit shows."""
    group = shown.groups[unit.id][1] if unit.id in shown.groups else None
    others = shown.groups.get(other_key(unit))
    tables = {table.measure: table for table in group.tables} if group else {}
    return UnitView(
        unit,
        group,
        _distribution(tables[DIGITYPE], language) if DIGITYPE in tables else (),
        _levels(shown.banks, tables, language),
        tuple(profiles().types[type_] for type_ in TYPES) if has_facets(shown.banks) else (),
        others[1] if others else None,
        _hides(shown, unit, tables),
    )


def _hides(shown: Shown, unit: Unit, tables: dict[str, Table]) -> bool:
    """Whether anything of this unit or below it is left out, or shown with less detail."""
    measures = measures_of(shown.banks)
    whole = all(m.id in tables and len(tables[m.id].cells) == len(m.categories) for m in measures)
    return not whole or not all(child.id in shown.groups for child in below(shown.units, unit.id))


def _distribution(table: Table, language: str) -> tuple[DistributionRow, ...]:
    return tuple(
        DistributionRow(
            _or(profiles().types[type_].name.in_(language) for type_ in cell.categories),
            cell.low,
            cell.high,
            range_words(cell),
            _share_words(cell, table.n),
        )
        for cell in table.cells
    )


def _levels(banks: Sequence[Bank], tables: dict[str, Table], language: str) -> tuple[LevelTable, ...]:
    """A table per set of columns: four levels, or two groups of levels where few people answered."""
    found: dict[tuple[str, ...], list[LevelRow]] = {}
    for bank in banks:
        for theme in bank.themes:
            table = tables.get(f"{bank.bank}.{theme.id}")
            if table is not None and bank.bank != DIGITYPE:
                columns = tuple(
                    _or(level_label(bank, level, language) or level for level in cell.categories)
                    for cell in table.cells
                )
                found.setdefault(columns, []).append(_level_row(theme.title.in_(language), table))
    return tuple(LevelTable(columns, tuple(rows)) for columns, rows in found.items())


def _level_row(label: str, table: Table) -> LevelRow:
    middles = [(cell.low + cell.high) / 2 for cell in table.cells]
    total = sum(middles) or 1
    shares = tuple(round(100 * middle / total, 1) for middle in middles)
    return LevelRow(label, table.n, tuple(range_words(cell) for cell in table.cells), shares)


def range_words(cell: Cell) -> str:
    """A number, or 'from–to' where it is shown as a range."""
    return str(cell.low) if cell.low == cell.high else f"{cell.low}–{cell.high}"


def _share_words(cell: Cell, people: int) -> str:
    low, high = round(100 * cell.low / people), round(100 * cell.high / people)
    return f"{low}%" if low == high else f"{low}–{high}%"


def _or(names: object) -> str:
    return gettext(" or ").join(str(name) for name in names)  # type: ignore[attr-defined]
