"""What helps, on paper: tips, exercises, the function profile, the rules of the outcome, questions to talk about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zelfscan.banks.schema import Bank, Item, Material, OutcomeAdvice, Rule, Theme
from zelfscan.paper.points import Points
from zelfscan.paper.questions import Questions
from zelfscan.paper.words import Say
from zelfscan.scoring.advice import STAGES
from zelfscan.scoring.scores import can_be_scored


@dataclass(frozen=True)
class Tip:
    """The tip of one question, and with how many points it is meant."""

    number: int
    points: str
    text: str


@dataclass(frozen=True)
class Exercise:
    """One learning material, numbered through the paper; `about` is its form, minutes and stage."""

    number: int
    title: str
    about: str
    what: str
    result: str
    link: str


@dataclass(frozen=True)
class ThemeHelp:
    """What helps with one theme.

    Attributes:
        points: with how many points the tips are meant, when that is the same for all of them; else empty.
        elsewhere: exercises that stand with another theme.
    """

    title: str
    points: str
    tips: tuple[Tip, ...]
    exercises: tuple[Exercise, ...]
    elsewhere: tuple[int, ...]


@dataclass(frozen=True)
class Requirement:
    """What a function asks at one question: the answers that are enough."""

    number: int
    text: str
    enough: str


@dataclass(frozen=True)
class GivenAdvice:
    """One advice in words, with the numbers of its exercises."""

    title: str
    text: str
    exercises: tuple[int, ...]
    link: str


@dataclass(frozen=True)
class PaperRule:
    """One rule of the outcome: when it holds, the numbers of the advice it gives, and whether to read on after it."""

    when: str
    gives: tuple[int, ...]
    more: bool


class Helping:
    """Puts on paper what a bank offers after the scores.

    Args:
        bank: the bank.
        questions: the questions on paper, with their numbers.
        points: the points of each question.
        materials: learning materials by id; one that is not among them is left out.
        say: the language.
    """

    def __init__(
        self, bank: Bank, questions: Questions, points: Points, materials: Mapping[str, Material], say: Say
    ) -> None:
        self._bank = bank
        self._questions = questions
        self._points = points
        self._materials = materials
        self._say = say
        self._exercises = {name: number for number, name in enumerate(self._used(), start=1)}

    def themes(self) -> Iterator[ThemeHelp]:
        """Tips and exercises of every theme that has any."""
        placed: set[str] = set()
        for theme in self._bank.themes:
            names = [name for name in _materials_of(theme) if name in self._materials]
            new = [name for name in names if name not in placed]
            placed.update(new)
            elsewhere = tuple(self._exercises[name] for name in names if name not in new)
            tips = tuple(self._tips(theme))
            if tips or names:
                points = tips[0].points if len({tip.points for tip in tips}) == 1 else ""
                yield ThemeHelp(self._say.text(theme.title), points, tips, self._in_stages(new), elsewhere)

    def more_exercises(self) -> tuple[Exercise, ...]:
        """Exercises that only an advice names."""
        named = {name for theme in self._bank.themes for name in _materials_of(theme)}
        return self._in_stages([name for name in self._exercises if name not in named])

    def requirements(self) -> Iterator[Requirement]:
        """What the function asks, for every question that says so."""
        for item in self._bank.items():
            if item.question.required is not None:
                text = self._say.text(item.question.text)
                yield Requirement(self._questions.numbers[item.address], text, self._enough(item))

    def rules(self) -> Iterator[PaperRule]:
        """The rules of the outcome, in their order."""
        numbers = {advice.id: number for number, advice in enumerate(self._bank.outcome.advice, start=1)}
        for rule in self._bank.outcome.rules:
            yield PaperRule(self._when(rule), tuple(numbers[name] for name in rule.gives), rule.more)

    def advice(self) -> tuple[GivenAdvice, ...]:
        """Every advice that the rules can give."""
        return tuple(self._advice(advice) for advice in self._bank.outcome.advice)

    def dialogue(self) -> tuple[str, ...]:
        """The questions to talk about."""
        return tuple(self._say.text(text) for text in self._bank.outcome.dialogue)

    def _used(self) -> Iterator[str]:
        """Ids of the materials in the order of the paper: per theme by stage, then what only an advice names."""
        seen: set[str] = set()
        groups = [_materials_of(theme) for theme in self._bank.themes]
        groups.append([name for advice in self._bank.outcome.advice for name in advice.materials])
        for names in groups:
            new = [name for name in dict.fromkeys(names) if name in self._materials and name not in seen]
            seen.update(new)
            yield from sorted(new, key=self._stage)

    def _in_stages(self, names: Sequence[str]) -> tuple[Exercise, ...]:
        return tuple(self._exercise(name) for name in sorted(names, key=self._stage))

    def _stage(self, name: str) -> int:
        return STAGES.index(self._materials[name].stage)

    def _exercise(self, name: str) -> Exercise:
        material, say = self._materials[name], self._say
        form, stage = say(f"form_{material.form}"), say(f"stage_{material.stage}")
        return Exercise(
            number=self._exercises[name],
            title=say.text(material.title),
            about=say("practice_about", form=form, minutes=material.minutes, stage=stage),
            what=say.text(material.what),
            result=say.text(material.result),
            link=material.link or "",
        )

    def _tips(self, theme: Theme) -> Iterator[Tip]:
        for item in self._bank.items():
            if item.theme.id == theme.id and item.question.tip is not None:
                text = self._say.text(item.question.tip)
                yield Tip(self._questions.numbers[item.address], self._tip_points(item), text)

    def _tip_points(self, item: Item) -> str:
        """With how many points the tip is meant; empty for a question without points."""
        if not can_be_scored(item.question):
            return ""
        most = self._points.tip_until(item)
        return self._say(("tip_zero", "tip_one")[most] if most < 2 else "tip_most", most=most)

    def _enough(self, item: Item) -> str:
        """What is required 'or further'; on a reversed question, where further is less, all answers that are enough."""
        choices = self._points.choices(item)
        needed = next(one.points for one in choices if one.option.value == str(item.question.required))
        enough = sorted((one for one in choices if one.points >= needed), key=lambda one: one.points)
        labels = [self._say.text(one.option.label) for one in enough]
        if item.question.reverse or len(labels) == 1:
            return self._say.quoted(labels)
        return self._say("profile_or", answer=self._say.quoted(labels[:1]))

    def _when(self, rule: Rule) -> str:
        if rule.when is None:
            return self._say("rule_always")
        return self._say("rule_if", reason=self._questions.conditions.words(rule.when))

    def _advice(self, advice: OutcomeAdvice) -> GivenAdvice:
        exercises = tuple(sorted(self._exercises[name] for name in advice.materials if name in self._exercises))
        return GivenAdvice(self._say.text(advice.title), self._say.text(advice.text), exercises, advice.link or "")


def _materials_of(theme: Theme) -> Iterable[str]:
    """Ids of the materials of a theme and of its questions, each once."""
    named = [name for question in theme.questions for name in question.materials]
    return dict.fromkeys([*theme.materials, *named])
