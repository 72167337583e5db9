"""The Dutch texts of a file in their places, and the sentences and words in them.

Texts are found by their shape, a group with `nl`, so that a bank with mistakes in it can be judged as well, and any
other file of texts in two languages.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zelfscan.banks.document import Mark, Node
from zelfscan.banks.problems import Path

SENTENCE_END = re.compile(r"""(?<=[.!?…])["'’”)]*\s+(?=["'‘’“(]*[A-ZÀ-ÖØ-Þ0-9]|['’]s\s)|\n+""")
"""An end mark before a capital or a digit; so `bijv. een brief` is no end, and `'s Morgens` is a beginning."""

WORD = re.compile(r"[^\W_]+(?:['’.@/&-][^\W_]+)*")
PROSE_END = re.compile(r"""[.!?…]["'’”)]*\s*$""")


@dataclass(frozen=True, slots=True)
class DutchText:
    """A Dutch text of a file.

    Args:
        path: the way to it; it ends in `nl`.
        mark: where it begins.
        text: the text.
    """

    path: Path
    mark: Mark
    text: str

    @property
    def asks(self) -> bool:
        """Whether it is a question or statement that gets one answer: the `text` of a question or a skill."""
        return self.path[-2] == "text" and self.path[-4:-3] in (("questions",), ("skills",))

    @property
    def is_prose(self) -> bool:
        """Whether it ends as a sentence; titles and the points of a scale do not."""
        return PROSE_END.search(self.text) is not None


def dutch_texts(node: Node | None, path: Path = ()) -> Iterator[DutchText]:
    """Yield the Dutch texts at or under a node, in the order of the file; none for None."""
    if node is None:
        return
    dutch = node.child("nl")
    if dutch is not None and dutch.tag == "str":
        yield DutchText((*path, "nl"), dutch.mark, dutch.raw)
        return
    for key, field in node.fields.items():
        yield from dutch_texts(field.value, (*path, key))
    for number, item in enumerate(node.items):
        yield from dutch_texts(item, (*path, number))


def prose_of(texts: Iterable[DutchText]) -> str:
    """Return the texts that are prose, a line each."""
    return "\n".join(one.text for one in texts if one.is_prose)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line break ends one too."""
    return [found.strip() for found in SENTENCE_END.split(text) if WORD.search(found)]


def words(text: str) -> list[str]:
    """Return the words of a text as written; `e-mail`, `foto's` and `digid.nl` are one word each."""
    return WORD.findall(text)
