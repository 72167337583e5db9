"""The fixed words of the paper, from `words.yaml`."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from zelfscan.banks.schema import Text

POLITE = "u"

SOURCE = Path(__file__).with_name("words.yaml")


@cache
def texts() -> dict[str, Text]:
    """Every fixed text by its key, in Dutch and English; a text can have places to fill in between braces.

    The language `POLITE` is the Dutch that says 'u', where that differs.
    """
    return TypeAdapter(dict[str, Text]).validate_python(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


class Say:
    """Says things in one language.

    Args:
        language: `nl` or `en`.
        polite: whether Dutch says 'u', as one does to clients.
    """

    def __init__(self, language: str, polite: bool = False) -> None:
        self.language = language
        self._spoken = POLITE if polite and language == "nl" else language

    def __call__(self, key: str, **values: object) -> str:
        """The fixed text `key`, with `values` in its places."""
        return texts()[key].in_(self._spoken).format(**values)

    def text(self, text: Text | None) -> str:
        """A text of a bank; empty when there is none."""
        return "" if text is None else text.in_(self.language)

    def quoted(self, answers: Sequence[str]) -> str:
        """Answers in quotes, with 'or' before the last: `‘A’, ‘B’ or ‘C’`."""
        return self.listed([self("quoted", text=answer) for answer in answers], "or")

    def listed(self, words: Sequence[str], joint: str) -> str:
        """Words after each other, with the word `joint` (`and`, `or`) before the last."""
        *first, last = words
        return f"{', '.join(first)} {self(joint)} {last}" if first else last
