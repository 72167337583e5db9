"""The JSON Schema of the format: that of the code, what it takes, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from zelfscan.banks.command import bank as command
from zelfscan.banks.json_schema import FILES, json_schema
from zelfscan.banks.loader import LIBRARY_FOLDER, MATERIALS_FILE

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "question_banks"
GOOD = [
    *sorted(SHIPPED.glob("*.yaml")),
    *sorted((SHIPPED / LIBRARY_FOLDER).glob("*.yaml")),
    *Path(__file__).parent.glob("*.yaml"),
]


def content_of(path: Path) -> str:
    """What a file holds, as `FILES` calls it."""
    return "materials" if path.name == MATERIALS_FILE else "library" if path.parent.name == LIBRARY_FOLDER else "bank"


def errors(content: str, data: Any) -> list[str]:
    """Where the schema finds fault."""
    return [".".join(map(str, e.absolute_path)) for e in Draft202012Validator(json_schema(content)).iter_errors(data)]


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field in a schema, with what is said of it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for below in schema.values():
            yield from properties(below)


@pytest.mark.parametrize("content", FILES)
def test_the_shipped_schema_is_that_of_the_code(content: str) -> None:
    printed = CliRunner().invoke(command, ["schema", content]).output
    assert (ROOT / "docs" / "schemas" / f"{content}.schema.json").read_text(encoding="utf-8") == printed
    assert json.loads(printed) == json_schema(content)


@pytest.mark.parametrize("content", FILES)
def test_it_is_a_schema_in_which_every_field_is_explained(content: str) -> None:
    Draft202012Validator.check_schema(json_schema(content))
    assert [name for name, field in properties(json_schema(content)) if not field.get("description")] == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_it_takes_every_good_file(path: Path) -> None:
    assert errors(content_of(path), yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) == []


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("kind", "scael", "themes.0.questions.0.kind"),
        ("tekst", {"nl": "a"}, "themes.0.questions.0"),
        ("id", "Groot", "themes.0.questions.0.id"),
        ("basic", "ja", "themes.0.questions.0.basic"),
        ("facet", "kunde", "themes.0.questions.0.facet"),
        ("text", None, "themes.0.questions.0.text"),
    ],
)
def test_it_refuses_what_no_bank_can_have(field: str, value: object, place: str) -> None:
    data = yaml.load((Path(__file__).parent / "scale.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    data["themes"][0]["questions"][0][field] = value
    assert place in errors("bank", data)


def test_a_question_without_a_skill_needs_its_fields() -> None:
    data = yaml.load((Path(__file__).parent / "scale.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    data["themes"][0]["questions"] = [{"skill": "zoeken"}]
    assert errors("bank", data) == []
    data["themes"][0]["questions"] = [{"id": "zoeken"}]
    assert errors("bank", data) == ["themes.0.questions.0"]
