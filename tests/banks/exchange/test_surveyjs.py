"""SurveyJS in."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.banks.exchange.support import FILES, Imported, import_file


def survey(folder: Path, *elements: dict[str, Any], **whole: Any) -> Imported:
    path = folder / "x.json"
    path.write_text(json.dumps({"locale": "nl", "elements": [{"type": "boolean", "name": "vast"}, *elements], **whole}))
    return import_file(path)


def test_pages_panels_and_matrices_come_over() -> None:
    bank = import_file(FILES / "survey.json").bank
    assert bank.languages == ("nl", "en")
    assert {item.address: item.question.kind for item in bank.items()} == {
        "devices.app": "yesno",
        "devices.most": "choice",
        "devices.more": "choices",
        "devices.team": "number",
        "statements.often-search": "scale",
        "statements.often-ask": "scale",
        "statements.mark": "scale",
        "statements.mail": "knowledge",
        "statements.help": "yesno",
    }
    assert bank.item("statements.mail").question.correct == ("report",)
    assert bank.item("statements.mark").question.show_if.at_least == 2  # type: ignore[union-attr]
    assert bank.item("devices.most").question.show_if.is_ == ("ja",)  # type: ignore[union-attr]
    assert [point.label.in_("nl") for point in bank.scales["mark"]] == ["1: laag", "2", "3", "4"]
    assert bank.themes[0].intro.in_("en") == "About devices"  # type: ignore[union-attr]


def test_what_is_left_out_is_told_with_its_pointer() -> None:
    assert import_file(FILES / "survey.json").codes() == {
        "setting": ["/triggers"],
        "required": ["/pages/0/elements/1"],
        "other_option": ["/pages/0/elements/2"],
        "extra_option": ["/pages/0/elements/3"],
        "free_text": ["/pages/0/elements/5"],
        "no_counterpart": ["/pages/1/elements/3", "/pages/1/elements/4"],
        "condition": ["/pages/1/elements/5/visibleIf"],
        "insertion": ["/pages/1/elements/5", "/pages/1/elements/5"],
    }


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ({"type": "text"}, "free_text"),
        ({"type": "comment"}, "free_text"),
        ({"type": "multipletext"}, "free_text"),
        ({"type": "text", "inputType": "date"}, "no_counterpart"),
        ({"type": "signaturepad"}, "no_counterpart"),
        ({"type": "ranking", "choices": [1, 2]}, "no_counterpart"),
        ({"type": "matrixdynamic"}, "no_counterpart"),
        ({"type": "expression"}, "calculated"),
        ({"type": "radiogroup", "choicesByUrl": {"url": "x"}}, "no_list"),
        ({"type": "radiogroup", "choices": [1]}, "too_few_choices"),
        ({"type": "boolean", "visible": False}, "disabled"),
        ({"type": "html", "html": "x"}, "note"),
    ],
)
def test_elements_without_a_counterpart(element: dict[str, Any], code: str, tmp_path: Path) -> None:
    imported = survey(tmp_path, {"name": "q", **element})
    assert [item.question.id for item in imported.bank.items()] == ["vast"]
    assert list(imported.codes()) == [code]


@pytest.mark.parametrize(
    ("element", "values"),
    [
        ({"type": "rating"}, [1, 2, 3, 4, 5]),
        ({"type": "rating", "rateMin": 0, "rateMax": 10, "rateStep": 5}, [0, 5, 10]),
        ({"type": "rating", "rateValues": [1, {"value": 2, "text": "meer"}]}, [1, 2]),
        ({"type": "matrix", "rows": ["r"], "columns": ["Nooit", "Soms", "Vaak"]}, [0, 1, 2]),
    ],
)
def test_scales(element: dict[str, Any], values: list[int], tmp_path: Path) -> None:
    bank = survey(tmp_path, {"name": "q", **element}).bank
    assert [point.value for point in bank.scales["q"]] == values


def test_a_boolean_with_its_own_words_is_a_choice(tmp_path: Path) -> None:
    bank = survey(tmp_path, {"type": "boolean", "name": "q", "labelTrue": "Licht", "labelFalse": "Donker"}).bank
    assert [option.label.in_("nl") for option in bank.item("elements.q").question.options] == ["Licht", "Donker"]


def test_plain_values_are_their_own_labels(tmp_path: Path) -> None:
    bank = survey(tmp_path, {"type": "dropdown", "name": "q", "choices": ["rood", "blauw"]}).bank
    assert [option.label.in_("nl") for option in bank.item("elements.q").question.options] == ["rood", "blauw"]
