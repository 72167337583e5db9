from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.distribution import STRENGTH, distance, estimate_shares, label_probabilities
from zelfscan.digitypes.metrics import confusion
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.robustness import shift, with_shares
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.store import load_classifier

USUAL = np.array([0.17, 0.34, 0.33, 0.16])
CERTAIN = np.eye(4)


def test_certain_people_are_counted_whatever_the_strength() -> None:
    people = CERTAIN[[0, 0, 0, 1]]
    for strength in (0.0, STRENGTH, 100.0):
        np.testing.assert_allclose(estimate_shares(people, USUAL, strength=strength), [0.75, 0.25, 0, 0])


def test_people_of_whom_nothing_is_known_have_the_usual_shares() -> None:
    np.testing.assert_allclose(estimate_shares(np.tile(USUAL, (9, 1)), USUAL), USUAL)


def test_one_step_by_hand() -> None:
    people = np.array([[0.5, 0.5, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    even = np.full(4, 0.25)
    found = estimate_shares(people, even, strength=0.0)
    np.testing.assert_allclose(found, [1, 0, 0, 0], atol=1e-4)
    pulled = estimate_shares(people, even, strength=2.0)
    share = pulled[0]
    first = (2 * share + 0.5) / 4
    second = (2 * (1 - share) + 0.5) / 4
    assert share == pytest.approx((1 + first / (first + second)) / 2, abs=1e-5)
    assert 0.75 < share < 1


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 12), st.just(4)), elements=st.floats(0.001, 1)),
    st.floats(0, 50),
)
def test_shares_are_shares(raw: np.ndarray, strength: float) -> None:
    found = estimate_shares(raw / raw.sum(axis=1, keepdims=True), USUAL, strength=strength)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)


def test_counts_stand_for_people() -> None:
    rows = np.array([[0.6, 0.2, 0.1, 0.1], [0.1, 0.1, 0.2, 0.6]])
    written_out = estimate_shares(rows[[0, 0, 0, 1]], USUAL)
    np.testing.assert_allclose(estimate_shares(rows, USUAL, [3, 1]), written_out)


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_nobody(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="there have to be people"):
        estimate_shares(np.tile(USUAL, (len(counts), 1)), USUAL, counts)


def test_another_number_of_types() -> None:
    with pytest.raises(ValueError, match="4 probabilities"):
        estimate_shares(np.ones((2, 3)) / 3, USUAL)


def test_type_without_a_share() -> None:
    with pytest.raises(ValueError, match="each type needs a share"):
        estimate_shares(CERTAIN, np.array([0.5, 0.5, 0.0, 0.0]))


def test_label_probabilities_by_hand() -> None:
    table = [[8, 2, 0, 0], [2, 8, 0, 0], [0, 0, 10, 0], [0, 0, 10, 0]]
    found = label_probabilities(table)
    np.testing.assert_allclose(found[:3], [[0.8, 0.2, 0, 0], [0.2, 0.8, 0, 0], [0, 0, 0.5, 0.5]])
    np.testing.assert_allclose(found[3], [0.25, 0.25, 0.25, 0.25])


def test_distance_is_the_share_of_people_who_differ() -> None:
    assert distance(np.array([0.5, 0.5, 0, 0]), np.array([0.25, 0.5, 0.25, 0])) == pytest.approx(0.25)


@pytest.mark.parametrize("starters", [0.05, 0.6])
def test_large_group_that_differs_is_found_where_counting_fails(
    models: Path, parameters: Parameters, shipped: Bank, starters: float
) -> None:
    classifier, usual = load_classifier(models), parameters.shares
    everyone = simulate(parameters, shipped, 8000, np.random.default_rng(1))
    group = simulate(with_shares(parameters, shift(usual, starters)), shipped, 8000, np.random.default_rng(2))
    true = np.bincount(group.latents.types, minlength=4) / 8000
    probabilities = classifier.probabilities(group.facets, group.scores)
    labels = np.bincount(probabilities.argmax(axis=1), minlength=4)
    known = classifier.probabilities(everyone.facets, everyone.scores).argmax(axis=1)
    by_label = label_probabilities(confusion(everyone.latents.types, known))
    counted = distance(labels / 8000, true)
    assert distance(estimate_shares(probabilities, usual), true) < min(0.03, counted / 1.5)
    assert distance(estimate_shares(by_label, usual, labels), true) < min(0.04, counted / 1.2)


def test_small_group_stays_near_the_usual_shares() -> None:
    unsure = np.tile([0.34, 0.31, 0.25, 0.10], (3, 1))
    free = estimate_shares(unsure, USUAL, strength=0.0)
    held = estimate_shares(unsure, USUAL)
    assert free[0] > 0.9
    assert held[0] < 0.6
