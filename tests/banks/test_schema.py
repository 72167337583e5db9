"""The models: texts, addresses, and the hash that tells one version of a bank from another."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from zelfscan.banks.loader import load_bank, parse_bank
from zelfscan.banks.schema import Bank, ShowIf, Text

BANKS = Path(__file__).parent
BRANCHING = (BANKS / "branching.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    """Return the hash of the branching bank with a change in it."""
    assert old in BRANCHING
    return parse_bank(BRANCHING.replace(old, new), "branching.yaml").hash


def test_a_text_falls_back_to_dutch() -> None:
    text = Text({"nl": "Ja", "en": "Yes"})
    assert (text.in_("en"), text.in_("nl"), text.in_("pl")) == ("Yes", "Ja", "Ja")


def test_items_have_addresses_in_the_order_of_the_bank() -> None:
    bank = load_bank(BANKS / "scale.yaml")
    assert [item.address for item in bank.items()] == ["basis.zelf", "basis.bang"]
    assert bank.item("basis.bang").question is bank.themes[0].questions[1]
    assert bank.item("basis.bang").theme is bank.themes[0]
    with pytest.raises(KeyError):
        bank.item("basis.weg")


def test_a_bank_cannot_be_changed() -> None:
    bank = load_bank(BANKS / "scale.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        bank.minutes = 9


def test_layout_order_and_defaults_leave_the_hash_as_it_is() -> None:
    unchanged = parse_bank(BRANCHING, "branching.yaml").hash
    rewritten = yaml.safe_dump(yaml.load(BRANCHING, Loader=yaml.CSafeLoader), sort_keys=True, width=40)
    assert rewritten != BRANCHING
    assert parse_bank(rewritten, "branching.yaml").hash == unchanged
    assert changed("minutes: 1", "minutes: 1\nlanguages: [nl]  # the default") == unchanged
    assert changed("is: a}", "is: [a]}") == unchanged
    assert len(unchanged) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Doorvragen", "Doorvragen."),
        ("minutes: 1", "minutes: 2"),
        ("at_least: 1", "at_least: 2"),
        ("kind: yesno, show_if: {question: bellen.app, is: a}", "kind: yesno"),
        ("{value: a, label: {nl: App A}}, {value: b", "{value: b, label: {nl: App A}}, {value: a"),
    ],
)
def test_a_change_of_content_changes_the_hash(old: str, new: str) -> None:
    assert changed(old, new) != parse_bank(BRANCHING, "branching.yaml").hash


def test_the_hash_of_a_version_does_not_change_with_the_program() -> None:
    assert load_bank(BANKS / "yesno.yaml").hash == "d70e27e558a06a81a30f8036f4c703f438a8db98e93072abcdb53d3ab7d7de54"


def test_a_bank_survives_json() -> None:
    bank = load_bank(BANKS / "branching.yaml")
    content = bank.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert Bank.model_validate(content) == bank


@pytest.mark.parametrize(
    "condition",
    [
        {"question": "a.b", "is": 1},
        {"question": "a.b", "at_least": 0},
        {"question": "a.b", "answered": False},
        {"all": [{"question": "a.b", "is": "x"}]},
    ],
)
def test_a_condition_is_one_comparison_or_one_group(condition: dict[str, object]) -> None:
    assert ShowIf.model_validate(condition)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"question": "a.b"},
        {"is": 1},
        {"question": "a.b", "is": 1, "is_not": 2},
        {"question": "a.b", "is": []},
        {"all": []},
        {"all": [{"question": "a.b", "is": 1}], "any": [{"question": "a.b", "is": 1}]},
        {"question": "a.b", "all": [{"question": "a.b", "is": 1}]},
    ],
)
def test_any_other_condition_is_refused(condition: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="not one comparison"):
        ShowIf.model_validate(condition)
