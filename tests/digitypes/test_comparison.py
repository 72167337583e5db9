import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.comparison import (
    CANDIDATES,
    KEPT,
    Candidate,
    Found,
    candidates,
    choose,
    compare,
    on_one_line,
    ordered,
)
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import People, simulate


@pytest.fixture(scope="module")
def others(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 2000, np.random.default_rng(31))


@pytest.fixture(scope="module")
def found(classifier: Classifier, parameters: Parameters, shipped: Bank, others: People) -> dict[str, Found]:
    known = simulate(parameters, shipped, 4000, np.random.default_rng(32))
    probabilities = classifier.probabilities(others.facets, others.scores)
    return candidates(probabilities, known, others, np.random.default_rng(33))


def candidate(behind: float, ece: float | None) -> Candidate:
    return Candidate(accuracy=0.7, behind=behind, behind_margin=0.0, ece=ece, log_loss=None)


def test_simplest_that_is_near_enough_and_calibrated_is_chosen() -> None:
    judged = {
        "far": candidate(0.04, 0.01),
        "no probabilities": candidate(0.0, None),
        "boasts": candidate(0.0, 0.021),
        "good": candidate(0.01, 0.02),
        "better": candidate(0.0, 0.0),
    }
    assert choose(judged) == "good"
    assert choose({"far": candidate(0.011, 0.0)}) is None


def test_distance_to_the_best_is_that_of_the_same_people() -> None:
    types = np.array([0, 1, 2, 3])
    best = np.array([True, True, True, False])
    said = Found(np.array([0, 1, 0, 0]), None)
    judged = compare({"one": said}, best, types).candidates["one"]
    assert (judged.accuracy, judged.behind, judged.ece) == (0.5, 0.25, None)
    assert judged.behind_margin == pytest.approx(1.96 * np.sqrt(0.1875 / 4))


def test_candidates_are_in_order_and_each_beats_chance(found: dict[str, Found], others: People) -> None:
    assert tuple(found) == CANDIDATES
    right = {name: (each.types == others.latents.types).mean() for name, each in found.items()}
    assert min(right.values()) > 0.6
    assert right["logistic_regression"] > right["nearest_prototype"] + 0.01
    assert right["logistic_regression"] > right["one_score"] + 0.04
    assert abs(right["gradient_boosting"] - right["logistic_regression"]) < 0.04


def test_a_model_that_boasts_is_not_kept(found: dict[str, Found], others: People) -> None:
    honest = found[KEPT].probabilities
    assert honest is not None
    boasting = honest**2 / (honest**2).sum(axis=1, keepdims=True)
    types = others.latents.types
    judged = compare({KEPT: Found(found[KEPT].types, boasting)}, found[KEPT].types == types, types)
    assert judged.candidates[KEPT].behind == 0
    assert judged.chosen is None


def test_four_facets_add_less_in_an_ordered_world(
    found: dict[str, Found], parameters: Parameters, shipped: Bank, others: People
) -> None:
    result = ordered(found, parameters, shipped, others, np.random.default_rng(34))
    gain = result.four_facets - result.one_score
    assert gain > 0.04 > result.margin
    assert result.ordered_world_four_facets - result.ordered_world_one_score < gain - 0.02
    assert 0 < result.one_score_bits < result.four_facets_bits < result.type_bits < 2


def test_personas_on_one_line(parameters: Parameters) -> None:
    line, first_axis = on_one_line(parameters)
    away = line.means - parameters.shares @ parameters.means
    assert np.linalg.matrix_rank(away, tol=1e-9) == 1
    np.testing.assert_allclose(parameters.shares @ line.means, parameters.shares @ parameters.means)
    assert 0.85 < first_axis < 1
    assert on_one_line(line)[1] == pytest.approx(1)
