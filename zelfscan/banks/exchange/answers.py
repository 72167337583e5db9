"""Which kind of question the choices of a source make: yes or no, a scale, or a choice without a score."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from zelfscan.banks.exchange.draft import Asked, Choice, whole
from zelfscan.banks.kinds import YES_AND_NO

YES_VALUES = frozenset({"yes", "ja", "y", "true", "1", "j"})
NO_VALUES = frozenset({"no", "nee", "n", "false", "0", "2"})
YES_WORDS = frozenset(yes.lower() for yes, _ in YES_AND_NO.values())
NO_WORDS = frozenset(no.lower() for _, no in YES_AND_NO.values())
SHARED_BY = 2
"""Questions that have to have a list of choices in common, before its numbers are taken for a scale."""

Signature = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def signature(asked: Asked) -> Signature:
    """Return what makes two lists of choices the same: their values and labels, in order."""
    return tuple((choice.value, tuple(sorted(choice.label.items()))) for choice in asked.choices)


def shared(questions: Iterable[Asked]) -> Counter[Signature]:
    """Return how many questions with one answer have each list of choices."""
    return Counter(signature(asked) for asked in questions if asked.answer == "one")


def yes_and_no(asked: Asked) -> tuple[str, str] | None:
    """Return the values of yes and no, when the choices are just these two; None: they are something else."""
    if asked.answer != "one" or len(asked.choices) != 2 or asked.right:
        return None
    first, second = asked.choices
    for yes, no in ((first, second), (second, first)):
        if _says(yes, YES_VALUES, YES_WORDS) and _says(no, NO_VALUES, NO_WORDS):
            return yes.value, no.value
    return None


def _says(choice: Choice, values: frozenset[str], words: frozenset[str]) -> bool:
    labels = {label.strip().rstrip(".!").lower() for label in choice.label.values() if label.strip()}
    value = choice.value.strip().lower()
    return value in values and (labels <= words if labels else value in words)


def points(asked: Asked, times: int) -> tuple[int, ...] | None:
    """Return the values of the choices on a scale, or None when they are none.

    They are a scale when the source shows them as one, or when `times` questions share them and they are numbers with
    equal steps. A scale without numbers of its own counts from 0, in the order of the source.
    """
    if asked.answer != "one" or asked.right or not (asked.ordered or times >= SHARED_BY):
        return None
    numbers = [choice.number if choice.number is not None else whole(choice.value) for choice in asked.choices]
    known = [number for number in numbers if number is not None]
    if not known and asked.ordered:
        return tuple(range(len(numbers)))
    return tuple(known) if len(known) == len(numbers) and _equal_steps(known) else None


def _equal_steps(numbers: list[int]) -> bool:
    steps = {after - before for before, after in pairwise(numbers)}
    return len(steps) == 1 and 0 not in steps
