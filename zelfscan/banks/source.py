"""Reading the YAML of a bank, from text to a tree with places.

Only plain YAML is taken: no anchors, aliases, tags or merge keys, one document, and a bounded depth and size.
The tree is built from the events of the parser, so that the bounds hold while reading: `yaml.compose` follows
the nesting of a file without a bound, and a file of a million brackets crashes the process.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml
from yaml.reader import Reader
from yaml.resolver import Resolver

from zelfscan.banks.document import TEXT_TAGS, Document, Field, Located, Mark, Node
from zelfscan.banks.problems import MAX_PROBLEMS, Mistake, Path

MAX_SIZE = 2 * 1024**2
"""The size of a file at most, in bytes and in characters."""
MAX_DEPTH = 30
MAX_NODES = 100_000
"""Keys, values, lists and groups at most; a bank of a thousand questions has some 30,000."""

TAG_PREFIX = "tag:yaml.org,2002:"
TAB_INDENT = re.compile(r" *(\t)\s*\S")

SYNTAX = {
    "mapping values are not allowed": "colon_in_text",
    "did not find expected key": "bad_indentation",
    "did not find expected '-' indicator": "bad_indentation",
    "could not find expected ':'": "bad_indentation",
    "found unexpected end of stream": "unclosed_quote",
    "did not find expected ',' or": "unclosed_bracket",
    "cannot start any token": "bad_first_character",
    "expected alphabetic or numeric character": "bad_first_character",
    "expected tag URI": "bad_first_character",
    "expected comment or line break": "bad_first_character",
    "undefined tag handle": "bad_first_character",
}
"""What the parser says, and the code of the mistake that an author makes to get it."""


def read(text: str) -> Document:
    """Read the YAML of a bank. Never raises: whatever is wrong is among the faults of the document."""
    if len(text) > MAX_SIZE:
        return Document(None, [too_large()])
    lines = text.split("\n")
    if invisible := _first(_control_characters(lines)):
        return Document(None, invisible)
    tabs = _first(_tabs(lines))
    composer = _Composer(text)
    try:
        return Document(composer.document(), composer.faults + tabs)
    except _TooMuchError as error:
        return Document(None, [error.located])
    except yaml.YAMLError as error:
        fault = _syntax_fault(error)
        already_told = any(tab.mark.line <= fault.mark.line for tab in tabs)
        return Document(None, composer.faults + tabs + ([] if already_told else [fault]))


def too_large() -> Located:
    """Return the fault of a file over `MAX_SIZE`."""
    return _located(Mark(1, 1), (), "too_large", limit=MAX_SIZE // 1024**2)


class _TooMuchError(Exception):
    """The file goes over a bound."""

    def __init__(self, located: Located) -> None:
        self.located = located


class _Composer:
    """Builds the tree of one document, and notes what is not plain YAML."""

    def __init__(self, text: str) -> None:
        self.faults: list[Located] = []
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._resolver = Resolver()
        self._nodes = 0

    def document(self) -> Node | None:
        """Return the root of the first document, or None for an empty file."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._fault(Mark(1, 1), (), "empty_file")
            return None
        root = self._node(next(self._events), ())
        next(self._events)
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            self._fault(_start(event), (), "second_document")
        return root

    def _node(self, event: yaml.NodeEvent, path: Path) -> Node:
        self._keep_bounds(event, path)
        self._refuse_references(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(_start(event), "map", fields=self._fields(path))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(_start(event), "seq", items=tuple(self._items(path)))
        if isinstance(event, yaml.ScalarEvent):
            return self._single(event, path)
        return Node(_start(event), "alias", raw="*")

    def _keep_bounds(self, event: yaml.NodeEvent, path: Path) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _TooMuchError(_located(_start(event), (), "too_many_values", limit=MAX_NODES))
        if len(path) > MAX_DEPTH:
            raise _TooMuchError(_located(_start(event), (), "too_deep", limit=MAX_DEPTH))

    def _refuse_references(self, event: yaml.NodeEvent, path: Path) -> None:
        if event.anchor is not None:
            code = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self._fault(_start(event), path, code, name=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._fault(_start(event), path, "tag", tag=tag.replace(TAG_PREFIX, "!!"))

    def _items(self, path: Path) -> Iterator[Node]:
        position = 0
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, (*path, position))
            position += 1

    def _fields(self, path: Path) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, mark = self._key(event, path), _start(event)
            value = self._node(next(self._events), (*path, key or "?"))
            if key in fields:
                line = fields[key].key_mark.line
                self._fault(mark, (*path, key), "duplicate_key", key=key, line=line)
            elif key is not None:
                fields[key] = Field(mark, value)
        return fields

    def _key(self, event: yaml.NodeEvent, path: Path) -> str | None:
        """Return the key that begins here, or None when it is none that a bank can have."""
        node = self._node(event, (*path, "?"))
        if node.tag in ("map", "seq", "merge"):
            code = "merge_key" if node.tag == "merge" else "key_not_single"
            self._fault(node.mark, path, code)
            return None
        if node.tag not in TEXT_TAGS | {"alias"}:
            self._fault(node.mark, (*path, node.raw), "key_not_text", raw=node.raw)
        return node.raw

    def _single(self, event: yaml.ScalarEvent, path: Path) -> Node:
        """Return a single value; one without quotes has the type that YAML gives it, the others are text."""
        if found := Reader.NON_PRINTABLE.search(event.value):
            self._fault(_start(event), path, "control_character", character=_name(found.group()))
        tag = TAG_PREFIX + "str"
        if event.implicit[0]:
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, (True, False))  # type: ignore[no-untyped-call]
        return Node(_start(event), tag.removeprefix(TAG_PREFIX), raw=event.value)

    def _fault(self, mark: Mark, path: Path, code: str, **params: object) -> None:
        self.faults.append(_located(mark, path, code, **params))


def _first(faults: Iterator[Located]) -> list[Located]:
    return list(islice(faults, MAX_PROBLEMS + 1))


def _located(mark: Mark, path: Path, code: str, **params: object) -> Located:
    return Located(mark, Mistake(path, code, params))


def _start(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


def _control_characters(lines: list[str]) -> Iterator[Located]:
    for number, line in enumerate(lines, start=1):
        if found := Reader.NON_PRINTABLE.search(line):
            mark = Mark(number, found.start() + 1)
            yield _located(mark, (), "control_character", character=_name(found.group()))


def _tabs(lines: list[str]) -> Iterator[Located]:
    for number, line in enumerate(lines, start=1):
        if found := TAB_INDENT.match(line):
            yield _located(Mark(number, found.start(1) + 1), (), "tab")


def _syntax_fault(error: yaml.YAMLError) -> Located:
    """Return what the parser stumbles over; an open quote is told where it opens, not at the end of the file."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return _located(Mark(1, 1), (), "not_yaml", detail=str(error))
    said, context = error.problem or "", error.context_mark or error.problem_mark
    code = next((code for fragment, code in SYNTAX.items() if fragment in said), "not_yaml")
    mark = context if code == "unclosed_quote" else error.problem_mark
    place = Mark(mark.line + 1, mark.column + 1)
    return _located(place, (), code, line=context.line + 1, detail=said)
