"""What happened to a file on its way in: what was left out or changed, where, and why; and why it was refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from zelfscan.errors import ClearError

MAX_PLACES = 12
"""Places that one line of the report names; a program gets all of them."""

LONGEST_PARAM = 200
"""Characters of a param that a message shows."""

WEIGHTS = ("lost", "changed")
"""How much a finding weighs: something was left out, or something was read in a way that the author should check."""


class Place(NamedTuple):
    """A place in a file; which parts are filled depends on the format. Rows and lines count from 1."""

    sheet: str = ""
    row: int = 0
    column: str = ""
    line: int = 0
    pointer: str = ""

    def in_(self, language: str, rows: str = "", lines: str = "") -> str:
        """Return the place for people, in Dutch (`nl`) or else in English; empty: the file as a whole.

        Args:
            language: the language.
            rows, lines: what to show instead of the row or the line, where several places are alike.
        """
        words = _messages()["places"]
        shown = self._asdict() | {"row": rows or self.row, "line": lines or self.line}
        named = {name: value for name, value in shown.items() if value}
        parts = (words[name]["nl" if language == "nl" else "en"].format(one_line(str(v))) for name, v in named.items())
        return ", ".join(parts)


@dataclass(frozen=True)
class Finding:
    """One thing that was left out or changed; `code` is a key of `messages.yaml`."""

    place: Place
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def weight(self) -> str:
        """Return which of `WEIGHTS` it has."""
        return next(weight for weight in WEIGHTS if self.code in _messages()[weight])

    def text(self, language: str) -> str:
        """Return what was done and why, in Dutch (`nl`) or else in English."""
        return _filled(_messages()[self.weight][self.code], self.params, language)


class Report:
    """The findings about one file, in the order in which they were made."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, place: Place, code: str, **params: object) -> None:
        """Note a finding.

        Args:
            place: where in the source it is.
            code: a key of `messages.yaml` under `lost` or `changed`.
            params: the values in that message.
        """
        self.findings.append(Finding(place, code, params))

    def count(self, weight: str) -> int:
        """Return how many findings have this weight."""
        return sum(finding.weight == weight for finding in self.findings)

    def lines(self, language: str) -> Iterator[str]:
        """Yield the report to print: what was left out first, then what was changed, the same things together."""
        for weight in WEIGHTS:
            same: dict[str, list[Place]] = {}
            for finding in self.findings:
                if finding.weight == weight:
                    same.setdefault(finding.text(language), []).append(finding.place)
            if same:
                yield _filled(_messages()["headings"][weight], {"count": self.count(weight)}, language)
            for text, places in same.items():
                yield f"  {_listed(places, language)}{text}"


class ExchangeError(ClearError):
    """A file that cannot be imported, or a bank that cannot be exported as asked.

    Attributes:
        place: where in the file it is.
        code: a key of `messages.yaml` under `errors`.
        params: the values in that message.
    """

    def __init__(self, code: str, place: Place | None = None, **params: object) -> None:
        self.code, self.place, self.params = code, place or Place(), params
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """Return where it is, what is wrong and how to mend it, in Dutch (`nl`) or else in English."""
        place = self.place.in_(language)
        return (f"{place}: " if place else "") + _filled(_messages()["errors"][self.code], self.params, language)


def one_line(text: str) -> str:
    """Return a text from a file as one short line without control characters, safe for any terminal."""
    line = "".join(character for character in " ".join(text[: 4 * LONGEST_PARAM].split()) if character.isprintable())
    return line if len(line) <= LONGEST_PARAM else line[: LONGEST_PARAM - 1] + "…"


def phrase(code: str, language: str, **params: object) -> str:
    """Return a phrase of the commands, in Dutch (`nl`) or else in English."""
    return _filled(_messages()["phrases"][code], params, language)


@cache
def _messages() -> dict[str, dict[str, dict[str, str]]]:
    text = files(__package__).joinpath("messages.yaml").read_text(encoding="utf-8")
    content: dict[str, dict[str, dict[str, str]]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content


def _filled(message: Mapping[str, str], params: Mapping[str, object], language: str) -> str:
    shown = {name: one_line(_joined(value)) for name, value in params.items()}
    return message["nl" if language == "nl" else "en"].format_map(shown)


def _joined(value: object) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


def _listed(places: list[Place], language: str) -> str:
    """Return places for people, the rows or lines of one sheet and column together: `sheet survey, row 3, 5, 8`."""
    alike: dict[Place, list[str]] = {}
    for place in dict.fromkeys(places):
        number = place.row or place.line
        alike.setdefault(place._replace(row=bool(place.row), line=bool(place.line)), []).append(str(number))
    shown = []
    for place, numbers in alike.items():
        more = f" (+{len(numbers) - MAX_PLACES})" if len(numbers) > MAX_PLACES else ""
        listed = ", ".join(numbers[:MAX_PLACES]) + more
        row, line = listed if place.row else "", listed if place.line else ""
        shown.append(place.in_(language, row, line))
    few = "; ".join(filter(None, shown[:MAX_PLACES])) + (
        f"; +{len(shown) - MAX_PLACES}" if len(shown) > MAX_PLACES else ""
    )
    return f"{few}: " if few else ""
