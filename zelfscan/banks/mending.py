"""Going on after a mistake: fitting the content of a file to the schema, so that the other checks can run as well.

An author wants every mistake at once, but the checks on a whole bank need a bank. So misspelt names of fields are
corrected, and what then does not fit is replaced by a stand-in: the nearest thing of the right type, something
neutral, or nothing. The paths of the stand-ins are kept: what the other checks find there is not the author's.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from zelfscan.banks.document import Document, Located, Misread
from zelfscan.banks.problems import MAX_PROBLEMS, Path
from zelfscan.banks.schema import Part
from zelfscan.banks.schema_errors import mistake, path_of

_TEXT = {"nl": "?"}
STAND_INS: dict[str | int, Any] = {
    "answered": True,
    "at_least": 0,
    "at_most": 0,
    "audience": "employee",
    "bank": "stand-in",
    "form": "film",
    "from": 0,
    "functions": [],
    "gives": [],
    "id": "stand-in",
    "is": ["?"],
    "is_not": ["?"],
    "kind": "?",
    "label": _TEXT,
    "materials": [],
    "minutes": 1,
    "question": "stand-in.stand-in",
    "questions": [{}],
    "result": _TEXT,
    "sectors": [],
    "skills": [],
    "stage": "user",
    "text": _TEXT,
    "themes": [{}],
    "tip": _TEXT,
    "title": _TEXT,
    "topic": "stand-in",
    "value": 0,
    "what": _TEXT,
    "why": _TEXT,
}
"""What stands in for a field that has to be there, or that others lean on."""

Model = TypeVar("Model", bound=Part)


class Mended(NamedTuple, Generic[Model]):
    """The outcome of `mend`.

    Attributes:
        model: the content as a model, or None when it could not be mended.
        errors: pydantic's errors about what the author wrote.
        stand_ins: the paths at which something stands in for what the author wrote.
    """

    model: Model | None
    errors: list[ErrorDetails]
    stand_ins: set[Path]


def correct_spelling(model: type[Part], document: Document) -> list[Located]:
    """Give misspelt fields of `document` the names that a `model` knows, and return the mistakes.

    A field is only renamed when the other name is not there yet. Renaming a field brings what is under it to light,
    so this goes on until nothing is misspelt.
    """
    found: list[Located] = []
    while len(found) <= MAX_PROBLEMS:
        before = len(found)
        for detail in _fit(model, _content(document))[1]:
            if detail["type"] == "extra_forbidden":
                told = mistake(detail, document, model)
                mark = document.key_mark(told.path)
                if document.rename(told.path, str(told.params.get("meant", ""))):
                    found.append(Located(mark, told))
        if len(found) == before:
            break
    return found


def mend(model: type[Model], document: Document) -> Mended[Model]:
    """Read the content of `document` as a `model`, with stand-ins for what does not fit.

    A path that fails again gets the next remedy of `REMEDIES`, and after the last one what stands around it is
    mended instead. No path gets a remedy twice, so this ends.
    """
    mended = Mended[Model](None, [], set())
    content = _content(document)
    tried: Counter[Path] = Counter()
    while () not in mended.stand_ins and len(mended.errors) <= MAX_PROBLEMS:
        fitting, details = _fit(model, content)
        if fitting is not None:
            return mended._replace(model=fitting)
        mended.errors.extend(detail for detail in details if not is_under(path_of(detail), mended.stand_ins))
        mended.stand_ins.update(_replace_all(content, details, tried))
    return mended


def is_under(path: Path, stand_ins: set[Path]) -> bool:
    """Return whether `path` is, or lies under, one of the `stand_ins`."""
    return any(path[:length] in stand_ins for length in range(len(path) + 1))


def _content(document: Document) -> Any:
    return document.root.data() if document.root is not None else None


def _fit(model: type[Model], content: Any) -> tuple[Model | None, list[ErrorDetails]]:
    """Return `content` as a `model`, or the errors why it is none (no more than are told)."""
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_input=False)[: MAX_PROBLEMS + 1]


def _replace_all(content: Any, details: list[ErrorDetails], tried: Counter[Path]) -> set[Path]:
    """Put stand-ins for the errors of one round, and return their paths; what is replaced has no errors left."""
    replaced: set[Path] = set()
    for detail in details:
        if not is_under(path_of(detail), replaced):
            replaced.add(_replace(content, detail, tried))
    return replaced


def _replace(content: Any, detail: ErrorDetails, tried: Counter[Path]) -> Path:
    """Put a stand-in at the path of an error, or around it, and return where it stands; () is the whole content."""
    path, error = path_of(detail), detail["type"]
    if not isinstance(_at(content, path[:-1]), dict | list):
        path = path[:-1]
    while path:
        around = _at(content, path[:-1])
        for remedy in REMEDIES[tried[path] :]:
            tried[path] += 1
            if remedy(around, path[-1], error):
                return path
        path, error = path[:-1], "around"
    return ()


def _at(content: Any, path: Path) -> Any:
    for step in path:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return None
    return content


def _read_as_meant(around: Any, key: str | int, error: str) -> bool:
    """Put the nearest thing of the right type; for text that is the words as they were written."""
    reading = READINGS.get(error, _nothing)(_at(around, (key,)))
    if reading is not None:
        around[key] = reading
    return reading is not None


def _stand_in(around: Any, key: str | int, error: str) -> bool:
    fits = isinstance(around, dict) and key in STAND_INS
    if fits:
        around[key] = deepcopy(STAND_INS[key])
    return fits


def _leave_out(around: Any, key: str | int, error: str) -> bool:
    there = isinstance(around, dict) and key in around
    if there:
        del around[key]
    return there


REMEDIES: tuple[Callable[[Any, str | int, str], bool], ...] = (_read_as_meant, _stand_in, _leave_out)
"""What to try at a key that does not fit, in this order; each returns whether it changed anything."""


def _nothing(value: object) -> None:
    return None


def _words(value: object) -> str | None:
    if isinstance(value, Misread):
        return value.raw
    return str(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _condition(value: object) -> dict[str, object]:
    return {"question": "stand-in.stand-in", "answered": True}


def _empty_list(value: object) -> list[object] | None:
    return None if value is None else []


def _empty_group(value: object) -> dict[str, object] | None:
    return None if value is None else {}


READINGS: dict[str, Callable[[object], object]] = {
    "string_type": _words,
    "answer_value": _words,
    "int_type": _whole,
    "tuple_type": _empty_list,
    "dict_type": _empty_group,
    "model_type": _empty_group,
    "show_if_shape": _condition,
    "when_shape": _condition,
}
"""How to read a value of the wrong type as the right one, by pydantic's type of error; None: it cannot be."""
