"""The cube: everything published about a round and the rounds before it, as one JSON document for other programs.

docs/releases.md tells it field by field, docs/schemas/release-cube.schema.json for programs. It holds what dashboards
show to somebody and nothing else, so that whoever wants to can attack it. A file may come from anywhere: `read_cube`
finds every mistake in it, each with its place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from zelfscan.errors import ClearError
from zelfscan.privacy.release import MINIMUM, MINIMUM_DISTRIBUTION, Group, GroupKind, Release, Rules

FORMAT: Literal["zelfscan-release-cube"] = "zelfscan-release-cube"
VERSION: Literal[1] = 1
MOST_BYTES = 50_000_000
"""A cube of a thousand teams and ten rounds is half as large."""
MOST_PROBLEMS = 50
"""Mistakes that are told; a file with more is not a cube that somebody mistyped."""
MOST_PEOPLE = 10_000_000
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Words = Annotated[str, Strict(), Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""No control characters: words are shown on terminals."""
Number = Annotated[int, Strict(), Field(ge=0, le=MOST_PEOPLE)]


class Part(BaseModel):
    """A part of a cube: no field that is not described, and none that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CubeCell(Part):
    """How many people are in one of some categories."""

    categories: tuple[Words, ...] = Field(min_length=1)
    """Ids of one or more categories that are counted together, from low to high."""
    low: Number
    """At least so many people."""
    high: Number
    """At most so many people; the same as `low` where the number itself is published."""


class CubeTable(Part):
    """The counts of one measure in one group."""

    measure: Words
    """Id of the measure."""
    n: Number
    """People of the group with a value for this measure."""
    cells: tuple[CubeCell, ...] = Field(min_length=2)
    """All categories of the measure, each once: one per cell, or two halves."""


class CubeGroup(Part):
    """A set of people that is shown."""

    key: Words
    """Id of the unit; ends in `/other` for other teams together, and in `/background=answer` for a crossing."""
    name: Words | None = None
    """Name of the unit; only in an export with names."""
    kind: GroupKind
    """What the group is. `other`: small teams of one unit together. `crossing`: those of a unit with one background."""
    parent: Words | None = None
    """Key of the group around it, which stands before it; not for the organisation."""
    size: Number
    """People who took part."""
    members: tuple[Words, ...] = ()
    """Only for kind `other`: ids of the teams in it."""
    background: Words | None = None
    """Only for kind `crossing`: id of the background question."""
    answer: Words | None = None
    """Only for kind `crossing`: id of the answer that its people gave."""
    tables: tuple[CubeTable, ...] = ()
    """At most one per measure."""


class CubeCategory(Part):
    """A category of a measure."""

    id: Words
    """As cells name it."""
    label: dict[str, Words]
    """Its name per language, such as `nl`."""


class CubeMeasure(Part):
    """Something that is counted per group, such as the digitype or the level of a theme."""

    id: Words
    """As tables name it."""
    label: dict[str, Words]
    """Its name per language, such as `nl`."""
    categories: tuple[CubeCategory, ...] = Field(min_length=2)
    """From low to high."""


class CubeRules(Part):
    """How many people it takes, as settled when the round opened."""

    minimum: int = Field(ge=MINIMUM, le=MOST_PEOPLE, strict=True)
    """People in the smallest set that may be isolated."""
    minimum_distribution: int = Field(ge=MINIMUM_DISTRIBUTION, le=MOST_PEOPLE, strict=True)
    """People in the smallest set whose distribution over more than two categories may be known."""


class CubeTrend(Part):
    """What a round may be compared with."""

    round: Words
    """Key of an earlier round in this cube."""
    groups: dict[str, tuple[Words, ...]]
    """Per id of a measure the keys of the groups of which both tables may be laid beside each other."""


class CubeRound(Part):
    """Everything that is published about one round."""

    key: Words
    """Id of the round."""
    title: Words | None = None
    """Name of the round; only in an export with names."""
    closed: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    """Month of closing, such as `2026-11`."""
    rules: CubeRules
    """How many people it takes."""
    measures: tuple[CubeMeasure, ...]
    """What was counted."""
    groups: tuple[CubeGroup, ...]
    """What is shown, parents before children."""
    trends: tuple[CubeTrend, ...] = ()
    """The earlier rounds that it may be compared with, oldest first."""

    def release(self) -> Release:
        """The release, as the audit takes it; `hidden` is not published."""
        rows = (group.model_dump(exclude={"name"}) for group in self.groups)
        return Release(tuple(map(Group.from_dict, rows)), hidden=True)

    def settled_rules(self) -> Rules:
        """The rules, as the audit takes them."""
        return Rules.from_dict(self.rules.model_dump())


class Cube(Part):
    """Everything published about a round, the last one, and the rounds before it that share a measure with it."""

    format: Literal["zelfscan-release-cube"] = FORMAT
    """Says what this file is."""
    version: Literal[1] = VERSION
    """Version of the format."""
    rounds: tuple[CubeRound, ...] = Field(min_length=1)
    """Oldest first."""

    def to_json(self) -> str:
        """The document, to be written to a file."""
        content = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a cube (draft 2020-12). That numbers add up, `read_cube` checks alone."""
    schema = Cube.model_json_schema()
    schema["required"] = ["format", "version", "rounds"]
    return {"$schema": DIALECT} | schema


