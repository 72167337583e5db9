"""One person's answers to a bank, from a file."""

import re
from collections.abc import Sequence
from pathlib import Path

from zelfscan.banks.document import Document, Node
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.problems import Problem, meant
from zelfscan.banks.schema import Bank, Item, Value
from zelfscan.banks.source import read
from zelfscan.scoring.answer_problems import AnswersError, Refusal, one_of, read_text, words


def read_answers(path: Path, bank: Bank) -> dict[str, Value | None]:
    """Read one person's answers.

    Args:
        path: YAML or JSON that maps `theme.question` to a value; null = skipped.
        bank: the bank that was answered.

    Raises:
        AnswersError: the file cannot be read, or has questions or answers that the bank does not have.
    """
    text = read_text(path)
    document = read(_without_tabs(text) if path.suffix == ".json" else text)
    problems = _faults(path, document)
    root = document.root
    if root is None or root.tag != "map":
        raise AnswersError(problems or [Refusal("not_answers", {}).at(path, 1, 1)])
    answers: dict[str, Value | None] = {}
    for address, (mark, node) in root.fields.items():
        found = _answer(address, node, bank)
        if isinstance(found, Refusal):
            place = mark if found.code == "unknown_question" else node.mark
            problems.append(found.at(path, *place, address))
        else:
            answers[address] = found
    if problems:
        raise AnswersError(problems)
    return answers


def parse_answer(raw: str | Sequence[str], item: Item, bank: Bank) -> Value | Refusal:
    """Read one answer as it was written, or say which answers the question can have."""
    try:
        return KINDS[item.question.kind].parse(raw, item.question, bank)
    except ValueError:
        return Refusal("wrong_answer", {"choices": _choices(item, bank)})


def unknown_question(address: str, bank: Bank) -> Refusal:
    """Say that a bank has no question at an address, and which one may be meant."""
    close = meant(address, (item.address for item in bank.items()))
    return Refusal("unknown_question", {"bank": bank.bank, **close})


def _faults(path: Path, document: Document) -> list[Problem]:
    return [
        Problem(str(path), *mark, document.describe(fault.path), fault.code, fault.params)
        for mark, fault in document.faults
    ]


def _answer(address: str, node: Node, bank: Bank) -> Value | Refusal | None:
    if all(address != item.address for item in bank.items()):
        return unknown_question(address, bank)
    if node.tag == "null":
        return None
    raw = [entry.raw for entry in node.items] if node.tag == "seq" else node.raw
    return parse_answer(raw, bank.item(address), bank)


def _choices(item: Item, bank: Bank) -> dict[str, str]:
    kind, question = KINDS[item.question.kind], item.question
    choices = kind.choices(question, bank)
    if choices is None:
        ends = ("" if end is None else str(end) for end in (question.minimum, question.maximum))
        return words("number", bounds="..".join(ends))
    several = kind.takes_several(question)
    return one_of([choice.value for choice in choices], "several_of" if several else "one_of")


def _without_tabs(text: str) -> str:
    """JSON may be indented with tabs, YAML may not; columns stay the same."""
    return re.sub(r"^[\t ]+", lambda found: " " * len(found[0]), text, flags=re.MULTILINE)
