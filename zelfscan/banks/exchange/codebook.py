"""The codebook of a bank: a row per question and answer, for whoever reads the answers later."""

from collections.abc import Iterator
from typing import Any

from zelfscan.banks.exchange.spreadsheet import Cell, Table
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item, Option, Question, ShowIf, Text

SHOWN_APART = frozenset({"id", "kind", "options", "correct", "show_if"})
"""Fields of a question that are in columns of their own; every other field has a column by its name."""


def codebook(bank: Bank) -> Table:
    """Return the codebook of a bank: a row per answer, and one row for a question without answers to choose from."""
    fields = [name for name in Question.model_fields if name not in SHOWN_APART]
    columns = [name for field in fields for name in _columns(field, bank)]
    labels = [f"label ({code})" for code in bank.languages]
    titles = [f"theme title ({code})" for code in bank.languages]
    headings = [
        "bank",
        "address",
        "theme",
        *titles,
        "kind",
        *columns,
        "condition",
        "value",
        *labels,
        "score",
        "correct",
    ]
    return Table("codebook", headings, [row for item in bank.items() for row in _rows(bank, item, fields)])


def _rows(bank: Bank, item: Item, fields: list[str]) -> Iterator[list[Cell]]:
    question = item.question
    kept = [cell for field in fields for cell in _cells(getattr(question, field), field, bank)]
    condition = spoken(question.show_if) if question.show_if is not None else ""
    titles = _texts(item.theme.title, bank)
    start: list[Cell] = [bank.bank, item.address, item.theme.id, *titles, question.kind, *kept, condition]
    options = KINDS[question.kind].choices(question, bank)
    for option in options or (None,):
        yield start + _answer(bank, question, option)


def _answer(bank: Bank, question: Question, option: Option | None) -> list[Cell]:
    if option is None:
        return [""] * (len(bank.languages) + 3)
    kind = KINDS[question.kind]
    value: Cell = int(option.value) if kind.numeric else option.value
    score = kind.score([option.value] if kind.takes_several(question) else value, question, bank)  # type: ignore[arg-type]
    correct = str(option.value in question.correct).lower() if question.correct else ""
    return [value, *_texts(option.label, bank), "" if score is None else round(score, 4), correct]


def _is_text(field: str) -> bool:
    return "Text" in str(Question.model_fields[field].annotation)


def _columns(field: str, bank: Bank) -> list[str]:
    return [f"{field} ({code})" for code in bank.languages] if _is_text(field) else [field]


def _cells(value: Any, field: str, bank: Bank) -> list[Cell]:
    if _is_text(field):
        return _texts(value, bank)
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, tuple):
        return [", ".join(map(str, value))]
    return ["" if value is None else value]


def _texts(text: Text | None, bank: Bank) -> list[Cell]:
    return [text.in_(code) if text is not None else "" for code in bank.languages]


def spoken(condition: ShowIf) -> str:
    """Return a condition as one line: `a.b is ja and (c.d at_least 2 or c.e answered)`."""
    for joint, parts in (("and", condition.all), ("or", condition.any)):
        if parts is not None:
            return f" {joint} ".join(f"({spoken(one)})" if one.question is None else spoken(one) for one in parts)
    if condition.answered is not None:
        return f"{condition.question} {'answered' if condition.answered else 'not answered'}"
    operands = condition.model_dump(by_alias=True, exclude_none=True, exclude={"question"})
    name, value = next(iter(operands.items()))
    shown = ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
    return f"{condition.question} {name} {shown}"
