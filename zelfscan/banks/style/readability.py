"""The readability of Dutch text: the formula of Flesch as Douma fitted it to Dutch.

Sources: Douma, W.H. (1960), De leesbaarheid van landbouwbladen, Landbouwhogeschool Wageningen; his formula and table
are reprinted at <https://dbnl.org/tekst/_taa014197701_01/_taa014197701_01_0089.php>.
"""

from collections.abc import Iterable

from zelfscan.banks.style.texts import DutchText, prose_of

LEVELS = (
    (90, "very_easy"),
    (80, "easy"),
    (70, "fairly_easy"),
    (60, "normal"),
    (45, "fairly_hard"),
    (30, "hard"),
)
"""Douma's table: the score from which a level counts."""

HARDEST = "very_hard"


def flesch_douma(text: str) -> float:
    """Return the score of a text: 206.835 − 0.93 × words per sentence − 77 × syllables per word.

    The higher the easier; most text is between 0 and 100. Syllables are counted with the hyphenation patterns of
    pyphen, which leave out a syllable of one letter at the edge of a word (`open` counts as one), so that the score
    of plain text is 2 to 5 points too high. A sentence of one or two words counts as part of the next.
    """
    from textstat.backend.metrics import flesch_reading_ease  # type: ignore[import-untyped]

    return float(flesch_reading_ease(text, lang="nl"))


def score_of(texts: Iterable[DutchText]) -> float | None:
    """Return the score of the prose among the texts, read one after the other; None when there is none."""
    prose = prose_of(texts)
    return flesch_douma(prose) if prose else None


def level(score: float) -> str:
    """Return the level of a score in Douma's table, from `very_easy` to `very_hard`."""
    return next((name for bound, name in LEVELS if score >= bound), HARDEST)
