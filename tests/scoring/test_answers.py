from pathlib import Path

import pytest

from zelfscan.banks.schema import Bank
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.answers import read_answers


def problems(path: Path, bank: Bank, language: str = "en") -> list[str]:
    with pytest.raises(AnswersError) as caught:
        read_answers(path, bank)
    return [problem.line_in(language).removeprefix(str(path)) for problem in caught.value.problems]


def test_yaml(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("apps.openen: 3\napps.lastig:\napps.alarm: ja\nweten.veilig: [b, a]\n")
    assert read_answers(path, bank) == {
        "apps.openen": 3,
        "apps.lastig": None,
        "apps.alarm": "ja",
        "weten.veilig": ["a", "b"],
    }


def test_json_indented_with_tabs(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.json"
    path.write_text('{\n\t"apps.openen": 3,\n\t"apps.lastig": null,\n\t"weten.veilig": ["a"]\n}', encoding="utf-8-sig")
    assert read_answers(path, bank) == {"apps.openen": 3, "apps.lastig": None, "weten.veilig": ["a"]}


def test_empty_mapping_is_nothing_answered(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    assert read_answers(path, bank) == {}


def test_every_mistake_is_told_in_its_place(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "apps.openne: 3\napps.lastig: 7\napps.alarm: maybe\nweten.veilig: [a, z]\n"
        "weten.jaren: 61\napps.delen: {a: 1}\napps.openen: 3\napps.openen: 2\n"
    )
    *answers, duplicate = problems(path, bank)
    assert duplicate.startswith(":8:1: ")
    assert answers == [
        ":1:1: apps.openne: bank `scoring_themes` does not have this question; `zelfscan bank show` lists every "
        "question. Did you mean `apps.openen`?",
        ":2:14: apps.lastig: this cannot be an answer to this question. Choose one of 0, 1, 2, 3, 4, or leave it "
        "empty.",
        ":3:13: apps.alarm: this cannot be an answer to this question. Choose one of ja, nee, or leave it empty.",
        ":4:15: weten.veilig: this cannot be an answer to this question. Choose one or more of a, b, c, d, or leave it "
        "empty.",
        ":5:14: weten.jaren: this cannot be an answer to this question. Choose a whole number (0..60), or leave it "
        "empty.",
        ":6:13: apps.delen: this cannot be an answer to this question. Choose one of 0, 1, 2, 3, 4, or leave it empty.",
    ]


def test_messages_in_dutch(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("apps.lastig: 7\n")
    assert problems(path, bank, "nl") == [
        ":1:14: apps.lastig: dit kan geen antwoord zijn op deze vraag. Kies een uit 0, 1, 2, 3, 4, of laat het leeg."
    ]


def test_an_answer_is_never_repeated_in_a_message(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("apps.lastig: geheim\n")
    assert "geheim" not in str(problems(path, bank))


@pytest.mark.parametrize("content", ["", "- 1\n", "3\n"])
def test_file_without_a_mapping(tmp_path: Path, bank: Bank, content: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(content)
    (problem,) = problems(path, bank)
    assert problem.startswith(":1:1: ")


def test_missing_file(tmp_path: Path, bank: Bank) -> None:
    (problem,) = problems(tmp_path / "none.yaml", bank)
    assert "cannot be read (No such file or directory)" in problem


def test_file_that_is_not_utf8(tmp_path: Path, bank: Bank) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"apps.alarm: \xe9\n")
    (problem,) = problems(path, bank)
    assert "not UTF-8" in problem
