"""The commands `bank import` and `bank export`."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.banks.exchange.support import BANKS, FILES
from zelfscan.banks.exchange import command, writing
from zelfscan.banks.exchange.command import FORMATS, export, import_
from zelfscan.banks.exchange.reading import FORMATS as READ
from zelfscan.banks.loader import check_files, load_bank

PACKAGE = Path(command.__file__).parent
MESSAGES = yaml.safe_load((PACKAGE / "messages.yaml").read_text(encoding="utf-8"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(import_, [*map(str, arguments), "--language", "en"])


@pytest.mark.parametrize("name", ["survey.txt", "survey.lss", "survey-new.lss", "survey.json", "dictionary.csv"])
def test_what_is_made_passes_bank_check(name: str, tmp_path: Path) -> None:
    out = tmp_path / "nieuw.yaml"
    result = run(FILES / name, "--out", out)
    assert result.exit_code == 0
    assert check_files([out]) == []
    assert "Not carried over (" in result.output


def test_without_out_the_bank_is_made_here_under_its_own_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(FILES / "dictionary.csv").exit_code == 0
    assert load_bank(tmp_path / "dictionary.yaml").bank == "dictionary"


def test_wishes_are_followed(tmp_path: Path) -> None:
    out = tmp_path / "nieuw.yaml"
    wishes = ["--audience", "client", "--minutes", "3", "--source-language", "en", "--as-dutch", "en"]
    assert run(FILES / "dictionary.csv", "--out", out, *wishes).exit_code == 0
    bank = load_bank(out)
    assert (bank.audience, bank.minutes, bank.languages) == ("client", 3, ("nl",))


def test_a_file_that_is_there_is_only_replaced_when_asked(tmp_path: Path) -> None:
    out = tmp_path / "nieuw.yaml"
    out.write_text("blijf", encoding="utf-8")
    refused = run(FILES / "survey.json", "--out", out)
    assert (refused.exit_code, out.read_text(encoding="utf-8")) == (1, "blijf")
    assert "--force" in refused.stderr
    assert run(FILES / "survey.json", "--out", out, "--force").exit_code == 0
    assert load_bank(out).bank == "nieuw"


@pytest.mark.parametrize("name", ["Nieuw.yaml", "nieuw.yml", "1.yaml", "een naam.yaml"])
def test_a_name_that_no_bank_can_have_is_refused(name: str, tmp_path: Path) -> None:
    result = run(FILES / "survey.json", "--out", tmp_path / name)
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "cannot be the name of a bank" in result.stderr


def test_a_language_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    result = run(FILES / "survey.json", "--as-dutch", "fr", "--out", tmp_path / "a.yaml")
    assert result.stderr == "Error: the language fr is not there. Choose one of: en, nl.\n"
    assert run(FILES / "survey.json", "--source-language", "Engels").exit_code == 2


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run(FILES / "survey.json", "--out", tmp_path / "weg" / "a.yaml")
    assert "cannot be written (No such file or directory)" in result.stderr


def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    result = run(FILES / "survey.json", "--out", tmp_path / "a.yaml")
    assert "No space left on device" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_do_not_overwrite_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, link = tmp_path / "a.yaml", os.link

    def late(source: Path, target: Path) -> None:
        target.write_text("eerder", encoding="utf-8")
        link(source, target)

    monkeypatch.setattr(writing.os, "link", late)
    assert "exists already" in run(FILES / "survey.json", "--out", out).stderr
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["eerder"]


def test_a_program_gets_every_finding_with_its_place(tmp_path: Path) -> None:
    out = tmp_path / "a.yaml"
    said = json.loads(run(FILES / "survey.json", "--out", out, "--json").output)
    assert said["bank"] == str(out)
    (photo, _) = [one for one in said["findings"] if one["code"] == "no_counterpart"]
    assert (photo["weight"], photo["pointer"]) == ("lost", "/pages/1/elements/3")
    assert photo["nl"] == "een vraag van de soort `file` heeft geen tegenhanger."


def test_the_report_is_in_the_language_that_was_asked(tmp_path: Path) -> None:
    arguments = [str(FILES / "survey.txt"), "--out", str(tmp_path / "a.yaml"), "--language", "nl"]
    output = CliRunner().invoke(import_, arguments).output
    assert "Niet overgenomen (" in output
    assert "  regel 18, 30: " not in output
    assert "  regel 10: verplicht antwoorden kan niet: iedereen mag een vraag overslaan." in output


def test_exporting_a_faulty_bank_tells_its_problems(tmp_path: Path) -> None:
    faulty = str(BANKS / "faulty" / "colon.yaml")
    result = CliRunner().invoke(export, [faulty, "--to", "xlsform", "--out", str(tmp_path / "x"), "--language", "en"])
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "a colon stands in a text here" in result.stderr


def test_the_formats_that_are_offered_are_those_that_are_read() -> None:
    assert tuple(one.name for one in READ) == FORMATS


def test_the_libraries_are_imported_only_when_they_are_needed() -> None:
    code = (
        "import sys, zelfscan.banks.exchange.command; print({'pyxform', 'openpyxl', 'defusedxml'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_each_message_is_there_in_both_languages_with_the_same_fields() -> None:
    for part, messages in MESSAGES.items():
        for code, texts in messages.items():
            assert set(texts) == {"nl", "en"}, (part, code)
            fields = [sorted(set(re.findall(r"\{(\w*)\}", text))) for text in texts.values()]
            assert fields[0] == fields[1], (part, code)


def test_each_code_has_a_message_and_each_message_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py")).replace("'", '"')
    for part in ("errors", "lost", "changed", "phrases"):
        unused = [
            code for code in MESSAGES[part] if f'"{code.removeprefix("condition_")}"' not in source.replace("\n", "")
        ]
        assert unused == []
    told = {part: set(MESSAGES[part]) for part in ("errors", "lost", "changed")}
    assert codes("ExchangeError", 0) <= told["errors"]
    assert codes("add", 1) <= told["lost"] | told["changed"]


def codes(function: str, position: int) -> set[str]:
    """The codes that calls of a function in the package have as the argument at a position."""
    found = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == function:
                found |= {one.value for one in node.args[position : position + 1] if isinstance(one, ast.Constant)}
    return found
