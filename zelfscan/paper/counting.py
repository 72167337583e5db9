"""The pages on which someone works out her own outcome: points, levels, basic level, digitype and right answers."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zelfscan.banks.schema import Bank, Item, Theme
from zelfscan.digitypes.classifier import MINIMUM_ANSWERS, MINIMUM_FACETS
from zelfscan.digitypes.facets import FACETS, facet_items
from zelfscan.digitypes.profiles import TypeProfile, profiles
from zelfscan.digitypes.types import TYPES
from zelfscan.paper.nearest import BandRow, TypeRule, band_rows
from zelfscan.paper.points import (
    LevelRow,
    Points,
    can_have_type,
    least_answered,
    level_rows,
    rates_knowledge,
    takes_several,
)
from zelfscan.paper.questions import Questions
from zelfscan.paper.words import Say
from zelfscan.scoring.scores import can_be_scored


@dataclass(frozen=True)
class PointsRow:
    """One question to count: the points of each answer under its header, in the order of the table."""

    number: int
    reverse: bool
    points: tuple[int, ...]


@dataclass(frozen=True)
class PointsTable:
    """Questions with the same answers."""

    headers: tuple[str, ...]
    rows: tuple[PointsRow, ...]


@dataclass(frozen=True)
class Least:
    """When this many questions were for someone, she has to answer at least `least` of them for a level."""

    asked: int
    least: int


@dataclass(frozen=True)
class ThemeCounting:
    """How one theme is counted.

    Attributes:
        numbers: the self-rating questions.
        knowledge: the knowledge questions, which are counted apart.
        most: points of the highest score of one question, in words.
        leasts: fewest answers for a level, one for each number of questions that can be asked.
        levels: which sum is which level; empty in a bank without levels.
    """

    title: str
    numbers: tuple[int, ...]
    knowledge: tuple[int, ...]
    most: str
    tables: tuple[PointsTable, ...]
    leasts: tuple[Least, ...]
    levels: tuple[LevelRow, ...]


@dataclass(frozen=True)
class BasicGroup:
    """Questions of the basic level that are mastered from the same number of points."""

    numbers: tuple[int, ...]
    least: int


@dataclass(frozen=True)
class BasicCounting:
    """The basic level; `some` when not all of its questions are for everyone."""

    groups: tuple[BasicGroup, ...]
    count: int
    some: bool


@dataclass(frozen=True)
class FacetCounting:
    """One facet: its name, its questions, and the distances of low, middle and high to each type."""

    name: str
    numbers: tuple[int, ...]
    distances: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class TypeCounting:
    """The digitype on paper.

    Attributes:
        bands: which sums are low, middle and high; every facet counts in the same points.
        answers, parts: fewest answers, and fewest facets with answers, for a digitype.
        knowledge: whether knowledge questions are part of a facet.
    """

    bands: tuple[BandRow, ...]
    facets: tuple[FacetCounting, ...]
    types: tuple[TypeProfile, ...]
    answers: int
    parts: int
    knowledge: bool


@dataclass(frozen=True)
class RightAnswer:
    """A knowledge question with its right answers and how its points are counted."""

    number: int
    text: str
    labels: tuple[str, ...]
    points: str


@dataclass(frozen=True)
class RightAnswers:
    """The knowledge questions of a theme, and the most points that they can give."""

    title: str
    answers: tuple[RightAnswer, ...]
    most: int


class Counting:
    """Puts the scoring of a bank on paper.

    Args:
        bank: the bank.
        questions: the questions on paper, with their numbers.
        say: the language.
    """

    def __init__(self, bank: Bank, questions: Questions, say: Say) -> None:
        self._bank = bank
        self._questions = questions
        self._say = say
        self.points = Points(bank)

    def themes(self) -> Iterator[ThemeCounting]:
        """Every theme with self-rating questions, in the order of the bank."""
        for theme in self._bank.themes:
            items = self._items(theme)
            own = [item for item in items if not rates_knowledge(item.question)]
            if own:
                yield self._theme(theme, own, [item for item in items if rates_knowledge(item.question)])

    def basic(self) -> BasicCounting | None:
        """The basic level; None in a bank without it."""
        items = [item for item in self._bank.items() if item.question.basic]
        if not items:
            return None
        groups: dict[int, list[Item]] = {}
        for item in items:
            groups.setdefault(self.points.mastered_from(item), []).append(item)
        return BasicCounting(
            groups=tuple(BasicGroup(self.numbers(members), least) for least, members in sorted(groups.items())),
            count=len(items),
            some=any(item.question.show_if for item in items),
        )

    def digitype(self, rule: TypeRule) -> TypeCounting | None:
        """The digitype; None in a bank that asks too little about the facets."""
        if not can_have_type(self._bank):
            return None
        groups = {facet: [item for item, name in facet_items(self._bank) if name == facet] for facet in FACETS}
        largest = max(groups.values(), key=len)
        return TypeCounting(
            bands=tuple(band_rows(self.points.most(largest[0]), range(1, len(largest) + 1))),
            facets=tuple(self._facet(facet, items, rule) for facet, items in groups.items() if items),
            types=tuple(profiles().types[name] for name in TYPES),
            answers=MINIMUM_ANSWERS,
            parts=MINIMUM_FACETS,
            knowledge=any(rates_knowledge(item.question) for item, _ in facet_items(self._bank)),
        )

    def right_answers(self) -> Iterator[RightAnswers]:
        """The right answers of every theme with knowledge questions."""
        for theme in self._bank.themes:
            items = [item for item in self._items(theme) if rates_knowledge(item.question)]
            if items:
                most = sum(self.points.most(item) for item in items)
                yield RightAnswers(self._say.text(theme.title), tuple(map(self._right, items)), most)

    def numbers(self, items: Iterable[Item]) -> tuple[int, ...]:
        """The numbers of questions on paper."""
        return tuple(self._questions.numbers[item.address] for item in items)

    def some_points(self, count: int) -> str:
        """A number of points in words."""
        return self._say("one_point") if count == 1 else self._say("some_points", count=count)

    def _items(self, theme: Theme) -> list[Item]:
        items = (item for item in self._bank.items() if item.theme.id == theme.id)
        return [item for item in items if can_be_scored(item.question)]

    def _theme(self, theme: Theme, own: Sequence[Item], knowledge: Sequence[Item]) -> ThemeCounting:
        most = self.points.most(own[0])
        leasts = tuple(_leasts(own))
        counts = range(leasts[0].least, len(own) + 1)
        return ThemeCounting(
            title=self._say.text(theme.title),
            numbers=self.numbers(own),
            knowledge=self.numbers(knowledge),
            most=self.some_points(most),
            tables=tuple(self._tables(own)),
            leasts=leasts,
            levels=tuple(level_rows(self._bank, most, counts)) if self._bank.levels else (),
        )

    def _tables(self, items: Sequence[Item]) -> Iterator[PointsTable]:
        for headers, group in itertools.groupby(items, key=self._questions.answers):
            yield PointsTable(headers, tuple(map(self._row, group)))

    def _row(self, item: Item) -> PointsRow:
        (number,) = self.numbers([item])
        points = tuple(choice.points for choice in self.points.choices(item))
        return PointsRow(number, item.question.reverse, points)

    def _facet(self, facet: str, items: Sequence[Item], rule: TypeRule) -> FacetCounting:
        return FacetCounting(
            name=self._say.text(profiles().facets[facet].name),
            numbers=self.numbers(items),
            distances=rule.distances[facet],
        )

    def _right(self, item: Item) -> RightAnswer:
        question = item.question
        labels = tuple(self._say.text(option.label) for option in question.options if option.value in question.correct)
        (number,) = self.numbers([item])
        return RightAnswer(number, self._say.text(question.text), labels, self._right_points(item))

    def _right_points(self, item: Item) -> str:
        if not takes_several(item.question):
            return self._say("right_points", points=self.some_points(self.points.most(item)))
        right, wrong = map(self.some_points, self.points.ticks(item))
        return self._say("right_several", right=right, wrong=wrong)


def _leasts(items: Sequence[Item]) -> Iterator[Least]:
    """Fewest answers for a level, from only the questions that everyone gets to all questions."""
    always = sum(item.question.show_if is None for item in items)
    for asked in range(max(1, always), len(items) + 1):
        yield Least(asked, least_answered(asked))
