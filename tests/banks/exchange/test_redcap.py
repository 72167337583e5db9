"""REDCap in."""

from pathlib import Path

import pytest

from tests.banks.exchange.support import FILES, import_file
from zelfscan.banks.exchange.report import ExchangeError


def test_forms_headers_and_matrices_come_over() -> None:
    bank = import_file(FILES / "dictionary.csv").bank
    assert [(theme.id, theme.title.in_("nl")) for theme in bank.themes] == [
        ("apparaten", "Apparaten"),
        ("stellingen", "Hoe vaak is dit zo?"),
        ("stellingen-2", "Tot slot"),
    ]
    assert {item.question.id: item.question.kind for item in bank.items()} == {
        "app": "yesno",
        "meest": "choice",
        "ook": "choices",
        "team": "number",
        "zoek": "scale",
        "vraag": "scale",
        "stemming": "number",
        "slot": "yesno",
    }
    assert [option.label.in_("nl") for option in bank.item("apparaten.meest").question.options] == [
        "Telefoon",
        "Tablet, klein",
    ]
    team = bank.item("apparaten.team").question
    assert (team.minimum, team.maximum) == (1, 200)
    assert team.show_if.all[0].is_ == ("1",)  # type: ignore[index, union-attr]
    assert bank.item("stellingen.vraag").question.show_if.at_most == 1  # type: ignore[union-attr]
    assert bank.themes[0].intro.in_("nl") == "Over wat je gebruikt."  # type: ignore[union-attr]


def test_what_is_left_out_is_told_by_line() -> None:
    assert import_file(FILES / "dictionary.csv").codes() == {
        "free_text": ["line 2"],
        "required": ["line 4"],
        "column": ["line 9", "line 15"],
        "insertion": ["line 9"],
        "no_counterpart": ["line 11", "line 14"],
        "decimals": ["line 12"],
        "calculated": ["line 13"],
        "condition": ["line 15"],
    }


def test_the_headings_of_the_programming_interface_and_semicolons_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("field_name;form_name;field_type;field_label\na;f;yesno;Ja of nee?\n", encoding="utf-8-sig")
    assert [item.address for item in import_file(path).bank.items()] == ["f.a"]


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("naam,soort\na,b\n", encoding="utf-8")
    with pytest.raises(ExchangeError, match="column `Variable / Field Name` is missing"):
        import_file(path)


def test_a_field_without_a_form_gets_a_theme(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("field_name,form_name,field_type,field_label\na,,yesno,Ja of nee?\n", encoding="utf-8")
    assert [item.address for item in import_file(path).bank.items()] == ["deel.a"]
