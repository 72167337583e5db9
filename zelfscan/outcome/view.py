"""An outcome in words, ready for a page: the numbers of `Outcome`, the texts of the banks."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext

from zelfscan.banks.schema import Answers, Bank, Item, Material
from zelfscan.digitypes.explaining import explanation
from zelfscan.digitypes.facets import has_facets
from zelfscan.digitypes.profiles import TypeProfile, profiles
from zelfscan.digitypes.types import Digitype
from zelfscan.outcome.building import Outcome
from zelfscan.outcome.services import Kept
from zelfscan.privacy.disclosure import BallotContent
from zelfscan.rounds.backgrounds import Asks, titles_of
from zelfscan.rounds.measures import DIGITYPE, measures_of
from zelfscan.scoring.advice import Advice, NextStep, ThemeAdvice
from zelfscan.scoring.progress import progress
from zelfscan.scoring.scores import ThemeScore

T = TypeVar("T")

PULLS_SHOWN = 3
STEPS_SHOWN = 3


@dataclass(frozen=True)
class DigitypeView:
    """The digitype in words; `profile` and `neighbour` are None when there are too few answers."""

    verdict: str
    profile: TypeProfile | None
    neighbour: TypeProfile | None
    chances: tuple[tuple[str, int], ...]
    facets: tuple[tuple[str, int | None], ...]
    towards: tuple[str, ...]
    away: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class ThemeView:
    """One theme: percent 0 to 100, level in words, tips as (question, tip), materials, right answers of those asked."""

    title: str
    level: str | None
    percent: int | None
    answered: int
    asked: int
    right: int
    knowledge: int
    tips: tuple[tuple[str, str], ...]
    materials: tuple[Material, ...]


@dataclass(frozen=True)
class StepView:
    """One next step: theme, question, tip, and a learning material if there is one."""

    theme: str
    question: str
    tip: str | None
    material: Material | None


@dataclass(frozen=True)
class AdviceView:
    """What a rule of a bank gave."""

    title: str
    text: str
    link: str | None
    materials: tuple[Material, ...]


@dataclass(frozen=True)
class StandingView:
    """A question of a profile or checklist: 'there', 'missing' or 'open', with its tip where it is missing."""

    question: str
    status: str
    tip: str


@dataclass(frozen=True)
class ListView:
    """A theme of a profile or checklist."""

    title: str
    there: int
    standings: tuple[StandingView, ...]


@dataclass(frozen=True)
class OutcomeView:
    """An outcome in words.

    Attributes:
        digitype: None when no question was about it.
        routes: advice of the banks whose outcome is a route.
        advice: what the rules of the other banks gave.
        profile, checklist: per theme what a function or a list asks.
        steps: next steps.
        themes: levels, tips and materials.
        basic: mastered and answered questions of the basic level.
        dialogue: questions to talk about.
        help: questions and themes where help is wanted.
    """

    digitype: DigitypeView | None
    routes: tuple[AdviceView, ...]
    advice: tuple[AdviceView, ...]
    profile: tuple[ListView, ...]
    checklist: tuple[ListView, ...]
    steps: tuple[StepView, ...]
    themes: tuple[ThemeView, ...]
    basic: tuple[int, int] | None
    dialogue: tuple[str, ...]
    help: tuple[str, ...]


def outcome_view(
    outcome: Outcome,
    banks: Sequence[Bank],
    materials: Mapping[str, Material],
    help_wanted: Mapping[str, Sequence[str]],
    language: str,
) -> OutcomeView:
    """Put an outcome into words.

    Args:
        outcome: the outcome.
        banks: the bank versions that it was made from, in the same order.
        materials: learning materials by id; one that no longer exists is left out.
        help_wanted: per bank id the addresses of questions, or ids of themes, where help is wanted.
        language: 'nl' or 'en'.
    """
    themes = [
        _theme(bank, theme, advice, materials, language)
        for bank, scores, advice in zip(banks, outcome.scores, outcome.advice, strict=True)
        if bank.bank != DIGITYPE and bank.levels and bank.outcome.shows in ("levels", "route")
        for theme in scores.themes
        if theme.asked or theme.knowledge_answered
    ]
    given = [
        (bank, _given(bank, advice, materials, language)) for bank, advice in zip(banks, outcome.advice, strict=True)
    ]
    lists = [(bank, _lists(bank, advice, language)) for bank, advice in zip(banks, outcome.advice, strict=True)]
    steps = [_step(bank, step, materials, language) for bank, step in _best_steps(banks, outcome)]
    basics = [scores.basic for scores in outcome.scores if scores.basic and scores.basic.answered]
    basic = (sum(b.mastered for b in basics), sum(b.answered for b in basics)) if basics else None
    return OutcomeView(
        digitype=_digitype(outcome.digitype, banks, language) if has_facets(banks) else None,
        routes=_of(given, ("route",)),
        advice=_of(given, ("levels", "checklist", "profile")),
        profile=_of(lists, ("profile",)),
        checklist=_of(lists, ("checklist",)),
        steps=tuple(steps),
        themes=tuple(themes),
        basic=basic,
        dialogue=tuple(text.in_(language) for bank in banks for text in bank.outcome.dialogue),
        help=tuple(text for bank in banks for text in _help(bank, help_wanted.get(bank.bank, ()), language)),
    )


def _of(found: Iterable[tuple[Bank, Sequence[T]]], shows: Collection[str]) -> tuple[T, ...]:
    """What belongs to the banks that show one of these."""
    return tuple(one for bank, all_ in found if bank.outcome.shows in shows for one in all_)


def _given(bank: Bank, advice: Advice, materials: Mapping[str, Material], language: str) -> list[AdviceView]:
    known = {one.id: one for one in bank.outcome.advice}
    return [
        AdviceView(
            one.title.in_(language),
            one.text.in_(language),
            one.link,
            tuple(materials[id_] for id_ in one.materials if id_ in materials),
        )
        for one in (known[name] for name in advice.given)
    ]


def _lists(bank: Bank, advice: Advice, language: str) -> list[ListView]:
    found = [(bank.item(one.question), one.status) for one in advice.standings]
    return [
        ListView(
            theme.title.in_(language),
            sum(status == "there" for item, status in found if item.theme.id == theme.id),
            tuple(
                StandingView(*_standing(item, status, language)) for item, status in found if item.theme.id == theme.id
            ),
        )
        for theme in bank.themes
        if any(item.theme.id == theme.id for item, _ in found)
    ]


def _standing(item: Item, status: str, language: str) -> tuple[str, str, str]:
    question, tip = _tip(item, language)
    return question, status, tip if status == "missing" else ""


def _help(bank: Bank, places: Collection[str], language: str) -> Iterator[str]:
    """Titles of the themes, and the questions, where help is wanted, in the order of the bank."""
    yield from (theme.title.in_(language) for theme in bank.themes if theme.id in places)
    yield from (item.question.text.in_(language) for item in bank.items() if item.address in places)


def _best_steps(banks: Sequence[Bank], outcome: Outcome) -> list[tuple[Bank, NextStep]]:
    """The steps with the most gain over all banks; those of the digitype bank only when there are no others."""
    steps = [(b, step) for b, advice in zip(banks, outcome.advice, strict=True) for step in advice.next_steps]
    skills = [(bank, step) for bank, step in steps if bank.bank != DIGITYPE]
    return sorted(skills or steps, key=lambda found: -found[1].gain)[:STEPS_SHOWN]


def _digitype(digitype: Digitype, banks: Sequence[Bank], language: str) -> DigitypeView:
    words, known = profiles(), digitype.type is not None
    questions = {f"{bank.bank}:{item.address}": item for bank in banks for item in bank.items()}
    texts = [(questions[p.item].question.text.in_(language), p.weight) for p in digitype.pulls if p.item in questions]
    return DigitypeView(
        digitype.verdict,
        words.types[digitype.type] if digitype.type else None,
        words.types[digitype.runner_up] if known else None,
        tuple(
            (words.types[type_].name.in_(language), round(100 * chance))
            for type_, chance in digitype.probabilities.items()
        ),
        tuple(
            (words.facets[facet].name.in_(language), None if mean is None else round(100 * mean))
            for facet, mean in digitype.facets.items()
        ),
        tuple(text for text, weight in texts if weight > 0)[:PULLS_SHOWN],
        tuple(text for text, weight in texts if weight < 0)[:PULLS_SHOWN],
        explanation(digitype, banks, language),
    )


def _theme(
    bank: Bank, score: ThemeScore, advice: Advice, materials: Mapping[str, Material], language: str
) -> ThemeView:
    found = next((a for a in advice.themes if a.theme == score.theme), ThemeAdvice(score.theme, (), ()))
    return ThemeView(
        _title(bank, score.theme, language),
        level_label(bank, score.level, language),
        None if score.score is None or score.level is None else round(100 * score.score),
        score.answered,
        score.asked,
        round((score.knowledge or 0) * score.knowledge_answered),
        score.knowledge_answered,
        tuple(_tip(bank.item(address), language) for address in found.tips),
        tuple(materials[id_] for id_ in found.materials if id_ in materials),
    )


def _tip(item: Item, language: str) -> tuple[str, str]:
    tip = item.question.tip
    return item.question.text.in_(language), tip.in_(language) if tip else ""


def _step(bank: Bank, step: NextStep, materials: Mapping[str, Material], language: str) -> StepView:
    item = bank.item(step.question)
    question, tip = _tip(item, language)
    material = materials.get(step.material) if step.material else None
    return StepView(item.theme.title.in_(language), question, tip or None, material)


@dataclass(frozen=True)
class ProgressLine:
    """One theme then and now, percent 0 to 100, over the questions that both scans had."""

    theme: str
    before: int
    after: int
    questions: int


def progress_lines(
    then: Kept, old: Sequence[Bank], now: Kept, new: Sequence[Bank], language: str
) -> list[ProgressLine]:
    """Two outcomes of one person, per theme of the banks that both asked; not of banks about a client, who differs.

    Args:
        then: the earlier outcome; `old`: its bank versions.
        now: the later outcome; `new`: its bank versions.
    """
    before = {bank.bank: bank for bank in old}
    return [
        ProgressLine(_title(bank, one.theme, language), round(100 * one.before), round(100 * one.after), one.questions)
        for bank in new
        if bank.bank in before and bank.bank != DIGITYPE and bank.audience != "about_client"
        for one in progress(before[bank.bank], _given_to(then, bank), bank, _given_to(now, bank))
    ]


def _given_to(kept: Kept, bank: Bank) -> Answers:
    return kept.answers.get(bank.bank, {})


def _title(bank: Bank, theme: str, language: str) -> str:
    return next(one.title for one in bank.themes if one.id == theme).in_(language)


def level_label(bank: Bank, level: str | None, language: str) -> str | None:
    """Name of a level; None for 'too few answers'."""
    return next((found.label.in_(language) for found in bank.levels if found.id == level), None)


def ballot_lines(ballot: BallotContent, banks: Sequence[Bank], language: str) -> list[tuple[str, str]]:
    """What the organisation gets, line by line: (what, value)."""
    return [_ballot_line(measure.id, ballot.values[measure.id], banks, language) for measure in measures_of(banks)]


def _ballot_line(measure: str, value: str | None, banks: Sequence[Bank], language: str) -> tuple[str, str]:
    if measure != DIGITYPE:
        return _level_line(measure, value, banks, language)
    return gettext("Digitype"), profiles().types[value].name.in_(language) if value else _nothing()


def chosen_lines(round_: Asks, has_type: bool, language: str) -> list[tuple[str, str]]:
    """What the organisation gets of what she chooses on the same page: her background, and the type she names.

    Args:
        has_type: whether she was given a type.
    """
    asked = [title.capitalize() for title in titles_of(round_, language)]
    if has_type:
        asked.append(gettext("The type that you see yourself as"))
    return [(title, gettext("what you chose above, or nothing if you would rather not say")) for title in asked]


def _level_line(measure: str, level: str | None, banks: Sequence[Bank], language: str) -> tuple[str, str]:
    bank = next(bank for bank in banks if measure.startswith(f"{bank.bank}."))
    theme = next(theme for theme in bank.themes if theme.id == measure.split(".", 1)[1])
    return theme.title.in_(language), level_label(bank, level, language) or _nothing()


def _nothing() -> str:
    return gettext("nothing: too few answers")
