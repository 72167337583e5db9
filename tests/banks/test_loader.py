"""The loader: what it takes, and every mistake that it tells, where and how."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from zelfscan.banks.loader import check_files, load_bank, load_materials, parse_bank
from zelfscan.banks.problems import MAX_PROBLEMS, BankError, messages
from zelfscan.banks.source import MAX_NODES, MAX_SIZE

BANKS = Path(__file__).parent
GOOD = sorted(path for path in BANKS.glob("*.yaml") if path.name != "materials.yaml")
FAULTY = sorted((BANKS / "faulty").rglob("*.yaml"))

UNREADABLE = {
    "empty_file": (b"# nothing but a comment\n", 1, 1),
    "not_utf8": (b"bank: a\ntitle: {nl: caf\xe9}\n", 2, 16),
    "control_character": (b"bank: a\ntitle: {nl: a\x00b}\n", 2, 14),
    "too_large": (b"#" * (MAX_SIZE + 1), 1, 1),
    "too_deep": (b"a: " + b"[" * 1_000_000, 1, 34),
    "too_many_values": (b"a: [" + b"x, " * MAX_NODES + b"]", 1, 5 + 3 * (MAX_NODES - 3)),
}
"""Content that no bank can be read from: the code of its only problem, and its line and column."""

MINIMAL = """
bank: minimal
title: {nl: Klein}
audience: employee
minutes: 1
themes:
  - id: t
    title: {nl: Thema}
    questions:
      - {id: q, text: {nl: Vraag}, kind: yesno}
"""


def announced(path: Path) -> list[tuple[int, str]]:
    """Return line and code of each mistake that a faulty bank announces in its comments."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if comment := re.search(r"# expect: (.*)$", line):
            found += [(number, code) for code in comment.group(1).split(", ")]
    return sorted(found)


def problems_of(text: str, name: str = "minimal.yaml") -> list[str]:
    """Return the problems of a bank as lines in English."""
    with pytest.raises(BankError) as caught:
        parse_bank(text, name)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_bank_loads(path: Path) -> None:
    bank = load_bank(path)
    assert bank.bank == path.stem
    assert bank.items()


def test_a_bank_may_refer_to_the_materials_that_are_known() -> None:
    materials = load_materials(BANKS / "materials.yaml")
    bank = load_bank(BANKS / "referring.yaml", materials)
    assert (bank.themes[0].materials, bank.item("zorg.portaal").question.materials) == (("kaart",), ("film",))
    assert materials["kaart"].link == "https://www.steffie.nl"


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_once_on_its_line(path: Path) -> None:
    problems = [problem for problem in check_files([path]) if problem.file == str(path)]
    assert sorted((problem.line, problem.code) for problem in problems) == announced(path)
    assert problems == sorted(problems)


@pytest.mark.parametrize("code", UNREADABLE)
def test_content_that_is_no_bank_is_one_problem_in_its_place(code: str, tmp_path: Path) -> None:
    content, line, column = UNREADABLE[code]
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    (problem,) = check_files([path])
    assert (problem.code, problem.line, problem.column) == (code, line, column)


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(BankError) as caught:
        load_bank(tmp_path / "weg.yaml")
    (problem,) = caught.value.problems
    assert problem.code == "unreadable"
    assert str(problem).startswith(f"{tmp_path / 'weg.yaml'}:1:1: the file cannot be read (No such file")


def test_a_file_with_very_many_mistakes_tells_the_first_and_that_there_are_more() -> None:
    lines = problems_of("themes: [" + "x, " * (MAX_PROBLEMS + 10) + "]")
    assert len(lines) == MAX_PROBLEMS + 1
    assert f"more than {MAX_PROBLEMS} mistakes" in lines[-1]


