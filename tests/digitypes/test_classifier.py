import json
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import MARGIN, MINIMUM_ANSWERS, Classifier, judge, mean_per_facet
from zelfscan.digitypes.facets import FACETS, FacetAnswers
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import People, simulate, thin
from zelfscan.digitypes.types import TYPES, Digitype, Pull

ANSWERS = st.fixed_dictionaries(
    {facet: st.dictionaries(st.text("abcdefgh", min_size=1), st.floats(0, 1), max_size=12) for facet in FACETS}
)


def named(given: FacetAnswers) -> FacetAnswers:
    """The same answers with names that differ between facets, as those of a bank do."""
    return {facet: {f"{facet}.{item}": score for item, score in items.items()} for facet, items in given.items()}


@pytest.fixture(scope="module")
def people(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 400, np.random.default_rng(11))


def all_at(score: float, each: int = 4) -> FacetAnswers:
    return {facet: {f"bank:{facet}.{n}": score for n in range(each)} for facet in FACETS}


def test_probabilities_are_those_of_the_pipeline(classifier: Classifier, pipeline: Pipeline, people: People) -> None:
    columns = [pipeline.classes_.tolist().index(name) for name in TYPES]
    for scores in (people.scores, thin(people.scores, np.random.default_rng(1))):
        expected = pipeline.predict_proba(scores)[:, columns]
        np.testing.assert_allclose(classifier.probabilities(people.facets, scores), expected, rtol=0, atol=1e-12)


def test_one_person_and_a_table_get_the_same_outcome(classifier: Classifier, people: People) -> None:
    table = classifier.classify_table(people.items.names, people.facets, people.scores)
    for row in range(40):
        given: FacetAnswers = {facet: {} for facet in FACETS}
        for item, facet, score in zip(people.items.names, people.facets, people.scores[row], strict=True):
            if not np.isnan(score):
                given[facet][item] = float(score)
        one, same = classifier.classify(given), table[row]
        assert (one.type, one.runner_up, one.verdict, one.facets) == (
            same.type,
            same.runner_up,
            same.verdict,
            same.facets,
        )
        assert one.probabilities == pytest.approx(same.probabilities)
        assert dict(one.pulls) == pytest.approx(dict(same.pulls))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_answers=ANSWERS)
def test_any_answers_give_probabilities_and_exact_pulls(classifier: Classifier, given_answers: FacetAnswers) -> None:
    outcome = classifier.classify(named(given_answers))
    assert sum(outcome.probabilities.values()) == pytest.approx(1)
    if outcome.type is None:
        assert outcome.verdict == "too_few"
        assert outcome.pulls == ()
        return
    log_odds = np.log(outcome.probabilities[outcome.type] / outcome.probabilities[outcome.runner_up])
    explained = classifier.intercept(outcome.type, outcome.runner_up) + sum(weight for _, weight in outcome.pulls)
    assert explained == pytest.approx(log_odds, abs=1e-9)
    assert len(outcome.pulls) == sum(map(len, given_answers.values()))


def test_pulls_are_strongest_first(classifier: Classifier, people: People) -> None:
    for outcome in classifier.classify_table(people.items.names, people.facets, people.scores[:50]):
        sizes = [abs(weight) for _, weight in outcome.pulls]
        assert sizes == sorted(sizes, reverse=True)


def test_answers_that_fit_the_type_pull_towards_it(classifier: Classifier) -> None:
    given = all_at(1.0)
    given["houding"]["bank:houding.0"] = 0.0
    outcome = classifier.classify(given)
    weights = dict(outcome.pulls)
    assert outcome.type == "digitale_enthousiasteling"
    assert weights["bank:houding.0"] < 0 < weights["bank:houding.1"]


@pytest.mark.parametrize(("score", "type"), [(0.0, TYPES[0]), (1.0, TYPES[3])])
def test_extreme_answers_are_clear(classifier: Classifier, score: float, type: str) -> None:
    outcome = classifier.classify(all_at(score))
    assert (outcome.type, outcome.verdict) == (type, "clear")
    assert outcome.facets == dict.fromkeys(FACETS, score)
    assert outcome.model == "trained in a test"


def test_no_answers_leave_the_shares_of_the_types(classifier: Classifier, parameters: Parameters) -> None:
    outcome = classifier.classify({facet: {} for facet in FACETS})
    assert outcome.verdict == "too_few"
    assert outcome.facets == dict.fromkeys(FACETS)
    np.testing.assert_allclose(list(outcome.probabilities.values()), parameters.shares, atol=0.05)


