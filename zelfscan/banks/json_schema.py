"""The bank format as JSON Schema (draft 2020-12), with which an editor completes and checks a bank while one types."""

from typing import Any

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, MaterialList, Part, SkillList

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, type[Part]] = {"bank": Bank, "materials": MaterialList, "library": SkillList}
"""What a file can hold, by the name that `zelfscan bank schema` has for it."""

PICKED = ("id", "text", "kind")
"""What a question may leave out when it picks a skill."""


def json_schema(content: str = "bank") -> dict[str, Any]:
    """Return the JSON Schema of a file with a `content` of FILES.

    It says what types and closed lists can say. References, translations and order are checked by the loader alone.
    """
    schema = FILES[content].model_json_schema(by_alias=True)
    if content == "bank":
        _complete(schema["$defs"]["Question"])
    plain: dict[str, Any] = _plain(schema)
    return {"$schema": DIALECT} | plain


def _complete(question: dict[str, Any]) -> None:
    """Name the kinds, and let a pick leave out what its skill fills in."""
    question["properties"]["kind"]["enum"] = list(KINDS)
    question["required"] = [name for name in question["required"] if name not in PICKED]
    question["anyOf"] = [{"required": ["skill"]}, {"required": list(PICKED)}]


def _plain(schema: Any) -> Any:
    """Leave out what pydantic adds and an author cannot write: names of models, and null."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if choices:
        alone = choices[0] if len(choices) == 1 else {"anyOf": choices}
        schema = {name: value for name, value in schema.items() if name != "anyOf"} | alone
    kept = {
        n: v for n, v in schema.items() if not (n == "title" and isinstance(v, str)) and (n, v) != ("default", None)
    }
    return {name: _plain(value) for name, value in kept.items()}
