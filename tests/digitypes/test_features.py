import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from zelfscan.digitypes.features import FacetFeatures, facet_features

NAN = np.nan


def test_follows_the_scikit_learn_conventions() -> None:
    results = check_estimator(FacetFeatures(), on_skip=None)
    assert len(results) > 30
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_features_by_hand() -> None:
    scores = np.array([[1.0, 0.75, 0.25], [1.0, NAN, NAN], [NAN, NAN, NAN]])
    membership = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    expected = [
        [0.75 / 4, -0.25 / 3, 2 / 4, 1 / 3],
        [0.5 / 3, 0.0, 1 / 3, 0.0],
        [0.0, 0.0, 0.0, 0.0],
    ]
    np.testing.assert_allclose(facet_features(scores, membership, prior=2.0), expected)


def test_transformer_groups_columns_by_facet_in_the_order_of_first_sight() -> None:
    scores = np.array([[0.5, 1.0, 0.0], [1.0, NAN, 0.0]])
    transformer = FacetFeatures(["b", "a", "b"], prior=1.0).fit(scores)
    assert transformer.facets_.tolist() == ["b", "a"]
    assert transformer.get_feature_names_out().tolist() == ["b_score", "a_score", "b_reliability", "a_reliability"]
    np.testing.assert_allclose(
        transformer.transform(scores), [[-0.5 / 3, 0.5 / 2, 2 / 3, 1 / 2], [0.0, 0.0, 2 / 3, 0.0]]
    )


def test_every_answer_has_its_own_additive_part() -> None:
    rng = np.random.default_rng(1)
    scores, membership = rng.random((1, 6)), np.repeat(np.eye(2), 3, axis=0)
    whole = facet_features(scores, membership, 1.5)
    parts = (np.hstack([scores.T - 0.5, np.ones((6, 1))]).repeat(2, axis=1)) * np.tile(membership, 2) / (3 + 1.5)
    np.testing.assert_allclose(parts.sum(axis=0), whole[0])


@pytest.mark.parametrize("prior", [0, -1.0])
def test_prior_has_to_be_positive(prior: float) -> None:
    with pytest.raises(ValueError, match="has to be positive"):
        FacetFeatures(prior=prior).fit(np.ones((2, 2)))


def test_facets_have_to_match_the_columns() -> None:
    with pytest.raises(ValueError, match="facets names 2 items, X has 3 columns"):
        FacetFeatures(["a", "b"]).fit(np.ones((2, 3)))


def test_has_to_be_fitted_first() -> None:
    with pytest.raises(NotFittedError):
        FacetFeatures().transform(np.ones((2, 3)))
