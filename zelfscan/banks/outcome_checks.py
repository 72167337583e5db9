"""The checks on the outcome of a bank: its advice, and the rules that lead to it."""

from collections.abc import Iterator, Mapping

from zelfscan.banks.checks import Placed, operand_mistakes, placed_questions, twice
from zelfscan.banks.kinds import KINDS, SCORED_FIELDS
from zelfscan.banks.links import is_known
from zelfscan.banks.problems import Mistake, Path, meant
from zelfscan.banks.schema import Bank, Rule, When


def outcome_mistakes(bank: Bank) -> Iterator[Mistake]:
    """Yield the mistakes in what a bank shows as its outcome."""
    outcome, path = bank.outcome, ("outcome",)
    placed = {one.address: one for one in placed_questions(bank)}
    if outcome.shows == "route" and not outcome.rules:
        yield Mistake((*path, "rules"), "rules_needed", {})
    if outcome.shows == "profile" and all(one.question.required is None for one in placed.values()):
        yield Mistake((*path, "shows"), "required_needed", {})
    yield from _advice(bank)
    for number, rule in enumerate(outcome.rules):
        yield from _rule(bank, rule, (*path, "rules", number), number == len(outcome.rules) - 1, placed)


def _advice(bank: Bank) -> Iterator[Mistake]:
    listed = bank.outcome.advice
    yield from twice(
        ((("outcome", "advice", n, "id"), advice.id) for n, advice in enumerate(listed)), "duplicate_advice"
    )
    given = {name for rule in bank.outcome.rules for name in rule.gives}
    for number, advice in enumerate(listed):
        path = ("outcome", "advice", number)
        if advice.id not in given and given <= {one.id for one in listed}:
            yield Mistake((*path, "id"), "advice_never_given", {"value": advice.id})
        if advice.link is not None and not is_known(advice.link):
            yield Mistake((*path, "link"), "unknown_link", {"link": advice.link})


def _rule(bank: Bank, rule: Rule, path: Path, last: bool, placed: Mapping[str, Placed]) -> Iterator[Mistake]:
    known = [advice.id for advice in bank.outcome.advice]
    if not rule.gives:
        yield Mistake((*path, "gives"), "too_few", {})
    for number, name in enumerate(rule.gives):
        if name not in known:
            params = {"value": name, "known": known, **meant(name, known)}
            yield Mistake((*path, "gives", number), "unknown_advice", params)
    if rule.when is not None:
        yield from _when(bank, rule.when, (*path, "when"), placed)
    elif not (last or rule.more):
        yield Mistake(path, "rules_never_reached", {})


def _when(bank: Bank, when: When, path: Path, placed: Mapping[str, Placed]) -> Iterator[Mistake]:
    for name, group in (("all", when.all), ("any", when.any)):
        for number, below in enumerate(group or ()):
            yield from _when(bank, below, (*path, name, number), placed)
    if when.question is not None:
        yield from _about_question(bank, when, path, placed)
    if when.theme is not None:
        yield from _about_theme(bank, when, path)


def _about_question(bank: Bank, when: When, path: Path, placed: Mapping[str, Placed]) -> Iterator[Mistake]:
    address = when.question or ""
    if address in placed:
        yield from operand_mistakes(bank, placed[address], path, when)
    else:
        yield Mistake((*path, "question"), "unknown_question", {"address": address, **meant(address, placed)})


def _can_have_level(bank: Bank, theme: str) -> bool:
    """Return whether a theme has questions that count for a level, in a bank with levels."""
    rated = [KINDS[q.kind] for one in bank.themes if one.id == theme for q in one.questions if q.kind in KINDS]
    return bool(bank.levels) and any(kind.fields >= SCORED_FIELDS and not kind.rates_knowledge for kind in rated)


def _about_theme(bank: Bank, when: When, path: Path) -> Iterator[Mistake]:
    themes, levels = [theme.id for theme in bank.themes], [level.id for level in bank.levels]
    if when.theme not in themes:
        params = {"value": when.theme, "known": themes, **meant(when.theme or "", themes)}
        yield Mistake((*path, "theme"), "unknown_theme", params)
    elif not _can_have_level(bank, when.theme or ""):
        yield Mistake(path, "no_levels" if not levels else "theme_without_level", {"value": when.theme})
    for number, level in enumerate(when.level or () if levels else ()):
        if level not in levels:
            params = {"value": level, "known": levels, **meant(level, levels)}
            yield Mistake((*path, "level", number), "unknown_level", params)
