"""The codebook: a row per question and answer, and nothing in it that a spreadsheet runs."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.banks.exchange.support import BANKS, read_bank
from zelfscan.banks.exchange.codebook import codebook
from zelfscan.banks.exchange.command import export
from zelfscan.banks.exchange.spreadsheet import comma_separated, workbook
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank, Question

MINI = load_bank(BANKS / "mini.yaml")
EVIL = """
bank: kwaad
title: {nl: Kwaad}
audience: employee
minutes: 1
themes:
- id: t
  title: {nl: "=1+1"}
  questions:
  - id: q
    text: {nl: "@SUM(A1)"}
    help: {nl: "+31 6"}
    kind: choice
    options:
    - {value: "-2+3", label: {nl: " =cmd"}}
    - {value: b, label: {nl: "=HYPERLINK(1)"}}
"""


def rows(bank: Bank) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(comma_separated(codebook(bank)).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", ["mini", "branching", "knowledge", "choices", "number", "digitype_kinds"])
def test_there_is_a_row_per_answer(name: str) -> None:
    bank = load_bank(BANKS / f"{name}.yaml")
    found = [(row["address"], row["value"]) for row in rows(bank)]
    expected = [
        (item.address, option.value if option else "")
        for item in bank.items()
        for option in KINDS[item.question.kind].choices(item.question, bank) or (None,)
    ]
    assert found == expected


def test_a_row_says_everything_about_the_answer() -> None:
    row = rows(MINI)[2]
    expected = {
        "bank": "mini",
        "address": "apps.openen",
        "theme": "apps",
        "theme title (en)": "Working with apps",
        "kind": "scale",
        "text (nl)": "Ik kan een bijlage openen.",
        "text (en)": "I can open an attachment.",
        "scale": "can",
        "facet": "kennis",
        "basic": "true",
        "reverse": "false",
        "value": "2",
        "label (nl)": "Meestal zelf",
        "label (en)": "Mostly by myself",
        "score": "0.5",
        "tip (en)": "Open one attachment together tomorrow.",
    }
    assert {name: row[name] for name in expected} == expected


def test_conditions_right_answers_and_bounds_are_there() -> None:
    by_address = {row["address"]: row for row in rows(MINI)}
    assert by_address["apps.beeldbellen-hulp"]["condition"] == "apps.beeldbellen is ja"
    assert by_address["privacy.mail"]["correct"] == "false"
    assert (by_address["privacy.jaren"]["minimum"], by_address["privacy.jaren"]["maximum"]) == ("0", "60")
    branching = {row["address"]: row["condition"] for row in rows(load_bank(BANKS / "branching.yaml"))}
    assert branching["meer.samen"] == "bellen.doen is 1, 2 and bellen.app is b"
    assert branching["meer.leeg"] == "bellen.app not answered"


def test_every_field_of_a_question_has_its_column() -> None:
    apart = {"id": "address", "options": "value", "show_if": "condition"}
    headings = {heading.split(" (")[0] for heading in codebook(MINI).headings}
    assert {apart.get(name, name) for name in Question.model_fields} <= headings


def test_no_cell_of_the_csv_begins_like_a_formula() -> None:
    for row in rows(read_bank(EVIL, "kwaad.yaml")):
        assert not [value for value in row.values() if value.lstrip(" ").startswith(("=", "+", "-", "@"))]
    assert rows(read_bank(EVIL, "kwaad.yaml"))[0]["text (nl)"] == "'@SUM(A1)"


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(workbook([codebook(read_bank(EVIL, "kwaad.yaml"))])))["codebook"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    texts = [cell for cell in cells if cell.value in ("=1+1", "@SUM(A1)", "-2+3")]
    assert len(texts) >= 3
    assert {cell.number_format for cell in texts} == {"@"}


@pytest.mark.parametrize("target", ["codebook-csv", "codebook-xlsx"])
def test_the_command_writes_it(target: str, tmp_path: Path) -> None:
    out = tmp_path / "codeboek"
    result = CliRunner().invoke(
        export, [str(BANKS / "mini.yaml"), "--to", target, "--out", str(out), "--language", "nl"]
    )
    assert (result.exit_code, result.output) == (0, f"{out} gemaakt.\n")
    assert out.read_bytes().startswith(b"PK" if target == "codebook-xlsx" else b"\xef\xbb\xbfbank,address")
