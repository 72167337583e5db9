"""Which questions are asked, for each operator of `show_if`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.banks.branching import visible
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Answers

BANK = load_bank(Path(__file__).parent / "branching.yaml")
ALWAYS = "bellen.doen"


def asked(answers: Answers) -> set[str]:
    """Return the names of the questions that are asked, apart from the one that always is."""
    return {address.split(".")[1] for address in visible(BANK, answers) if address != ALWAYS}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, {"leeg"}),
        ({ALWAYS: None}, {"leeg"}),
        ({ALWAYS: 0}, {"waarom", "leeg", "een-van"}),
        ({ALWAYS: 1}, {"app", "waarom", "leeg"}),
        ({ALWAYS: 2}, {"app", "leeg"}),
        ({ALWAYS: 2, "bellen.app": None}, {"app", "leeg"}),
        ({ALWAYS: 2, "bellen.app": ["a"]}, {"app", "a", "wel"}),
        ({ALWAYS: 2, "bellen.app": ["a", "b"]}, {"app", "a", "wel", "samen", "een-van"}),
        ({ALWAYS: 2, "bellen.app": ["c"]}, {"app", "geen-a", "wel", "een-van"}),
        ({ALWAYS: 1, "bellen.app": ["b"]}, {"app", "waarom", "geen-a", "wel", "samen", "een-van"}),
    ],
)
def test_each_operator_looks_at_the_answers(answers: Answers, expected: set[str]) -> None:
    assert asked(answers) == expected


def test_the_answer_to_a_hidden_question_does_not_count() -> None:
    assert asked({ALWAYS: 0, "bellen.app": ["a", "b"]}) == asked({ALWAYS: 0})


def test_addresses_come_in_the_order_of_the_bank() -> None:
    order = [item.address for item in BANK.items()]
    shown = visible(BANK, {ALWAYS: 1, "bellen.app": ["b"]})
    assert list(shown) == [address for address in order if address in shown]


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        ALWAYS: st.sampled_from([None, 0, 1, 2]),
        "bellen.app": st.none() | st.lists(st.sampled_from("abc"), min_size=1, unique=True),
        "bellen.waarom": st.none() | st.integers(),
    },
)


@given(ANSWERS)
def test_leaving_out_the_answers_to_hidden_questions_changes_nothing(answers: Answers) -> None:
    shown = visible(BANK, answers)
    assert visible(BANK, {address: answer for address, answer in answers.items() if address in shown}) == shown


@given(ANSWERS, st.sampled_from(["meer.a", "meer.wel"]), st.sampled_from(["ja", "nee", None]))
def test_a_later_answer_never_changes_what_was_asked_before(answers: Answers, later: str, said: str | None) -> None:
    assert visible(BANK, {**answers, later: said}) == visible(BANK, answers)
