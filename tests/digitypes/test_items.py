import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.items import ItemTable, Latents, possible_answers
from zelfscan.digitypes.parameters import ListedItem, Parameters


def people(facets: list[list[float]], shift: float = 0.0, squeeze: float = 1.0, random: float = 0.0) -> Latents:
    n = len(facets)
    zeros = np.zeros(n, dtype=np.int64)
    return Latents(zeros, np.array(facets), zeros, *(np.full(n, number) for number in (shift, squeeze, random)))


def chances(table: ItemTable, person: Latents, item: str) -> np.ndarray:
    return table.chances(person)[0, table.names.index(item)]


@pytest.fixture(scope="module")
def table(parameters: Parameters, small: Bank) -> ItemTable:
    listed = {
        "digitype_small:doen.zoeken": ListedItem(discrimination=2.0, location=0.5, source="test"),
        "digitype_small:doen.zonde": ListedItem(discrimination=1.0, location=0.0, source="test"),
    }
    items = parameters.items.model_copy(update={"listed": listed})
    return ItemTable.build(parameters.model_copy(update={"items": items}), [small], facets_only=True)


def logistic(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def test_graded_response_model_by_hand(table: ItemTable, parameters: Parameters) -> None:
    half = parameters.items.default.step.value / 2
    at_least = [logistic(2.0 * (1.0 - (0.5 - half))), logistic(2.0 * (1.0 - (0.5 + half)))]
    expected = [1 - at_least[0], at_least[0] - at_least[1], at_least[1]]
    found = chances(table, people([[1.0, 0, 0, 0]]), "digitype_small:doen.zoeken")
    np.testing.assert_allclose(found, expected)


def test_chances_add_up_and_are_never_negative(table: ItemTable) -> None:
    rng = np.random.default_rng(1)
    found = table.chances(people(rng.normal(size=(50, 4)).tolist(), shift=0.5, squeeze=0.4, random=0.3))
    assert found.shape == (50, 8, 3)
    np.testing.assert_allclose(found.sum(axis=2), 1)
    assert found.min() >= 0


def test_question_with_two_answers_never_has_a_third(table: ItemTable) -> None:
    assert chances(table, people([[0, 0, 0.3, 0]], random=0.5), "digitype_small:vinden.proberen")[2] == 0


def test_who_knows_nothing_still_guesses(table: ItemTable) -> None:
    found = chances(table, people([[-50.0, 0, 0, 0]]), "digitype_small:doen.datalek")
    np.testing.assert_allclose(found[:2], [2 / 3, 1 / 3])


def test_higher_facet_gives_higher_scores_on_its_own_questions_only(table: ItemTable) -> None:
    low, high = people([[0, -1, 0, 0]]), people([[0, 1, 0, 0]])
    means = [np.nansum(table.chances(person)[0] * np.nan_to_num(table.scores), axis=1) for person in (low, high)]
    rises = means[1] - means[0] > 1e-9
    assert rises.tolist() == ["doen.nut" in name or "doen.zonde" in name for name in table.names]


def test_agreeing_lowers_the_score_of_a_reversed_question(table: ItemTable) -> None:
    agreeing, neutral = people([[0, 0, 0, 0]], shift=1.0), people([[0, 0, 0, 0]])
    change = table.chances(agreeing)[0, :, -1] - table.chances(neutral)[0, :, -1]
    by_name = dict(zip(table.names, change, strict=True))
    assert by_name["digitype_small:doen.zonde"] < 0 < by_name["digitype_small:doen.zoeken"]
    assert by_name["digitype_small:doen.datalek"] == 0


def test_extreme_style_uses_the_ends_more(table: ItemTable) -> None:
    item = "digitype_small:doen.zonde"
    usual, extreme = (chances(table, people([[0, 0, 0, 0]], squeeze=s), item) for s in (1.0, 0.2))
    assert extreme[1] < usual[1]
    assert extreme[0] > usual[0]
    assert extreme[2] > usual[2]


def test_who_does_not_read_answers_evenly(table: ItemTable) -> None:
    blind = people([[3.0, 3.0, 3.0, 3.0]], random=1.0)
    np.testing.assert_allclose(chances(table, blind, "digitype_small:doen.nut"), [1 / 3] * 3)
    np.testing.assert_allclose(chances(table, blind, "digitype_small:vinden.proberen"), [1 / 2, 1 / 2, 0])
    np.testing.assert_allclose(chances(table, blind, "digitype_small:doen.datalek"), [2 / 3, 1 / 3, 0])


def test_default_location_follows_from_the_address(parameters: Parameters, small: Bank) -> None:
    first, again = (ItemTable.build(parameters, [small]) for _ in range(2))
    np.testing.assert_array_equal(first.location, again.location)
    assert len(set(first.location)) == 8
    assert np.abs(first.location).max() <= parameters.items.default.range.value


def test_question_without_facet_follows_kennis(parameters: Parameters, kinds: Bank) -> None:
    table = ItemTable.build(parameters, [kinds])
    assert table.names == tuple(f"digitype_kinds:alles.{q}" for q in ("ja", "vaak", "weet", "weet_meer"))
    assert table.facet.tolist() == [0, 0, 0, 0]
    assert ItemTable.build(parameters, [kinds], facets_only=True).names == ("digitype_kinds:alles.vaak",)


def test_answers_of_a_level_have_its_score(parameters: Parameters, kinds: Bank, small: Bank) -> None:
    for bank in (kinds, small):
        table = ItemTable.build(parameters, [bank])
        for name, scores, values in zip(table.names, table.scores, table.values, strict=True):
            question = bank.item(name.partition(":")[2]).question
            known = {str(value): score for value, score in possible_answers(question, bank)}
            found = [[known[str(value)] for value in level] for level in values]
            assert found == [[score] * len(level) for score, level in zip(scores, values, strict=False)]


def test_knowledge_with_several_right_answers_can_be_fully_right(parameters: Parameters, kinds: Bank) -> None:
    table = ItemTable.build(parameters, [kinds])
    values = table.values[table.names.index("digitype_kinds:alles.weet_meer")]
    assert values[-1] == (["a", "b"],)
