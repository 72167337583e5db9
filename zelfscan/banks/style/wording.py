"""The checks of wording: long sentences, double negatives, two questions in one, and jargon.

They look at words, not at grammar, and would rather miss one than cry wolf. Their words are in `wording.yaml` and
`jargon.yaml`.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import Any, NamedTuple

import yaml

from zelfscan.banks.style.texts import DutchText, sentences, words

LONGEST_SENTENCE = 15
"""Words of a sentence at most: what Dutch municipalities ask for at level B1 (docs/style.md has the source)."""

SHOWN_WORDS = 6

QUOTED = re.compile(r"""(?<!\w)(?:'[^'\n]{1,120}'|‘[^’\n]{1,120}’|"[^"\n]{1,120}"|“[^”\n]{1,120}”)(?!\w)""")
"""Words in quotes: what stands on a screen or is said by somebody; only the length of a sentence counts them."""

CLAUSE_END = re.compile(r"[,;:–]")
PRONOUN = "(?:ik|je|jij|u)"


class Said(NamedTuple):
    """Something about the style of a text: a key of `messages.yaml`, and the values for its fields."""

    code: str
    params: dict[str, object]


class Wording(NamedTuple):
    """The lists of `wording.yaml`; `prefixes` and `verbs` are one pattern, `second_person` is about `finite`."""

    negations: frozenset[str]
    denied: frozenset[str]
    harmless: re.Pattern[str]
    joins: frozenset[str]
    verbs: re.Pattern[str]
    whether: frozenset[str]
    modals: frozenset[str]
    one_action: re.Pattern[str]
    finite: frozenset[str]
    second_person: re.Pattern[str]


def remarks(one: DutchText) -> Iterator[Said]:
    """Yield what there is to say about the wording of a text, in the order of the checks."""
    own = QUOTED.sub(" ", one.text)
    for sentence in sentences(one.text):
        yield from long_sentence(sentence)
    for sentence in sentences(own):
        yield from double_negative(sentence)
    if one.asks:
        yield from two_questions(own)
    yield from jargon(own)


def long_sentence(sentence: str) -> Iterator[Said]:
    """Yield that a sentence has more than `LONGEST_SENTENCE` words."""
    found = words(sentence)
    if len(found) > LONGEST_SENTENCE:
        shown = " ".join(found[:SHOWN_WORDS]) + " …"
        yield Said("long_sentence", {"count": len(found), "sentence": shown, "limit": LONGEST_SENTENCE})


def double_negative(sentence: str) -> Iterator[Said]:
    """Yield that a clause denies twice: `geen ... niet`, `niet zonder`, `niet onmogelijk`."""
    lists = wording()
    for clause in _clauses(lists.harmless.sub(" ", sentence.lower())):
        denials = [word for word in clause if word in lists.negations]
        denials += [word for before, word in pairwise(clause) if before == "niet" and word in lists.denied]
        if len(denials) > 1:
            yield Said("double_negative", {"first": denials[0], "second": denials[1]})


def two_questions(text: str) -> Iterator[Said]:
    """Yield that what gets one answer asks for two things: two question marks, or two verbs with `en` or `of`."""
    asked = [sentence for sentence in sentences(text) if sentence.rstrip("'\"’”)").endswith("?")]
    if len(asked) > 1 and "dan" not in words(asked[-1].lower()):
        yield Said("two_questions", {"first": _shown(asked[0]), "second": _shown(asked[1])})
    for sentence in sentences(text):
        pair = _two_verbs(sentence.lower()) or _two_persons(sentence.lower())
        if pair:
            yield Said("two_questions", {"first": pair[0], "second": pair[1]})


def jargon(text: str) -> Iterator[Said]:
    """Yield each word of the list once, unless brackets behind it explain it, or it stands in brackets itself."""
    plain, pattern = _jargon()
    seen: set[str] = set()
    for found in pattern.finditer(text):
        entry = found.lastgroup or ""
        if entry not in seen:
            yield Said("jargon", {"word": " ".join(found[0].split()), "plain": plain[entry]})
        seen.add(entry)


