"""Two versions of a bank: what changed, and over which questions their outcomes can be compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from zelfscan.banks.schema import Bank, Item

What = Literal["added", "removed", "changed"]

SAME_MEANING = ("text", "kind", "options", "correct", "minimum", "maximum", "reverse")
"""The fields of a question on which depends what an answer to it means; another tip or help leaves that as it is."""


ORDER = "order"
"""What `Change.fields` calls another order of the themes, or of the questions of a theme."""


@dataclass(frozen=True)
class Change:
    """One change from a version of a bank to the next.

    Attributes:
        what: what happened.
        place: address of a question (`theme.question`), id of a theme, or '' for the bank itself.
        fields: of what changed, the names of the fields.
    """

    what: What
    place: str
    fields: tuple[str, ...] = ()


def changes(old: Bank, new: Bank) -> tuple[Change, ...]:
    """What changed: in the bank itself, then per theme, then per question, in the order of `new`; removals last."""
    return (*_bank_changes(old, new), *_theme_changes(old, new), *_question_changes(old, new))


def comparable(old: Bank, new: Bank) -> tuple[str, ...]:
    """Addresses of the questions that both versions have and whose answers mean the same, in the order of `new`."""
    before = {item.address: item for item in old.items()}
    return tuple(
        item.address
        for item in new.items()
        if item.address in before and _meaning(item, new) == _meaning(before[item.address], old)
    )


def _meaning(item: Item, bank: Bank) -> tuple[Any, ...]:
    scale = bank.scales.get(item.question.scale or "", ())
    return (*(getattr(item.question, name) for name in SAME_MEANING), scale)


def _bank_changes(old: Bank, new: Bank) -> Iterator[Change]:
    fields = _differing(_own(old.model_dump(), "themes"), _own(new.model_dump(), "themes"))
    order = (ORDER,) if _moved([theme.id for theme in old.themes], [theme.id for theme in new.themes]) else ()
    if fields or order:
        yield Change("changed", "", (*fields, *order))


def _theme_changes(old: Bank, new: Bank) -> Iterator[Change]:
    before = {theme.id: _own(theme.model_dump(), "questions") for theme in old.themes}
    after = {theme.id: _own(theme.model_dump(), "questions") for theme in new.themes}
    yield from _between(before, after)
    questions = {theme.id: [question.id for question in theme.questions] for theme in old.themes}
    for theme in new.themes:
        if theme.id in questions and _moved(questions[theme.id], [question.id for question in theme.questions]):
            yield Change("changed", theme.id, (ORDER,))


def _question_changes(old: Bank, new: Bank) -> Iterator[Change]:
    before = {item.address: item.question.model_dump() for item in old.items()}
    after = {item.address: item.question.model_dump() for item in new.items()}
    yield from _between(before, after)


def _between(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> Iterator[Change]:
    for place, content in after.items():
        if place not in before:
            yield Change("added", place)
        elif fields := _differing(before[place], content):
            yield Change("changed", place, fields)
    yield from (Change("removed", place) for place in before if place not in after)


def _moved(before: list[str], after: list[str]) -> bool:
    """Whether what both have stands in another order."""
    return [name for name in before if name in after] != [name for name in after if name in before]


def _own(content: dict[str, Any], below: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != below}


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name.removesuffix("_") for name, value in after.items() if before[name] != value)
