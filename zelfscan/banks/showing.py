"""A bank, or skills of the library, as lines to read on a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, BankOutcome, Part, Question, Rule, Skill, Text, Theme

WORDS = {
    "nl": {
        "bank": "{title} ({id})\nvoor: {audience} · {minutes} min · {questions} vragen · talen: {languages}",
        "theme": "{title} ({id}) · {questions} vragen",
        "levels": "Niveaus: {levels}",
        "wants_help": "Hier wil ik hulp: per {place}",
        "outcome": "Uitkomst ({shows})",
        "show_if": "alleen als: {condition}",
        "required": "de functie vraagt: {value}",
        "bounds": "van {low} tot {high}",
        "help": "uitleg: {text}",
        "tip": "tip: {text}",
        "skill": "uit de bibliotheek: {skill}",
        "materials": "leermiddelen: {materials}",
        "rule": "als {condition}: {gives}",
        "always": "anders: {gives}",
        "more": " (en kijk verder)",
        "dialogue": "Om over te praten: {text}",
        "none_found": "Geen vaardigheid gevonden. Zoek met minder of andere woorden.",
    },
    "en": {
        "bank": "{title} ({id})\nfor: {audience} · {minutes} min · {questions} questions · languages: {languages}",
        "theme": "{title} ({id}) · {questions} questions",
        "levels": "Levels: {levels}",
        "wants_help": "Here I want help: per {place}",
        "outcome": "Outcome ({shows})",
        "show_if": "only if: {condition}",
        "required": "the function asks: {value}",
        "bounds": "from {low} to {high}",
        "help": "help: {text}",
        "tip": "tip: {text}",
        "skill": "from the library: {skill}",
        "materials": "materials: {materials}",
        "rule": "if {condition}: {gives}",
        "always": "else: {gives}",
        "more": " (and go on)",
        "dialogue": "To talk about: {text}",
        "none_found": "No skill found. Search with fewer or other words.",
    },
}
MARKED = ("basic", "reverse", "show_if")


def bank_lines(bank: Bank, language: str) -> Iterator[str]:
    """Yield everything that a bank says, for an author who reads it through; conditions as they are written."""
    yield WORDS[language]["bank"].format(
        title=bank.title.in_(language),
        id=bank.bank,
        audience=bank.audience,
        minutes=bank.minutes,
        questions=len(bank.items()),
        languages=", ".join(bank.languages),
    )
    yield f"hash: {bank.hash}"
    for theme in bank.themes:
        yield from _theme_lines(theme, bank, language)
    yield from _levels(bank, language)
    yield from _outcome(bank.outcome, language)


def skill_lines(skills: Iterable[Skill], words: Sequence[str], language: str) -> Iterator[str]:
    """Yield the id and text of each skill that has all `words` in its texts; or that there is none."""
    wanted = [word.lower() for word in words]
    found = [skill for skill in skills if all(word in _all_words(skill) for word in wanted)]
    yield from (f"{skill.id}: {skill.text.in_(language)}" for skill in found)
    if not found:
        yield WORDS[language]["none_found"]


def _all_words(skill: Skill) -> str:
    texts = (skill.text, skill.why, skill.tip)
    return " ".join([skill.id, *(words for text in texts for words in text.root.values())]).lower()


def _theme_lines(theme: Theme, bank: Bank, language: str) -> Iterator[str]:
    yield ""
    title = theme.title.in_(language)
    yield WORDS[language]["theme"].format(title=title, id=theme.id, questions=len(theme.questions))
    if theme.intro:
        yield f"  {theme.intro.in_(language)}"
    for question in theme.questions:
        yield f"  {theme.id}.{question.id} [{' '.join(_marks(question))}] {question.text.in_(language)}"
        for option in KINDS[question.kind].choices(question, bank) or ():
            right = " ✓" if option.value in question.correct else ""
            yield f"      {option.value}: {option.label.in_(language)}{right}"
        yield from (f"      {line}" for line in _details(question, language))
    if theme.materials:
        yield "  " + WORDS[language]["materials"].format(materials=", ".join(theme.materials))


def _marks(question: Question) -> Iterator[str]:
    yield question.kind
    if question.facet is not None:
        yield question.facet
    yield from (name for name in MARKED if getattr(question, name))


def _details(question: Question, language: str) -> Iterator[str]:
    words = WORDS[language]
    if question.minimum is not None or question.maximum is not None:
        yield words["bounds"].format(low=_or_dots(question.minimum), high=_or_dots(question.maximum))
    if question.show_if:
        yield words["show_if"].format(condition=_written(question.show_if))
    if question.required is not None:
        yield words["required"].format(value=question.required)
    yield from _texts(question, language)
    if question.materials:
        yield words["materials"].format(materials=", ".join(question.materials))
    if question.skill:
        yield words["skill"].format(skill=question.skill)


def _texts(question: Question, language: str) -> Iterator[str]:
    texts: dict[str, Text | None] = {"help": question.help, "tip": question.tip}
    yield from (WORDS[language][name].format(text=text.in_(language)) for name, text in texts.items() if text)


def _levels(bank: Bank, language: str) -> Iterator[str]:
    if bank.levels:
        levels = ", ".join(f"{level.label.in_(language)} ({level.id}, {level.from_:g})" for level in bank.levels)
        yield from ("", WORDS[language]["levels"].format(levels=levels))
    if bank.wants_help:
        yield WORDS[language]["wants_help"].format(place=bank.wants_help)


def _outcome(outcome: BankOutcome, language: str) -> Iterator[str]:
    if outcome == BankOutcome():
        return
    yield from ("", WORDS[language]["outcome"].format(shows=outcome.shows))
    for advice in outcome.advice:
        yield f"  {advice.id}: {advice.title.in_(language)}. {advice.text.in_(language)}"
    yield from (f"  {_rule(rule, language)}" for rule in outcome.rules)
    yield from ("  " + WORDS[language]["dialogue"].format(text=text.in_(language)) for text in outcome.dialogue)


def _rule(rule: Rule, language: str) -> str:
    words, gives = WORDS[language], ", ".join(rule.gives)
    condition = words["rule"].format(condition=_written(rule.when), gives=gives) if rule.when else None
    return (condition or words["always"].format(gives=gives)) + (words["more"] if rule.more else "")


def _written(condition: Part) -> str:
    """A condition as an author writes it, on one line."""
    content: dict[str, Any] = condition.model_dump(mode="json", by_alias=True, exclude_none=True)
    return str(yaml.safe_dump(content, default_flow_style=True, width=10_000, sort_keys=False)).strip()


def _or_dots(bound: int | None) -> str:
    return "…" if bound is None else str(bound)
