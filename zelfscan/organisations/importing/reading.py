"""Reading the structure and accounts of an organisation (.csv or .xlsx): every mistake at once, in its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from zelfscan.banks.exchange.report import ExchangeError
from zelfscan.banks.exchange.spreadsheet import FORMULA_STARTS
from zelfscan.db import NAME_LENGTH
from zelfscan.organisations.importing.content import (
    LOCATION_MANAGER,
    ORGANISATION_MANAGER,
    TEAM_LEADER,
    Content,
    Entry,
    FileMistakes,
    Remark,
)
from zelfscan.spreadsheets import EMAIL, LOCATION, TEAM, Row, Sheet, cleaned, meaning, read_sheets

HEADINGS: Mapping[str, frozenset[str]] = {
    "organisation": frozenset({"organisatie", "organisatienaam", "organisation", "organization", "organisationname"}),
    "location": LOCATION,
    "team": TEAM,
    "email": EMAIL,
    "role": frozenset({"rol", "role"}),
}
ROLE_NAMES = {
    "teamleider": TEAM_LEADER,
    "teamleidster": TEAM_LEADER,
    "teamleader": TEAM_LEADER,
    "teamlead": TEAM_LEADER,
    "teammanager": TEAM_LEADER,
    "locatiemanager": LOCATION_MANAGER,
    "locationmanager": LOCATION_MANAGER,
    "organisatiemanager": ORGANISATION_MANAGER,
    "organisationmanager": ORGANISATION_MANAGER,
    "organizationmanager": ORGANISATION_MANAGER,
}
"""What a role may be called, in small letters without spaces and dashes."""
TEAM_SHEETS = frozenset({"teams", "team", "structuur", "structure", "locaties", "locations"})
ACCOUNT_SHEETS = frozenset({"accounts", "account", "mensen", "people", "rollen", "roles", "personen"})
OWN_WORDS = ("too_large", "too_many_rows", "too_many_sheets", "too_many_columns")
"""Codes of errors about a whole file whose usual words are about question banks."""
GUARD = "'"
"""What an export puts before a text that begins like a formula."""


def read_organisation(path: Path, fill_down: bool = False) -> Content:
    """Read a file with teams, and with accounts if it tells them.

    Args:
        path: a .csv with any usual separator and encoding, or an .xlsx: its first sheet with known headings, or a sheet
            with teams and one with accounts.
        fill_down: whether a team without a location belongs to the location of the row above.

    Raises:
        FileMistakes: it cannot be read, or no column tells which teams or people there are.
    """
    try:
        sheets = [_Known(sheet) for sheet in read_sheets(path, HEADINGS)]
    except ExchangeError as error:
        raise FileMistakes(path, [_of_whole(error)]) from None
    content = Content(path)
    chosen = _chosen(sheets, content)
    for sheet in chosen:
        _check_columns(sheet, len(chosen) == 2 and sheet.tells_people, content)
    content.require_right()
    _Reader(content, chosen, fill_down).read()
    return content


def folded(name: str) -> str:
    """A name without what people do not see as a difference: capitals and spaces."""
    return "".join(name.casefold().split())


def alike(name: str, names: Iterable[str]) -> str:
    """The one of these names that looks most like this one, or an empty text."""
    by_folded = {folded(one): one for one in names}
    close = get_close_matches(folded(name), by_folded, n=1)
    return by_folded[close[0]] if close else ""


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula."""
    return text.startswith(FORMULA_STARTS)


def _of_whole(error: ExchangeError) -> Remark:
    """What is wrong with a whole file, in words about organisations where the usual ones are about banks."""
    if error.code in OWN_WORDS:
        return Remark(error.place.sheet, 0, "", error.code, error.params)
    return Remark("", 0, "", "cannot_read", {language: error.text(language) for language in ("nl", "en")})


