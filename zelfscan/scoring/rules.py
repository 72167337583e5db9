"""What the outcome of a bank says beside levels and tips: the advice of its rules, and where someone stands per
question of a profile or checklist."""

from dataclasses import dataclass
from typing import Literal

from zelfscan.banks.branching import compares, counted_answers, visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Answers, Bank, Item, Value, When
from zelfscan.scoring.scores import TINY, Scores, can_be_scored

Status = Literal["there", "missing", "open"]


@dataclass(frozen=True)
class Standing:
    """Where someone stands on one question of a profile or checklist.

    Attributes:
        question: its address.
        status: 'there' (what is asked, or more), 'missing' (less) or 'open' (not answered).
    """

    question: str
    status: Status


def given_advice(bank: Bank, answers: Answers, scores: Scores) -> tuple[str, ...]:
    """Ids of the advice that the rules of a bank give, each once, in the order of the rules.

    Args:
        bank: the bank.
        answers: `theme.question` -> value; None = skipped; questions that are not asked do not count.
        scores: of the same answers (`zelfscan.scoring.scores.score`).
    """
    counted = counted_answers(bank, answers)
    given: dict[str, None] = {}
    for rule in bank.outcome.rules:
        if rule.when is None or _holds(rule.when, counted, scores):
            given |= dict.fromkeys(rule.gives)
            if not rule.more:
                break
    return tuple(given)


def standings(bank: Bank, answers: Answers) -> tuple[Standing, ...]:
    """Where someone stands per question that a profile or checklist asks about; none for a bank that shows neither.

    Questions that the answers hid are left out.
    In a profile these are the questions with `required`, and that value is asked; in a checklist the questions with a
    score, and the highest score is asked.
    """
    if bank.outcome.shows not in ("profile", "checklist"):
        return ()
    asked = (bank.item(address) for address in visible(bank, answers))
    return tuple(
        Standing(item.address, _status(item, bank, answers.get(item.address)))
        for item in asked
        if _is_asked_about(item, bank)
    )


def _is_asked_about(item: Item, bank: Bank) -> bool:
    return can_be_scored(item.question) if bank.outcome.shows == "checklist" else item.question.required is not None


def _status(item: Item, bank: Bank, answer: Value | None) -> Status:
    if answer is None:
        return "open"
    kind, question = KINDS[item.question.kind], item.question
    asked = 1.0 if question.required is None else kind.score(question.required, question, bank) or 0.0
    return "there" if (kind.score(answer, question, bank) or 0.0) >= asked - TINY else "missing"


def _holds(when: When, counted: dict[str, Value], scores: Scores) -> bool:
    if when.all is not None:
        return all(_holds(below, counted, scores) for below in when.all)
    if when.any is not None:
        return any(_holds(below, counted, scores) for below in when.any)
    if when.theme is None:
        return compares(when, counted.get(when.question or ""))
    level = scores.theme(when.theme).level
    return level in when.level if when.level is not None else when.answered == (level is not None)
