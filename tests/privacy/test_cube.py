"""The cube: there and back, its schema, and files that are none, damaged or edited by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.privacy.synthetic import LEVELS, MEASURE, exact, release
from zelfscan.privacy import cube
from zelfscan.privacy.cube import MESSAGES, Cube, CubeError, json_schema, read_cube
from zelfscan.privacy.cube_audit import audit_cube
from zelfscan.privacy.release import Release

BEFORE = release((30, exact(9, 8, 7, 6)), t=(12, exact(3, 3, 3, 3)), u=(18, exact(6, 5, 4, 3)))
AFTER = release((30, exact(8, 9, 6, 7)), t=(12, exact(2, 4, 3, 3)), u=(18, exact(6, 5, 3, 4)))
JOINED = release((31, exact(9, 9, 7, 6)), t=(13, exact(3, 4, 3, 3)), u=(18, exact(6, 5, 4, 3)))
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "release-cube.schema.json"


def round_of(key: str, shown: Release, *trends: dict[str, Any]) -> dict[str, Any]:
    categories = [{"id": level, "label": {"nl": level}} for level in LEVELS]
    return {
        "key": key,
        "closed": "2026-11",
        "rules": {"minimum": 5, "minimum_distribution": 8},
        "measures": [{"id": MEASURE.id, "label": {"nl": "Privacy"}, "categories": categories}],
        "groups": shown.to_dict()["groups"],
        "trends": list(trends),
    }


def content(later: Release = AFTER, *trends: dict[str, Any]) -> dict[str, Any]:
    rounds = [round_of("r1", BEFORE), round_of("r2", later, *trends)]
    return {"format": "zelfscan-release-cube", "version": 1, "rounds": rounds}


def read(data: dict[str, Any]) -> Cube:
    return read_cube(json.dumps(data).encode())


def test_a_cube_survives_the_way_to_json_and_back() -> None:
    found = read(content())
    assert read_cube(found.to_json().encode()) == found
    assert found.rounds[0].release() == BEFORE
    assert found.rounds[1].settled_rules().minimum == 5


def test_the_shipped_schema_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()
    Draft202012Validator.check_schema(json_schema())


def test_the_schema_takes_what_is_read_and_explains_every_field() -> None:
    validator = Draft202012Validator(json_schema())
    validator.validate(content())
    validator.validate(json.loads(read(content()).to_json()))
    assert list(validator.iter_errors({**content(), "version": 2}))
    parts = [json_schema(), *json_schema()["$defs"].values()]
    fields = [(name, field) for part in parts for name, field in part.get("properties", {}).items()]
    assert [name for name, field in fields if not field.get("description")] == []


def table(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["rounds"][1]["groups"][1]["tables"][0]
    return found


DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "missing field": (lambda data: data["rounds"][0].pop("rules"), "rounds[0].rules", "missing"),
    "unknown field": (lambda data: data["rounds"][0].update(secret=1), "rounds[0].secret", "no such field"),
    "negative": (lambda data: table(data)["cells"][0].update(low=-1), ".cells[0].low", "less than 0"),
    "fraction": (lambda data: table(data).update(n=12.5), ".tables[0].n", "not a whole number"),
    "text": (lambda data: table(data).update(n="12"), ".tables[0].n", "not a whole number"),
    "true": (lambda data: table(data).update(n=True), ".tables[0].n", "not a whole number"),
    "huge": (lambda data: table(data).update(n=10**40), ".tables[0].n", "is more than"),
    "sum": (lambda data: table(data)["cells"][0].update(low=9, high=9), ".tables[0].cells", "add up to 19 to 19"),
    "bounds": (lambda data: table(data)["cells"][0].update(low=3, high=2), ".cells[0]", "from 3 to 2"),
    "over size": (lambda data: data["rounds"][1]["groups"][1].update(size=11), "groups[1].tables[0].n", "has 11"),
    "over parent": (lambda data: data["rounds"][1]["groups"][0].update(size=29), "groups[0].size", "have 30"),
    "order": (lambda data: data["rounds"][1]["groups"].reverse(), "rounds[1].groups[0]", "does not stand before it"),
    "twice": (lambda data: data["rounds"][1]["groups"].append(data["rounds"][1]["groups"][1]), "groups[3]", "twice"),
    "kind": (lambda data: data["rounds"][1]["groups"][1].update(kind="ward"), "groups[1].kind", "none of"),
    "members": (lambda data: data["rounds"][1]["groups"][1].update(members=["x"]), "groups[1]", "members"),
    "crossing": (lambda data: data["rounds"][1]["groups"][1].update(answer="x"), "groups[1]", "crossing"),
    "inside a team": (
        lambda data: data["rounds"][1]["groups"][2].update(parent="t"),
        "groups[2]",
        "can hold no groups",
    ),
    "measure": (lambda data: table(data).update(measure="other"), "groups[1].tables[0]", "not among the measures"),
    "category": (lambda data: table(data)["cells"].reverse(), "groups[1].tables[0]", "once and in order"),
    "two tables": (
        lambda data: data["rounds"][1]["groups"][1]["tables"].append(table(data)),
        "tables[1]",
        "two tables",
    ),
    "round twice": (lambda data: data["rounds"][1].update(key="r1"), "rounds[1]", "stands twice"),
    "month": (lambda data: data["rounds"][1].update(closed="2026-13"), "rounds[1].closed", "no month"),
    "lower rules": (lambda data: data["rounds"][1]["rules"].update(minimum=1), "rules.minimum", "less than 5"),
    "trend": (lambda data: data["rounds"][0].update(trends=[{"round": "r9", "groups": {}}]), "trends[0]", "r9"),
    "trend of nothing": (
        lambda data: data["rounds"][1].update(trends=[{"round": "r1", "groups": {MEASURE.id: ["x"]}}]),
        "trends[0].groups",
        "no table",
    ),
    "escape": (lambda data: data["rounds"][1]["groups"][1].update(key="\x1b[2J"), "groups[1].key", "cannot stand here"),
    "no rounds": (lambda data: data.update(rounds=[]), "rounds", "cannot stand here"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_with_its_place(name: str) -> None:
    damage, place, message = DAMAGE[name]
    data = content()
    damage(data)
    with pytest.raises(CubeError) as caught:
        read(data)
    told = [line for line in caught.value.lines("en") if place in line and message in line]
    assert told, str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(list(caught.value.lines("nl"))) == len(list(caught.value.lines("en")))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1, column 1"),
        (b'{"format": ', "cut off"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"format": NaN}', "NaN is no number"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[" * 100_000, "no cube"),
        (b"9" * 5000, "thousands of digits"),
        (b'{"format": "other"}', "has to be `zelfscan-release-cube`"),
        (b"[1, 2]", "no cube"),
        (b'{"format": "zelfscan-release-cube", "version": 2}', "version 2"),
        (b'{"format": "zelfscan-release-cube"}', "version None"),
    ],
)
def test_a_file_that_is_no_cube_is_told(data: bytes, message: str) -> None:
    with pytest.raises(CubeError, match=message):
        read_cube(data)


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cube, "MOST_BYTES", 1000)
    with pytest.raises(CubeError, match="larger than"):
        read_cube(b" " * 1001)


def test_many_mistakes_are_cut_short() -> None:
    data = content()
    data["rounds"][0]["groups"] = [{}] * 500
    with pytest.raises(CubeError) as caught:
        read(data)
    assert len(list(caught.value.lines("en"))) == cube.MOST_PROBLEMS + 2


def test_messages_are_there_in_both_languages() -> None:
    assert MESSAGES["nl"].keys() == MESSAGES["en"].keys()


def test_the_attack_on_a_safe_cube_finds_nothing() -> None:
    allowed = {"round": "r1", "groups": {MEASURE.id: ["org", "t", "u"]}}
    verdict = audit_cube(read(content(AFTER, allowed)))
    assert verdict.to_dict() == {
        "verdict": "clean",
        "smallest_isolable": 12,
        "certain_outsider": 0,
        "certain_colleague": 0,
        "minimum": 5,
        "findings": (),
    }


def test_the_attack_finds_who_joined_between_two_rounds() -> None:
    verdict = audit_cube(read(content(JOINED)))
    assert (verdict.certain_outsider, verdict.clean) == (1, False)
    assert [(found["round"], found["beside"], found["who"]) for found in verdict.findings] == [("r2", ["r1"], "joined")]


def test_a_comparison_that_is_not_allowed_is_a_finding() -> None:
    later = release((33, exact(7, 9, 9, 8)), t=(15, exact(2, 4, 5, 4)), u=(18, exact(5, 5, 4, 4)))
    verdict = audit_cube(read(content(later, {"round": "r1", "groups": {MEASURE.id: ["t", "u"]}})))
    assert [(found["kind"], found["groups"]) for found in verdict.findings] == [("trend", ("t",))]
