"""Scores as whole points, so that an outcome can be worked out with a pen.

A score is a share from 0 to 1. Scores that are added up become points of the same `most`: the lowest common multiple of
their denominators, so that nothing is rounded and paper and screen agree.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, cast

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item, Option, Question, Value
from zelfscan.digitypes.classifier import MINIMUM_ANSWERS, MINIMUM_FACETS
from zelfscan.digitypes.facets import facet_items
from zelfscan.scoring.advice import TIP_BELOW
from zelfscan.scoring.scores import MASTERED, MINIMUM_SHARE, TINY, can_be_scored, level_of

FINEST = 10_000
"""Largest denominator that the score of one answer can have."""


class Range(NamedTuple):
    """Sums of points from `low` to `high`, both included."""

    low: int
    high: int


class LevelRow(NamedTuple):
    """Which sums reach which level when `answered` questions are answered.

    `ranges` has one entry per level of the bank; None: no sum gives that level.
    """

    answered: int
    ranges: tuple[Range | None, ...]


class ChoicePoints(NamedTuple):
    """One answer and its points."""

    option: Option
    points: int


class TickPoints(NamedTuple):
    """Where several right answers can be ticked: points that each right tick gives and each wrong one takes."""

    right: int
    wrong: int


class Points:
    """The points of every question of a bank that has a score.

    The self-ratings of a theme are added up, so they have one `most`; so have its knowledge questions. A bank with a
    digitype adds up questions of several themes, knowledge or not, so there everything has the same `most`.

    Args:
        bank: the bank.
    """

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._together = can_have_type(bank)
        groups: dict[object, list[Fraction]] = {}
        for item in bank.items():
            if can_be_scored(item.question):
                groups.setdefault(self._group(item), []).extend(_shares(item.question, bank))
        self._most = {group: math.lcm(*(share.denominator for share in shares)) for group, shares in groups.items()}

    def most(self, item: Item) -> int:
        """Points of the highest score of a question."""
        return self._most[self._group(item)]

    def choices(self, item: Item) -> tuple[ChoicePoints, ...]:
        """The points of each answer, where one answer can be ticked."""
        return tuple(
            ChoicePoints(option, int(_share(item.question, self._bank, option) * self.most(item)))
            for option in _options(item.question, self._bank)
        )

    def ticks(self, item: Item) -> TickPoints:
        """The points of a tick, where several can be ticked: the score of `Knowledge` is a sum of these, at least 0."""
        right, wrong = _tick_shares(item.question)
        return TickPoints(int(right * self.most(item)), int(wrong * self.most(item)))

    def mastered_from(self, item: Item) -> int:
        """Fewest points with which a question of the basic level is mastered."""
        most = self.most(item)
        return next(points for points in range(most + 1) if points / most >= MASTERED - TINY)

    def tip_until(self, item: Item) -> int:
        """Most points with which the tip of a question is still meant."""
        most = self.most(item)
        return max(points for points in range(most + 1) if points / most < TIP_BELOW)

    def _group(self, item: Item) -> object:
        """Questions of the same group are added up."""
        return None if self._together else (item.theme.id, rates_knowledge(item.question))


def can_have_type(bank: Bank) -> bool:
    """Whether a bank asks enough about the facets for a digitype."""
    facets = [facet for _, facet in facet_items(bank)]
    return len(facets) >= MINIMUM_ANSWERS and len(set(facets)) >= MINIMUM_FACETS


def rates_knowledge(question: Question) -> bool:
    """Whether a question tells what someone knows, rather than how she rates herself."""
    return KINDS[question.kind].rates_knowledge


def takes_several(question: Question) -> bool:
    """Whether several answers can be ticked."""
    return KINDS[question.kind].takes_several(question)


def least_answered(asked: int) -> int:
    """Fewest answers for a level when so many questions were asked, by `MINIMUM_SHARE`."""
    return max(1, math.ceil(MINIMUM_SHARE * asked))


def level_rows(bank: Bank, most: int, numbers: Iterable[int]) -> Iterator[LevelRow]:
    """Which sums reach which level, by the rules of `zelfscan.scoring.scores`.

    Args:
        bank: a bank with levels.
        most: points of the highest score of one question.
        numbers: of answered questions, one row for each.
    """
    for answered in numbers:
        reached = [level_of(bank, total / (answered * most)) for total in range(answered * most + 1)]
        yield LevelRow(answered, tuple(_where(reached, level.id) for level in bank.levels))


def _where(reached: Sequence[str | None], level: str) -> Range | None:
    """The sums that reach a level; they follow each other, because a higher sum never gives a lower level."""
    sums = [total for total, found in enumerate(reached) if found == level]
    return Range(sums[0], sums[-1]) if sums else None


def _options(question: Question, bank: Bank) -> tuple[Option, ...]:
    return KINDS[question.kind].choices(question, bank) or ()


def _shares(question: Question, bank: Bank) -> Iterator[Fraction]:
    if takes_several(question):
        yield from _tick_shares(question)
    else:
        yield from (_share(question, bank, option) for option in _options(question, bank))


def _share(question: Question, bank: Bank, option: Option) -> Fraction:
    kind = KINDS[question.kind]
    value: Value = kind.parse(option.value, question, bank)
    return Fraction(cast(float, kind.score(value, question, bank))).limit_denominator(FINEST)


def _tick_shares(question: Question) -> tuple[Fraction, Fraction]:
    wrong = len(question.options) - len(question.correct)
    return Fraction(1, len(question.correct)), Fraction(1, wrong)
