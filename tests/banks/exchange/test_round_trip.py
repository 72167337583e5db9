"""What goes out as an XLSForm comes back as the same bank, and pyxform has nothing against it."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from tests.banks.exchange.support import BANKS, SHIPPED, import_file, read_bank
from zelfscan.banks.exchange.carried import SHEET
from zelfscan.banks.exchange.report import ExchangeError
from zelfscan.banks.exchange.xlsform_export import xlsform
from zelfscan.banks.loader import load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank


def loaded(path: Path) -> Bank | None:
    try:
        return load_bank(path, folders=[SHIPPED])
    except BankError:
        return None


EVERY = {path.stem: bank for path in sorted([*SHIPPED.glob("*.yaml"), *BANKS.glob("*.yaml")]) if (bank := loaded(path))}


def exported(bank: Bank, folder: Path) -> Path:
    path = folder / "uit.xlsx"
    path.write_bytes(xlsform(bank))
    return path


def edited(path: Path, changes: dict[tuple[str, str, str], str | None], column: str = "name") -> Path:
    """Change cells of a workbook: (sheet, name of the row, heading) to a value."""
    book = load_workbook(path)
    for (sheet_name, name, heading), value in changes.items():
        sheet = book[sheet_name]
        headings = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            if row[headings.index("name")].value == name:
                row[headings.index(heading)].value = value
    saved = BytesIO()
    book.save(saved)
    path.write_bytes(saved.getvalue())
    return path


def without_rows(path: Path, sheet: str, name: str) -> Path:
    book = load_workbook(path)
    rows = [row[1].row for row in book[sheet].iter_rows() if row[1].value == name]
    for row in reversed(rows):
        book[sheet].delete_rows(row)
    book.save(path)
    return path


def test_there_are_banks_to_try() -> None:
    assert {"vvt", "digitype", "mini", "branching", "knowledge", "number"} <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_a_bank_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    imported = import_file(exported(EVERY[name], tmp_path))
    assert imported.bank.hash == EVERY[name].hash
    assert imported.codes() == {}


@pytest.mark.parametrize("name", EVERY)
def test_pyxform_takes_what_goes_out(name: str, tmp_path: Path) -> None:
    result = convert(str(exported(EVERY[name], tmp_path)))
    assert EVERY[name].items()[0].address in result.xform
    assert result.warnings == []


@pytest.mark.parametrize("name", EVERY)
def test_without_its_sheet_the_questions_come_back(name: str, tmp_path: Path) -> None:
    path, bank = exported(EVERY[name], tmp_path), EVERY[name]
    book = load_workbook(path)
    del book[SHEET]
    book.save(path)
    imported = import_file(path)
    assert [item.address for item in imported.bank.items()] == [item.address for item in bank.items()]
    assert [item.question.text for item in imported.bank.items()] == [item.question.text for item in bank.items()]
    assert not [code for code in imported.codes() if code.startswith("condition")]
    assert "invalid_form" not in imported.codes()


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+31",
        "-1",
        "@naam",
        "a\u00a0b",
        "één\n\ntwee",
        "😀 <b>",
        "'quote",
        "a\u2028b",
        "_x000D_",
        "${a}",
        "1.0",
        "TRUE",
    ],
)
def test_every_text_comes_back_as_it_was(words: str, tmp_path: Path) -> None:
    bank = EVERY["mini"]
    theme = bank.themes[0]
    text = theme.title.model_copy(update={"root": {"nl": words, "en": words}})
    changed = bank.model_copy(update={"themes": (theme.model_copy(update={"title": text}), *bank.themes[1:])})
    path = exported(Bank.model_validate_json(changed.to_json()), tmp_path)
    assert import_file(path).bank.themes[0].title.root == {"nl": words, "en": words}
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "f" not in {cell.data_type for cell in cells}


def test_what_was_changed_in_the_sheets_is_taken_over(tmp_path: Path) -> None:
    bank = EVERY["mini"]
    changes = {
        ("survey", "apps.openen", "label::Nederlands (nl)"): "Ik open zelf een bijlage.",
        ("survey", "apps.zoeken", "hint::Nederlands (nl)"): "Denk aan internet.",
        ("survey", "apps.zoeken", "hint::English (en)"): "Think of the web.",
        ("survey", "apps", "label::English (en)"): "Apps at work",
        ("survey", "apps.beeldbellen-hulp", "relevant"): "${apps.openen} >= 2",
        ("survey", "privacy.jaren", "constraint"): ". >= 1 and . <= 50",
        ("choices", "4", "label::Nederlands (nl)"): "Ik help collega's",
    }
    imported = import_file(edited(exported(bank, tmp_path), changes))
    after = imported.bank
    question = after.item("apps.openen").question
    assert question.text.root == {"nl": "Ik open zelf een bijlage.", "en": "I can open an attachment."}
    assert (question.facet, question.basic, question.tip) == ("kennis", True, bank.item("apps.openen").question.tip)
    assert after.item("apps.zoeken").question.help.root == {"nl": "Denk aan internet.", "en": "Think of the web."}  # type: ignore[union-attr]
    assert after.themes[0].title.in_("en") == "Apps at work"
    condition = after.item("apps.beeldbellen-hulp").question.show_if
    assert condition is not None
    assert (condition.question, condition.at_least) == ("apps.openen", 2)
    assert (after.item("privacy.jaren").question.minimum, after.item("privacy.jaren").question.maximum) == (1, 50)
    assert after.scales["can"][4].label.in_("nl") == "Ik help collega's"
    assert after.levels == bank.levels
    assert after.item("privacy.mail").question == bank.item("privacy.mail").question
    assert "edited" in imported.codes("changed")


def test_a_question_that_was_taken_out_is_gone_with_what_depends_on_it(tmp_path: Path) -> None:
    path = without_rows(exported(EVERY["mini"], tmp_path), "survey", "apps.beeldbellen")
    imported = import_file(path)
    assert "apps.beeldbellen" not in [item.address for item in imported.bank.items()]
    assert imported.bank.item("apps.beeldbellen-hulp").question.show_if is None
    assert list(imported.codes()) == ["invalid_form", "condition_no_such_question"]


def test_an_option_that_was_taken_out_changes_the_question(tmp_path: Path) -> None:
    path = exported(EVERY["digitype_kinds"], tmp_path)
    book = load_workbook(path)
    last = next(
        row[0].row for row in book["choices"].iter_rows() if row[0].value == "alles.weet" and row[1].value == "c"
    )
    book["choices"].delete_rows(last)
    book.save(path)
    options = import_file(path).bank.item("alles.weet").question.options
    assert [option.value for option in options] == ["a", "b"]


def test_an_outcome_that_no_longer_fits_is_left_out_and_told(tmp_path: Path) -> None:
    rule = {"when": {"question": "apps.beeldbellen", "is": "ja"}, "gives": "bel"}
    advice = {"id": "bel", "title": {"nl": "Bel", "en": "Call"}, "text": {"nl": "Oefen.", "en": "Practise."}}
    content = json.loads(EVERY["mini"].to_json()) | {"outcome": {"advice": [advice], "rules": [rule]}}
    path = exported(Bank.model_validate(content), tmp_path)
    assert import_file(path).bank.outcome.rules[0].gives == ("bel",)
    imported = import_file(without_rows(path, "survey", "apps.beeldbellen"))
    assert imported.bank.outcome.rules == ()
    assert "carried_outcome" in imported.codes()


def test_a_damaged_sheet_of_our_own_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = exported(EVERY["mini"], tmp_path)
    book = load_workbook(path)
    book[SHEET]["A2"].value = '{"bank": 1'
    book.save(path)
    imported = import_file(path)
    assert imported.codes()["carried_unreadable"] == ["sheet zelfscan"]
    assert len(imported.bank.items()) == len(EVERY["mini"].items())


def test_another_name_of_the_file_is_told(tmp_path: Path) -> None:
    imported = import_file(exported(EVERY["mini"], tmp_path), bank="anders")
    assert imported.bank.bank == "anders"
    assert "other_name" in imported.codes("changed")


def test_a_text_that_fits_no_cell_is_refused() -> None:
    long = read_bank(
        "bank: lang\ntitle: {nl: A}\naudience: employee\nminutes: 1\nthemes:\n- id: t\n  title: {nl: T}\n"
        f"  questions:\n  - {{id: q, text: {{nl: {'woord ' * 6000}}}, kind: number}}\n",
        "lang.yaml",
    )
    with pytest.raises(ExchangeError, match="too long for a cell") as caught:
        xlsform(long)
    assert caught.value.place.sheet == "survey"
