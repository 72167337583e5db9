import re
from string import Formatter

import pytest

from zelfscan.paper.words import POLITE, Say, texts

FAMILIAR = re.compile(r"\b(je|jij|jou|jouw|jezelf)\b", re.IGNORECASE)


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_is_there_in_both_languages_with_the_same_places(key: str) -> None:
    text = texts()[key].root
    places = {language: {name for _, name, _, _ in Formatter().parse(said) if name} for language, said in text.items()}
    assert set(text) - {POLITE} == {"nl", "en"}
    assert [language for language in text if places[language] != places["nl"]] == []


@pytest.mark.parametrize("key", sorted(texts()))
def test_a_client_is_addressed_as_u(key: str) -> None:
    text = texts()[key].root
    assert (POLITE in text) == bool(FAMILIAR.search(text["nl"]))
    assert not FAMILIAR.search(text.get(POLITE, ""))


def test_only_dutch_is_polite() -> None:
    assert Say("nl", polite=True)("outcome_title") == "Uw uitkomst"
    assert Say("en", polite=True)("outcome_title") == "Your outcome"


def test_answers_are_listed_with_or_before_the_last() -> None:
    assert Say("nl").quoted(["A"]) == "‘A’"
    assert Say("en").quoted(["A", "B", "C"]) == "‘A’, ‘B’ or ‘C’"
