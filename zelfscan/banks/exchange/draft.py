"""What a questionnaire of another program says, in one form for all formats, before it becomes a bank."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from zelfscan.banks.exchange.expressions import Expression
from zelfscan.banks.exchange.report import Place

Texts = dict[str, str]
"""A text by language, as the source calls the language; an empty name: the source does not say which."""

Answer = Literal["one", "several", "yesno", "number"]
"""How a question is answered: one of the choices, several, yes or no, or a whole number."""


@dataclass
class Choice:
    """An answer to choose from; `number` is its place on a scale, where the source has one."""

    value: str
    label: Texts
    place: Place
    number: int | None = None


@dataclass
class Asked:
    """A question of the source.

    Args:
        name: what the source calls it, in conditions too.
        place: where it is.
        answer: how it is answered.
        text: the question.
        help: an explanation below it.
        choices: what can be chosen.
        list_name: what the source calls the list of choices.
        ordered: whether the source shows the choices as a scale.
        right: the values of the right choices, of a question that tests knowledge.
        minimum, maximum: the bounds of a number.
        condition: when it is asked; None: always.
        option_names: names under which conditions speak of one choice of several, with the value of that choice.
        values: the values of a yes and a no.
    """

    name: str
    place: Place
    answer: Answer
    text: Texts
    help: Texts = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    list_name: str = ""
    ordered: bool = False
    right: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    condition: Expression | None = None
    option_names: dict[str, str] = field(default_factory=dict)
    values: tuple[str, str] = ("yes", "no")


@dataclass
class Section:
    """A page or group of the source, which becomes a theme."""

    name: str
    place: Place
    title: Texts
    intro: Texts = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)


@dataclass
class Draft:
    """A questionnaire of the source.

    Args:
        name: its id in the source, or the name of the file.
        title: its title.
        languages: the languages of its texts, as the source calls them, the default first.
        sections: the groups or pages, in order.
        intro: the text before the first question.
        insertion: finds what is filled in in a text: the answer to another question; group 1 is its name.
        only_known_insertions: whether only the names of questions are filled in.
    """

    name: str
    title: Texts
    languages: list[str]
    sections: list[Section]
    intro: Texts = field(default_factory=dict)
    insertion: re.Pattern[str] | None = None
    only_known_insertions: bool = False

    def questions(self) -> Iterator[Asked]:
        """Yield every question, in order."""
        for section in self.sections:
            yield from section.questions


def add_line(text: Texts, more: Texts) -> None:
    """Put another paragraph below a text, in each language."""
    for language, words in more.items():
        text[language] = f"{text[language]}\n{words}" if text.get(language) else words


def whole(value: object) -> int | None:
    """Return a whole number that a file writes as such (`3`, `3.0`), or None."""
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,9})(?:\.0{1,9})?\s*", str(value))
    return int(found.group(1)) if found else None