def test_every_message_is_told_by_some_faulty_bank() -> None:
    told = {code for path in FAULTY for _, code in announced(path)}
    elsewhere = {"unreadable", "too_many_mistakes", "invalid", "meant", "nothing"} | set(UNREADABLE)
    assert told | elsewhere == set(messages())


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    lines = problems_of(MINIMAL.replace("yesno", "yesnoo"))
    assert lines == [
        "minimal.yaml:10:42: themes[t].questions[q].kind: there is no kind of question `yesnoo`. "
        "Choose from: scale, choice, choices, yesno, knowledge, number. Did you mean `yesno`?"
    ]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("\ufeff" + MINIMAL, "byte order mark"),
        (MINIMAL.replace("\n", "\r\n"), "line ends of Windows"),
        ("%YAML 1.1\n---\n" + MINIMAL, "directive"),
        (MINIMAL + "...\n", "end mark"),
    ],
)
def test_what_editors_add_is_no_mistake(text: str, by: str, tmp_path: Path) -> None:
    path = tmp_path / "minimal.yaml"
    path.write_bytes(text.encode())
    assert load_bank(path).bank == "minimal", by


def test_a_misspelt_field_is_one_mistake_and_what_is_under_it_is_still_checked() -> None:
    lines = problems_of(MINIMAL.replace("questions:", "questons:").replace("kind: yesno", "kind: ja"))
    assert [line.split(": ")[1] for line in lines] == ["themes[t].questons", "themes[t].questions[q].kind"]


def test_a_mistake_in_a_scale_does_not_make_its_users_wrong() -> None:
    text = MINIMAL.replace("yesno", "scale, scale: can") + 'scales: {can: [{value: "0"}, {value: 1}]}\n'
    assert [line.split(": ")[1] for line in problems_of(text)] == [
        "scales.can[#1].label",
        "scales.can[#1].value",
        "scales.can[#2].label",
    ]


def test_unknown_materials_are_a_mistake_only_when_materials_are_known() -> None:
    text = MINIMAL.replace("    questions", "    materials: [kaart]\n    questions")
    assert parse_bank(text, "minimal").themes[0].materials == ("kaart",)
    with pytest.raises(BankError, match="no material `kaart`"):
        parse_bank(text, "minimal", {})


def test_a_folder_stands_for_every_bank_in_it_and_its_materials(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MINIMAL.replace("minimal", "b"), encoding="utf-8")
    (tmp_path / "minimal.yaml").write_text(MINIMAL, encoding="utf-8")
    (tmp_path / "materials.yaml").write_text("materials: 5\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a bank", encoding="utf-8")
    found = [(Path(problem.file).name, problem.code) for problem in check_files([tmp_path])]
    assert found == [("a.yaml", "wrong_bank_id"), ("materials.yaml", "not_list")]


def test_materials_that_cannot_be_read_do_not_make_references_wrong(tmp_path: Path) -> None:
    text = MINIMAL.replace("    questions", "    materials: [kaart]\n    questions")
    (tmp_path / "minimal.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "materials.yaml").write_text("materials: [", encoding="utf-8")
    assert {Path(problem.file).name for problem in check_files([tmp_path])} == {"materials.yaml"}


def test_a_bank_without_materials_beside_it_can_refer_to_none(tmp_path: Path) -> None:
    text = MINIMAL.replace("    questions", "    materials: [kaart]\n    questions")
    (tmp_path / "minimal.yaml").write_text(text, encoding="utf-8")
    assert [problem.code for problem in check_files([tmp_path])] == ["unknown_material"]


def test_the_work_of_loading_grows_no_faster_than_the_bank() -> None:
    small = calls(lambda: parse_bank(bank_of(100), "big.yaml"))
    large = calls(lambda: parse_bank(bank_of(400), "big.yaml"))
    assert large < 4.4 * small


def bank_of(questions: int) -> str:
    """Return a bank in which each question depends on the one before it."""
    head = MINIMAL.replace("minimal", "big")
    return head + "".join(
        f"      - {{id: q{number}, text: {{nl: Vraag}}, kind: yesno, tip: {{nl: Tip}}, facet: kennis, "
        f"show_if: {{question: t.q{number - 1 or ''}, is: ja}}}}\n"
        for number in range(1, questions)
    )


def calls(work: Callable[[], object]) -> int:
    """Return how many calls of functions a piece of work takes."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