@cache
def wording() -> Wording:
    """Return the lists of `wording.yaml`."""
    listed = {name: value.split() if isinstance(value, str) else value for name, value in _read("wording.yaml").items()}
    patterns = {name: _any_of(listed[name]) for name in ("harmless", "one_action")}
    finite = "|".join(listed["finite"])
    patterns["verbs"] = re.compile(f"(?:{'|'.join(listed.pop('prefixes'))})?(?:{'|'.join(listed['verbs'])})")
    patterns["second_person"] = re.compile(rf"\ben (?:(?P<asked>{finite}) {PRONOUN}|{PRONOUN} (?P<stated>{finite}))\b")
    fields: dict[str, Any] = {name: frozenset(value) for name, value in listed.items()}
    return Wording(**(fields | patterns))


def _any_of(turns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(turns)})\b")


def _read(name: str) -> Any:
    return yaml.load(files(__package__).joinpath(name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _clauses(sentence: str) -> Iterator[list[str]]:
    """Yield the words of each clause of a sentence in small letters; a comma or a joining word ends one."""
    for part in CLAUSE_END.split(sentence):
        clause: list[str] = []
        for word in words(part):
            if word in wording().joins:
                yield clause
                clause = []
            clause.append(word)
        yield clause


def _two_verbs(sentence: str) -> tuple[str, str] | None:
    """Return the infinitives that `en` or `of` joins: the one right before it, and the next one after it."""
    parts = CLAUSE_END.split(wording().one_action.sub(" ", sentence))
    return next(chain.from_iterable(_joined_verbs(words(part)) for part in parts), None)


def _joined_verbs(found: list[str]) -> Iterator[tuple[str, str]]:
    is_verb = wording().verbs.fullmatch
    for position, (verb, join) in enumerate(pairwise(found)):
        rest = found[position + 2 :]
        if is_verb(verb) and _joins_verbs(verb, join, rest):
            yield from ((verb, second) for second in filter(is_verb, rest))


def _joins_verbs(verb: str, join: str, rest: list[str]) -> bool:
    """Return whether a word joins two verbs; `of` means `whether` behind some verbs, and with a `mag` or `kan`."""
    lists = wording()
    return join in ("en", "en/of") or (join == "of" and verb not in lists.whether and lists.modals.isdisjoint(rest))


def _two_persons(sentence: str) -> tuple[str, str] | None:
    """Return the verbs on both sides of `en` that have a person each: `weet je ... en kun je ...`, `ik ... en ik ...`.

    `en je doet` may belong to `als je`, so it counts only where no such word comes before; `en doe je` never does.
    """
    found = wording().second_person.search(sentence)
    if not found:
        return None
    before = words(sentence[: found.start()])
    first = next((word for word in before[:2] if word in wording().finite), None)
    own = found["asked"] or wording().joins.isdisjoint(before)
    return (first, found["asked"] or found["stated"]) if first and own else None


def _shown(sentence: str) -> str:
    found = words(sentence)
    return " ".join(found[:SHOWN_WORDS]) + (" …" if len(found) > SHOWN_WORDS else "")


@cache
def _jargon() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the plain words of each entry by its name in the pattern, and the pattern that finds the entries."""
    entries = {f"entry{number}": entry for number, entry in enumerate(_read("jargon.yaml"))}
    groups = [f"(?P<{name}>{'|'.join(_forms(entry))})" for name, entry in entries.items()]
    pattern = re.compile(rf"(?<![\w(-])(?:{'|'.join(groups)})(?![\w-])(?!\s*\()", re.IGNORECASE)
    return {name: ", ".join(entry["plain"]) for name, entry in entries.items()}, pattern


def _forms(entry: dict[str, Any]) -> Iterator[str]:
    for form in chain([entry["word"]], entry.get("forms", [])):
        yield re.escape(form.rstrip("*")).replace(r"\ ", r"\s+") + (r"\w*" if form.endswith("*") else "")
