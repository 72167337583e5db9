import pytest

from tests.paper.conftest import TINY, bank_in
from zelfscan.banks.schema import Bank, ShowIf, When
from zelfscan.paper.conditions import Conditions
from zelfscan.paper.questions import Questions
from zelfscan.paper.words import Say


@pytest.fixture(scope="module")
def bank() -> Bank:
    return bank_in(TINY / "mini.yaml")


def said(bank: Bank, condition: dict[str, object], language: str = "en") -> str:
    numbers = Questions(bank, Say(language)).numbers
    return Conditions(bank, numbers, Say(language)).words(When.model_validate(condition))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"question": "apps.beeldbellen", "is": "ja"}, "you answered question 5 with ‘Yes’"),
        ({"question": "apps.openen", "is": [1, 2]}, "you answered question 1 with ‘With help’ or ‘Mostly by myself’"),
        (
            {"question": "privacy.apparaten", "is_not": ["laptop"]},
            "you answered question 12, but not with ‘Laptop’",
        ),
        ({"question": "apps.openen", "at_least": 3}, "you answered question 1 with ‘By myself’ or ‘I help others’"),
        ({"question": "apps.openen", "at_most": 0}, "you answered question 1 with ‘I cannot do that yet’"),
        ({"question": "privacy.jaren", "at_least": 10}, "you filled in 10 or more at question 13"),
        ({"question": "privacy.jaren", "at_most": 10}, "you filled in 10 or less at question 13"),
        ({"question": "privacy.jaren", "is": 3}, "you answered question 13 with ‘3’"),
        ({"question": "apps.nut", "answered": True}, "you answered question 4"),
        ({"question": "apps.nut", "answered": False}, "you did not answer question 4"),
        ({"theme": "apps", "level": "start"}, "you come out at ‘At the start’ for ‘Working with apps’"),
        ({"theme": "apps", "answered": False}, "you answered too few questions of ‘Working with apps’"),
        ({"theme": "apps", "answered": True}, "you answered enough questions of ‘Working with apps’"),
    ],
)
def test_each_comparison_in_words(bank: Bank, condition: dict[str, object], words: str) -> None:
    assert said(bank, condition) == words


def test_a_group_within_a_group_stands_between_brackets(bank: Bank) -> None:
    one, two = ({"question": f"apps.{name}", "answered": True} for name in ("openen", "zoeken"))
    three = {"theme": "apps", "answered": True}
    assert said(bank, {"all": [one, {"any": [two, three]}]}, "nl") == (
        "je vraag 1 hebt beantwoord en "
        "(je vraag 2 hebt beantwoord of je bij ‘Werken met apps’ genoeg vragen hebt beantwoord)"
    )
    assert said(bank, {"any": [{"all": [one, two]}]}) == "you answered question 1 and you answered question 2"


def test_a_question_that_is_asked_only_sometimes_says_when(bank: Bank) -> None:
    themes = list(Questions(bank, Say("nl")).themes())
    (conditional,) = [
        question for theme in themes for block in theme.blocks for question in block.questions if question.only_if
    ]
    assert conditional.number == 6
    assert conditional.only_if == "Alleen als je vraag 5 hebt beantwoord met ‘Ja’."
    assert isinstance(bank.item("apps.beeldbellen-hulp").question.show_if, ShowIf)
