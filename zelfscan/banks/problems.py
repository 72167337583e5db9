"""Mistakes in a bank: what they are, where they stand, and how they are told to the author."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from zelfscan.errors import ClearError

Path = tuple[str | int, ...]
"""The way to a place in a bank: keys of mappings and positions in lists, from 0."""

MAX_PROBLEMS = 5000
"""Problems of one file that are told; whoever has more is told to mend these first."""

LONGEST_PARAM = 200
"""Characters of a param that a message shows."""


class Mistake(NamedTuple):
    """A mistake, without its place in a file.

    Args:
        path: the way to it; for a field that is missing, the way to where it should be.
        code: a key of `messages.yaml`.
        params: the values for the fields of that message, and optionally `meant`.
        at_key: whether it is the key at the end of the path that is wrong, rather than the value.
    """

    path: Path
    code: str
    params: Mapping[str, object]
    at_key: bool = False


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in its place, ready to be told. Problems sort by file, line and column.

    Args:
        file: the file as the user named it.
        line: from 1.
        column: from 1.
        path: the way to the mistake, readable: `themes[privacy].questions[wachtwoord].text.en`.
        code: a key of `messages.yaml`, for programs.
        params: the values in the message.
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    params: Mapping[str, object] = field(compare=False)

    def text(self, language: str) -> str:
        """Return what is wrong and how to mend it, in Dutch (`nl`) or else in English."""
        language = "nl" if language == "nl" else "en"
        shown = {name: _shown(value, language) for name, value in self.params.items()}
        suggestion = messages()["meant"][language] if "meant" in self.params else ""
        return (messages()[self.code][language] + suggestion).format_map(shown)

    def line_in(self, language: str) -> str:
        """Return the whole line for a terminal: `file:line:column: path: what, and how to mend it`."""
        place = f"{self.file}:{self.line}:{self.column}: "
        return place + (f"{_one_line(self.path)}: " if self.path else "") + self.text(language)

    def __str__(self) -> str:
        return self.line_in("en")


class BankError(ClearError):
    """A bank, or a file of materials, that cannot be used.

    Attributes:
        problems: every `Problem` found, sorted by line; at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return the message of each code in each language, from `messages.yaml` beside this module."""
    text = files(__package__).joinpath("messages.yaml").read_text(encoding="utf-8")
    content: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content


def meant(name: str, known: Iterable[str]) -> dict[str, str]:
    """Return the param that suggests which of the `known` names `name` was meant to be; empty: no idea."""
    close = get_close_matches(name, list(known), n=1)
    return {"meant": close[0]} if close else {}


def _shown(value: object, language: str) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ", ".join(map(str, value)) or messages()["nothing"][language]
    return _one_line(str(value))


def _one_line(text: str) -> str:
    """Return a text from a file as one short line without control characters, safe for any terminal."""
    line = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return line if len(line) <= LONGEST_PARAM else line[: LONGEST_PARAM - 1] + "…"
