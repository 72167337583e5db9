"""The data of a release: what may be made, and its JSON."""

import json
from typing import Any

import pytest

from tests.privacy.synthetic import exact, release
from zelfscan.privacy.release import Cell, Group, GroupKind, Measure, Release, Rules, Table

RELEASE = Release(
    (
        Group("org", "organisation", None, 30, (), (exact(5, 6, 7, 12),)),
        Group("a", "location", "org", 14, (), (Table("vvt.privacy", 9, (Cell(("start", "basis"), 0, 2),)),)),
        Group("a/other", "other", "a", 6, ("t1", "t2")),
        Group("org/age=young", "crossing", "org", 9, (), (), "age", "young"),
    ),
    hidden=True,
)


def test_a_release_survives_the_way_to_json_and_back() -> None:
    assert Release.from_dict(json.loads(json.dumps(RELEASE.to_dict()))) == RELEASE


def test_the_json_is_as_documented() -> None:
    assert RELEASE.to_dict()["version"] == 1
    assert RELEASE.to_dict()["groups"][1] == {
        "key": "a",
        "kind": "location",
        "parent": "org",
        "size": 14,
        "members": [],
        "tables": [
            {"measure": "vvt.privacy", "n": 9, "cells": [{"categories": ["start", "basis"], "low": 0, "high": 2}]}
        ],
    }


def test_only_a_crossing_says_whom_of_the_unit_it_is_about() -> None:
    *units, crossing = RELEASE.to_dict()["groups"]
    assert (crossing["kind"], crossing["background"], crossing["answer"]) == ("crossing", "age", "young")
    assert not [unit for unit in units if {"background", "answer"} & unit.keys()]


@pytest.mark.parametrize(
    ("kind", "parent", "background", "answer"),
    [
        ("crossing", None, "age", "young"),
        ("crossing", "org", None, None),
        ("crossing", "org", "age", None),
        ("team", "org", "age", "young"),
    ],
)
def test_a_crossing_is_of_a_unit_and_an_answer(
    kind: GroupKind, parent: str | None, background: str | None, answer: str | None
) -> None:
    with pytest.raises(ValueError, match="a crossing has"):
        Group("x", kind, parent, 9, (), (), background, answer)


def test_nothing_stands_in_a_crossing() -> None:
    inside = Group("x", "team", "org/age=young", 9)
    with pytest.raises(ValueError, match="nothing stands in a crossing"):
        Release((*RELEASE.groups, inside), hidden=False)


def test_a_release_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        Release.from_dict({**RELEASE.to_dict(), "version": 2})


@pytest.mark.parametrize("keys", [[("a", None), ("a", None)], [("a", "b"), ("b", None)], [("a", "a")], [("a", "b")]])
def test_groups_form_a_tree_with_parents_first(keys: list[tuple[str, str | None]]) -> None:
    with pytest.raises(ValueError, match="stands twice, or without its parent"):
        Release(tuple(Group(key, "team", parent, 9) for key, parent in keys), hidden=False)


def test_tables_are_found_by_measure() -> None:
    assert RELEASE.measures == ("vvt.privacy",)
    assert list(RELEASE.tables_of("vvt.privacy")) == ["org", "a"]
    assert RELEASE.tables_of("digitype") == {}
    assert release((9, None)).measures == ()


@pytest.mark.parametrize(("minimum", "distribution"), [(5, 8), (6, 8), (5, 20), (12, 12)])
def test_rules_are_settable_upwards(minimum: int, distribution: int) -> None:
    rules = Rules(minimum, distribution)
    assert Rules.from_dict(json.loads(json.dumps(rules.to_dict()))) == rules
    assert rules.to_dict() == {"minimum": minimum, "minimum_distribution": distribution}


@pytest.mark.parametrize("data", [{"minimum": 4, "minimum_distribution": 8}, {"minimum": 5, "minimum_distribution": 7}])
def test_rules_are_not_settable_downwards(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 5"):
        Rules(**data)
    with pytest.raises(ValueError, match="at least 5"):
        Rules.from_dict(data)


@pytest.mark.parametrize("categories", [(), ("one",), ("one", "one"), ("one", "two", "one")])
def test_a_measure_has_different_categories(categories: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="two or more different categories"):
        Measure("m", categories)


def test_a_cell_is_exact_or_a_band() -> None:
    assert Cell(("a",), 3, 3).exact
    assert not Cell(("a",), 0, 2).exact
