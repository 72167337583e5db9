"""Reading a list of people to invite (.csv or .xlsx): every mistake at once, in its row and column."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.exchange.report import ExchangeError
from zelfscan.errors import ClearError
from zelfscan.organisations.models import Unit
from zelfscan.rounds.invitations.models import LANGUAGES, LONGEST_ADDRESS, LONGEST_NUMBER
from zelfscan.rounds.invitations.people import Person, same_person
from zelfscan.rounds.invitations.words import say
from zelfscan.spreadsheets import ADDRESS, EMAIL, LOCATION, TEAM, Row, cleaned, meaning, read_sheets

HEADINGS: Mapping[str, frozenset[str]] = {
    "email": EMAIL,
    "number": frozenset(
        {"personeelsnummer", "personeelsnr", "medewerkernummer", "medewerkersnummer", "medewerkernr", "nummer"}
        | {"employeenumber", "employeeid", "staffnumber", "personnelnumber", "number"}
    ),
    "location": LOCATION,
    "team": TEAM,
    "language": frozenset({"taal", "language"}),
}
"""What a column may be called, in small letters without spaces and dashes."""
LANGUAGE_NAMES = {
    "nl": "nl",
    "nederlands": "nl",
    "dutch": "nl",
    "en": "en",
    "engels": "en",
    "english": "en",
}
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")
"""Begins with a letter or digit, so that it is a formula in no spreadsheet."""
SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
"""How a spreadsheet writes a long number when its column is too narrow."""


class Remark(NamedTuple):
    """Something about a place in a file: a mistake, or what is worth knowing; `code` is a key of `words.yaml`."""

    row: int
    column: str
    code: str
    params: Mapping[str, object]

    def line(self, file: Path, language: str) -> str:
        """Return `file:row:column: what, and how to mend it`."""
        return f"{file}:{self.row}:{self.column}: {say(self.code, language, **self.params)}"


class ListError(ClearError):
    """A list with mistakes; nothing of it is used.

    Attributes:
        lines: one a mistake, by row.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class PeopleList:
    """A list as it was read: its headings by meaning, who is in it, the mistakes, and what is worth knowing."""

    file: Path
    columns: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    mistakes: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def require_right(self, language: str) -> None:
        """Raise ListError with every mistake, if there is one."""
        if self.mistakes:
            raise ListError([remark.line(self.file, language) for remark in sorted(self.mistakes, key=_place)])


def read_people(path: Path, units: Sequence[Unit], language: str) -> PeopleList:
    """Read a list of people to invite.

    Args:
        path: a .csv with any usual separator and encoding, or an .xlsx, of which the first sheet is read.
        units: all units of the organisation.
        language: of the messages.

    Raises:
        ListError: it cannot be read, or no column tells who or which team.
    """
    try:
        headings, rows = _table(path)
    except ExchangeError as error:
        raise ListError([f"{path}: {error.text(language)}"]) from None
    found = PeopleList(path)
    _know_columns(headings, found)
    found.require_right(language)
    _Reader(found, _Teams(units)).read(rows)
    return found


def _place(remark: Remark) -> tuple[int, str]:
    return remark.row, remark.column


def _table(path: Path) -> tuple[Sequence[str], Sequence[Row]]:
    """The headings of the first sheet that has some, and its rows that are not empty; raises ExchangeError."""
    sheet = next((sheet for sheet in read_sheets(path, HEADINGS) if sheet.headings), None)
    return ([], []) if sheet is None else (sheet.headings, sheet.rows)


def _know_columns(headings: Sequence[str], found: PeopleList) -> None:
    """Find the heading of each meaning; what is missing or double becomes a mistake, what is not used a note."""
    columns, named = found.columns, ", ".join(headings) or "-"
    for heading in filter(None, headings):
        known = meaning(heading, HEADINGS)
        if known is None:
            found.notes.append(Remark(1, heading, "unused_column", {}))
        elif known in columns:
            found.mistakes.append(Remark(1, heading, "two_columns", {"first": columns[known]}))
        else:
            columns[known] = heading
    if not {"email", "number"} & columns.keys():
        found.mistakes.append(Remark(1, "", "no_person_column", {"found": named}))
    if "team" not in columns:
        found.mistakes.append(Remark(1, "", "no_team_column", {"found": named}))


