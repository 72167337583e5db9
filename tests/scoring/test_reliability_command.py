import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.simulation import Respondents
from zelfscan.scoring.reliability_command import COLUMNS, ERRORS, NOTES, WORDS, reliability

BANKS = Path(__file__).parents[1] / "banks"
PEOPLE = 120


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV of made-up people who filled in the digitype bank."""
    settings = Settings()
    bank = load_bank(settings.shipped_bank("digitype"))
    respondents = Respondents(load_parameters(settings.models_dir / "simulation.yaml"), [bank])
    rng = np.random.default_rng(1)
    path = tmp_path_factory.mktemp("reliability") / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [item.address for item in bank.items()])
        writer.writeheader()
        writer.writerows(respondents.answer(rng)["digitype"] for _ in range(PEOPLE))
    return path


def run(path: Path, *options: str, bank: str = "digitype", language: str = "en") -> Result:
    given = [str(path), "--bank", bank, "--language", language, "--bootstrap", "100", *options]
    return CliRunner().invoke(reliability, given)


def write(folder: Path, content: str) -> Path:
    path = folder / "few.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_json(answers: Path) -> None:
    result = run(answers, "--json", "--seed", "7")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found.keys() == {"bank", "hash", "people", "resamples", "seed", "coverage", "scales"}
    assert (found["bank"], found["resamples"], found["seed"]) == ("digitype", 100, 7)
    assert [(each["group"], each["id"]) for each in found["scales"]] == [
        (group, id) for group in ("theme", "facet") for id in ("kennis", "motivatie", "houding", "zelfbeeld")
    ]
    first = found["scales"][0]
    assert first["alpha"]["low"] < first["alpha"]["value"] < first["alpha"]["high"]
    assert first["items"][0].keys() == {"question", "status", "answers", "floor", "ceiling", "item_rest"}


def test_text_in_english(answers: Path) -> None:
    result = run(answers)
    found = json.loads(run(answers, "--json").stdout)["scales"][0]
    ends = " .. ".join(f"{found['alpha'][end]:.2f}" for end in ("low", "high"))
    assert result.exit_code == 0
    assert f"alpha {found['alpha']['value']:.2f} ({ends})" in result.stdout
    assert "What you already do (theme, self-rating)" in result.stdout
    assert f"4 of 4 questions counted, {found['people']} people" in result.stdout
    assert "the same questions and the same figures as What you already do (theme)" in result.stdout


def test_text_in_dutch(answers: Path) -> None:
    result = run(answers, language="nl")
    found = json.loads(run(answers, "--json").stdout)["scales"][0]
    assert "(thema, zelfbeoordeling)" in result.stdout
    assert f"alfa {found['alpha']['value']:.2f}".replace(".", ",") in result.stdout


def test_same_seed_prints_the_same(answers: Path) -> None:
    assert run(answers, "--seed", "3").stdout == run(answers, "--seed", "3").stdout
    assert run(answers, "--seed", "3").stdout != run(answers, "--seed", "4").stdout


def test_bank_by_its_file_and_what_is_left_out(tmp_path: Path) -> None:
    lines = [f"{n % 5},{(n + n // 5) % 5},ja,{'a' if n % 2 else 'b'}" for n in range(40)]
    path = write(tmp_path, "\n".join(["apps.openen,apps.lastig,apps.alarm,weten.datalek", *lines]))
    result = run(path, bank=str(BANKS / "scoring_themes.yaml"))
    assert result.exit_code == 0
    assert "2 of 4 questions counted, 40 people" in result.stdout
    assert "omega needs three questions" in result.stdout
    (alarm,) = (line for line in result.stdout.splitlines() if "apps.alarm" in line)
    assert alarm.endswith("not counted: everyone answered alike")
    (share,) = (line for line in result.stdout.splitlines() if "apps.delen" in line)
    assert share.endswith("not counted: no column in the file")
    assert "Knowing (theme, knowledge questions)" in result.stdout


def test_scale_that_too_few_answered_shows_no_number(tmp_path: Path) -> None:
    lines = [f"{n % 5},{n % 5},{'a' if n < 7 else ''}" for n in range(40)]
    path = write(tmp_path, "\n".join(["apps.openen,apps.lastig,weten.datalek", *lines]))
    result = run(path, bank=str(BANKS / "scoring_themes.yaml"))
    block = result.stdout.partition("Knowing")[2].partition("\n\n")[0]
    assert "fewer than 10 people answered these questions" in block
    assert "weten.datalek" not in block


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "minder dan 10 mensen hebben"), ("en", "fewer than 10 people answered")]
)
def test_too_few_people(tmp_path: Path, language: str, said: str) -> None:
    path = write(tmp_path, "kennis.opzoeken,kennis.nieuw\n" + "1,2\n" * 9)
    result = run(path, "--json", language=language)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{path}: {said}")
    assert "{" not in result.stderr


@pytest.mark.parametrize(("language", "said"), [("nl", "geen enkele kolom"), ("en", "no column is a question")])
def test_no_scored_question(tmp_path: Path, language: str, said: str) -> None:
    path = write(tmp_path, "weten.jaren\n" + "3\n" * 20)
    result = run(path, bank=str(BANKS / "scoring_themes.yaml"), language=language)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{path}: {said}")


def test_file_with_a_header_alone(tmp_path: Path) -> None:
    result = run(write(tmp_path, "kennis.opzoeken\n"))
    assert result.exit_code == 1
    assert "fewer than 10 people" in result.stderr


def test_mistakes_in_the_answers_are_all_told_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, "kennis.opzoeken,kennis.x\n9,1\n")
    result = run(path)
    assert (result.exit_code, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{path}:1:2: kennis.x: ")
    assert second.startswith(f"{path}:2:1: kennis.opzoeken: ")


def test_missing_file(tmp_path: Path) -> None:
    result = run(tmp_path / "none.csv")
    assert result.exit_code == 1
    assert "the file cannot be read" in result.stderr


def test_unknown_bank(answers: Path) -> None:
    result = run(answers, bank="nope")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nope.yaml" in result.stderr


def test_wrong_setting(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_BANK_DIR", "x")
    result = run(answers)
    assert result.exit_code == 1
    assert "ZELFSCAN_BANKS_DIR" in result.stderr


@pytest.mark.parametrize("option", [("--bootstrap", "10"), ("--bootstrap", "many"), ("--seed", "-1")])
def test_option_out_of_range(answers: Path, option: tuple[str, str]) -> None:
    result = CliRunner().invoke(reliability, [str(answers), "--bank", "digitype", *option])
    assert result.exit_code == 2
    assert option[0] in result.stderr


@pytest.mark.parametrize("texts", [COLUMNS, ERRORS, NOTES, WORDS])
def test_languages_have_the_same_texts(texts: dict[str, dict[str, str]]) -> None:
    assert texts.keys() == {"nl", "en"}
    assert len(texts["nl"]) == len(texts["en"])
    assert texts is COLUMNS or texts["nl"].keys() == texts["en"].keys()
