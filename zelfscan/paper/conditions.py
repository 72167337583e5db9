"""Conditions in words: when a question is asked, and when a rule of the outcome holds."""

from collections.abc import Mapping, Sequence

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item, ShowIf, When
from zelfscan.paper.words import Say

Condition = ShowIf | When


class Conditions:
    """Puts conditions into words that begin with 'you', such as `you answered question 3 with ‘Yes’`.

    Args:
        bank: the bank of the conditions.
        numbers: number on paper of each question, by address.
        say: the language.
    """

    def __init__(self, bank: Bank, numbers: Mapping[str, int], say: Say) -> None:
        self._bank = bank
        self._numbers = numbers
        self._say = say

    def words(self, condition: Condition) -> str:
        """The whole condition; a group within a group stands between brackets."""
        if condition.all is not None:
            return self._group(condition.all, "and")
        if condition.any is not None:
            return self._group(condition.any, "or")
        if isinstance(condition, When) and condition.theme is not None:
            return self._about_theme(condition, condition.theme)
        return self._about_question(condition, self._bank.item(condition.question or ""))

    def _group(self, parts: Sequence[Condition], joint: str) -> str:
        said = [self._part(part) if len(parts) > 1 else self.words(part) for part in parts]
        return self._say.listed(said, joint)

    def _part(self, part: Condition) -> str:
        return f"({self.words(part)})" if part.all or part.any else self.words(part)

    def _about_theme(self, when: When, theme: str) -> str:
        title = next(self._say.text(each.title) for each in self._bank.themes if each.id == theme)
        if when.level is None:
            return self._say("level_known" if when.answered else "level_unknown", theme=title)
        labels = [self._say.text(level.label) for level in self._bank.levels if level.id in when.level]
        return self._say("level_is", theme=title, answers=self._say.quoted(labels))

    def _about_question(self, condition: Condition, item: Item) -> str:
        number = self._numbers[item.address]
        if condition.answered is not None:
            return self._say("answered" if condition.answered else "not_answered", number=number)
        for key, values in (("is", condition.is_), ("is_not", condition.is_not)):
            if values is not None:
                return self._say(key, number=number, answers=self._answers(item, values))
        return self._bound(condition, item, number)

    def _bound(self, condition: Condition, item: Item, number: int) -> str:
        """At least or at most: the answers of a scale that are meant by name, or a bound on a free number."""
        low, high = condition.at_least, condition.at_most
        options = KINDS[item.question.kind].choices(item.question, self._bank)
        if options is None:
            key, bound = ("at_most", high) if low is None else ("at_least", low)
            return self._say(key, number=number, bound=bound)
        meant = [
            option.value
            for option in options
            if (low is None or int(option.value) >= low) and (high is None or int(option.value) <= high)
        ]
        return self._say("is", number=number, answers=self._answers(item, meant))

    def _answers(self, item: Item, values: Sequence[int | str]) -> str:
        options = KINDS[item.question.kind].choices(item.question, self._bank)
        labels = {option.value: self._say.text(option.label) for option in options or ()}
        return self._say.quoted([labels.get(str(value), str(value)) for value in values])
