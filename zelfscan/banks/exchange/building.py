"""From the questionnaire of another program to the content of a bank."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from zelfscan.banks.exchange.answers import SHARED_BY, points, shared, signature, yes_and_no
from zelfscan.banks.exchange.cleaning import ELLIPSIS, plain
from zelfscan.banks.exchange.conditions import Target, Unfit, show_if
from zelfscan.banks.exchange.draft import Asked, Choice, Draft, Section, Texts, whole
from zelfscan.banks.exchange.reading import MAX_QUESTIONS
from zelfscan.banks.exchange.report import ExchangeError, Place, Report
from zelfscan.banks.exchange.tongues import Tongues, plan
from zelfscan.banks.kinds import YES_AND_NO

LONGEST_ID = 50
SECONDS_PER_QUESTION = 8
"""About how long people take over a question of a scan; from it follows how many minutes a bank takes."""

Content = dict[str, Any]


@dataclass(frozen=True)
class Wishes:
    """What the source does not say, and an author can.

    Args:
        bank: the id of the bank.
        audience: who answers; None: employees.
        minutes: how long it takes; None: reckoned from the number of questions.
        as_dutch: the language of the source that is Dutch.
        unnamed: the code of the texts that do not say their language.
    """

    bank: str
    audience: str | None = None
    minutes: int | None = None
    as_dutch: str | None = None
    unnamed: str | None = None


def build(draft: Draft, wishes: Wishes, report: Report) -> Content:
    """Return a questionnaire as the content of a bank, as YAML writes it.

    Args:
        draft: the questionnaire.
        wishes: what it does not say.
        report: gets what cannot be carried over, and what was assumed.

    Raises:
        ExchangeError: nothing that can be asked is left, or a language that was named is not there.
    """
    return _Builder(draft, wishes, report).content()


def identifier(name: str, taken: Iterable[str] = (), prefix: str = "v") -> str:
    """Return a name as an id of a bank that is not taken yet: small letters, digits, `-` and `_`."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9_]+", "-", ascii_name.lower()).strip("-")[:LONGEST_ID].strip("-")
    if not made[:1].isalpha():
        made = f"{prefix}-{made}".strip("-") if made else prefix
    used, number, unique = set(taken), 2, made
    while unique in used:
        unique, number = f"{made}-{number}", number + 1
    return unique


