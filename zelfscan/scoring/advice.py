"""From scores to what helps: tips, learning materials that fit, and the next steps that bring most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, get_args

from zelfscan.banks.schema import Answers, Bank, Item, Material, Stage, Theme
from zelfscan.scoring.rules import Standing, given_advice, standings
from zelfscan.scoring.scores import Scores, scored_items

TIP_BELOW = 0.75
"""A question with this score or a higher one needs no tip."""

TIPS = 3
MATERIALS = 3
NEXT_STEPS = 3

BASIC_WEIGHT = 1.5
"""How much more a question of the basic level brings: everyone in the organisation should master it."""

STAGES: tuple[str, ...] = get_args(Stage)


@dataclass(frozen=True)
class ThemeAdvice:
    """What helps on one theme.

    Attributes:
        theme: id of the theme.
        tips: addresses of at most `TIPS` questions whose tip to show, weakest first.
        materials: ids of at most `MATERIALS` learning materials, best fitting stage first.
    """

    theme: str
    tips: tuple[str, ...]
    materials: tuple[str, ...]


@dataclass(frozen=True)
class NextStep:
    """One thing to learn next.

    Attributes:
        theme: id of the theme.
        question: address of the question that it is about.
        material: id of the learning material that fits best; None when there is only the question's tip.
        gain: 1 minus the score, times `BASIC_WEIGHT` for a question of the basic level.
    """

    theme: str
    question: str
    material: str | None
    gain: float


@dataclass(frozen=True)
class Advice:
    """Advice per theme, in the order of the bank, and at most `NEXT_STEPS` next steps, most gain first.

    Attributes:
        given: ids of what the rules of the bank give.
        standings: of the questions of a profile or checklist.
    """

    themes: tuple[ThemeAdvice, ...]
    next_steps: tuple[NextStep, ...]
    given: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: ids and numbers, no texts."""
        themes = [{"theme": t.theme, "tips": list(t.tips), "materials": list(t.materials)} for t in self.themes]
        return {
            "themes": themes,
            "next_steps": [dict(vars(step)) for step in self.next_steps],
            "given": list(self.given),
            "standings": {one.question: one.status for one in self.standings},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The advice that `to_dict` wrote; also before there were rules and standings.

        Raises:
            KeyError, TypeError: a part is missing or unknown.
        """
        return cls(
            themes=tuple(ThemeAdvice(t["theme"], tuple(t["tips"]), tuple(t["materials"])) for t in data["themes"]),
            next_steps=tuple(NextStep(**step) for step in data["next_steps"]),
            given=tuple(data.get("given", ())),
            standings=tuple(Standing(*one) for one in data.get("standings", {}).items()),
        )


def advise(bank: Bank, answers: Answers, scores: Scores, materials: Mapping[str, Material]) -> Advice:
    """Advice for one person.

    Args:
        bank: the bank.
        answers: `theme.question` -> value; None = skipped.
        scores: of the same answers (`zelfscan.scoring.scores.score`).
        materials: learning materials by id; a material that is not among them is left out.
    """
    weak = sorted(_weak_items(bank, answers), key=lambda one: one.score)
    themes: list[ThemeAdvice] = []
    steps: list[NextStep] = []
    for theme in bank.themes:
        mine = [one for one in weak if one.item.theme.id == theme.id]
        stage = stage_of(bank, scores.theme(theme.id).level)
        themes.append(_theme_advice(theme, mine, stage, materials))
        steps += _best_step(theme, mine, stage, materials)
    steps.sort(key=lambda step: -step.gain)
    return Advice(
        tuple(themes), tuple(steps[:NEXT_STEPS]), given_advice(bank, answers, scores), standings(bank, answers)
    )


def stage_of(bank: Bank, level: str | None) -> str:
    """The stage of materials that fits a level: the levels, low to high, spread evenly over the stages.

    Without a level (too few answers) it is the first stage.
    """
    levels = [each.id for each in bank.levels]
    return STAGES[levels.index(level) * len(STAGES) // len(levels)] if level in levels else STAGES[0]


class _Weak(NamedTuple):
    """A question with room to grow, and its score."""

    item: Item
    score: float

    @property
    def gain(self) -> float:
        return (1 - self.score) * (BASIC_WEIGHT if self.item.question.basic else 1.0)

    @property
    def materials(self) -> tuple[str, ...]:
        return self.item.question.materials


def _weak_items(bank: Bank, answers: Answers) -> Iterator[_Weak]:
    """Questions with room to grow; not those where someone has what her function or a checklist asks."""
    there = {one.question for one in standings(bank, answers) if one.status == "there"}
    for item, score in scored_items(bank, answers):
        if score is not None and score < TIP_BELOW and item.address not in there:
            yield _Weak(item, score)


def _theme_advice(theme: Theme, weak: Sequence[_Weak], stage: str, materials: Mapping[str, Material]) -> ThemeAdvice:
    tips = [one.item.address for one in weak if one.item.question.tip is not None]
    named = [id for one in weak for id in one.materials]
    fitting = _fitting([*named, *theme.materials], stage, materials)
    return ThemeAdvice(theme.id, tuple(tips[:TIPS]), tuple(fitting[:MATERIALS]))


def _best_step(
    theme: Theme, weak: Iterable[_Weak], stage: str, materials: Mapping[str, Material]
) -> Iterator[NextStep]:
    """The step of one theme that brings most; none when nothing in it can be learned from a tip or material."""
    for one in sorted(weak, key=lambda one: -one.gain):
        fitting = _fitting(one.materials, stage, materials) or _fitting(theme.materials, stage, materials)
        if fitting or one.item.question.tip is not None:
            yield NextStep(theme.id, one.item.address, fitting[0] if fitting else None, one.gain)
            return


def _fitting(ids: Iterable[str], stage: str, materials: Mapping[str, Material]) -> list[str]:
    """Known materials without doubles: nearest to the stage first, easier before harder."""
    known = dict.fromkeys(id for id in ids if id in materials)

    def distance(id: str) -> tuple[int, int]:
        gap = STAGES.index(materials[id].stage) - STAGES.index(stage)
        return abs(gap), gap

    return sorted(known, key=distance)