class _Teams:
    """The teams of an organisation, found by name whatever its capitals and spaces."""

    def __init__(self, units: Sequence[Unit]) -> None:
        names = {unit.id: unit.name for unit in units}
        self.teams = [(names[unit.parent_id or ""], unit) for unit in units if unit.kind == "team"]

    def find(self, location: str, team: str) -> Unit | tuple[str, dict[str, object]]:
        """The team, or what is wrong: the code of a mistake and its params."""
        if not location and "/" in team and not any(_same(team, unit.name) for _, unit in self.teams):
            location, team = (part.strip() for part in team.split("/", 1))
        here = [(where, unit) for where, unit in self.teams if not location or _same(where, location)]
        found = [unit for _, unit in here if _same(unit.name, team)]
        if len(found) == 1:
            return found[0]
        if found:
            places = ", ".join(where for where, unit in here if unit in found)
            return "team_in_several", {"team": team, "places": places}
        if not here:
            return "unknown_location", {"location": location} | _meant(location, [where for where, _ in self.teams])
        return "unknown_team", {"team": team} | _meant(team, [unit.name for _, unit in here])


def _same(one: str, other: str) -> bool:
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _meant(text: str, names: Sequence[str]) -> dict[str, object]:
    by_folded = {_folded(name): name for name in names}
    close = get_close_matches(_folded(text), by_folded, n=1) or sorted(by_folded)[:1]
    return {"meant": by_folded[close[0]] if close else "-"}


class _Reader:
    """Takes in the rows one by one."""

    def __init__(self, found: PeopleList, teams: _Teams) -> None:
        self.found, self.columns, self.teams = found, found.columns, teams
        self._seen: dict[str, Person] = {}

    def read(self, rows: Iterable[Row]) -> None:
        for row in rows:
            unit, wrong = self._team(row)
            wrong = [*self._mistakes(row), *wrong]
            self.found.mistakes.extend(wrong)
            if unit and not wrong:
                self._add(self._person(row, unit))

    def _cell(self, row: Row, name: str) -> str:
        return cleaned(row.cells.get(self.columns.get(name, ""), ""))

    def _mistakes(self, row: Row) -> Iterator[Remark]:
        email, number = self._cell(row, "email"), self._cell(row, "number")
        if not email and not number:
            yield self._remark(row, "email" if "email" in self.columns else "number", "nobody")
        if email and (len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email)):
            yield self._remark(row, "email", "bad_email", email=email)
        if number and SHORTENED.fullmatch(number):
            yield self._remark(row, "number", "shortened_number", number=number)
        elif number and (len(number) > LONGEST_NUMBER or not NUMBER.fullmatch(number)):
            yield self._remark(row, "number", "bad_number", number=number, limit=LONGEST_NUMBER)
        language = self._cell(row, "language")
        if language and language.casefold() not in LANGUAGE_NAMES:
            yield self._remark(row, "language", "bad_language", language=language)

    def _team(self, row: Row) -> tuple[Unit | None, list[Remark]]:
        team = self._cell(row, "team")
        found = self.teams.find(self._cell(row, "location"), team) if team else ("no_team", {})
        if isinstance(found, Unit):
            return found, []
        code, params = found
        return None, [self._remark(row, "location" if code == "unknown_location" else "team", code, **params)]

    def _remark(self, row: Row, column: str, code: str, **params: object) -> Remark:
        return Remark(row.number, self.columns.get(column, self.columns["team"]), code, params)

    def _person(self, row: Row, unit: Unit) -> Person:
        email, number = self._cell(row, "email").lower(), self._cell(row, "number").upper()
        language = LANGUAGE_NAMES.get(self._cell(row, "language").casefold(), LANGUAGES[0])
        return Person(row.number, email or None, number or None, unit.id, language)

    def _add(self, person: Person) -> None:
        """Take somebody in, unless she is in the list already; the same address for two people is a mistake."""
        same = [self._seen[key] for key in filter(None, (person.email, person.number)) if key in self._seen]
        for other in same[:1]:
            twice = all(same_person(person, one) and one.unit_id == person.unit_id for one in same)
            remarks, code = (self.found.notes, "twice") if twice else (self.found.mistakes, "two_of_one")
            column = "email" if person.email and person.email == other.email else "number"
            remarks.append(Remark(person.row, self.columns[column], code, {"row": other.row}))
        self._seen |= {key: person for key in (person.email, person.number) if key and key not in self._seen}
        if not same:
            self.found.people.append(person)
