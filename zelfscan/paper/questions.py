"""The questions as they stand on paper: numbered through the bank, answers of one scale together in a table."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item, Theme
from zelfscan.paper.conditions import Conditions
from zelfscan.paper.points import takes_several
from zelfscan.paper.words import Say

WIDEST = 6
"""Most answers that fit beside each other in a table; more stand below each other."""


@dataclass(frozen=True)
class PaperQuestion:
    """One question in words.

    Attributes:
        number: from 1, through the whole bank.
        only_if: when it is asked; empty: always.
        answers: to choose from; empty: a number is written down.
        several: whether more than one answer can be ticked.
        bounds: which numbers can be written down; empty: any.
    """

    number: int
    text: str
    help: str
    only_if: str
    answers: tuple[str, ...]
    several: bool
    bounds: str


@dataclass(frozen=True)
class Block:
    """Questions that follow each other: a table with these `headers`, or without headers one by one."""

    headers: tuple[str, ...]
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class ThemeQuestions:
    """One theme to fill in."""

    title: str
    intro: str
    blocks: tuple[Block, ...]


class Questions:
    """Puts the questions of a bank on paper.

    Args:
        bank: the bank.
        say: the language.

    Attributes:
        numbers: number of each question by its address.
        conditions: conditions in words.
    """

    def __init__(self, bank: Bank, say: Say) -> None:
        self._bank = bank
        self._say = say
        self.numbers = {item.address: number for number, item in enumerate(bank.items(), start=1)}
        self.conditions = Conditions(bank, self.numbers, say)

    def themes(self) -> Iterator[ThemeQuestions]:
        """Every theme, in the order of the bank."""
        for theme in self._bank.themes:
            yield ThemeQuestions(self._say.text(theme.title), self._say.text(theme.intro), tuple(self._blocks(theme)))

    def answers(self, item: Item) -> tuple[str, ...]:
        """The answers of a question in words; none where a number is written down."""
        options = KINDS[item.question.kind].choices(item.question, self._bank) or ()
        return tuple(self._say.text(option.label) for option in options)

    def _blocks(self, theme: Theme) -> Iterator[Block]:
        items = [item for item in self._bank.items() if item.theme.id == theme.id]
        for headers, group in itertools.groupby(items, key=self._headers):
            yield Block(headers, tuple(map(self._question, group)))

    def _headers(self, item: Item) -> tuple[str, ...]:
        """Answers that do not belong to this question alone, and that fit in a table."""
        answers = () if item.question.options else self.answers(item)
        return answers if len(answers) <= WIDEST else ()

    def _question(self, item: Item) -> PaperQuestion:
        question = item.question
        condition = question.show_if
        return PaperQuestion(
            number=self.numbers[item.address],
            text=self._say.text(question.text),
            help=self._say.text(question.help),
            only_if=self._say("only_if", reason=self.conditions.words(condition)) if condition else "",
            answers=self.answers(item),
            several=takes_several(question),
            bounds=self._bounds(question.minimum, question.maximum),
        )

    def _bounds(self, low: int | None, high: int | None) -> str:
        if low is None and high is None:
            return ""
        key = "to" if low is None else "from" if high is None else "between"
        return self._say(key, low=low, high=high)
