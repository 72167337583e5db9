"""A bank as the rows of an XLSForm: what the sheets survey, choices and settings say of it."""

from collections.abc import Iterator
from typing import NamedTuple

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Question, ShowIf, Text, Theme, Value

YES_NO = "yes_no"
LANGUAGE_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "nl": "Nederlands",
    "pl": "Polski",
    "tr": "Türkçe",
    "uk": "Українська",
}
SIGNS = {"at_least": ">=", "at_most": "<="}

Cells = dict[str, str]
"""A row by column, without the empty cells."""


class Rendered(NamedTuple):
    """The rows of each sheet."""

    survey: list[Cells]
    choices: list[Cells]
    settings: list[Cells]


def render(bank: Bank) -> Rendered:
    """Return a bank as the rows of an XLSForm; its tips, facets, levels and the like are not in them."""
    choices = {row["list_name"] + "\n" + row["name"]: row for row in _choices(bank)}
    settings = {
        "form_title": bank.title.in_("nl"),
        "form_id": bank.bank,
        "version": bank.hash[:12],
        "default_language": language_name("nl"),
    }
    return Rendered(list(_survey(bank)), list(choices.values()), [settings])


def language_name(code: str) -> str:
    """Return the name of a language in a column heading: `Nederlands (nl)`."""
    return f"{LANGUAGE_NAMES.get(code, code)} ({code})"


def intro_name(theme: str) -> str:
    """Return the name of the row with the text above a theme; no address of a question looks like it."""
    return f"{theme}..intro"


def list_name(address: str, question: Question) -> str:
    """Return the name of the list of choices of a question."""
    if question.scale is not None:
        return f"scale_{question.scale}"
    return address if question.options else YES_NO


def choice_names(values: list[str]) -> list[str]:
    """Return values as names of choices: without spaces, and each once."""
    names: list[str] = []
    for value in values:
        name, number = "_".join(value.split()), 2
        unique = name
        while unique in names:
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names


def _survey(bank: Bank) -> Iterator[Cells]:
    if bank.intro is not None:
        yield {"type": "note", "name": intro_name("bank")} | _label(bank, "label", bank.intro)
    for theme in bank.themes:
        appearance = {"appearance": "field-list"}
        yield {"type": "begin group", "name": theme.id} | _label(bank, "label", theme.title) | appearance
        if theme.intro is not None:
            yield {"type": "note", "name": intro_name(theme.id)} | _label(bank, "label", theme.intro)
        for question in theme.questions:
            yield _question(bank, theme, question)
        yield {"type": "end group"}


def _question(bank: Bank, theme: Theme, question: Question) -> Cells:
    kind, address = KINDS[question.kind], f"{theme.id}.{question.id}"
    select = "select_multiple" if kind.takes_several(question) else "select_one"
    listed = kind.choices(question, bank) is not None
    row = {"type": f"{select} {list_name(address, question)}" if listed else "integer", "name": address}
    row |= _label(bank, "label", question.text)
    row |= _label(bank, "hint", question.help) if question.help is not None else {}
    row |= {"appearance": "likert"} if question.scale is not None else {}
    row |= {"relevant": _relevant(question.show_if, bank)} if question.show_if is not None else {}
    bounds = [f". {sign} {n}" for sign, n in ((">=", question.minimum), ("<=", question.maximum)) if n is not None]
    return row | ({"constraint": " and ".join(bounds)} if bounds else {})


def _choices(bank: Bank) -> Iterator[Cells]:
    for address, _, question in bank.items():
        options = KINDS[question.kind].choices(question, bank) or ()
        names = choice_names([option.value for option in options])
        for name, option in zip(names, options, strict=True):
            row = {"list_name": list_name(address, question), "name": name}
            yield row | _label(bank, "label", option.label)


def _label(bank: Bank, column: str, text: Text) -> Cells:
    return {f"{column}::{language_name(code)}": text.in_(code) for code in bank.languages}


def _relevant(condition: ShowIf, bank: Bank) -> str:
    for joint, parts in (("and", condition.all), ("or", condition.any)):
        if parts is not None:
            return f" {joint} ".join(f"({_relevant(part, bank)})" for part in parts)
    address = condition.question or ""
    if condition.answered is not None:
        return f"${{{address}}} {'!=' if condition.answered else '='} ''"
    if condition.is_ is not None:
        return _is(address, condition.is_, bank)
    if condition.is_not is not None:
        return f"${{{address}}} != '' and not({_is(address, condition.is_not, bank)})"
    bounds = ((SIGNS[name], getattr(condition, name)) for name in SIGNS)
    return next(f"${{{address}}} {sign} {bound}" for sign, bound in bounds if bound is not None)


def _is(address: str, values: tuple[Value, ...], bank: Bank) -> str:
    question = bank.item(address).question
    kind = KINDS[question.kind]
    options = [option.value for option in kind.choices(question, bank) or ()]
    names = dict(zip(options, choice_names(options), strict=True))
    called = [names.get(str(value), str(value)) for value in values]
    several = kind.takes_several(question)
    return " or ".join(f"selected(${{{address}}}, '{n}')" if several else f"${{{address}}} = '{n}'" for n in called)
