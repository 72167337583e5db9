"""What a file says of an organisation, as plain data: rows, mistakes, and what is worth knowing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from zelfscan.errors import ClearError
from zelfscan.organisations.importing.words import say
from zelfscan.organisations.models import ROLES

TEAM_LEADER, LOCATION_MANAGER, ORGANISATION_MANAGER = ROLES

Team = tuple[str, str]
"""Names of a location and of a team of it."""


class Role(NamedTuple):
    """A role of an account on a team, a location (`team` is empty) or the whole organisation (both are empty)."""

    email: str
    role: str
    location: str
    team: str


class Entry(NamedTuple):
    """A row as it was understood; what it does not tell is empty.

    Attributes:
        sheet: name of its sheet, empty when only one was read.
        columns: heading of each meaning, for remarks.
        lists_units: whether its sheet says which units there are, and not only who has a role on them.
    """

    sheet: str
    row: int
    columns: Mapping[str, str]
    lists_units: bool
    location: str = ""
    team: str = ""
    email: str = ""
    role: str = ""

    def remark(self, column: str, code: str, **params: object) -> "Remark":
        """Say something of a cell of this row."""
        return Remark(self.sheet, self.row, self.columns.get(column, ""), code, params)


class Remark(NamedTuple):
    """Something about a place in a file: a mistake, or what is worth knowing; `code` is a key of `words.yaml`."""

    sheet: str
    row: int
    column: str
    code: str
    params: Mapping[str, object]

    def text(self, language: str) -> str:
        """What, and for a mistake how to mend it."""
        shown = {"roles": ", ".join(say(role, language) for role in ROLES)} | dict(self.params)
        for name in ("role", "new"):
            shown |= {name: say(str(shown[name]), language)} if shown.get(name) in ROLES else {}
        if "meant" in shown:
            shown["meant"] = say("meant", language, name=shown["meant"]) if shown["meant"] else ""
        return say(self.code, language, **shown)

    def line(self, file: Path, language: str) -> str:
        """Return `file:row:column: what, and how to mend it`, with the sheet after the file when several were read."""
        parts = (str(file), self.sheet, str(self.row or ""), self.column)
        return f"{':'.join(filter(None, parts))}: {self.text(language)}"

    def to_dict(self, language: str) -> dict[str, Any]:
        """The remark for a program."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column}
        return {**place, "code": self.code, "text": self.text(language)}


class FileMistakes(ClearError):
    """A file with mistakes; nothing of it is used.

    Attributes:
        file: the file.
        mistakes: one or more, by place.
    """

    def __init__(self, file: Path, mistakes: Sequence[Remark]) -> None:
        self.file, self.mistakes = file, sorted(mistakes, key=lambda one: one[:4])
        super().__init__("\n".join(self.lines("en")))

    def lines(self, language: str) -> list[str]:
        """A line for each mistake."""
        return [mistake.line(self.file, language) for mistake in self.mistakes]


@dataclass
class Content:
    """What a file says: its rows, the organisation that it names (or none), mistakes, and what is worth knowing.

    Attributes:
        tells_roles: whether it has columns for people.
    """

    file: Path
    organisation: str = ""
    entries: list[Entry] = field(default_factory=list)
    mistakes: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    tells_roles: bool = False

    def require_right(self) -> None:
        """Raise FileMistakes with every mistake, if there is one."""
        if self.mistakes:
            raise FileMistakes(self.file, self.mistakes)
