"""The kinds of question: one small class each, and `KINDS`, which finds them by name.

A kind knows which answers its questions can have, how to read one from a form, how to score it and which
mistakes its author can make. Everything else (forms, scoring, loader) asks the kind and never compares names.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, cast

from zelfscan.banks.problems import Mistake
from zelfscan.banks.schema import Bank, Option, Question, ScalePoint, Text, Value

OWN_FIELDS = ("scale", "options", "correct", "minimum", "maximum", "reverse", "required", "facet", "basic")
"""The fields of a question that belong with some kinds only; `Kind.fields` names them per kind."""

SCORED_FIELDS = frozenset({"facet", "basic"})
"""The fields that ask for a score, and so belong with the kinds that have one."""

SKIPPED = "-"
"""What a form has for 'rather not say'; no option can have it as its value."""

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
"""A whole number as people write it; `int` alone would also take `1_0` and other scripts' digits."""


class Kind(ABC):
    """What a kind of question can do; the methods take a question and the bank that it stands in."""

    name: ClassVar[str]
    fields: ClassVar[frozenset[str]] = frozenset()
    """Which of OWN_FIELDS belong with this kind."""
    numeric: ClassVar[bool] = False
    """Whether answers are whole numbers, which can be compared as more and less."""
    rates_knowledge: ClassVar[bool] = False
    """Whether the score says what someone knows, which is reported apart from how someone rates herself."""

    def takes_several(self, question: Question) -> bool:
        """Return whether an answer is a list of values; False: it is one value."""
        return False

    @abstractmethod
    def choices(self, question: Question, bank: Bank) -> tuple[Option, ...] | None:
        """Return the answers to choose from, in the order to show them, or None when the entry is free."""

    def can_be(self, value: object, question: Question, bank: Bank) -> bool:
        """Return whether `value` can be the answer, or one of the chosen ones where several can be chosen."""
        return isinstance(value, str) and value in _values(self.choices(question, bank))

    def accepts(self, answer: object, question: Question, bank: Bank) -> bool:
        """Return whether `answer`, whatever it is, is one that `parse` can return."""
        if not self.takes_several(question):
            return self.can_be(answer, question, bank)
        return (
            isinstance(answer, list)
            and all(self.can_be(value, question, bank) for value in answer)
            and 0 < len(answer) == len(set(answer))
        )

    def parse(self, raw: str | Sequence[str], question: Question, bank: Bank) -> Value:
        """Read an answer as a form or a spreadsheet gives it.

        Args:
            raw: the words entered or chosen; a sequence when several were.
            question: the question that was answered.
            bank: the bank of the question.

        Returns:
            A number (scale, number), a word (one choice) or, where several can be chosen, a list of words in
            the order of the options.

        Raises:
            ValueError: the question cannot have this answer. The message leaves the answer out, so that no
                log holds it.
        """
        words = [raw.strip()] if isinstance(raw, str) else [word.strip() for word in raw]
        answer = self._read(words, question, bank)
        if not self.accepts(answer, question, bank):
            raise ValueError(f"not an answer that question {question.id!r} can have")
        return answer

    def score(self, value: Value, question: Question, bank: Bank) -> float | None:
        """Return the score, from 0 to 1, of an answer that `accepts` takes; None: this kind has no score.

        `reverse` is applied: on a reversed question the answer that looks lowest scores 1.
        """
        return None

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield the mistakes of an author in the fields that belong, or do not belong, with this kind."""
        for field in OWN_FIELDS:
            if field not in self.fields and field in question.model_fields_set:
                code = "not_scored" if field in SCORED_FIELDS else "field_of_other_kind"
                yield Mistake((field,), code, {"field": field, "kind": self.name})

    def _read(self, words: list[str], question: Question, bank: Bank) -> Value:
        if self.takes_several(question):
            chosen = set(words)
            known = [value for value in _values(self.choices(question, bank)) if value in chosen]
            return known if len(known) == len(words) else words
        (word,) = words
        return int(word) if self.numeric and WHOLE_NUMBER.fullmatch(word) else word


class Scale(Kind):
    """One point of a scale of the bank, as a number."""

    name = "scale"
    fields = frozenset({"scale", "reverse", "required"}) | SCORED_FIELDS
    numeric = True

    def choices(self, question: Question, bank: Bank) -> tuple[Option, ...]:
        """Return the points of the scale in the author's order, with their numbers as text."""
        return tuple(Option(value=str(point.value), label=point.label) for point in _scale(question, bank))

    def can_be(self, value: object, question: Question, bank: Bank) -> bool:
        """Return whether `value` is the number of a point of the scale."""
        return type(value) is int and value in {point.value for point in _scale(question, bank)}

    def score(self, value: Value, question: Question, bank: Bank) -> float:
        """Return where the answer lies between the lowest point (0) and the highest point (1)."""
        points = [point.value for point in _scale(question, bank)]
        share = (cast(int, value) - min(points)) / (max(points) - min(points))
        return 1 - share if question.reverse else share

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield also: no scale, one that the bank does not have, or a required value that is no point of it."""
        yield from super().problems(question, bank)
        if question.scale is None:
            yield Mistake(("scale",), "scale_needed", {"scales": sorted(bank.scales)})
        elif question.scale not in bank.scales:
            params = {"scale": question.scale, "scales": sorted(bank.scales)}
            yield Mistake(("scale",), "unknown_scale", params)
        elif question.required is not None and not self.can_be(question.required, question, bank):
            values = [point.value for point in _scale(question, bank)]
            yield Mistake(("required",), "required_not_point", {"value": question.required, "values": values})


class _Listed(Kind):
    """A kind whose answers the author lists under the question as `options`."""

    fields = frozenset({"options"})

    def choices(self, question: Question, bank: Bank) -> tuple[Option, ...]:
        """Return the options of the question."""
        return question.options

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield also: too few options, or two with the same value."""
        yield from super().problems(question, bank)
        if len(question.options) < 2:
            yield Mistake(("options",), "too_few_options", {"count": len(question.options)})
        seen: set[str] = set()
        for number, option in enumerate(question.options):
            if option.value == SKIPPED:
                yield Mistake(("options", number, "value"), "skip_as_option", {"value": SKIPPED})
            if option.value in seen:
                yield Mistake(("options", number, "value"), "duplicate_option", {"value": option.value})
            seen.add(option.value)


