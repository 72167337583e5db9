"""What a question bank is: the fields, their types and their limits, as frozen models.

The models say what a type can say: names, kinds of value, closed lists, shapes of ids. What needs the whole
bank to judge (references, translations, order) is checked by `zelfscan.banks.checks`. `zelfscan.banks.loader`
runs both, and is the way to get a bank.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    RootModel,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.types import Strict
from pydantic_core import PydanticCustomError

ID_PATTERN = r"^[a-z][a-z0-9_-]*$"
ADDRESS_PATTERN = r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}$"

Value = int | str | list[str]
"""An answer: a whole number (scale, number), a word (one choice) or a list of words (several choices)."""

Answers = Mapping[str, Value | None]
"""Answers by address `theme.question`; no key: not answered; None: 'rather not say' or 'not applicable'."""

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Address = Annotated[str, StringConstraints(pattern=ADDRESS_PATTERN)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict()]

Audience = Literal["employee", "leader", "organisation", "client", "about_client", "colleagues"]
Facet = Literal["kennis", "motivatie", "houding", "zelfbeeld"]
Stage = Literal["beginner", "user", "expert"]
Form = Literal["step_card", "film", "game", "e_learning", "practice", "coach"]
Shows = Literal["levels", "route", "checklist", "profile"]
Sector = Literal["vvt", "ghz", "ggz", "ziekenhuis", "huisarts", "welzijn"]
Function = Literal[
    "huishoudelijk",
    "helpende",
    "verzorgende",
    "verpleegkundige",
    "begeleider",
    "behandelaar",
    "assistent",
    "ondersteuner",
    "leidinggevende",
]


def _answer_value(value: object) -> int | str:
    """Let through what an answer can be compared with: a whole number or a word, not a truth value."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PydanticCustomError("answer_value", "not a whole number or a text")


def _as_list(value: object) -> object:
    """Read a single value as a list of one, so that an author may write `is: 1` for `is: [1]`."""
    return value if value is None or isinstance(value, list | tuple) else [value]


ANSWER_VALUE: dict[str, Any] = {"type": ["integer", "string"]}
ONE_ID: dict[str, Any] = {"type": "string", "pattern": ID_PATTERN}


def one_or_more(one: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a value that may be written alone or as a list."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


AnswerValue = Annotated[int | str, PlainValidator(_answer_value), WithJsonSchema(ANSWER_VALUE)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_as_list), WithJsonSchema(one_or_more(ONE_ID))]
AnswerValues = Annotated[tuple[AnswerValue, ...], BeforeValidator(_as_list), WithJsonSchema(one_or_more(ANSWER_VALUE))]


