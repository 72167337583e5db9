import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zelfscan.banks.loader import load_bank
from zelfscan.config import Settings
from zelfscan.scoring.command import score

ANSWERS = {
    "kennis.opzoeken": 4,
    "kennis.videobellen": 4,
    "kennis.vastgelopen": 3,
    "kennis.nieuw": 4,
    "motivatie.betere_zorg": 4,
    "motivatie.sneller": 4,
    "houding.misgaan": 0,
    "houding.uitproberen": 4,
    "zelfbeeld.onder_de_knie": 4,
    "zelfbeeld.handig": None,
}


BANKS = Path(__file__).parents[1] / "banks"


def run(folder: Path, answers: object, *options: str) -> Result:
    path = folder / "answers.json"
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
    return CliRunner().invoke(score, ["--answers", str(path), "--language", "nl", *options])


def test_json_of_a_shipped_bank(tmp_path: Path) -> None:
    result = run(tmp_path, ANSWERS, "--bank", "digitype", "--json")
    outcome = json.loads(result.stdout)
    assert result.exit_code == 0
    assert outcome.keys() == {"bank", "hash", "themes", "basic", "digitype", "advice"}
    assert outcome["hash"] == load_bank(Settings().shipped_bank("digitype")).hash
    assert [theme["theme"] for theme in outcome["themes"]] == ["kennis", "motivatie", "houding", "zelfbeeld"]
    assert outcome["themes"][0]["score"] == pytest.approx(15 / 16)
    assert outcome["digitype"]["type"] == "digitale_enthousiasteling"
    assert sum(outcome["digitype"]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert outcome["digitype"]["facets"]["kennis"] == pytest.approx(15 / 16)
    assert outcome["advice"].keys() == {"themes", "next_steps", "given", "standings"}


def test_text_in_dutch_says_whose_test_it_is(tmp_path: Path) -> None:
    result = run(tmp_path, ANSWERS, "--bank", "digitype")
    assert result.exit_code == 0
    assert "De digitale enthousiasteling" in result.stdout
    assert "niet van Vilans" in result.stdout


def test_the_digitype_is_explained_in_one_sentence(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, ANSWERS, "--bank", "digitype", "--json").stdout)["digitype"]["explanation"]
    assert told.startswith("Je lijkt het meest op de digitale enthousiasteling")
    assert f"  {told}\n" in run(tmp_path, ANSWERS, "--bank", "digitype").stdout


def test_text_in_english(tmp_path: Path) -> None:
    result = run(tmp_path, ANSWERS, "--bank", "digitype", "--language", "en")
    assert "4 of 4 answered" in result.stdout


def test_too_few_answers_for_a_digitype(tmp_path: Path) -> None:
    result = run(tmp_path, {"kennis.opzoeken": 4}, "--bank", "digitype")
    assert "te weinig antwoorden voor een digitype" in result.stdout
    assert "te weinig antwoorden voor een niveau" in result.stdout


def test_bank_by_its_file_without_facets_has_no_digitype(tmp_path: Path) -> None:
    bank = tmp_path / "los.yaml"
    bank.write_text(
        "bank: los\ntitle: {nl: Los}\naudience: employee\nminutes: 1\nthemes:\n"
        "  - id: een\n    title: {nl: Een}\n    questions:\n"
        "      - {id: kan, text: {nl: Kan je dit?}, kind: yesno, basic: true, tip: {nl: Vraag het na.}}\n",
        encoding="utf-8",
    )
    outcome = json.loads(run(tmp_path, {"een.kan": "nee"}, "--bank", str(bank), "--json").stdout)
    assert outcome["digitype"] is None
    assert outcome["basic"] == {"mastered": 0, "answered": 1, "total": 1, "reached": False}
    text = run(tmp_path, {"een.kan": "nee"}, "--bank", str(bank)).stdout
    assert "Basisniveau: 0 van 1" in text
    assert "tip: Vraag het na." in text


def test_mistakes_in_the_answers_are_all_told_and_nothing_else(tmp_path: Path) -> None:
    result = run(tmp_path, '{"kennis.opzoeken": 9,\n "kennis.x": 1}', "--bank", "digitype", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{tmp_path / 'answers.json'}:1:21: kennis.opzoeken: ")
    assert second.startswith(f"{tmp_path / 'answers.json'}:2:2: kennis.x: ")


def test_unknown_bank(tmp_path: Path) -> None:
    result = run(tmp_path, ANSWERS, "--bank", "nope")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nope.yaml" in result.stderr


def test_missing_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_MODELS_DIR", str(tmp_path / "none"))
    result = run(tmp_path, ANSWERS, "--bank", "digitype")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "zelfscan digitype train" in result.stderr


def test_text_says_what_the_rules_give_and_where_one_stands(tmp_path: Path) -> None:
    route = run(tmp_path, {"nu.haast": "ja"}, "--bank", str(BANKS / "route.yaml")).output
    assert "Advies\n  Bel vandaag" in route
    profile = run(tmp_path, {"apps.openen": 0, "apps.zoeken": 1}, "--bank", str(BANKS / "profile.yaml")).output
    assert "○ nog niet: Ik kan een app openen.\n✓ Ik kan een app zoeken." in profile
    talk = run(tmp_path, {}, "--bank", str(BANKS / "help.yaml"), "--json").output
    assert json.loads(talk)["advice"]["given"] == ["vul"]
    assert "Om over te praten\n  Wie leert het van wie?" in run(tmp_path, {}, "--bank", str(BANKS / "help.yaml")).output
