"""How mistakes are told: both languages, one safe line, sorted."""

from string import Formatter

import pytest

from zelfscan.banks.problems import LONGEST_PARAM, BankError, Problem, meant, messages


def problem(code: str = "unknown_scale", line: int = 3, **params: object) -> Problem:
    return Problem("a.yaml", line, 5, "themes[t].scale", code, {"scale": "x", "scales": ["can"], **params})


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


@pytest.mark.parametrize("code", messages())
def test_each_message_is_there_in_both_languages_and_says_the_same(code: str) -> None:
    text = messages()[code]
    assert set(text) == {"nl", "en"}
    assert fields(text["nl"]) == fields(text["en"])
    assert text["nl"] != text["en"]


def test_a_problem_is_told_in_the_language_asked_for_and_otherwise_in_english() -> None:
    assert problem().text("nl").startswith("er is geen schaal `x`.")
    assert problem().text("en").startswith("there is no scale `x`.")
    assert problem().text("pl") == problem().text("en")
    assert str(problem()) == f"a.yaml:3:5: themes[t].scale: {problem().text('en')}"


def test_a_problem_without_a_path_leaves_it_out() -> None:
    assert str(Problem("a.yaml", 1, 1, "", "empty_file", {})).startswith("a.yaml:1:1: the file is empty.")


def test_an_empty_list_and_a_suggestion_are_put_in_words() -> None:
    assert problem(scales=[]).text("nl").endswith("kies uit: nog niets.")
    assert problem(meant="can").text("en").endswith("Did you mean `can`?")


def test_a_param_is_one_short_line_that_is_safe_for_a_terminal() -> None:
    assert "`a b[2Jc`" in problem(scale="a\n\tb\x1b[2Jc").text("en")
    long = problem(scale="x" * 1000).text("en")
    assert "x" * (LONGEST_PARAM - 1) + "…" in long
    assert "x" * LONGEST_PARAM not in long


def test_a_path_is_one_line_as_well() -> None:
    assert str(Problem("a.yaml", 1, 1, "a\nb\x1b[2J", "empty", {})).startswith("a.yaml:1:1: a b[2J: nothing")


def test_problems_sort_by_place() -> None:
    late, early = problem(line=20), problem(line=3)
    assert sorted([late, early]) == [early, late]


def test_the_error_has_every_problem_and_tells_them_all() -> None:
    error = BankError([problem(), problem(line=9)])
    assert error.problems == (problem(), problem(line=9))
    assert str(error).count("there is no scale") == 2


def test_a_suggestion_is_made_only_for_what_is_close() -> None:
    assert meant("tekst", ["text", "title"]) == {"meant": "text"}
    assert meant("qqq", ["text", "title"]) == {}