class _Builder:
    """Builds the content of one bank, and remembers what conditions can compare with."""

    def __init__(self, draft: Draft, wishes: Wishes, report: Report) -> None:
        self._draft, self._wishes, self._report = draft, wishes, report
        self._tongues: Tongues = plan(draft, wishes.as_dutch, wishes.unnamed, report)
        self._times = shared(draft.questions())
        self._names = {asked.name for asked in draft.questions()}
        self._scales: dict[str, list[Content]] = {}
        self._scale_ids: dict[object, str] = {}
        self._targets: dict[str, Target | None] = {}
        self._title = self._text(draft.title, Place()) or self._same(draft.name)

    def content(self) -> Content:
        """Return the bank; theme by theme, so that a condition finds only what comes before it."""
        if sum(1 for _ in self._draft.questions()) > MAX_QUESTIONS:
            raise ExchangeError("too_many_questions", limit=MAX_QUESTIONS)
        themes: list[Content] = []
        for section in self._draft.sections:
            theme = self._theme(section, [theme["id"] for theme in themes])
            if theme is not None:
                themes.append(theme)
        if not themes:
            raise ExchangeError("nothing_to_ask")
        scales = {"scales": self._scales} if self._scales else {}
        return self._head(sum(len(theme["questions"]) for theme in themes)) | scales | {"themes": themes}

    def _head(self, count: int) -> Content:
        """Return what is said of the bank as a whole, which has `count` questions."""
        minutes = self._wishes.minutes or max(1, ceil(count * SECONDS_PER_QUESTION / 60))
        if self._wishes.minutes is None:
            self._report.add(Place(), "minutes", minutes=minutes)
        if self._wishes.audience is None:
            self._report.add(Place(), "audience")
        intro = self._text(self._draft.intro, Place())
        head = {"bank": self._wishes.bank, "title": self._title} | ({"intro": intro} if intro else {})
        audience = self._wishes.audience or "employee"
        return head | {"audience": audience, "minutes": minutes, "languages": list(self._tongues.codes)}

    def _theme(self, section: Section, taken: list[str]) -> Content | None:
        theme_id = identifier(section.name, taken, "deel")
        questions: list[Content] = []
        for asked in section.questions:
            name = asked.name.removeprefix(f"{section.name}.")
            question = self._question(asked, name, theme_id, [question["id"] for question in questions])
            if question is not None:
                questions.append(question)
        intro = self._text(section.intro, section.place)
        if not questions:
            if intro or section.questions:
                self._report.add(section.place, "empty_section", name=section.name)
            return None
        title = self._text(section.title, section.place) or dict(self._title)
        return {"id": theme_id, "title": title, **({"intro": intro} if intro else {}), "questions": questions}

    def _question(self, asked: Asked, name: str, theme: str, taken: list[str]) -> Content | None:
        kind = self._kind(asked)
        if kind is None:
            return None
        question_id = identifier(name, taken)
        if question_id != name.lower():
            self._report.add(asked.place, "renamed", name=asked.name, id=f"{theme}.{question_id}")
        text = self._text(asked.text, asked.place)
        if not text:
            self._report.add(asked.place, "no_text", name=asked.name)
        help_text = self._text(asked.help, asked.place)
        content, target = kind
        question = {"id": question_id, "text": text or self._same(asked.name or question_id)}
        question |= ({"help": help_text} if help_text else {}) | content | self._condition(asked)
        self._remember(asked, f"{theme}.{question_id}", target)
        return question

    def _kind(self, asked: Asked) -> tuple[Content, dict[str, Any]] | None:
        """Return the fields that say how a question is answered, and what conditions have to know of it."""
        if asked.answer == "number":
            return self._number(asked)
        if asked.answer == "yesno":
            return self._yesno(asked, asked.values)
        if not self._can_choose(asked):
            return None
        pair = yes_and_no(asked)
        if pair is not None:
            return self._yesno(asked, pair)
        values = points(asked, self._times[signature(asked)])
        return self._options(asked) if values is None else self._scale(asked, values)

    def _number(self, asked: Asked) -> tuple[Content, dict[str, Any]]:
        low, high = asked.minimum, asked.maximum
        if low is not None and high is not None and low > high:
            self._report.add(asked.place, "bounds", minimum=low, maximum=high)
            low = high = None
        bounds = {name: value for name, value in (("minimum", low), ("maximum", high)) if value is not None}
        return {"kind": "number"} | bounds, {"numeric": True} | bounds

    def _yesno(self, asked: Asked, pair: tuple[str, str]) -> tuple[Content, dict[str, Any]]:
        values = {pair[0]: "ja", pair[1]: "nee"}
        if all(language in YES_AND_NO for language in self._tongues.codes):
            return {"kind": "yesno"}, {"values": values}
        words = [{code: YES_AND_NO.get(code, YES_AND_NO["en"])[n] for code in self._tongues.codes} for n in (0, 1)]
        options = [{"value": value, "label": label} for value, label in zip(("ja", "nee"), words, strict=True)]
        self._report.add(asked.place, "yesno_as_choice", languages=self._tongues.codes)
        return {"kind": "choice", "options": options}, {"values": values}

    def _can_choose(self, asked: Asked) -> bool:
        """Drop choices with the value of an earlier one, and return whether at least two are left."""
        unique: dict[str, Choice] = {}
        for choice in asked.choices:
            if choice.value.strip() in unique or not choice.value.strip():
                self._report.add(choice.place, "duplicate_choice", value=choice.value)
            else:
                unique[choice.value.strip()] = choice
        asked.choices = list(unique.values())
        if len(asked.choices) < 2:
            self._report.add(asked.place, "too_few_choices", name=asked.name)
        return len(asked.choices) >= 2

    def _options(self, asked: Asked) -> tuple[Content, dict[str, Any]]:
        if asked.ordered:
            self._report.add(asked.place, "no_scale")
        values = {choice.value: choice.value.strip() for choice in asked.choices}
        options = [{"value": values[choice.value], "label": self._label(choice)} for choice in asked.choices]
        right = [value for value in values.values() if value in asked.right]
        if right and len(right) < len(options):
            target = {"values": values, "several": len(right) > 1}
            return {"kind": "knowledge", "options": options, "correct": right}, target
        several = asked.answer == "several"
        return {"kind": "choices" if several else "choice", "options": options}, {"values": values, "several": several}

    def _scale(self, asked: Asked, values: tuple[int, ...]) -> tuple[Content, dict[str, Any]]:
        key = (signature(asked), values)
        if key not in self._scale_ids:
            name = identifier(asked.list_name or "schaal", self._scales, "schaal")
            labels = [self._label(choice) for choice in asked.choices]
            self._scales[name] = [{"value": v, "label": label} for v, label in zip(values, labels, strict=True)]
            self._scale_ids[key] = name
            first = asked.choices[0]
            counted = "scale_counted" if first.number is None and whole(first.value) is None else "scale_made"
            times = max(self._times[signature(asked)], 1)
            self._report.add(asked.place, counted, scale=name, questions=times, least=SHARED_BY)
        mapped = {choice.value: value for choice, value in zip(asked.choices, values, strict=True)}
        return {"kind": "scale", "scale": self._scale_ids[key]}, {"values": mapped, "numeric": True}

    def _label(self, choice: Choice) -> dict[str, str]:
        return self._text(choice.label, choice.place) or self._same(choice.value)

    def _condition(self, asked: Asked) -> Content:
        if asked.condition is None:
            return {}
        try:
            return {"show_if": show_if(asked.condition, self._targets)}
        except Unfit as unfit:
            self._report.add(asked.place, f"condition_{unfit.code}", **unfit.params)
            return {}

    def _remember(self, asked: Asked, address: str, target: dict[str, Any]) -> None:
        for name, option in [(asked.name, None), *asked.option_names.items()]:
            known = name in self._targets
            self._targets[name] = None if known else Target(address, option=option, **target)

    def _text(self, text: Texts, place: Place) -> dict[str, str]:
        words = {name: self._inserted(plain(value, place, self._report), place) for name, value in text.items()}
        return self._tongues.translated(words, place, self._report)

    def _inserted(self, words: str, place: Place) -> str:
        if self._draft.insertion is None:
            return words

        def left_out(found: re.Match[str]) -> str:
            if self._draft.only_known_insertions and found.group(1) not in self._names:
                return found.group()
            self._report.add(place, "insertion", inserted=found.group())
            return ELLIPSIS

        return self._draft.insertion.sub(left_out, words)

    def _same(self, words: str) -> dict[str, str]:
        """Return words of which the source has no translations, as a text in every language."""
        return dict.fromkeys(self._tongues.codes, words.strip() or self._wishes.bank)
