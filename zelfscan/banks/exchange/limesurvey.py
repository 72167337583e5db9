"""LimeSurvey in: groups, questions, subquestions and answers, whichever of its two files they come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from zelfscan.banks.exchange.cleaning import TAG
from zelfscan.banks.exchange.draft import Answer, Asked, Choice, Draft, Section, Texts, add_line, whole
from zelfscan.banks.exchange.expressions import EXPRESSION_SCRIPT, Expression, ExpressionError, both, parse
from zelfscan.banks.exchange.report import ExchangeError, Place, Report
from zelfscan.banks.exchange.tongues import code_of

INSERTION = re.compile(r"\{([^{}\n]{1,300})\}")
LISTS, SEVERAL, ARRAYS = frozenset("L!O"), frozenset("MP"), frozenset("FH")
TEXTS, WITH_COMMENT = frozenset("STUQ;"), frozenset("OP")
NAMES = {
    "D": "date",
    "R": "ranking",
    "|": "file upload",
    "I": "language switch",
    "1": "array (dual scale)",
    ":": "array (numbers)",
}
TOLD_ATTRIBUTES = (
    "array_filter",
    "array_filter_exclude",
    "exclude_all_others",
    "max_answers",
    "min_answers",
    "em_validation_q",
    "em_validation_sq",
    "random_order",
    "random_group",
    "prefix",
    "suffix",
)
"""Attributes that change what is asked; most of the others are about looks, and have a value in every export."""
BUILT_IN: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "G": (("F", {"nl": "Vrouw", "en": "Female"}), ("M", {"nl": "Man", "en": "Male"})),
    "C": (
        ("Y", {"nl": "Ja", "en": "Yes"}),
        ("U", {"nl": "Weet ik niet", "en": "Uncertain"}),
        ("N", {"nl": "Nee", "en": "No"}),
    ),
    "E": (
        ("D", {"nl": "Minder", "en": "Decrease"}),
        ("S", {"nl": "Hetzelfde", "en": "Same"}),
        ("I", {"nl": "Meer", "en": "Increase"}),
    ),
    "5": tuple((str(n), {"nl": str(n), "en": str(n)}) for n in range(1, 6)),
    "A": tuple((str(n), {"nl": str(n), "en": str(n)}) for n in range(1, 6)),
    "B": tuple((str(n), {"nl": str(n), "en": str(n)}) for n in range(1, 11)),
}
"""The answers that LimeSurvey itself puts with a type of question."""
COUNTED = frozenset("5ABE")


@dataclass
class Item:
    """A question, a subquestion or an answer.

    `number` is the assessment value of an answer; `also` are other names by which conditions call a question.
    """

    code: str
    place: Place
    type: str = ""
    texts: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    relevance: str = ""
    mandatory: bool = False
    other: bool = False
    validation: str = ""
    number: int | None = None
    scale: str = "0"
    attributes: dict[str, str] = field(default_factory=dict)
    subquestions: list["Item"] = field(default_factory=list)
    answers: list["Item"] = field(default_factory=list)


@dataclass
class Group:
    """A group of questions."""

    place: Place
    title: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    relevance: str = ""
    questions: list[Item] = field(default_factory=list)


@dataclass
class Survey:
    """A whole survey; `languages` has the base language first."""

    languages: list[str] = field(default_factory=list)
    title: Texts = field(default_factory=dict)
    welcome: Texts = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)


def as_draft(name: str, survey: Survey, report: Report) -> Draft:
    """Return a survey as a questionnaire.

    Args:
        name: what to call it.
        survey: the survey.
        report: gets what is not carried over.

    Raises:
        ExchangeError: it has no groups.
    """
    if not survey.groups:
        raise ExchangeError("not_limesurvey")
    sections = [
        _section(group, number, survey.languages, report) for number, group in enumerate(survey.groups, start=1)
    ]
    return Draft(name, survey.title, survey.languages, sections, survey.welcome, INSERTION)


def _section(group: Group, number: int, languages: list[str], report: Report) -> Section:
    title = next(filter(None, group.title.values()), "")
    section = Section(
        TAG.sub("", title).strip() or f"groep-{number}", group.place, group.title, dict(group.description)
    )
    condition = _condition(group.relevance, group.place, report)
    for question in group.questions:
        found = _Question(question, languages, report).asked(section)
        own = _condition(question.relevance, question.place, report) if found else None
        for asked in found:
            asked.condition = both(condition, own)
        section.questions += found
    return section


def _condition(relevance: str, place: Place, report: Report) -> Expression | None:
    text = relevance.strip()
    if text in ("", "1"):
        return None
    try:
        return parse(text, EXPRESSION_SCRIPT)
    except ExpressionError as error:
        report.add(place, "condition", condition=text, part=error)
        return None


class _Question:
    """A question of LimeSurvey, which becomes one question, or one per subquestion, or none."""

    def __init__(self, item: Item, languages: list[str], report: Report) -> None:
        self._item, self._languages, self._report = item, languages, report

    def asked(self, section: Section) -> list[Asked]:
        """Return what it becomes; a text without a question goes into the section."""
        item = self._item
        if item.attributes.get("hidden") == "1" or item.type == "*":
            self._report.add(item.place, "calculated", name=item.code)
            return []
        if item.type == "X":
            return self._display(section)
        found = self._by_type()
        if found:
            self._left_out()
        return found

    def _display(self, section: Section) -> list[Asked]:
        if section.questions:
            self._report.add(self._item.place, "note")
        else:
            add_line(section.intro, self._item.texts)
        return []

    def _by_type(self) -> list[Asked]:
        item = self._item
        if item.type == "Y":
            asked = self._one(item, "yesno")
            asked.values = ("Y", "N")
            return [asked]
        if item.type in LISTS:
            return [self._chosen(self._one(item, "one"), item.answers, ordered=False)]
        if item.type in SEVERAL:
            return [self._several()]
        if item.type in ARRAYS:
            return [self._chosen(self._row(row), item.answers, ordered=True) for row in item.subquestions]
        if item.type in BUILT_IN:
            return self._built_in()
        if item.type in "NK":
            return [self._number(asked) for asked in self._numbers()]
        code = "free_text" if item.type in TEXTS else "no_counterpart"
        self._report.add(item.place, code, name=item.code, type=NAMES.get(item.type, item.type))
        return []

    def _one(self, item: Item, answer: Answer) -> Asked:
        return Asked(item.code, item.place, answer, item.texts, item.help, list_name=self._item.code)

    def _row(self, row: Item, answer: Answer = "one") -> Asked:
        """Return a row of an array as a question; what the array asks is the explanation below it."""
        code = f"{self._item.code}_{row.code}"
        return Asked(code, row.place, answer, row.texts, dict(self._item.texts), list_name=self._item.code)

    def _chosen(self, asked: Asked, answers: list[Item], ordered: bool) -> Asked:
        first = [answer for answer in answers if answer.scale in ("", "0")]
        numbers = [answer.number for answer in first]
        counts = len(set(numbers)) == len(numbers) and None not in numbers
        asked.choices = [Choice(one.code, one.texts, one.place, one.number if counts else None) for one in first]
        asked.ordered = ordered
        return asked

    def _several(self) -> Asked:
        asked = self._one(self._item, "several")
        asked.choices = [Choice(row.code, row.texts, row.place) for row in self._item.subquestions]
        asked.option_names = {f"{self._item.code}_{row.code}": row.code for row in self._item.subquestions}
        return asked

    def _built_in(self) -> list[Asked]:
        item = self._item
        self._report.add(item.place, "built_in")
        rows = [self._row(row) for row in item.subquestions] if item.type in "ABCE" else [self._one(item, "one")]
        for asked in rows:
            asked.choices = [Choice(value, self._worded(label), item.place) for value, label in BUILT_IN[item.type]]
            asked.ordered = item.type in COUNTED
        return rows

    def _worded(self, label: Mapping[str, str]) -> Texts:
        return {language: label.get(code_of(language) or "", label["en"]) for language in self._languages}

    def _numbers(self) -> list[Asked]:
        if self._item.type == "K":
            return [self._row(row, "number") for row in self._item.subquestions]
        return [self._one(self._item, "number")]

    def _number(self, asked: Asked) -> Asked:
        attributes = self._item.attributes
        asked.minimum = whole(attributes.get("min_num_value_n", ""))
        asked.maximum = whole(attributes.get("max_num_value_n", ""))
        if attributes.get("num_value_int_only") != "1":
            self._report.add(asked.place, "whole_numbers")
        return asked

    def _left_out(self) -> None:
        item = self._item
        if item.mandatory:
            self._report.add(item.place, "required")
        if item.other:
            self._report.add(item.place, "other_option")
        if item.type in WITH_COMMENT:
            self._report.add(item.place, "comment")
        told = {name: item.attributes.get(name, "") for name in TOLD_ATTRIBUTES} | {"validation": item.validation}
        for name, value in told.items():
            if value not in ("", "0", "N"):
                self._report.add(item.place, "column", column=name)
