"""From pydantic's errors to the mistakes that an author is told."""

import re
from typing import get_args

from pydantic_core import ErrorDetails

from zelfscan.banks.document import Document, Misread, Node
from zelfscan.banks.problems import Mistake, Path, meant
from zelfscan.banks.schema import ADDRESS_PATTERN, ID_PATTERN, LANGUAGE_PATTERN, Part

PATTERNS = {ID_PATTERN: "bad_id", ADDRESS_PATTERN: "bad_address", LANGUAGE_PATTERN: "bad_language"}

CODES = {
    "string_type": "not_text",
    "string_too_short": "empty",
    "int_type": "not_whole",
    "float_type": "not_number",
    "bool_type": "not_truth",
    "tuple_type": "not_list",
    "dict_type": "not_group",
    "model_type": "not_group",
    "show_if_shape": "show_if_shape",
    "when_shape": "when_shape",
    "answer_value": "not_an_answer",
}
"""The errors that say the same whatever the value is, by pydantic's type of error."""

BOUNDS = {"greater_than": ("gt", ">"), "greater_than_equal": ("ge", ">="), "less_than_equal": ("le", "<=")}

MISREAD = {"bool": "misread_boolean", "timestamp": "misread_date", "int": "misread_number", "float": "misread_number"}
"""The codes for what YAML reads as something else than text, by YAML's type."""


def mistake(detail: ErrorDetails, document: Document, model: type[Part]) -> Mistake:
    """Return what an author is told about one error of pydantic in the content of `document`, read as `model`."""
    path = path_of(detail)
    node = document.find(path)
    if node is not None and _is_comma_in_text(node, path, model):
        return Mistake(path, "comma_in_text", {"key": path[-1]}, at_key=True)
    if detail["type"] == "extra_forbidden":
        return _unknown_key(path, model)
    if detail["type"] == "missing":
        return Mistake(path, "missing_key", {"key": path[-1]})
    if node is not None and (code := _misread(detail, node)):
        return Mistake(path, code, {"raw": node.raw})
    if detail["type"] in CODES:
        return Mistake(path, CODES[detail["type"]], {})
    return _about_value(detail, path, node)


def path_of(detail: ErrorDetails) -> Path:
    """Return the path of an error; pydantic ends the path to a key with a step of its own."""
    return tuple(step for step in detail["loc"] if step != "[key]")


def field_names(model: type[Part], path: Path) -> list[str]:
    """Return the names of the fields that the schema knows at `path` in a `model`."""
    for step in path:
        info = {field.alias or name: field for name, field in model.model_fields.items()}.get(str(step))
        model = (_part_in(info.annotation) if info is not None else None) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _part_in(annotation: object) -> type[Part] | None:
    """Return the part of a bank that a type is about: `Theme` for `tuple[Theme, ...]`, None for `str`."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_in, get_args(annotation))), None)


def _unknown_key(path: Path, model: type[Part]) -> Mistake:
    key, known = str(path[-1]), field_names(model, path[:-1])
    return Mistake(path, "unknown_key", {"key": key, "known": known, **meant(key, known)}, at_key=True)


def _is_comma_in_text(node: Node, path: Path, model: type[Part]) -> bool:
    """Return whether a key is the rest of a text with a comma: `{nl: Ja, dat lukt}` has a key `dat lukt`."""
    if not path or node.tag != "null":
        return False
    key = str(path[-1])
    return not re.match(LANGUAGE_PATTERN, key) and key not in field_names(model, path[:-1])


def _misread(detail: ErrorDetails, node: Node) -> str | None:
    """Return the code when the trouble is how YAML reads a value, rather than the value itself."""
    if node.tag == "null":
        return "empty"
    text_expected = detail["type"] in ("string_type", "answer_value")
    return MISREAD.get(node.tag) if text_expected or isinstance(node.data(), Misread) else None


def _about_value(detail: ErrorDetails, path: Path, node: Node | None) -> Mistake:
    about, at_key = detail.get("ctx", {}), detail["loc"][-1:] == ("[key]",)
    value = node.raw if node is not None and not at_key else str(path[-1])
    if code := PATTERNS.get(about.get("pattern", "")):
        return Mistake(path, code, {"value": value}, at_key)
    if detail["type"] in BOUNDS:
        limit, sign = BOUNDS[detail["type"]]
        return Mistake(path, "out_of_range", {"value": value, "bound": f"{sign} {about[limit]:g}"})
    if detail["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", about["expected"])
        return Mistake(path, "not_listed", {"value": value, "allowed": allowed, **meant(value, allowed)})
    return Mistake(path, "invalid", {"detail": detail["msg"]})
