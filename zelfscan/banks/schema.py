"""What a question bank is: the fields, their types and their limits, as frozen models.

The models say what a type can say: names, kinds of value, closed lists, shapes of ids. What needs the whole
bank to judge (references, translations, order) is checked by `zelfscan.banks.checks`. `zelfscan.banks.loader`
runs both, and is the way to get a bank.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    RootModel,
    StringConstraints,
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


AnswerValue = Annotated[int | str, PlainValidator(_answer_value)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_as_list)]
AnswerValues = Annotated[tuple[AnswerValue, ...], BeforeValidator(_as_list)]


class Part(BaseModel):
    """A part of a bank: frozen, and without fields that the schema does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(RootModel[dict[str, Words]]):
    """A text in one or more languages: a mapping of language code to words."""

    model_config = ConfigDict(frozen=True)

    def in_(self, language: str) -> str:
        """Return the text in `language`, or in Dutch when that translation is not there."""
        return self.root.get(language) or self.root["nl"]


class ScalePoint(Part):
    """One answer of a scale: a number, and what it means in words."""

    value: Whole
    label: Text


class Option(Part):
    """One answer of a choice: the value that is stored, and what the reader sees."""

    value: Words
    label: Text


class ShowIf(Part):
    """When a question is asked: one comparison with an earlier answer, or a group of conditions.

    A comparison has `question` and exactly one of the operators `is`, `is_not`, `at_least`, `at_most` and
    `answered`; a group has only `all` or only `any`. `zelfscan.banks.branching` says what each means.
    """

    question: Address | None = None
    is_: AnswerValues | None = Field(None, alias="is")
    is_not: AnswerValues | None = None
    at_least: Whole | None = None
    at_most: Whole | None = None
    answered: Truth | None = None
    all: tuple["ShowIf", ...] | None = None
    any: tuple["ShowIf", ...] | None = None

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
    theme: Id | None = None
    is_: AnswerValues | None = Field(None, alias="is")
    is_not: AnswerValues | None = None
    at_least: Whole | None = None
    at_most: Whole | None = None
    answered: Truth | None = None
    level: Ids | None = None
    all: tuple["When", ...] | None = None
    any: tuple["When", ...] | None = None

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
    skill: Id | None = None
    text: Text
    help: Text | None = None
    kind: Words
    scale: Id | None = None
    options: tuple[Option, ...] = ()
    correct: tuple[Words, ...] = ()
    minimum: Whole | None = None
    maximum: Whole | None = None
    facet: Facet | None = None
    reverse: Truth = False
    required: Whole | None = None
    basic: Truth = False
    functions: tuple[Id, ...] = ()
    show_if: ShowIf | None = None
    tip: Text | None = None
    materials: tuple[Id, ...] = ()


class Theme(Part):
    """A theme: a page of questions on one subject, which gets its own score and level."""

    id: Id
    title: Text
    intro: Text | None = None
    materials: tuple[Id, ...] = ()
    questions: tuple[Question, ...]


class Level(Part):
    """A level that a theme's score can reach, from the score `from_` (0 to 1) up to the next level's."""

    id: Id
    label: Text
    from_: Annotated[float, Strict()] = Field(alias="from", ge=0, le=1)


class OutcomeAdvice(Part):
    """What a rule can give: an advice, a route or a form of support."""

    id: Id
    title: Text
    text: Text
    materials: tuple[Id, ...] = ()
    link: Words | None = None


class Rule(Part):
    """A rule of the outcome: `gives` these advices `when` the condition holds; without a condition always."""

    when: When | None = None
    gives: Ids
    more: Truth = False


class BankOutcome(Part):
    """What a bank shows as its outcome, apart from levels and tips.

    The first of the `rules` that holds decides; one with `more` lets the rules after it be tried as well.
    """

    shows: Shows = "levels"
    advice: tuple[OutcomeAdvice, ...] = ()
    rules: tuple[Rule, ...] = ()
    dialogue: tuple[Text, ...] = ()


class Item(NamedTuple):
    """A question in its place: its address `theme.question`, the theme and the question itself."""

    address: str
    theme: Theme
    question: Question


class Bank(Part):
    """A question bank. Get one from `zelfscan.banks.loader`, which also checks what the types cannot say."""

    bank: Id
    title: Text
    intro: Text | None = None
    audience: Audience
    minutes: Whole = Field(gt=0)
    languages: tuple[Language, ...] = ("nl",)
    scales: dict[Id, tuple[ScalePoint, ...]] = Field(default_factory=dict)
    themes: tuple[Theme, ...]
    levels: tuple[Level, ...] = ()
    wants_help: Literal["question", "theme"] | None = None
    outcome: BankOutcome = BankOutcome()

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
    title: Text
    what: Text
    topic: Id
    stage: Stage
    form: Form
    minutes: Whole = Field(gt=0)
    result: Text
    link: Words | None = None


class MaterialList(Part):
    """The file of learning materials, `materials.yaml`."""

    languages: tuple[Language, ...] = ("nl",)
    materials: tuple[Material, ...]


class Skill(Part):
    """A skill of the library: one thing that a person can do, which fits a scale on which people rate themselves.

    `why` says what it matters for at work, `tip` what to do tomorrow; `sectors` and `functions` are where it occurs
    and who needs it.
    """

    id: Id
    text: Text
    why: Text
    tip: Text
    materials: tuple[Id, ...] = ()
    sectors: tuple[Sector, ...]
    functions: tuple[Function, ...]
    basic: Truth = False
    facet: Facet | None = None


class SkillList(Part):
    """A file of the skill library: the skills of one topic, `library/<topic>.yaml`."""

    topic: Id
    title: Text
    languages: tuple[Language, ...] = ("nl",)
    skills: tuple[Skill, ...]
