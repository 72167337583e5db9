"""The content of a YAML file as a tree that knows the line and column of every key and value."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from zelfscan.banks.problems import Mistake, Path

PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,15})?")
"""A number that reads the same to people and to YAML: no `010` (8), `12:30` (750), `1_000` or `.inf`."""

NAMELESS = ("", "stand-in")
"""What stands for the id of something that has none."""

TEXT_TAGS = frozenset({"str", "merge", "value"})
"""The types of YAML that are text here; `merge` (`<<`) and `value` (`=`) mean something only as a key."""


class Mark(NamedTuple):
    """A place in a file: line and column, from 1."""

    line: int
    column: int


class Located(NamedTuple):
    """A mistake with its place in the file."""

    mark: Mark
    mistake: Mistake


@dataclass(frozen=True, slots=True)
class Misread:
    """A value that YAML does not read as an author means it, such as `12:30` (750) or `010` (8).

    It is of no type that a bank knows, so that the schema refuses it wherever it stands.
    """

    raw: str


class Field(NamedTuple):
    """A field of a group: the place of its key, and its value."""

    key_mark: Mark
    value: "Node"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file.

    Args:
        mark: where it begins.
        tag: its type in YAML: `map` (a group), `seq` (a list), or `str`, `int`, `bool`, `null`, ...
        raw: a single value as the author wrote it, without quotes.
        items: the values of a list.
        fields: the fields of a group by key.
    """

    mark: Mark
    tag: str
    raw: str = ""
    items: tuple["Node", ...] = ()
    fields: dict[str, Field] = field(default_factory=dict)

    def data(self) -> object:
        """Return the value as plain Python: None, bool, int, float, str, list, dict, or `Misread`."""
        if self.tag == "map":
            return {key: value.data() for key, (_, value) in self.fields.items()}
        if self.tag == "seq":
            return [item.data() for item in self.items]
        return _single(self.tag, self.raw)

    def child(self, step: str | int) -> "Node | None":
        """Return what stands under a key or at a position, or None; a single value is a list of one."""
        if isinstance(step, str):
            return self.fields[step].value if step in self.fields else None
        items = (self,) if self.tag not in ("seq", "map") else self.items
        return items[step] if step < len(items) else None


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from a file.

    Args:
        root: the whole content, or None when it cannot be read as YAML.
        faults: the mistakes in the notation, in no order.
    """

    root: Node | None
    faults: list[Located]

    def find(self, path: Path) -> Node | None:
        """Return the value at `path`, or None when nothing is there."""
        node = self.root
        for step in path:
            node = node.child(step) if node is not None else None
        return node

    def mark(self, path: Path) -> Mark:
        """Return the place of the value at `path`, or of the nearest thing around it that is there."""
        node = self.find(path)
        if node is not None:
            return node.mark
        return self.mark(path[:-1]) if path else Mark(1, 1)

    def key_mark(self, path: Path) -> Mark:
        """Return the place of the key that ends `path`, or what `mark` returns when that is no key."""
        around, key = self.find(path[:-1]), path[-1]
        if around is not None and isinstance(key, str) and key in around.fields:
            return around.fields[key].key_mark
        return self.mark(path)

    def rename(self, path: Path, name: str) -> bool:
        """Give the field at `path` another name, and return whether that could be: it was there, the name free."""
        around, key = self.find(path[:-1]), path[-1]
        if not name or around is None or key not in around.fields or name in around.fields:
            return False
        around.fields[name] = around.fields.pop(str(key))
        return True

    def describe(self, path: Path) -> str:
        """Return a path for people: `themes[privacy].questions[#2].text.en`, with the id of what has one.

        A single value where a list may stand (`is: 1`) is shown as such, without a position.
        """
        shown = ""
        for length, step in enumerate(path, start=1):
            around = self.find(path[: length - 1])
            if isinstance(step, str):
                shown += f".{step}" if shown else step
            elif around is not None and around.tag == "seq":
                name = self.find((*path[:length], "id"))
                shown += f"[{name.raw}]" if name is not None and name.raw not in NAMELESS else f"[#{step + 1}]"
        return shown


def node_of(value: object, mark: Mark) -> Node:
    """Return plain Python data (text, whole number, truth value, list, dict) as a value that stands at `mark`."""
    if isinstance(value, dict):
        return Node(mark, "map", fields={key: Field(mark, node_of(below, mark)) for key, below in value.items()})
    if isinstance(value, list):
        return Node(mark, "seq", items=tuple(node_of(below, mark) for below in value))
    if isinstance(value, bool):
        return Node(mark, "bool", raw=str(value).lower())
    return Node(mark, "int" if isinstance(value, int) else "str", raw=str(value))


def _single(tag: str, raw: str) -> object:
    if tag in TEXT_TAGS:
        return raw
    if tag == "null":
        return None
    if tag == "bool":
        return raw.lower() in ("yes", "true", "on")
    if tag in ("int", "float") and PLAIN_NUMBER.fullmatch(raw):
        return int(raw) if tag == "int" else float(raw)
    return Misread(raw)
