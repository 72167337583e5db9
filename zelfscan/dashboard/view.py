"""Released tables in words and rows, ready for charts and their data tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from zelfscan.banks.schema import Bank
from zelfscan.dashboard.queries import Shown, below, other_key
from zelfscan.digitypes.facets import has_facets
from zelfscan.digitypes.profiles import TypeProfile, profiles
from zelfscan.digitypes.types import TYPES
from zelfscan.organisations.models import Unit
from zelfscan.outcome.view import level_label
from zelfscan.privacy.disclosure import Cell, Group, Measure, Table
from zelfscan.rounds.backgrounds import backgrounds_of, known_backgrounds
from zelfscan.rounds.measures import ANOTHER, DIGITYPE, OWN_TYPE, RECOGNISED, THIS, measures_of


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
class CrossingView:
    """The digitypes in a unit by a background question: a row per category that is shown."""

    title: str
    tables: tuple[LevelTable, ...]
    hidden: bool


@dataclass(frozen=True)
class UnitView:
    """One unit of a round, as its dashboard shows it; without `group` it is not shown by itself."""

    unit: Unit
    group: Group | None
    distribution: tuple[DistributionRow, ...]
    levels: tuple[LevelTable, ...]
    crossings: tuple[CrossingView, ...]
    recognised: tuple[tuple[str, str], ...]
    own_types: tuple[DistributionRow, ...]
    profiles: tuple[TypeProfile, ...]
    others: Group | None
    hidden: bool


def unit_view(shown: Shown, unit: Unit, language: str) -> UnitView:
    """Everything that the dashboard of a unit shows."""
    group = shown.groups[unit.id][1] if unit.id in shown.groups else None
    others = shown.groups.get(other_key(unit))
    tables = {table.measure: table for table in group.tables} if group else {}
    crossings = _crossings(shown, unit, language) if group else ()
    return UnitView(
        unit,
        group,
        _distribution(tables[DIGITYPE], language) if DIGITYPE in tables else (),
        _levels(shown.banks, tables, language),
        crossings,
        _recognised(tables),
        _distribution(tables[OWN_TYPE], language) if OWN_TYPE in tables else (),
        tuple(profiles().types[type_] for type_ in TYPES) if has_facets(shown.banks) else (),
        others[1] if others else None,
        _hides(shown, unit, tables) or any(crossing.hidden for crossing in crossings),
    )


def _hides(shown: Shown, unit: Unit, tables: dict[str, Table]) -> bool:
    """Whether anything of this unit or below it is left out, or shown with less detail."""
    measures = measures_of(shown.banks)
    whole = all(m.id in tables and len(tables[m.id].cells) == len(m.categories) for m in measures)
    return not whole or not all(child.id in shown.groups for child in below(shown.units, unit.id))


def _distribution(table: Table, language: str) -> tuple[DistributionRow, ...]:
    return tuple(
        DistributionRow(
            _types(cell, language),
            cell.low,
            cell.high,
            range_words(cell),
            _share_words(cell, table.n),
        )
        for cell in table.cells
    )


def _recognised(tables: Mapping[str, Table]) -> tuple[tuple[str, str], ...]:
    words = {THIS: gettext("Yes, in the type that the test gave"), ANOTHER: gettext("No, more in another type")}
    cells = tables[RECOGNISED].cells if RECOGNISED in tables else ()
    return tuple((words[cell.categories[0]], range_words(cell)) for cell in reversed(cells))


def _types(cell: Cell, language: str) -> str:
    return _or(profiles().types[type_].name.in_(language) for type_ in cell.categories)


def _crossings(shown: Shown, unit: Unit, language: str) -> tuple[CrossingView, ...]:
    """A view per background question that the round asks; at a location only of those that are released there."""
    if not has_facets(shown.banks):
        return ()
    asked = [(measure, _categories(shown, unit, measure)) for measure in backgrounds_of(shown.round)]
    return tuple(
        _crossing(measure, found, language) for measure, found in asked if found or unit.kind == "organisation"
    )


def _categories(shown: Shown, unit: Unit, background: Measure) -> dict[str, Table]:
    """The released digitypes by category of a background question, in its order."""
    found = [group for _, group in shown.groups.values() if (group.kind, group.parent) == ("crossing", unit.id)]
    tables = {
        group.answer: table
        for group in found
        if group.background == background.id
        for table in group.tables
        if table.measure == DIGITYPE
    }
    return {category: tables[category] for category in background.categories if category in tables}


def _crossing(background: Measure, tables: Mapping[str, Table], language: str) -> CrossingView:
    words = known_backgrounds()[background.id]
    rows = [
        (tuple(_types(cell, language) for cell in table.cells), _level_row(words.name_of(category, language), table))
        for category, table in tables.items()
    ]
    whole = len(tables) == len(background.categories) and all(len(t.cells) == len(TYPES) for t in tables.values())
    return CrossingView(words.title.in_(language), _by_columns(rows), not whole)


def _levels(banks: Sequence[Bank], tables: dict[str, Table], language: str) -> tuple[LevelTable, ...]:
    """A table per set of columns: four levels, or two groups of levels where few people answered."""
    return _by_columns(
        (_level_names(bank, table, language), _level_row(theme.title.in_(language), table))
        for bank in banks
        for theme in bank.themes
        if bank.bank != DIGITYPE and (table := tables.get(f"{bank.bank}.{theme.id}")) is not None
    )


def _level_names(bank: Bank, table: Table, language: str) -> tuple[str, ...]:
    return tuple(_or(level_label(bank, level, language) or level for level in cell.categories) for cell in table.cells)


def _by_columns(rows: Iterable[tuple[tuple[str, ...], LevelRow]]) -> tuple[LevelTable, ...]:
    """Rows with the same columns, gathered in tables."""
    found: dict[tuple[str, ...], list[LevelRow]] = {}
    for columns, row in rows:
        found.setdefault(columns, []).append(row)
    return tuple(LevelTable(columns, tuple(gathered)) for columns, gathered in found.items())


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
