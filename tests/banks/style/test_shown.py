"""What is printed about style: lines, figures for programs, and the table of banks."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from zelfscan.banks.problems import BankError
from zelfscan.banks.style.report import StyleReport, Summary, check_style
from zelfscan.banks.style.shown import bank_table, style_lines, summary_rows

BANKS = Path(__file__).parent / "banks"
PLAIN = Summary("a.yaml", 84.6, 40, 1, 2)
TITLES = Summary("b.yaml", None, 3, 0, 0)


def test_the_figures_of_a_file_are_one_line() -> None:
    lines = list(style_lines(StyleReport([], [PLAIN, TITLES]), "nl"))
    assert lines == [
        "a.yaml: leesbaarheid 85 (makkelijk) · 40 zinnen, 2% lang · opmerkingen: 2",
        "b.yaml: geen hele zinnen om de leesbaarheid van te meten · 3 zinnen, 0% lang · opmerkingen: 0",
        "Opmerkingen over de stijl: 0.",
    ]
    (english, *_, total) = style_lines(StyleReport([], [PLAIN]), "en")
    assert (english, total) == (
        "a.yaml: readability 85 (easy) · 40 sentences, 2% long · findings: 2",
        "Findings of style: 0.",
    )


def test_findings_come_before_the_figures_by_file_and_line() -> None:
    report = check_style([BANKS])
    lines = list(style_lines(report, "en"))
    assert lines[:4] == [finding.line_in("en") for finding in sorted(report.findings)]
    assert lines[-1] == "Findings of style: 4."


def test_the_figures_can_be_read_by_a_program() -> None:
    assert summary_rows(StyleReport([], [PLAIN, TITLES])) == [
        {"file": "a.yaml", "score": 84.6, "level": "easy", "sentences": 40, "long_sentences": 1, "findings": 2},
        {"file": "b.yaml", "score": None, "level": None, "sentences": 3, "long_sentences": 0, "findings": 0},
    ]


def test_the_table_has_a_row_for_each_bank_of_a_folder() -> None:
    score = next(summary.score for summary in check_style([BANKS]).summaries if summary.file.endswith("werk.yaml"))
    assert score is not None
    assert bank_table(BANKS, "en").splitlines() == [
        "| id | title | audience | themes | questions | minutes | languages | readability |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| `werk` | Digitaal werken | employee | 1 | 2 | 2 | nl, en | {score:.0f} (easy) |",
    ]
    assert "| medewerker |" in bank_table(BANKS, "nl")


def test_a_title_cannot_break_the_table(tmp_path: Path) -> None:
    text = (BANKS / "werk.yaml").read_text(encoding="utf-8").replace("Digitaal werken", "Werk | privé")
    (tmp_path / "werk.yaml").write_text(text, encoding="utf-8")
    assert r"| Werk \| privé |" in bank_table(tmp_path, "en", folders=[BANKS])


def test_a_folder_with_faulty_banks_has_no_table(tmp_path: Path) -> None:
    shutil.copy(BANKS / "werk.yaml", tmp_path / "anders.yaml")
    with pytest.raises(BankError) as caught:
        bank_table(tmp_path, "en", folders=[BANKS])
    assert [problem.code for problem in caught.value.problems] == ["wrong_bank_id"]


def test_the_library_behind_the_score_is_loaded_only_for_a_score() -> None:
    told = "import sys, zelfscan.banks.style.shown; print('textstat' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
