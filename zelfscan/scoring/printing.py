"""One person's outcome as text for a terminal."""

from collections.abc import Iterator, Mapping

from zelfscan.banks.schema import Bank, Material
from zelfscan.digitypes.explaining import explanation
from zelfscan.digitypes.profiles import profiles
from zelfscan.digitypes.types import Digitype
from zelfscan.scoring.advice import Advice, NextStep, ThemeAdvice
from zelfscan.scoring.rules import Standing
from zelfscan.scoring.scores import BasicLevel, Scores, ThemeScore

WIDTH = 10
"""Characters of a bar that stands for a score of 1."""

WORDS = {
    "nl": {
        "answered": "{answered} van {asked} beantwoord",
        "too_few": "te weinig antwoorden voor een niveau",
        "knowledge": "kennisvragen: {share:.0%} goed ({count} beantwoord)",
        "tip": "tip: {tip}",
        "material": "oefenen: {title} ({minutes} min)",
        "basic": "Basisniveau: {mastered} van {total} vragen onder de knie ({answered} beantwoord)",
        "digitype": "Digitype",
        "digitype_clear": "{type} ({chance:.0%}); daarna {other} ({second:.0%})",
        "digitype_between": "tussen {type} ({chance:.0%}) en {other} ({second:.0%})",
        "digitype_too_few": "te weinig antwoorden voor een digitype",
        "own_test": "Dit is onze eigen test. Hij is niet van Vilans en niet wetenschappelijk getoetst.",
        "steps": "Volgende stappen",
        "given": "Advies",
        "there": "✓ {question}",
        "missing": "○ nog niet: {question}",
        "open": "– niet ingevuld: {question}",
        "dialogue": "Om over te praten",
    },
    "en": {
        "answered": "{answered} of {asked} answered",
        "too_few": "too few answers for a level",
        "knowledge": "knowledge questions: {share:.0%} right ({count} answered)",
        "tip": "tip: {tip}",
        "material": "practise: {title} ({minutes} min)",
        "basic": "Basic level: {mastered} of {total} questions mastered ({answered} answered)",
        "digitype": "Digitype",
        "digitype_clear": "{type} ({chance:.0%}); next {other} ({second:.0%})",
        "digitype_between": "between {type} ({chance:.0%}) and {other} ({second:.0%})",
        "digitype_too_few": "too few answers for a digitype",
        "own_test": "This is our own test. It is not that of Vilans, and it has not been validated scientifically.",
        "steps": "Next steps",
        "given": "Advice",
        "there": "✓ {question}",
        "missing": "○ not yet: {question}",
        "open": "– not answered: {question}",
        "dialogue": "To talk about",
    },
}


class Printer:
    """Writes an outcome in one language.

    Args:
        bank: the bank that was answered.
        materials: learning materials by id.
        language: `nl` or `en`.
    """

    def __init__(self, bank: Bank, materials: Mapping[str, Material], language: str) -> None:
        self._bank = bank
        self._materials = materials
        self._language = language

    def outcome(self, scores: Scores, advice: Advice, digitype: Digitype | None) -> str:
        """The whole outcome; `digitype` is None for a bank without questions on a facet."""
        return "\n".join(self._lines(scores, advice, digitype))

    def _lines(self, scores: Scores, advice: Advice, digitype: Digitype | None) -> Iterator[str]:
        yield self._bank.title.in_(self._language)
        for theme, help_ in zip(scores.themes, advice.themes, strict=True):
            yield ""
            yield from self._theme(theme, help_)
        if scores.basic is not None:
            yield from ("", self._basic(scores.basic))
        if digitype is not None:
            yield ""
            yield from self._digitype(digitype)
        if advice.next_steps:
            yield from ("", self._say("steps"))
            yield from map(self._step, advice.next_steps)
        yield from self._rest(advice)

    def _rest(self, advice: Advice) -> Iterator[str]:
        """What the rules gave, where someone stands in a profile or checklist, and what to talk about."""
        if advice.standings:
            yield ""
            yield from map(self._standing, advice.standings)
        if advice.given:
            yield from ("", self._say("given"))
            known = {one.id: one for one in self._bank.outcome.advice}
            yield from (f"  {known[name].title.in_(self._language)}" for name in advice.given)
        if self._bank.outcome.dialogue:
            yield from ("", self._say("dialogue"))
            yield from (f"  {text.in_(self._language)}" for text in self._bank.outcome.dialogue)

    def _standing(self, standing: Standing) -> str:
        question = self._bank.item(standing.question).question.text.in_(self._language)
        return self._say(standing.status, question=question)

    def _theme(self, theme: ThemeScore, help_: ThemeAdvice) -> Iterator[str]:
        title = next(each.title for each in self._bank.themes if each.id == theme.theme)
        yield title.in_(self._language)
        if theme.asked:
            count = self._say("answered", answered=theme.answered, asked=theme.asked)
            yield f"  {_bar(theme.score)}  {self._level(theme)} ({count})"
        if theme.knowledge is not None:
            yield "  " + self._say("knowledge", share=theme.knowledge, count=theme.knowledge_answered)
        for address in help_.tips:
            tip = self._bank.item(address).question.tip
            yield "  " + self._say("tip", tip=tip.in_(self._language) if tip else "")

    def _level(self, theme: ThemeScore) -> str:
        for level in self._bank.levels:
            if level.id == theme.level:
                return level.label.in_(self._language)
        return self._say("too_few") if self._bank.levels else ""

    def _basic(self, basic: BasicLevel) -> str:
        return self._say("basic", mastered=basic.mastered, total=basic.total, answered=basic.answered)

    def _digitype(self, digitype: Digitype) -> Iterator[str]:
        yield self._say("digitype")
        yield "  " + self._say(
            f"digitype_{digitype.verdict}",
            type=self._type(digitype.type),
            other=self._type(digitype.runner_up),
            chance=digitype.probabilities.get(digitype.type or "", 0),
            second=digitype.probabilities[digitype.runner_up],
        )
        for facet, mean in digitype.facets.items():
            yield f"  {_bar(mean)}  {profiles().facets[facet].name.in_(self._language)}"
        yield "  " + explanation(digitype, [self._bank], self._language)
        yield "  " + self._say("own_test")

    def _type(self, name: str | None) -> str:
        return profiles().types[name].name.in_(self._language) if name else ""

    def _step(self, step: NextStep) -> str:
        if step.material is not None:
            material = self._materials[step.material]
            title = material.title.in_(self._language)
            return "  " + self._say("material", title=title, minutes=material.minutes)
        tip = self._bank.item(step.question).question.tip
        return "  " + self._say("tip", tip=tip.in_(self._language) if tip else "")

    def _say(self, key: str, **values: object) -> str:
        return WORDS[self._language][key].format(**values)


def _bar(score: float | None) -> str:
    """A bar and a percentage, always as wide."""
    filled = round((score or 0) * WIDTH)
    share = "   -" if score is None else f"{score:4.0%}"
    return "█" * filled + "░" * (WIDTH - filled) + " " + share
