"""Why somebody got this digitype, in one sentence of plain Dutch or English."""

import re
from collections.abc import Iterable, Sequence

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import MINIMUM_ANSWERS, MINIMUM_FACETS
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.profiles import profiles
from zelfscan.digitypes.types import Digitype

NAMED = 2
"""Answers that are named each way."""

INNER = re.compile(r'["“„«]([^"”»]*)["”»]')
FULL_STOP = re.compile(r"(?<!\.)\.$")

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "nl": {
        "clear": "Je lijkt het meest op {type}, {because}; {but}.",
        "because": "vooral door {answers}",
        "common": "omdat dat type vaker voorkomt",
        "but": "{answers} {fits} beter bij {other}, het type dat daarna het dichtst bij je ligt",
        "next": "daarna ligt {other} het dichtst bij je",
        "between": "Je zit tussen {type} en {other} in: {sides}.",
        "side": "{answers} {fits} beter bij {name}",
        "too_few": "Je hebt te weinig vragen beantwoord om een type te noemen: daarvoor zijn minstens {answers} "
        "antwoorden nodig, over minstens {facets} van de {all} onderwerpen.",
        "answer": "je antwoord op {questions}",
        "answers": "je antwoorden op {questions}",
        "fit": "past",
        "fits": "passen",
        "and": " en ",
    },
    "en": {
        "clear": "You are most like {type}, {because}; {but}.",
        "because": "mainly because of {answers}",
        "common": "because that type is more common",
        "but": "{answers} {fits} {other} better, the type that is next nearest to you",
        "next": "{other} is next nearest to you",
        "between": "You are between {type} and {other}: {sides}.",
        "side": "{answers} {fits} {name} better",
        "too_few": "You answered too few questions to name a type: that takes at least {answers} answers, about at "
        "least {facets} of the {all} subjects.",
        "answer": "your answer to {questions}",
        "answers": "your answers to {questions}",
        "fit": "fits",
        "fits": "fit",
        "and": " and ",
    },
}


def explanation(digitype: Digitype, banks: Iterable[Bank], language: str) -> str:
    """One sentence that says why: the answers that pulled hardest both ways, and the nearest other type.

    The pulls are exact parts of the log-odds of the type against that other type. With too few answers the sentence
    says so, and names no type.

    Args:
        digitype: the outcome of one person.
        banks: the banks that were filled in.
        language: `nl`, or else English.

    Raises:
        KeyError: the banks do not have a question that pulled.
    """
    words = WORDS["nl" if language == "nl" else "en"]
    if digitype.type is None:
        return words["too_few"].format(answers=MINIMUM_ANSWERS, facets=MINIMUM_FACETS, all=len(FACETS))
    texts = {f"{bank.bank}:{item.address}": item.question.text.in_(language) for bank in banks for item in bank.items()}
    pulls = [(texts[pull.item], pull.weight) for pull in digitype.pulls]
    towards = [text for text, weight in pulls if weight > 0][:NAMED]
    against = [text for text, weight in pulls if weight < 0][:NAMED]
    names = {"type": type_in_sentence(digitype.type, language), "other": type_in_sentence(digitype.runner_up, language)}
    parts = _between if digitype.verdict == "between" else _clear
    return words[digitype.verdict].format(**names, **parts(words, names, towards, against))


def quoted(text: str) -> str:
    """A text between double quotation marks, to stand in a sentence: without its full stop, its own quotes single."""
    single = INNER.sub(r"‘\1’", text.strip())
    return f"“{FULL_STOP.sub('', single)}”"


def _clear(words: Words, names: Words, towards: Sequence[str], against: Sequence[str]) -> Words:
    said = {"answers": _answers(words, against), "fits": _fits(words, against)}
    return {
        "because": words["because"].format(answers=_answers(words, towards)) if towards else words["common"],
        "but": words["but"].format(**names, **said) if against else words["next"].format(**names),
    }


def _between(words: Words, names: Words, towards: Sequence[str], against: Sequence[str]) -> Words:
    sides = [
        words["side"].format(answers=_answers(words, texts), fits=_fits(words, texts), name=name)
        for texts, name in ((towards, names["type"]), (against, names["other"]))
        if texts
    ]
    return {"sides": ", ".join(sides)}


def _answers(words: Words, texts: Sequence[str]) -> str:
    questions = words["and"].join(map(quoted, texts))
    return words["answer" if len(texts) == 1 else "answers"].format(questions=questions)


def _fits(words: Words, texts: Sequence[str]) -> str:
    return words["fit" if len(texts) == 1 else "fits"]


def type_in_sentence(type: str, language: str) -> str:
    """The name of a type within a sentence."""
    name = profiles().types[type].name.in_(language)
    return name[0].lower() + name[1:]
