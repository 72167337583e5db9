"""From answers to a score and level per theme, and the basic level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS, SCORED_FIELDS
from zelfscan.banks.schema import Answers, Bank, Item, Question

MINIMUM_SHARE = 0.5
"""Share of a theme's self-rating questions that has to be answered for a level."""

MASTERED = 2 / 3
"""Score from which someone masters a question of the basic level: 3 on a scale from 0 to 4."""

TINY = 1e-9
"""Leeway for the rounding of sums, so that a mean of exactly 0.6 reaches a level that starts at 0.6."""


@dataclass(frozen=True)
class ThemeScore:
    """Where someone stands on one theme.

    Attributes:
        theme: id of the theme.
        score: mean of the answered self-rating questions, 0 to 1; None without any.
        answered: number of self-rating questions answered; a skipped one is not answered.
        asked: number of self-rating questions asked, that is, not hidden by branching.
        level: id of the level; None when too few are answered, or the bank has no levels.
        knowledge: mean of the answered knowledge questions, 0 to 1; None without any.
        knowledge_answered: number of knowledge questions answered.
    """

    theme: str
    score: float | None
    answered: int
    asked: int
    level: str | None
    knowledge: float | None
    knowledge_answered: int


@dataclass(frozen=True)
class BasicLevel:
    """The questions that everyone should master.

    Attributes:
        mastered: number with a score of at least `MASTERED`.
        answered: number answered.
        total: number asked.
        reached: True when all are mastered, False when one is answered and not mastered, None when the answers
            leave it open.
    """

    mastered: int
    answered: int
    total: int
    reached: bool | None


@dataclass(frozen=True)
class Scores:
    """What one person's answers to a bank come to.

    Attributes:
        bank: id of the bank.
        hash: version of the bank.
        themes: in the order of the bank.
        basic: None when the bank asks no question of the basic level.
    """

    bank: str
    hash: str
    themes: tuple[ThemeScore, ...]
    basic: BasicLevel | None

    def theme(self, id: str) -> ThemeScore:
        """The score of one theme.

        Raises:
            KeyError: there is no such theme.
        """
        for theme in self.themes:
            if theme.theme == id:
                return theme
        raise KeyError(id)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: ids and numbers, no texts."""
        basic = dict(vars(self.basic)) if self.basic else None
        return {"bank": self.bank, "hash": self.hash, "themes": [dict(vars(t)) for t in self.themes], "basic": basic}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The scores that `to_dict` wrote.

        Raises:
            KeyError, TypeError: a part is missing or unknown.
        """
        themes = tuple(ThemeScore(**theme) for theme in data["themes"])
        basic = None if data["basic"] is None else BasicLevel(**data["basic"])
        return cls(bank=data["bank"], hash=data["hash"], themes=themes, basic=basic)


class ScoredItem(NamedTuple):
    """A question that was asked and can be scored; `score` (0 to 1) is None when it was not answered."""

    item: Item
    score: float | None

    @property
    def rates_knowledge(self) -> bool:
        """Whether it tells what someone knows, rather than how she rates herself."""
        return KINDS[self.item.question.kind].rates_knowledge


def score(bank: Bank, answers: Answers) -> Scores:
    """Score the answers to a bank.

    Args:
        bank: the bank.
        answers: `theme.question` -> value; None = skipped. Each value is one that the question can have.
    """
    asked = scored_items(bank, answers)
    return Scores(
        bank=bank.bank,
        hash=bank.hash,
        themes=tuple(
            _theme_score(bank, theme.id, [one for one in asked if one.item.theme.id == theme.id])
            for theme in bank.themes
        ),
        basic=_basic_level([one for one in asked if one.item.question.basic]),
    )


def scored_items(bank: Bank, answers: Answers) -> list[ScoredItem]:
    """The questions that were asked and can be scored, in the order of the bank, with their scores."""
    items = (bank.item(address) for address in visible(bank, answers))
    return [ScoredItem(item, _score_of(item, bank, answers)) for item in items if can_be_scored(item.question)]


def can_be_scored(question: Question) -> bool:
    """Whether answers to a question have a score."""
    return KINDS[question.kind].fields >= SCORED_FIELDS


def level_of(bank: Bank, score: float) -> str | None:
    """Id of the level that a score from 0 to 1 reaches; None in a bank without levels."""
    reached = [level.id for level in bank.levels if score >= level.from_ - TINY]
    return reached[-1] if reached else None


def _score_of(item: Item, bank: Bank, answers: Answers) -> float | None:
    value = answers.get(item.address)
    return None if value is None else KINDS[item.question.kind].score(value, item.question, bank)


def _theme_score(bank: Bank, theme: str, asked: Sequence[ScoredItem]) -> ThemeScore:
    rated = [one.score for one in asked if not one.rates_knowledge]
    own, known = _answered(rated), _answered(one.score for one in asked if one.rates_knowledge)
    mean = _mean(own)
    enough = mean is not None and len(own) >= MINIMUM_SHARE * len(rated)
    return ThemeScore(
        theme=theme,
        score=mean,
        answered=len(own),
        asked=len(rated),
        level=level_of(bank, mean) if mean is not None and enough else None,
        knowledge=_mean(known),
        knowledge_answered=len(known),
    )


def _basic_level(asked: Sequence[ScoredItem]) -> BasicLevel | None:
    if not asked:
        return None
    answered = _answered(one.score for one in asked)
    mastered = sum(score >= MASTERED - TINY for score in answered)
    reached = True if mastered == len(asked) else False if mastered < len(answered) else None
    return BasicLevel(mastered=mastered, answered=len(answered), total=len(asked), reached=reached)


def _answered(scores: Iterable[float | None]) -> list[float]:
    return [score for score in scores if score is not None]


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None