class Part(BaseModel):
    """A part of a bank: frozen, and without fields that the schema does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Text(RootModel[dict[str, Words]]):
    """A text in one or more languages: a mapping of language code to words."""

    model_config = ConfigDict(frozen=True)

    def in_(self, language: str) -> str:
        """Return the text in `language`, or in Dutch when that translation is not there."""
        return self.root.get(language) or self.root["nl"]


class ScalePoint(Part):
    """One answer of a scale: a number, and what it means in words."""

    value: Whole
    """The number of the point, each once in a scale."""
    label: Text
    """What the reader sees."""


class Option(Part):
    """One answer of a choice: the value that is stored, and what the reader sees."""

    value: Words
    """What is stored, each once in a question."""
    label: Text
    """What the reader sees."""


class ShowIf(Part):
    """When a question is asked: one comparison with an earlier answer, or a group of conditions.

    A comparison has `question` and exactly one of the operators `is`, `is_not`, `at_least`, `at_most` and
    `answered`; a group has only `all` or only `any`. `zelfscan.banks.branching` says what each means.
    """

    question: Address | None = None
    """Address (`theme.question`) of a question that comes earlier."""
    is_: AnswerValues | None = Field(None, alias="is")
    """The answer is this value, or one of these."""
    is_not: AnswerValues | None = None
    """There is an answer, and it is none of these."""
    at_least: Whole | None = None
    """The answer is a number, this or higher."""
    at_most: Whole | None = None
    """The answer is a number, this or lower."""
    answered: Truth | None = None
    """True: there is an answer; false: there is none."""
    all: tuple["ShowIf", ...] | None = None
    """Each of these conditions holds."""
    any: tuple["ShowIf", ...] | None = None
    """At least one of these conditions holds."""

    @model_validator(mode="after")
    def _one_condition(self) -> "ShowIf":
        comparisons = (self.is_, self.is_not, self.at_least, self.at_most, self.answered)
        compared = sum(operand not in (None, ()) for operand in comparisons)
        grouped = sum(bool(group) for group in (self.all, self.any))
        asked = self.question is not None
        if (asked, compared, grouped) not in {(True, 1, 0), (False, 0, 1)}:
            raise PydanticCustomError("show_if_shape", "not one comparison and not one group")
        return self


class When(Part):
    """When a rule of the outcome holds: as `ShowIf`, and also a comparison with the level of a theme.

    A comparison with a theme has `theme` and either `level` (one of these) or `answered` (true: enough for a level).
    """

    question: Address | None = None
    """Address (`theme.question`) of a question."""
    theme: Id | None = None
    """Id of a theme, to compare its level."""
    is_: AnswerValues | None = Field(None, alias="is")
    """The answer is this value, or one of these."""
    is_not: AnswerValues | None = None
    """There is an answer, and it is none of these."""
    at_least: Whole | None = None
    """The answer is a number, this or higher."""
    at_most: Whole | None = None
    """The answer is a number, this or lower."""
    answered: Truth | None = None
    """True: there is an answer, or enough of them for a level; false: there is not."""
    level: Ids | None = None
    """The level of the theme is this one, or one of these."""
    all: tuple["When", ...] | None = None
    """Each of these conditions holds."""
    any: tuple["When", ...] | None = None
    """At least one of these conditions holds."""

    @model_validator(mode="after")
    def _one_condition(self) -> "When":
        comparisons = (self.is_, self.is_not, self.at_least, self.at_most)
        about = (
            self.question is not None,
            self.theme is not None,
            sum(operand not in (None, ()) for operand in comparisons),
            sum(operand not in (None, ()) for operand in (self.level, self.answered)),
            sum(bool(group) for group in (self.all, self.any)),
        )
        about_question = about[:2] == (True, False) and about[2:] in {(1, 0, 0), (0, 1, 0)} and self.level is None
        if not about_question and about not in {(False, True, 0, 1, 0), (False, False, 0, 0, 1)}:
            raise PydanticCustomError("when_shape", "not one comparison and not one group")
        return self


class Question(Part):
    """A question; its `kind` is a name in `zelfscan.banks.kinds.KINDS`, which says what fields go with it.

    A question with a `skill` was picked from the library, which filled in what the author left out.
    """

    id: Id
    """Once per theme; with a skill it may be left out."""
    skill: Id | None = None
    """Id of a skill of the library, which fills in what the question leaves out."""
    text: Text
    """The question or statement."""
    help: Text | None = None
    """An explanation below the question."""
    kind: Words
    """The kind of question."""
    scale: Id | None = None
    """Kind scale: id of one of the scales."""
    options: tuple[Option, ...] = ()
    """Kinds choice, choices and knowledge: the answers to choose from."""
    correct: tuple[Words, ...] = ()
    """Kind knowledge: the values of the right options."""
    minimum: Whole | None = None
    """Kind number: the lowest number."""
    maximum: Whole | None = None
    """Kind number: the highest number."""
    facet: Facet | None = None
    """The facet of the digitype that the question feeds."""
    reverse: Truth = False
    """True when agreeing is the low end."""
    required: Whole | None = None
    """Kind scale: the value that a function asks, in a bank that shows a profile."""
    basic: Truth = False
    """True when the question is part of the basic level."""
    functions: tuple[Id, ...] = ()
    """Ids of the function profiles that need this skill."""
    show_if: ShowIf | None = None
    """When the question is asked; always when left out."""
    tip: Text | None = None
    """Advice for who scores low."""
    materials: tuple[Id, ...] = ()
    """Ids of learning materials for this question."""


class Theme(Part):
    """A theme: a page of questions on one subject, which gets its own score and level."""

    id: Id
    """Once per bank."""
    title: Text
    """The name that readers see."""
    intro: Text | None = None
    """Shown above the questions."""
    materials: tuple[Id, ...] = ()
    """Ids of learning materials that fit the theme."""
    questions: tuple[Question, ...]
    """At least one."""


class Level(Part):
    """A level that a theme's score can reach, from the score `from_` (0 to 1) up to the next level's."""

    id: Id
    """Once per bank."""
    label: Text
    """The name that readers see."""
    from_: Annotated[float, Strict()] = Field(alias="from", ge=0, le=1)
    """The score (0 to 1) from which the level counts; 0 for the first."""


class OutcomeAdvice(Part):
    """What a rule can give: an advice, a route or a form of support."""

    id: Id
    """Once per bank."""
    title: Text
    """A few words."""
    text: Text
    """What it is, what it brings, what to do now."""
    materials: tuple[Id, ...] = ()
    """Ids of learning materials that go with it."""
    link: Words | None = None
    """An address of the closed list."""


class Rule(Part):
    """A rule of the outcome: `gives` these advices `when` the condition holds; without a condition always."""

    when: When | None = None
    """The condition; always when left out."""
    gives: Ids
    """Id of an advice, or a list of them."""
    more: Truth = False
    """True: the rules after this one are tried as well."""


class BankOutcome(Part):
    """What a bank shows as its outcome, apart from levels and tips.

    The first of the `rules` that holds decides; one with `more` lets the rules after it be tried as well.
    """

    shows: Shows = "levels"
    """What comes first in the outcome."""
    advice: tuple[OutcomeAdvice, ...] = ()
    """What rules can give."""
    rules: tuple[Rule, ...] = ()
    """In order; the first that holds decides."""
    dialogue: tuple[Text, ...] = ()
    """Questions to talk about, at the end of the outcome."""


class Item(NamedTuple):
    """A question in its place: its address `theme.question`, the theme and the question itself."""

    address: str
    theme: Theme
    question: Question


class Bank(Part):
    """A question bank. Get one from `zelfscan.banks.loader`, which also checks what the types cannot say."""

    bank: Id
    """Id of the bank; the name of the file without .yaml."""
    title: Text
    """The name that readers see."""
    intro: Text | None = None
    """Shown before the first question."""
    audience: Audience
    """Who answers."""
    minutes: Whole = Field(gt=0)
    """How long it takes."""
    languages: tuple[Language, ...] = ("nl",)
    """The languages of every text; nl is always one of them."""
    scales: dict[Id, tuple[ScalePoint, ...]] = Field(default_factory=dict)
    """The answer scales by id, each a list of points."""
    themes: tuple[Theme, ...]
    """At least one; each is a page of questions."""
    levels: tuple[Level, ...] = ()
    """The levels that the score of a theme can reach, from low to high."""
    wants_help: Literal["question", "theme"] | None = None
    """People can tick 'here I want help' per question or per theme."""
    outcome: BankOutcome = BankOutcome()
    """What the outcome shows beside levels and tips."""

    @cached_property
    def hash(self) -> str:
        """The version of the bank: SHA-256 (64 hex digits) of its content as canonical JSON.

        Layout, comments, the order of keys and writing out a default leave it as it is; any other change
        alters it.
        """
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The whole bank as canonical JSON, to be stored; `model_validate_json` reads it."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def items(self) -> tuple[Item, ...]:
        """Return every question with its address, in the order of the bank."""
        return tuple(self._by_address.values())

    def item(self, address: str) -> Item:
        """Return the question at `address` (`theme.question`).

        Raises:
            KeyError: the bank has no question there.
        """
        return self._by_address[address]

    @cached_property
    def branches(self) -> bool:
        """Whether answers decide which questions are asked."""
        return any(item.question.show_if is not None for item in self.items())

    @cached_property
    def _by_address(self) -> dict[str, Item]:
        return {
            f"{theme.id}.{question.id}": Item(f"{theme.id}.{question.id}", theme, question)
            for theme in self.themes
            for question in theme.questions
        }


class Material(Part):
    """A learning material: first of all a description of what to do, so that it works without its link.

    `stage` is for whom, `form` in what shape, `minutes` how long, `result` what one can do afterwards.
    """

    id: Id
    """Once per file."""
    title: Text
    """The name that readers see."""
    what: Text
    """The exercise, step by step; it works without the link."""
    topic: Id
    """Id of the subject."""
    stage: Stage
    """For whom."""
    form: Form
    """In what shape."""
    minutes: Whole = Field(gt=0)
    """How long it takes."""
    result: Text
    """What one can do afterwards."""
    link: Words | None = None
    """An address of the closed list."""


class MaterialList(Part):
    """The file of learning materials, `materials.yaml`."""

    languages: tuple[Language, ...] = ("nl",)
    """The languages of every text; nl is always one of them."""
    materials: tuple[Material, ...]
    """The learning materials."""


class Skill(Part):
    """A skill of the library: one thing that a person can do, which fits a scale on which people rate themselves.

    `why` says what it matters for at work, `tip` what to do tomorrow; `sectors` and `functions` are where it occurs
    and who needs it.
    """

    id: Id
    """Once in the whole library."""
    text: Text
    """One skill that can be seen: 'I can ...'."""
    why: Text
    """What it matters for at work, in one line."""
    tip: Text
    """One thing to do tomorrow at work."""
    materials: tuple[Id, ...] = ()
    """Ids of learning materials."""
    sectors: tuple[Sector, ...]
    """Where it occurs."""
    functions: tuple[Function, ...]
    """Who needs it."""
    basic: Truth = False
    """True when everybody should master it."""
    facet: Facet | None = None
    """The facet of the digitype that it tells of."""


class SkillList(Part):
    """A file of the skill library: the skills of one topic, `library/<topic>.yaml`."""

    topic: Id
    """Id of the topic; the name of the file without .yaml."""
    title: Text
    """The name of the topic."""
    languages: tuple[Language, ...] = ("nl",)
    """The languages of every text; nl is always one of them."""
    skills: tuple[Skill, ...]
    """At least one."""
