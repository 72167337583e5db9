import itertools

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.baselines import NearestPrototype, bayes_posterior
from zelfscan.digitypes.parameters import Parameters, PersonaFacet
from zelfscan.digitypes.simulation import draw_latents, simulate
from zelfscan.digitypes.types import TYPES


def test_posterior_agrees_with_counting_identical_answers(parameters: Parameters, small: Bank) -> None:
    people = simulate(parameters, small, 300_000, np.random.default_rng(1))
    keys = people.levels @ (4 ** np.arange(8)) + (people.levels < 0).any(axis=1) * 10**6
    common, counts = np.unique(keys, return_counts=True)
    key = common[counts.argmax()]
    same = np.flatnonzero(keys == key)
    observed = np.bincount(people.latents.types[same], minlength=4) / len(same)
    posterior = bayes_posterior(parameters, people[same[0] : same[0] + 1], np.random.default_rng(2))
    np.testing.assert_allclose(posterior[0], observed, atol=4 * np.sqrt(0.25 / len(same)))


def test_posterior_without_answers_is_the_share_of_each_type(parameters: Parameters, small: Bank) -> None:
    people = simulate(parameters, small, 1, np.random.default_rng(1))
    people.levels[:] = -1
    posterior = bayes_posterior(parameters, people, np.random.default_rng(2), draws=100)
    np.testing.assert_allclose(posterior[0], parameters.shares)


def test_nobody_beats_chance_when_the_types_are_alike(parameters: Parameters, small: Bank) -> None:
    alike = PersonaFacet(mean=0.0, sd=0.5, source="test")
    same = dict.fromkeys(("kennis", "motivatie", "houding", "zelfbeeld"), alike)
    personas = {name: persona.model_copy(update=same) for name, persona in parameters.personas.items()}
    changed = parameters.model_copy(update={"personas": personas})
    people = simulate(changed, small, 50, np.random.default_rng(1))
    posterior = bayes_posterior(changed, people, np.random.default_rng(2), draws=20_000)
    np.testing.assert_allclose(posterior, np.tile(parameters.shares, (50, 1)), atol=0.05)


def test_steps_are_reported_per_type(parameters: Parameters, small: Bank) -> None:
    steps: list[str] = []
    people = simulate(parameters, small, 2, np.random.default_rng(1))
    bayes_posterior(parameters, people, np.random.default_rng(2), draws=10, step=steps.append)
    assert steps == [f"Bayes {name}" for name in TYPES]


def test_chances_of_all_answer_patterns_add_up(parameters: Parameters, small: Bank) -> None:
    latents = draw_latents(parameters, 1, np.random.default_rng(1))
    items = simulate(parameters, small, 1, np.random.default_rng(1)).items
    chances = items.chances(latents)[0]
    total = sum(np.prod(pattern) for pattern in itertools.product(*chances))
    np.testing.assert_allclose(total, 1)


def test_nearest_prototype_uses_the_facets_that_were_answered() -> None:
    facets = ["kennis", "houding"]
    scores = np.array([[0.0, 0.0], [0.2, 0.2], [1.0, 0.4], [0.8, 0.6]])
    labels = np.array(["low", "low", "high", "high"])
    model = NearestPrototype(facets).fit(scores, labels)
    np.testing.assert_allclose(model.prototypes_[:, [0, 2]], [[0.9, 0.5], [0.1, 0.1]])
    asked = np.array([[0.9, np.nan], [np.nan, 0.2], [np.nan, np.nan]])
    assert model.predict(asked).tolist() == ["high", "low", "high"]


def test_nearest_prototype_follows_the_scikit_learn_conventions() -> None:
    results = check_estimator(NearestPrototype(), on_skip=None)
    assert len(results) > 50
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_without_facets_each_item_counts_on_its_own() -> None:
    scores = np.array([[0.0, 1.0], [1.0, 0.0]])
    model = NearestPrototype().fit(scores, ["a", "b"])
    np.testing.assert_array_equal(model.prototypes_, scores)
    assert model.predict([[0.2, np.nan], [np.nan, 0.2]]).tolist() == ["a", "b"]


@pytest.mark.parametrize("facets", [["kennis"], ["kennis", "moed"]])
def test_nearest_prototype_refuses_facets_that_do_not_fit(facets: list[str]) -> None:
    with pytest.raises(ValueError, match="X has 2 columns; each is of kennis, motivatie"):
        NearestPrototype(facets).fit(np.ones((2, 2)), ["a", "b"])


def test_nearest_prototype_has_to_be_fitted_first() -> None:
    with pytest.raises(NotFittedError):
        NearestPrototype().predict(np.ones((2, 3)))