class Choice(_Listed):
    """One of the listed options; without a score, because options have no order."""

    name = "choice"


class Choices(_Listed):
    """One or more of the listed options; without a score."""

    name = "choices"

    def takes_several(self, question: Question) -> bool:
        """Return True: an answer is a list."""
        return True


class Knowledge(_Listed):
    """A question with a right answer, or several: what someone knows, not how she rates herself."""

    name = "knowledge"
    fields = frozenset({"options", "correct"}) | SCORED_FIELDS
    rates_knowledge = True

    def takes_several(self, question: Question) -> bool:
        """Return whether there is more than one right option."""
        return len(question.correct) > 1

    def score(self, value: Value, question: Question, bank: Bank) -> float:
        """Return 1 for right and 0 for wrong; with several right options a part of 1 for a part of them.

        That part is the share of the right options that is chosen minus the share of the wrong options that
        is chosen, and never below 0 ('right minus wrong'), so that choosing everything scores 0.
        """
        chosen = set(value) if isinstance(value, list) else {str(value)}
        right = set(question.correct)
        wrong = {option.value for option in question.options} - right
        lost = len(chosen & wrong) / len(wrong) if wrong else 0.0
        return max(0.0, len(chosen & right) / len(right) - lost)

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield also: no right answer, one that is no option or is named twice, or no wrong answer."""
        yield from super().problems(question, bank)
        values = [option.value for option in question.options]
        if not question.correct:
            yield Mistake(("correct",), "correct_needed", {"values": values})
        elif values and set(values) <= set(question.correct):
            yield Mistake(("correct",), "all_correct", {})
        for number, value in enumerate(question.correct):
            if values and value not in values:
                yield Mistake(("correct", number), "correct_not_option", {"value": value, "values": values})
            elif value in question.correct[:number]:
                yield Mistake(("correct", number), "duplicate_correct", {"value": value})


YES_AND_NO = {
    "nl": ("Ja", "Nee"),
    "en": ("Yes", "No"),
    "ar": ("نعم", "لا"),
    "de": ("Ja", "Nein"),
    "es": ("Sí", "No"),
    "fr": ("Oui", "Non"),
    "pl": ("Tak", "Nie"),
    "tr": ("Evet", "Hayır"),
    "uk": ("Так", "Ні"),
}
"""The words of a yesno question, by language."""


class YesNo(Kind):
    """Yes or no, as the words `ja` and `nee`; yes scores 1, no scores 0."""

    name = "yesno"
    fields = frozenset({"reverse"}) | SCORED_FIELDS
    OPTIONS = (
        Option(value="ja", label=Text({language: yes for language, (yes, _) in YES_AND_NO.items()})),
        Option(value="nee", label=Text({language: no for language, (_, no) in YES_AND_NO.items()})),
    )

    def choices(self, question: Question, bank: Bank) -> tuple[Option, ...]:
        """Return yes and no."""
        return self.OPTIONS

    def score(self, value: Value, question: Question, bank: Bank) -> float:
        """Return 1 for yes and 0 for no; the other way round on a reversed question."""
        return float((value == "ja") != question.reverse)

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield also: a language of the bank in which the words for yes and no are not known."""
        yield from super().problems(question, bank)
        for language in bank.languages:
            if language not in YES_AND_NO:
                yield Mistake(("kind",), "no_yes_in_language", {"language": language})


class Number(Kind):
    """A whole number, entered freely between the bounds of the question; without a score."""

    name = "number"
    fields = frozenset({"minimum", "maximum"})
    numeric = True

    def choices(self, question: Question, bank: Bank) -> None:
        """Return None: the entry is free."""
        return

    def can_be(self, value: object, question: Question, bank: Bank) -> bool:
        """Return whether `value` is a whole number within the bounds that the question has."""
        return (
            type(value) is int
            and (question.minimum is None or value >= question.minimum)
            and (question.maximum is None or value <= question.maximum)
        )

    def problems(self, question: Question, bank: Bank) -> Iterator[Mistake]:
        """Yield also: bounds that leave no number."""
        yield from super().problems(question, bank)
        low, high = question.minimum, question.maximum
        if low is not None and high is not None and low > high:
            yield Mistake(("minimum",), "minimum_above_maximum", {"minimum": low, "maximum": high})


KINDS: dict[str, Kind] = {kind.name: kind for kind in (Scale(), Choice(), Choices(), YesNo(), Knowledge(), Number())}
"""Every kind of question by the name that a bank uses for it."""


def _values(options: Sequence[Option] | None) -> list[str]:
    return [option.value for option in options or ()]


def _scale(question: Question, bank: Bank) -> tuple[ScalePoint, ...]:
    return bank.scales.get(question.scale, ()) if question.scale is not None else ()
