"""The languages of a source: which of them a bank gets, under which codes, and what stands in where one is missing."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from zelfscan.banks.exchange.draft import Draft, Texts
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

DUTCH = "nl"
NAMED = {
    "arabic": "ar",
    "deutsch": "de",
    "dutch": "nl",
    "duits": "de",
    "engels": "en",
    "english": "en",
    "español": "es",
    "espanol": "es",
    "frans": "fr",
    "français": "fr",
    "francais": "fr",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "nederlands": "nl",
    "oekraïens": "uk",
    "pools": "pl",
    "polish": "pl",
    "portuguese": "pt",
    "português": "pt",
    "somali": "so",
    "spaans": "es",
    "spanish": "es",
    "swahili": "sw",
    "turkish": "tr",
    "turks": "tr",
    "türkçe": "tr",
    "ukrainian": "uk",
}
CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]*)?")
CODE_IN_BRACKETS = re.compile(r"\(\s*([a-z]{2,3})(?:[-_][a-z0-9_-]*)?\s*\)")
LEAST_SHARE = 0.5
"""The share of the texts that a language has to have; below it the language is left out."""


class Tongues(NamedTuple):
    """Which language of the source a code of the bank stands for: the names to try, the first one that has a text."""

    sources: dict[str, tuple[str, ...]]

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages of the bank."""
        return tuple(self.sources)

    def translated(self, text: Texts, place: Place, report: Report) -> dict[str, str]:
        """Return a text by code, with another language where a translation is missing, which is reported."""
        if not any(text.values()):
            return {}
        found = {code: self._found(text, code) for code in self.sources}
        fallback = next(filter(None, found.values()), "") or next(filter(None, text.values()))
        for code, words in found.items():
            if not words:
                report.add(place, "no_translation", language=code)
        return {code: words or fallback for code, words in found.items()}

    def _found(self, text: Texts, code: str) -> str:
        return next((text[name] for name in self.sources[code] if text.get(name)), "")


def plan(draft: Draft, as_dutch: str | None, unnamed: str | None, report: Report) -> Tongues:
    """Decide which languages the bank gets.

    Args:
        draft: the questionnaire, the default language of its texts first.
        as_dutch: the language of the source that is Dutch, by its name or code there; None: the one that says so.
        unnamed: the code of the texts that do not say their language; None: Dutch, unless the source has Dutch.
        report: gets what was assumed and what was left out.

    Raises:
        ExchangeError: `as_dutch` is not a language of the source.
    """
    names = [name for name in dict.fromkeys(draft.languages) if _share(draft, name) > 0] or [""]
    coded = _coded(names, unnamed, report)
    if as_dutch is not None:
        coded = _moved(coded, as_dutch)
    if DUTCH not in coded:
        report.add(Place(), "no_dutch", language=names[0] or next(iter(coded)))
        coded = {DUTCH: names[0], **coded}
    default = names[0]
    kept = {code: name for code, name in coded.items() if code == DUTCH or _is_kept(draft, code, name, report)}
    order = sorted(kept, key=lambda code: code != DUTCH)
    return Tongues(
        {code: (kept[code], "") if default == kept[code] or code == DUTCH else (kept[code],) for code in order}
    )


def code_of(name: str) -> str | None:
    """Return the code of a language from its name in a source (`English (en)`, `nl-informal`, `French`), or None."""
    lower = name.strip().lower()
    found = CODE_IN_BRACKETS.search(lower) or CODE.fullmatch(lower)
    return found.group(1) if found else NAMED.get(lower)


def _coded(names: list[str], unnamed: str | None, report: Report) -> dict[str, str]:
    """Return the languages of the source by code; two with one code are one, and the first is kept."""
    coded: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name == ""):
        code = code_of(name) if name else unnamed or DUTCH
        if code is None:
            report.add(Place(), "unknown_language", language=name)
        elif name == "" and code in coded:
            continue
        elif code in coded:
            report.add(Place(), "same_language", language=name, kept=coded[code])
        else:
            coded[code] = name
            if not name and unnamed is None:
                report.add(Place(), "unnamed_is_dutch")
    return {code: coded[code] for code in sorted(coded, key=lambda code: names.index(coded[code]))}


def _moved(coded: dict[str, str], as_dutch: str) -> dict[str, str]:
    """Return the languages with `as_dutch` as Dutch, in the place of its own code."""
    wanted = as_dutch.strip().lower()
    for code, name in coded.items():
        if wanted in (code, name.lower()) or (wanted == "default" and not name):
            rest = {other: n for other, n in coded.items() if other not in (code, DUTCH)}
            return {DUTCH: name, **rest}
    raise ExchangeError("no_such_language", language=as_dutch, languages=list(coded))


def _is_kept(draft: Draft, code: str, name: str, report: Report) -> bool:
    share = _share(draft, name)
    if share < LEAST_SHARE:
        report.add(Place(), "language_left_out", language=code, percent=round(100 * share))
    return share >= LEAST_SHARE


def _share(draft: Draft, name: str) -> float:
    """Return which part of the texts is there in a language of the source."""
    present = [bool(text.get(name)) for text in _texts(draft) if any(text.values())]
    return sum(present) / len(present) if present else 0.0


def _texts(draft: Draft) -> Iterator[Texts]:
    for section in draft.sections:
        yield section.title
        for question in section.questions:
            yield question.text
            yield from (choice.label for choice in question.choices)
