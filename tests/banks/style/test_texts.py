"""Finding the Dutch texts of a file, and the sentences and words in them."""

import pytest

from zelfscan.banks import source
from zelfscan.banks.style.texts import DutchText, dutch_texts, sentences, words

BANK = """
bank: a
title: {nl: Zelf leren, en: Learning by yourself}
themes:
  - id: t
    questions:
      - id: v
        text: {nl: "Lukt dat?", en: "Can you?"}
        options: [{value: nl, label: {nl: Ja}}]
outcome:
  dialogue:
    - {en: What now?, nl: Wat nu?}
"""


def found(text: str = BANK) -> list[DutchText]:
    return list(dutch_texts(source.read(text).root))


def test_every_dutch_text_of_a_file_is_found_in_its_place() -> None:
    assert [one.text for one in found()] == ["Zelf leren", "Lukt dat?", "Ja", "Wat nu?"]
    question = found()[1]
    assert question.path == ("themes", 0, "questions", 0, "text", "nl")
    assert question.mark == (8, 20)


def test_only_the_text_of_a_question_or_a_skill_asks() -> None:
    assert [one.text for one in found() if one.asks] == ["Lukt dat?"]
    (skill, tip) = found("skills: [{id: a, text: {nl: Ik kan lezen.}, tip: {nl: Lees.}}]")
    assert (skill.asks, tip.asks) == (True, False)
    assert [one.asks for one in found("outcome: {advice: [{text: {nl: Lees.}}]}")] == [False]


def test_an_unreadable_file_has_no_texts() -> None:
    assert found("a: [") == []


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Ik lees.", True),
        ("Lukt het?", True),
        ("Ze vroeg: 'Lukt het?'", True),
        ("Met hulp", False),
        ("Wachtwoord kwijt? Geen paniek", False),
    ],
)
def test_prose_ends_as_a_sentence(text: str, prose: bool) -> None:
    (one,) = found(f'title: {{nl: "{text}"}}')
    assert one.is_prose is prose


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Open de app. Kies je naam.", 2),
        ("Lukt het niet? Vraag hulp! Bel ons.", 3),
        ("Neem iets mee, bijv. een brief.", 1),
        ("Kijk op steffie.nl voor uitleg.", 1),
        ("Vraag: 'Wie ben je?' Wacht dan op antwoord.", 2),
        ("Het is af. 's Morgens lees je het na.", 2),
        ("Eerste regel\nTweede regel", 2),
        ("…", 0),
    ],
)
def test_sentences_end_at_a_mark_before_a_capital(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_words_are_counted_as_people_count_them() -> None:
    assert words("Stuur foto's – geen e-mail – naar steffie.nl, 2 keer!") == [
        *["Stuur", "foto's", "geen", "e-mail", "naar", "steffie.nl", "2", "keer"]
    ]