def test_fewer_answers_are_less_sure(classifier: Classifier) -> None:
    surest = [max(classifier.classify(all_at(0.9, each)).probabilities.values()) for each in (1, 2, 4, 8)]
    assert surest == sorted(surest)
    assert surest[0] < surest[-1] - 0.2


def test_minimum_number_of_answers(classifier: Classifier) -> None:
    assert MINIMUM_ANSWERS == 8
    given = all_at(1.0, 2)
    assert classifier.classify(given).verdict == "clear"
    del given["kennis"]["bank:kennis.0"]
    assert classifier.classify(given).verdict == "too_few"


@pytest.mark.parametrize(("facets", "verdict"), [(2, "too_few"), (3, "clear")])
def test_minimum_number_of_facets(classifier: Classifier, facets: int, verdict: str) -> None:
    given = {facet: items if k < facets else {} for k, (facet, items) in enumerate(all_at(1.0, 6).items())}
    assert classifier.classify(given).verdict == verdict


def test_between_when_the_two_best_are_closer_than_the_margin() -> None:
    facets = [facet for facet in FACETS for _ in range(2)]
    lead = np.array([MARGIN - 0.01, MARGIN + 0.01])
    probabilities = np.column_stack([0.4 + lead / 2, 0.4 - lead / 2, [0.1, 0.1], [0.1, 0.1]])
    assert judge(facets, np.ones((2, 8)), probabilities) == ["between", "clear"]


def test_between_two_types_names_both(classifier: Classifier, people: People) -> None:
    outcomes = classifier.classify_table(people.items.names, people.facets, people.scores)
    between = [outcome for outcome in outcomes if outcome.verdict == "between"]
    assert 0.05 < len(between) / len(outcomes) < 0.3
    for outcome in between:
        best, second = sorted(outcome.probabilities.values(), reverse=True)[:2]
        assert best - second < MARGIN
        assert outcome.probabilities[outcome.type or ""] == best
        assert outcome.probabilities[outcome.runner_up] == second


def test_mean_per_facet() -> None:
    scores = np.array([[1.0, 0.5, np.nan], [np.nan, np.nan, 0.25]])
    means = mean_per_facet(["kennis", "kennis", "houding"], scores)
    np.testing.assert_array_equal(means, [[0.75, np.nan, np.nan, np.nan], [np.nan, np.nan, 0.25, np.nan]])


def test_nobody_gives_nothing(classifier: Classifier, people: People) -> None:
    assert classifier.classify_table(people.items.names, people.facets, people.scores[:0]) == []


def test_outcome_survives_json(classifier: Classifier) -> None:
    given = all_at(0.9)
    given["motivatie"] = {}
    outcome = classifier.classify(given)
    plain = outcome.to_dict()
    back = Digitype.from_dict(json.loads(json.dumps(plain)))
    assert back.to_dict() == plain
    assert back.facets["motivatie"] is None
    assert all(isinstance(pull, Pull) for pull in back.pulls)
    assert back.probabilities == pytest.approx(outcome.probabilities, abs=1e-6)


def test_one_person_gets_what_the_pipeline_predicts(classifier: Classifier, pipeline: Pipeline, people: People) -> None:
    columns = [pipeline.classes_.tolist().index(name) for name in TYPES]
    for row, scores in enumerate(thin(people.scores, np.random.default_rng(2))[:100]):
        given: FacetAnswers = {facet: {} for facet in FACETS}
        for item, facet, score in zip(people.items.names, people.facets, scores, strict=True):
            if not np.isnan(score):
                given[facet][item] = float(score)
        outcome, expected = classifier.classify(given), pipeline.predict_proba(scores[None, :])[0, columns]
        np.testing.assert_allclose(list(outcome.probabilities.values()), expected, rtol=0, atol=1e-14, err_msg=str(row))
        assert outcome.type in (None, pipeline.predict(scores[None, :])[0])


def test_one_person_takes_under_a_third_of_a_millisecond(classifier: Classifier) -> None:
    given = all_at(0.7, 5)
    assert np.median([_seconds(classifier, given) for _ in range(1000)]) < 0.0003


def _seconds(classifier: Classifier, given: FacetAnswers) -> float:
    start = time.perf_counter()
    classifier.classify(given)
    return time.perf_counter() - start
