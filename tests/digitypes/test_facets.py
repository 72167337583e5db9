import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import FACETS, facet_answers, facet_table

ANSWERS = {"doen.zoeken": 3, "doen.datalek": "b", "doen.nut": 2, "doen.zonde": 1, "vinden.trager": None}


def test_answers_are_gathered_per_facet_with_reverse_applied(small: Bank) -> None:
    assert facet_answers([small], {"digitype_small": ANSWERS}) == {
        "kennis": {"digitype_small:doen.zoeken": 1.0, "digitype_small:doen.datalek": 0.0},
        "motivatie": {"digitype_small:doen.nut": 0.5, "digitype_small:doen.zonde": 1.0},
        "houding": {},
        "zelfbeeld": {},
    }


def test_several_banks_feed_the_same_facets(small: Bank, kinds: Bank) -> None:
    answers = {"digitype_small": {"doen.zoeken": 1}, "digitype_kinds": {"alles.ja": "ja", "alles.vaak": 1}}
    assert facet_answers([small, kinds], answers)["kennis"] == {
        "digitype_small:doen.zoeken": 0.0,
        "digitype_kinds:alles.vaak": 0.5,
    }


def test_hidden_question_does_not_count(kinds: Bank) -> None:
    answers = {"digitype_kinds": {"alles.ja": "nee", "alles.vaak": 2}}
    assert facet_answers([kinds], answers) == {facet: {} for facet in FACETS}


def test_bank_without_answers_gives_nothing(small: Bank) -> None:
    assert facet_answers([small], {}) == {facet: {} for facet in FACETS}


def test_table_holds_the_same_scores(small: Bank) -> None:
    addresses = ("vinden.trager", *(key for key in ANSWERS if key != "vinden.trager"))
    rows = [[ANSWERS[key] for key in addresses], [None] * 5]
    table = facet_table(small, addresses, rows)
    assert table.facets == ("kennis", "kennis", "motivatie", "motivatie", "zelfbeeld")
    one = facet_answers([small], {"digitype_small": ANSWERS})
    expected = [one[facet].get(item, np.nan) for item, facet in zip(table.items, table.facets, strict=True)]
    np.testing.assert_array_equal(table.scores, [expected, [np.nan] * 5])


def test_table_leaves_out_columns_without_a_facet_and_hidden_answers(kinds: Bank) -> None:
    rows = [["ja", 2, ["a"]], ["nee", 2, ["a", "b"]]]
    table = facet_table(kinds, ("alles.ja", "alles.vaak", "alles.weet_meer"), rows)
    assert table.items == ("digitype_kinds:alles.vaak",)
    np.testing.assert_array_equal(table.scores, [[1.0], [np.nan]])


def test_table_without_facets_or_people_has_the_right_shape(small: Bank, kinds: Bank) -> None:
    assert facet_table(kinds, ("alles.ja",), [["ja"], [None]]).scores.shape == (2, 0)
    assert facet_table(small, ("doen.nut",), []).scores.shape == (0, 1)


@pytest.mark.parametrize("facet", FACETS)
def test_shipped_bank_asks_at_least_three_questions_per_facet(shipped: Bank, facet: str) -> None:
    assert sum(item.question.facet == facet for item in shipped.items()) >= 3


def test_shipped_bank_asks_at_most_twenty_questions_all_with_a_facet(shipped: Bank) -> None:
    assert len(shipped.items()) <= 20
    assert all(item.question.facet is not None for item in shipped.items())