@dataclass(frozen=True)
class Problem:
    """One mistake in a cube.

    Attributes:
        place: the way to it, such as ``rounds[0].groups[3].size``; empty for the file as a whole.
        code: a key of `MESSAGES`.
        params: what its message names.
    """

    place: str
    code: str
    params: Mapping[str, object]

    def text(self, language: str) -> str:
        """What is wrong, after its place."""
        told = MESSAGES[language][self.code].format_map({name: _short(value) for name, value in self.params.items()})
        return f"{self.place}: {told}" if self.place else told


class CubeError(ClearError):
    """A file that is no cube, or a damaged one.

    Attributes:
        problems: at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines("en")))

    def lines(self, language: str) -> Iterator[str]:
        """Every mistake, and how to mend them."""
        yield from (problem.text(language) for problem in self.problems[:MOST_PROBLEMS])
        if len(self.problems) > MOST_PROBLEMS:
            yield MESSAGES[language]["more"].format(count=len(self.problems) - MOST_PROBLEMS)
        yield MESSAGES[language]["mend"]


def read_cube(data: bytes) -> Cube:
    """Read a cube, and check that it can be one.

    Raises:
        CubeError: it is none, or something in it is wrong; tells every mistake.
    """
    if len(data) > MOST_BYTES:
        raise _error("too_large", limit=MOST_BYTES // 1_000_000)
    content = _parsed(data)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _error("foreign", format=FORMAT)
    if content.get("version") != VERSION or isinstance(content["version"], bool):
        raise _error("version", found=content.get("version"), known=VERSION)
    try:
        cube = Cube.model_validate(content)
    except ValidationError as error:
        raise CubeError(map(_of_pydantic, error.errors(include_url=False))) from None
    if problems := list(_inconsistencies(cube)):
        raise CubeError(problems)
    return cube


def _error(code: str, **params: object) -> CubeError:
    return CubeError([Problem("", code, params)])


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise _error("not_json", line=error.lineno, column=error.colno) from None
    except UnicodeDecodeError as error:
        raise _error("not_text", byte=error.start) from None
    except RecursionError:
        raise _error("foreign", format=FORMAT) from None
    except ValueError:
        raise _error("long_number") from None


def _refuse(constant: str) -> NoReturn:
    raise _error("no_number", found=constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _error("field_twice", field=name)
    return found


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "int_type": "whole_number",
    "greater_than_equal": "too_low",
    "less_than_equal": "too_high",
    "literal_error": "choice",
}


def _of_pydantic(error: Any) -> Problem:
    params = {"found": error["input"], **error.get("ctx", {})}
    wrong_month = error["loc"][-1:] == ("closed",) and error["type"] == "string_pattern_mismatch"
    return Problem(_place(error["loc"]), "month" if wrong_month else _CODES.get(error["type"], "unfit"), params)


def _place(steps: Iterable[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{_short(step)}" for step in steps).removeprefix(".")


def _short(value: object) -> str:
    """A value from a file as one short line without control characters."""
    line = "".join(character for character in str(value) if character.isprintable())
    return line if len(line) <= 80 else line[:79] + "…"


# What types cannot say


def _inconsistencies(cube: Cube) -> Iterator[Problem]:
    keys = [round_.key for round_ in cube.rounds]
    for number, round_ in enumerate(cube.rounds):
        place = f"rounds[{number}]"
        if round_.key in keys[:number]:
            yield Problem(place, "round_twice", {"key": round_.key})
        yield from _of_measures(place, round_)
        yield from _of_groups(place, round_)
        yield from _of_sums(place, round_)
        yield from _of_trends(place, round_, cube.rounds[:number])


def _of_measures(place: str, round_: CubeRound) -> Iterator[Problem]:
    known: set[str] = set()
    for number, measure in enumerate(round_.measures):
        names = [category.id for category in measure.categories]
        if measure.id in known or len(set(names)) < len(names):
            yield Problem(f"{place}.measures[{number}]", "measure_twice", {"id": measure.id})
        known.add(measure.id)


def _of_groups(place: str, round_: CubeRound) -> Iterator[Problem]:
    categories = {measure.id: [category.id for category in measure.categories] for measure in round_.measures}
    known: dict[str, str] = {}
    for number, group in enumerate(round_.groups):
        here = f"{place}.groups[{number}]"
        yield from (Problem(here, code, {"key": group.key, "parent": group.parent}) for code in _misfits(group, known))
        known.setdefault(group.key, group.kind)
        measured = [table.measure for table in group.tables]
        for index, table in enumerate(group.tables):
            if table.measure in measured[:index]:
                yield Problem(f"{here}.tables[{index}]", "table_twice", {"measure": table.measure})
            yield from _of_table(f"{here}.tables[{index}]", table, group, categories)


def _misfits(group: CubeGroup, known: Mapping[str, str]) -> Iterator[str]:
    """Codes of what is wrong with a group, given the kinds of those before it."""
    if group.key in known:
        yield "group_twice"
    if (group.parent is None) != (group.kind == "organisation") or (group.parent is None and known):
        yield "root"
    elif group.parent is not None and known.get(group.parent) not in ("organisation", "location"):
        yield "no_parent"
    if bool(group.members) != (group.kind == "other"):
        yield "members"
    if {group.background is not None, group.answer is not None} != {group.kind == "crossing"}:
        yield "crossing"


def _of_table(
    place: str, table: CubeTable, group: CubeGroup, categories: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    names = [name for cell in table.cells for name in cell.categories]
    if table.measure not in categories:
        yield Problem(place, "unknown_measure", {"measure": table.measure})
    elif names != categories[table.measure] or len(table.cells) not in (2, len(names)):
        yield Problem(place, "categories", {"measure": table.measure})
    if table.n > group.size:
        yield Problem(f"{place}.n", "over_size", {"n": table.n, "size": group.size})
    for number, cell in enumerate(table.cells):
        if cell.low > cell.high or cell.high > table.n:
            yield Problem(f"{place}.cells[{number}]", "bounds", {"low": cell.low, "high": cell.high, "n": table.n})
    low, high = sum(cell.low for cell in table.cells), sum(cell.high for cell in table.cells)
    if not low <= table.n <= high:
        yield Problem(f"{place}.cells", "sum", {"low": low, "high": high, "n": table.n})


def _of_sums(place: str, round_: CubeRound) -> Iterator[Problem]:
    """The units in a group, and its crossings with one background, hold no more people than it does."""
    sizes = {group.key: group.size for group in round_.groups}
    held: Counter[tuple[str, str | None]] = Counter()
    for group in round_.groups:
        held[group.parent or "", group.background] += group.size
    for number, group in enumerate(round_.groups):
        most = max((people for (key, _), people in held.items() if key == group.key), default=0)
        if most > sizes[group.key]:
            yield Problem(f"{place}.groups[{number}].size", "over_parent", {"size": group.size, "held": most})


def _of_trends(place: str, round_: CubeRound, earlier: Sequence[CubeRound]) -> Iterator[Problem]:
    before = {other.key: other for other in earlier}
    for number, trend in enumerate(round_.trends):
        here = f"{place}.trends[{number}]"
        if trend.round not in before:
            yield Problem(here, "unknown_round", {"key": trend.round})
            continue
        for measure, keys in trend.groups.items():
            both = _with_table(round_, measure) & _with_table(before[trend.round], measure)
            missing = [key for key in keys if key not in both]
            yield from (Problem(f"{here}.groups", "no_table", {"key": key, "measure": measure}) for key in missing)


def _with_table(round_: CubeRound, measure: str) -> set[str]:
    return {group.key for group in round_.groups if any(table.measure == measure for table in group.tables)}


MESSAGES = {
    "en": {
        "too_large": "the file is larger than {limit} MB; no cube is",
        "foreign": "this is no cube: the field `format` has to be `{format}`",
        "version": "this is version {found} of the format, and this program reads version {known}; use a program of "
        "the version that made the file, or export the cube anew with this one",
        "not_json": "line {line}, column {column}: this is no JSON; the file is damaged or cut off",
        "not_text": "byte {byte}: this is no UTF-8 text; the file is damaged, or is something else",
        "long_number": "a number has thousands of digits; no cube has",
        "no_number": "{found} is no number; a cube holds whole numbers only",
        "field_twice": "field `{field}` stands twice in one object",
        "missing": "this field is missing",
        "unknown_field": "there is no such field",
        "whole_number": "{found} is not a whole number",
        "too_low": "{found} is less than {ge}",
        "too_high": "{found} is more than {le}",
        "choice": "{found} is none of {expected}",
        "month": "{found} is no month such as 2026-11",
        "unfit": "{found} cannot stand here",
        "round_twice": "round {key} stands twice",
        "measure_twice": "measure {id}, or a category of it, stands twice",
        "group_twice": "group {key} stands twice",
        "root": "group {key}: the organisation stands first, and only the organisation has no parent",
        "no_parent": "group {key}: its parent {parent} does not stand before it, or can hold no groups",
        "members": "group {key}: groups of kind `other` have members, and no others have",
        "crossing": "group {key}: groups of kind `crossing` have a background and an answer, and no others have",
        "table_twice": "group has two tables of measure {measure}",
        "unknown_measure": "measure {measure} is not among the measures of the round",
        "categories": "the cells do not hold every category of measure {measure} once and in order",
        "over_size": "{n} people have a value, but the group has {size}",
        "bounds": "from {low} to {high} of {n} people is impossible",
        "sum": "the cells add up to {low} to {high} people, but n is {n}",
        "over_parent": "the group has {size} people, but the groups in it have {held} together",
        "unknown_round": "round {key} does not stand before this one",
        "no_table": "group {key} has no table of measure {measure} in both rounds",
        "more": "and {count} more.",
        "mend": "Get the file anew from who made it (`zelfscan release export`), and do not edit it.",
    },
    "nl": {
        "too_large": "het bestand is groter dan {limit} MB; dat is geen enkele kubus",
        "foreign": "dit is geen kubus: het veld `format` moet `{format}` zijn",
        "version": "dit is versie {found} van het formaat; dit programma leest versie {known}. Gebruik een programma "
        "van de versie die het bestand maakte, of exporteer de kubus opnieuw met dit programma",
        "not_json": "regel {line}, kolom {column}: dit is geen JSON; het bestand is beschadigd of afgebroken",
        "not_text": "byte {byte}: dit is geen UTF-8-tekst; het bestand is beschadigd, of het is iets anders",
        "long_number": "een getal heeft duizenden cijfers; dat heeft geen enkele kubus",
        "no_number": "{found} is geen getal; in een kubus staan alleen hele getallen",
        "field_twice": "het veld `{field}` staat twee keer in één object",
        "missing": "dit veld ontbreekt",
        "unknown_field": "dit veld bestaat niet",
        "whole_number": "{found} is geen heel getal",
        "too_low": "{found} is minder dan {ge}",
        "too_high": "{found} is meer dan {le}",
        "choice": "{found} is niet een van {expected}",
        "month": "{found} is geen maand zoals 2026-11",
        "unfit": "{found} kan hier niet staan",
        "round_twice": "ronde {key} staat er twee keer in",
        "measure_twice": "maat {id}, of een categorie ervan, staat er twee keer in",
        "group_twice": "groep {key} staat er twee keer in",
        "root": "groep {key}: de organisatie staat vooraan, en alleen de organisatie heeft geen `parent`",
        "no_parent": "groep {key}: de groep {parent} waar deze in hoort staat er niet voor, of kan geen groepen hebben",
        "members": "groep {key}: een groep van de soort `other` heeft `members`, en andere groepen niet",
        "crossing": "groep {key}: een groep van de soort `crossing` heeft `background` en `answer`, en andere niet",
        "table_twice": "de groep heeft twee tabellen van maat {measure}",
        "unknown_measure": "maat {measure} staat niet bij de maten van de ronde",
        "categories": "de cellen hebben niet elke categorie van maat {measure} één keer en op volgorde",
        "over_size": "{n} mensen hebben een waarde, maar de groep heeft er {size}",
        "bounds": "van {low} tot {high} van de {n} mensen kan niet",
        "sum": "de cellen zijn samen {low} tot {high} mensen, maar n is {n}",
        "over_parent": "de groep heeft {size} mensen, maar de groepen erin hebben er samen {held}",
        "unknown_round": "ronde {key} staat niet voor deze ronde",
        "no_table": "groep {key} heeft niet in beide rondes een tabel van maat {measure}",
        "more": "en nog {count}.",
        "mend": "Vraag het bestand opnieuw aan wie het maakte (`zelfscan release export`), en verander er niets in.",
    },
}
