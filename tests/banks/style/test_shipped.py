"""The texts that ship read as they should, and the list of banks in the documentation is that of today."""

from pathlib import Path

import pytest

from zelfscan.banks.style.report import LOWEST_SCORE, StyleReport, check_style
from zelfscan.banks.style.shown import bank_table
from zelfscan.digitypes.profiles import SOURCE

ROOT = Path(__file__).parents[3]
BANKS = ROOT / "question_banks"


@pytest.fixture(scope="module")
def report() -> StyleReport:
    return check_style([BANKS, SOURCE])


def test_the_texts_that_ship_have_no_findings(report: StyleReport) -> None:
    assert "\n".join(map(str, report.findings)) == ""


def test_every_file_that_ships_is_plain_enough(report: StyleReport) -> None:
    scores = {summary.file: summary.score for summary in report.summaries}
    assert {str(file) for file in BANKS.rglob("*.yaml")} < set(scores)
    assert min(score for score in scores.values() if score is not None) >= LOWEST_SCORE


def test_the_list_of_banks_is_that_of_today() -> None:
    page = (ROOT / "docs" / "banks.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    assert table == bank_table(BANKS, "en"), "write the output of `zelfscan bank table question_banks` to docs/banks.md"
