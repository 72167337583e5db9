"""The commands `bank check` and `bank show`."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zelfscan.banks.command import bank, default_language
from zelfscan.banks.loader import load_bank

BANKS = Path(__file__).parent
SCALE = str(BANKS / "scale.yaml")
COLON = str(BANKS / "faulty" / "colon.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(bank, list(arguments))


def test_checking_good_banks_says_so_and_exits_with_0() -> None:
    result = run("check", SCALE, str(BANKS / "yesno.yaml"), "--language", "en")
    assert (result.exit_code, result.output) == (0, "No mistakes found.\n")


def test_checking_a_faulty_bank_prints_each_problem_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "leeg.yaml"
    path.write_text("", encoding="utf-8")
    result = run("check", SCALE, str(path), "--language", "nl")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:1:1: het bestand is leeg. Begin met `bank:` en de andere velden uit de uitleg.",
        "Aantal fouten: 1, in 1 bestand(en).",
    ]


def test_problems_can_be_read_by_a_program(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("bank: a\nminutes: nee\n", encoding="utf-8")
    result = run("check", str(path), "--json", "--language", "en")
    rows = json.loads(result.output)["problems"]
    assert result.exit_code == 1
    assert {row["code"] for row in rows} == {"missing_key", "not_whole"}
    (wrong,) = [row for row in rows if row["code"] == "not_whole"]
    assert (wrong["file"], wrong["line"], wrong["column"], wrong["path"]) == (str(path), 2, 10, "minutes")
    assert wrong["text"].startswith("a whole number belongs here.")
    assert json.loads(run("check", SCALE, "--json").output) == {"problems": []}


def test_showing_a_bank_prints_what_a_reader_wants_to_know() -> None:
    lines = run("show", SCALE, "--language", "en").output.splitlines()
    assert lines[:2] == ["Schalen (scale)", "for: employee · 1 min · 2 questions · languages: nl"]
    assert lines[2] == f"hash: {load_bank(Path(SCALE)).hash}"
    assert lines[4:7] == [
        "Basis (basis) · 2 questions",
        "  basis.zelf [scale kennis basic] Ik log zelf in.",
        "      0: Niet",
    ]
    assert "  basis.bang [scale reverse] Ik ben bang voor fouten." in lines


def test_showing_follows_the_language() -> None:
    path = str(BANKS / "languages.yaml")
    assert "taal.lezen [yesno] Do you like reading?" in run("show", path, "--language", "en").output
    assert "voor: client · 1 min · 1 vragen" in run("show", path, "--language", "nl").output


def test_a_shown_bank_can_be_read_by_a_program() -> None:
    shown = json.loads(run("show", SCALE, "--json").output)
    assert shown["hash"] == load_bank(Path(SCALE)).hash
    assert shown["themes"][0]["questions"][1]["reverse"] is True


def test_showing_a_faulty_bank_tells_its_problems_and_exits_with_1() -> None:
    result = run("show", COLON, "--language", "en")
    assert result.exit_code == 1
    assert f"{COLON}:8:17: a colon stands in a text here" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LC_MESSAGES": "nl_BE", "LANG": "C"}, "nl"),
        ({"LC_ALL": "", "LANG": "nl"}, "nl"),
        ({"LANG": "de_DE"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_follows_the_terminal(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
    assert run("check", SCALE).output == {"nl": "Geen fouten gevonden.\n", "en": "No mistakes found.\n"}[language]


def test_showing_a_bank_prints_its_conditions_and_its_outcome() -> None:
    printed = run("show", str(BANKS / "help.yaml"), "--language", "en").output
    assert "only if: {question: apps.zoeken, at_least: 1}" in printed
    assert "Levels: Low (laag, 0), High (hoog, 0.7)" in printed
    assert "samen: Practise together. Ask a colleague." in printed
    assert "if {theme: apps, level: [laag]}: samen" in printed
    assert "else: leren" in printed
    assert "To talk about: Who learns it from whom?" in printed
    right = run("show", str(BANKS / "knowledge.yaml"), "--language", "en").output
    assert right.count("✓") == sum(len(item.question.correct) for item in load_bank(BANKS / "knowledge.yaml").items())


def test_skills_are_found_by_words_sector_and_job() -> None:
    found = run("skills", "wachtwoord", "--language", "nl").output.splitlines()
    assert len(found) >= 3
    assert all(re.fullmatch(r"[a-z0-9_-]+: .+", line) for line in found)
    fewer = run("skills", "wachtwoord", "--sector", "ggz", "--function", "assistent").output.splitlines()
    assert len(fewer) <= len(found)
    assert run("skills", "zwaluwstaartverbinding", "--language", "en").output.startswith("No skill found.")