class _Known:
    """A sheet, with the heading of each meaning; `name` is what remarks call it: empty when it is the only one."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.name = sheet, ""
        self.meanings = [(heading, meaning(heading, HEADINGS)) for heading in sheet.headings if heading]
        self.columns = {known: heading for heading, known in reversed(self.meanings) if known}

    @property
    def tells_people(self) -> bool:
        return "email" in self.columns

    @property
    def is_usable(self) -> bool:
        return "team" in self.columns or self.tells_people

    @property
    def headings(self) -> str:
        return ", ".join(heading for heading, _ in self.meanings) or "-"


def _chosen(sheets: Sequence[_Known], content: Content) -> list[_Known]:
    """The first sheet with known headings, and beside it the first of the other kind if they belong together."""
    usable = [sheet for sheet in sheets if sheet.is_usable]
    if not usable:
        found = "; ".join(sheet.headings for sheet in sheets) or "-"
        content.mistakes.append(Remark("", 1, "", "no_columns", {"found": found}))
        return []
    first = usable[0]
    others = (sheet for sheet in usable[1:] if sheet.tells_people != first.tells_people)
    chosen = [first, *(sheet for sheet in [*others][:1] if _belong_together(first, sheet))]
    unused = [sheet.sheet.name for sheet in sheets if sheet not in chosen and sheet.sheet.rows]
    content.notes.extend(Remark(name, 0, "", "unused_sheet", {}) for name in unused)
    content.tells_roles = any(sheet.tells_people for sheet in chosen)
    for sheet in chosen if len(chosen) > 1 else ():
        sheet.name = sheet.sheet.name
    return sorted(chosen, key=lambda sheet: sheet.tells_people)


def _belong_together(first: _Known, second: _Known) -> bool:
    """Whether two sheets are one with teams and one with accounts, and not one with both and another list."""
    named = folded(first.sheet.name) in ACCOUNT_SHEETS or folded(second.sheet.name) in TEAM_SHEETS
    return named or not first.tells_people


def _check_columns(sheet: _Known, beside_teams: bool, content: Content) -> None:
    """Note what is missing or double as a mistake, and what is not used as worth knowing."""
    missing = {
        "no_location_column": "location" not in sheet.columns and "team" in sheet.columns and not beside_teams,
        "no_role_column": "email" in sheet.columns and "role" not in sheet.columns,
        "no_email_column": "role" in sheet.columns and "email" not in sheet.columns,
    }
    name, found = sheet.name, {"found": sheet.headings}
    content.mistakes.extend(Remark(name, 1, "", code, found) for code, is_missing in missing.items() if is_missing)
    seen: set[str] = set()
    for heading, known in sheet.meanings:
        if known is None:
            content.notes.append(Remark(name, 1, heading, "unused_column", {}))
        elif known in seen:
            content.mistakes.append(Remark(name, 1, heading, "two_columns", {"first": sheet.columns[known]}))
        seen |= {known} if known else set()


class _Reader:
    """Takes in the rows of the chosen sheets."""

    def __init__(self, content: Content, sheets: Sequence[_Known], fill_down: bool) -> None:
        self.content, self.sheets, self.fill_down = content, sheets, fill_down
        self.mistakes = content.mistakes
        self.named: tuple[str, int] | None = None
        self.places: dict[str, list[str]] = {}

    def read(self) -> None:
        """Read every row, then check what rows say of each other."""
        for sheet in self.sheets:
            self._read_sheet(sheet)
        entries = self.content.entries
        if not entries and not self.mistakes:
            self.mistakes.append(Remark("", 2, "", "no_rows", {}))
        self._know_places()
        entries[:] = [self._located(entry) for entry in entries]
        self.mistakes.extend(mistake for entry in entries for mistake in _role_mistakes(entry))
        self.mistakes.extend(_two_spellings(entries))
        self.mistakes.extend(_twice(entries))

    def _read_sheet(self, sheet: _Known) -> None:
        above = None
        for row in sheet.sheet.rows:
            entry = self._entry(sheet, row)
            if any(entry[4:]):
                entry = self._filled(entry, above)
                self.content.entries.append(entry)
                above = entry if entry.location else above
        meant = set(sheet.columns.values())
        formulas = [(row, heading) for row, heading in sheet.sheet.formulas if heading in meant]
        self.mistakes.extend(Remark(sheet.name, row, heading, "formula", {}) for row, heading in formulas)

    def _entry(self, sheet: _Known, row: Row) -> Entry:
        cells = {known: _plain(row.cells.get(heading, "")) for known, heading in sheet.columns.items()}
        empty = Entry(sheet.name, row.number, sheet.columns, not (sheet.name and sheet.tells_people))
        entry = empty._replace(location=cells.get("location", ""), team=cells.get("team", ""))
        entry = entry._replace(email=cells.get("email", "").lower(), role=self._role(empty, cells))
        self._check_cells(entry, cells, row.more)
        return entry

    def _role(self, entry: Entry, cells: Mapping[str, str]) -> str:
        written = cells.get("role", "")
        role = ROLE_NAMES.get(folded(written).replace("-", ""), "")
        if written and not role:
            meant = ROLE_NAMES[alike(written, ROLE_NAMES)] if alike(written, ROLE_NAMES) else ""
            self.mistakes.append(entry.remark("role", "unknown_role", role=written, meant=meant))
        return role

    def _check_cells(self, entry: Entry, cells: Mapping[str, str], more: bool) -> None:
        if more:
            self.mistakes.append(entry.remark("", "too_many_cells"))
        long = [name for name in ("location", "team") if len(cells.get(name, "")) > NAME_LENGTH]
        self.mistakes.extend(entry.remark(name, "too_long", limit=NAME_LENGTH) for name in long)
        if entry.email and not cells.get("role"):
            self.mistakes.append(entry.remark("role", "no_role"))
        if cells.get("role") and not entry.email:
            self.mistakes.append(entry.remark("email", "no_email"))
        if cells.get("organisation"):
            self._know_organisation(entry, cells["organisation"])

    def _know_organisation(self, entry: Entry, name: str) -> None:
        self.named = self.named or (name, entry.row)
        first, row = self.named
        self.content.organisation = first
        if name != first:
            self.mistakes.append(entry.remark("organisation", "two_organisations", name=name, first=first, row=row))

    def _filled(self, entry: Entry, above: Entry | None) -> Entry:
        """With the location of the row above, if that is what was asked."""
        if not self.fill_down or above is None or entry.location or not entry.team:
            return entry
        told = entry.remark("location", "filled_down", team=entry.team, row=above.row, location=above.location)
        self.content.notes.append(told)
        return entry._replace(location=above.location)

    def _know_places(self) -> None:
        """In which locations each team is, by its folded name."""
        listed = {(folded(one.team), one.location) for one in self.content.entries if one.lists_units and one.location}
        for team, location in sorted(listed):
            self.places.setdefault(team, []).append(location)

    def _located(self, entry: Entry) -> Entry:
        """With its location: on a sheet with accounts a team may go without, if there is only one such team."""
        if entry.location or not entry.team:
            return entry
        places = self.places.get(folded(entry.team), [])
        if entry.lists_units or not places:
            column = "location" if "location" in entry.columns else "team"
            self.mistakes.append(entry.remark(column, "no_location", team=entry.team))
        elif len(places) > 1:
            several = entry.remark("team", "team_in_several", team=entry.team, places=", ".join(places))
            self.mistakes.append(several)
        else:
            told = entry.remark("team", "found_location", team=entry.team, location=places[0])
            self.content.notes.append(told)
            return entry._replace(location=places[0])
        return entry


def _plain(cell: str) -> str:
    """What a cell says, without what an export put before a text that begins like a formula."""
    text = cleaned(cell)
    is_guarded = text.startswith(GUARD) and begins_like_formula(text[1:].lstrip())
    return text[1:] if is_guarded else text


def _role_mistakes(entry: Entry) -> Iterator[Remark]:
    if entry.role == TEAM_LEADER and not entry.team:
        yield entry.remark("team", "role_needs_team")
    if entry.role == LOCATION_MANAGER and not entry.location and not entry.team:
        yield entry.remark("location", "role_needs_location")


def _two_spellings(entries: Iterable[Entry]) -> Iterator[Remark]:
    """Names of locations, and of the teams of one location, that differ by capitals or spaces only."""
    first: dict[tuple[str, ...], tuple[str, int]] = {}
    for entry in entries:
        names = {"location": (folded(entry.location),), "team": (folded(entry.location), folded(entry.team))}
        for column, key in names.items():
            name = getattr(entry, column)
            if name and (seen := first.setdefault(key, (name, entry.row)))[0] != name:
                yield entry.remark(column, "two_spellings", name=name, first=seen[0], row=seen[1])


def _twice(entries: Iterable[Entry]) -> Iterator[Remark]:
    """Rows of one sheet that say the same: two teams of one name, or a row too many."""
    seen: dict[tuple[str, ...], int] = {}
    for entry in (entry for entry in entries if bool(entry.email) == bool(entry.role)):
        key = (entry.sheet, entry.location, entry.team, entry.email, entry.role)
        row = seen.setdefault(key, entry.row)
        if row != entry.row and entry.team and not entry.email:
            yield entry.remark("team", "team_twice", team=entry.team, location=entry.location, row=row)
        elif row != entry.row:
            yield entry.remark("", "row_twice", row=row)
