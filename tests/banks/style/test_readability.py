"""The formula of Flesch and Douma."""

import pytest

from zelfscan.banks.document import Mark
from zelfscan.banks.style.readability import flesch_douma, level, score_of
from zelfscan.banks.style.texts import DutchText

TWO_SENTENCES = "Ik kan een bestand terugvinden. De computer start niet."
SYLLABLES = (1 + 1 + 1 + 2 + 4) + (1 + 3 + 1 + 1)
OFFICIAL = (
    "De informatiebeveiligingsfunctionaris inventariseert organisatiebrede verantwoordelijkheden betreffende "
    "gegevensverwerking, waarna afdelingsmanagers implementatievoorstellen beoordelen."
)


def text(words: str) -> DutchText:
    return DutchText(("title", "nl"), Mark(1, 1), words)


def test_the_score_is_the_formula_worked_out_by_hand() -> None:
    assert flesch_douma(TWO_SENTENCES) == pytest.approx(206.835 - 0.93 * 9 / 2 - 77 * SYLLABLES / 9)


def test_official_language_scores_far_below_plain_language() -> None:
    assert flesch_douma(OFFICIAL) < 0 < 60 < flesch_douma("Vraag een collega om hulp. Samen vind je het snel.")


def test_texts_are_read_one_after_the_other_and_titles_left_out() -> None:
    first, second = (part.strip() + "." for part in TWO_SENTENCES.rstrip(".").split("."))
    texts = [text("Informatiebeveiligingsbeleid"), text(first), text(second)]
    assert score_of(texts) == pytest.approx(flesch_douma(TWO_SENTENCES))
    assert score_of(texts[:1]) is None


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (120, "very_easy"),
        (90, "very_easy"),
        (89.9, "easy"),
        (70, "fairly_easy"),
        (60, "normal"),
        (45, "fairly_hard"),
        (30, "hard"),
        (29.9, "very_hard"),
        (-40, "very_hard"),
    ],
)
def test_levels_are_those_of_doumas_table(score: float, name: str) -> None:
    assert level(score) == name
