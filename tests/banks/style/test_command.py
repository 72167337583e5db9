"""`bank check --style` and `bank table`."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from zelfscan.banks.command import bank
from zelfscan.banks.style.report import check_style
from zelfscan.banks.style.shown import bank_table, style_lines, summary_rows

BANKS = Path(__file__).parent / "banks"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(bank, [*arguments, "--language", "nl"])


def test_the_style_is_judged_only_when_asked_for() -> None:
    result = run("check", str(BANKS))
    assert (result.exit_code, result.output) == (0, "Geen fouten gevonden.\n")


def test_findings_of_style_are_printed_below_the_mistakes_and_exit_with_1() -> None:
    result = run("check", str(BANKS), "--style")
    assert result.exit_code == 1
    assert result.output.splitlines() == ["Geen fouten gevonden.", *style_lines(check_style([BANKS]), "nl")]


def test_texts_without_findings_exit_with_0(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    text = (BANKS / "library" / "basis.yaml").read_text(encoding="utf-8").replace("niets zonder naam", "een bestand")
    (library / "basis.yaml").write_text(text, encoding="utf-8")
    result = run("check", str(library / "basis.yaml"), "--style")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Opmerkingen over de stijl: 0.")


def test_the_style_can_be_read_by_a_program() -> None:
    content = json.loads(run("check", str(BANKS), "--style", "--json").output)
    report = check_style([BANKS])
    assert content["problems"] == []
    assert content["style"]["summaries"] == summary_rows(report)
    assert [row["code"] for row in content["style"]["findings"]] == [finding.code for finding in report.findings]
    assert content["style"]["findings"][0] == {
        "file": str(BANKS / "library" / "basis.yaml"),
        "line": 8,
        "column": 15,
        "path": "skills[bestand-openen].tip.nl",
        "code": "double_negative",
        "text": report.findings[0].text("nl"),
    }
    assert "style" not in json.loads(run("check", str(BANKS), "--json").output)


def test_the_table_is_printed() -> None:
    assert run("table", str(BANKS)).output == bank_table(BANKS, "nl") + "\n"


def test_a_faulty_bank_is_told_instead_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "leeg.yaml").write_text("", encoding="utf-8")
    result = run("table", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"{tmp_path / 'leeg.yaml'}:1:1: het bestand is leeg.")
