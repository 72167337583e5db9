import numpy as np
import pytest

from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.facets import facet_answers
from zelfscan.digitypes.parameters import Parameters, Style
from zelfscan.digitypes.simulation import Respondents, draw_latents, respondent, simulate, thin
from zelfscan.digitypes.types import TYPES


def everyone(parameters: Parameters, **numbers: float) -> Parameters:
    """The same parameters with one response style for all."""
    return parameters.model_copy(update={"styles": {"only": Style(share=1, source="test", **numbers)}})


def test_people_follow_the_parameters(parameters: Parameters) -> None:
    people = draw_latents(parameters, 60_000, np.random.default_rng(1))
    np.testing.assert_allclose(np.bincount(people.types) / 60_000, parameters.shares, atol=0.01)
    for k in range(len(TYPES)):
        mine = people.facets[people.types == k]
        np.testing.assert_allclose(mine.mean(axis=0), parameters.means[k], atol=0.03)
        np.testing.assert_allclose(mine.std(axis=0), parameters.deviations[k], atol=0.03)
        np.testing.assert_allclose(np.corrcoef(mine.T), parameters.correlation, atol=0.04)


def test_styles_follow_their_shares(parameters: Parameters) -> None:
    people = draw_latents(parameters, 40_000, np.random.default_rng(1))
    shares = [style.share for style in parameters.styles.values()]
    np.testing.assert_allclose(np.bincount(people.styles) / 40_000, shares, atol=0.01)
    assert set(people.shift) == {style.shift for style in parameters.styles.values()}


def test_asked_type_and_improvement(parameters: Parameters) -> None:
    before, after = (
        draw_latents(parameters, 100, np.random.default_rng(1), TYPES[2], improvement) for improvement in (0.0, 0.5)
    )
    assert set(before.types) == {2}
    np.testing.assert_allclose(after.facets - before.facets, 0.5)


def test_unknown_type(parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="digitalist"):
        draw_latents(parameters, 1, np.random.default_rng(1), "digitalist")


def test_same_state_gives_the_same_people(parameters: Parameters, shipped: Bank) -> None:
    first, again, other = (simulate(parameters, shipped, 200, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.scores, again.scores)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.levels, other.levels)


def test_scores_labels_and_answers_tell_the_same(parameters: Parameters, small: Bank) -> None:
    people = simulate(parameters, small, 50, np.random.default_rng(1))
    for row in range(50):
        answers = people.answers(row)
        given = facet_answers([small], {small.bank: answers})
        scores = {item: score for items in given.values() for item, score in items.items()}
        expected = [scores.get(name, np.nan) for name in people.items.names]
        np.testing.assert_array_equal(people.scores[row], expected)
        assert people.labels[row] == TYPES[people.latents.types[row]]


def test_slice_of_people(parameters: Parameters, small: Bank) -> None:
    people = simulate(parameters, small, 10, np.random.default_rng(1))
    part = people[2:5]
    np.testing.assert_array_equal(part.scores, people.scores[2:5])
    np.testing.assert_array_equal(part.labels, people.labels[2:5])


def test_higher_types_score_higher(parameters: Parameters, shipped: Bank) -> None:
    people = simulate(parameters, shipped, 4000, np.random.default_rng(1))
    means = [np.nanmean(people.scores[people.latents.types == k]) for k in range(4)]
    assert np.all(np.diff(means) > 0.05)


def test_skipping(parameters: Parameters, shipped: Bank) -> None:
    people = simulate(everyone(parameters, skip=0.3), shipped, 3000, np.random.default_rng(1))
    np.testing.assert_allclose(np.isnan(people.scores).mean(axis=0), 0.3, atol=0.03)


def test_leaving_early_loses_the_last_questions(parameters: Parameters, shipped: Bank) -> None:
    people = simulate(everyone(parameters, reached=0.5), shipped, 3000, np.random.default_rng(1))
    missing = np.isnan(people.scores)
    assert not missing[:, :9].any()
    assert (np.diff(missing.astype(int), axis=1) >= 0).all()
    assert 0.8 < missing[:, -1].mean() < 1


def test_finished_forms_miss_nothing(parameters: Parameters, shipped: Bank) -> None:
    people = simulate(everyone(parameters), shipped, 500, np.random.default_rng(1))
    assert not np.isnan(people.scores).any()


def test_thin_only_takes_away(parameters: Parameters, shipped: Bank) -> None:
    scores = simulate(parameters, shipped, 2000, np.random.default_rng(1)).scores
    thinned = thin(scores, np.random.default_rng(2))
    kept = ~np.isnan(thinned)
    np.testing.assert_array_equal(thinned[kept], scores[kept])
    shares = kept.mean(axis=1)
    assert shares.min() == 0
    assert shares.max() > 0.9
    assert 0.4 < shares.mean() < 0.55


@pytest.mark.parametrize("name", ["digitype", "vvt"])
def test_respondent_gives_answers_that_shipped_banks_accept(parameters: Parameters, name: str) -> None:
    bank = load_bank(Settings().shipped_bank(name))
    assert_acceptable(bank, Respondents(parameters, [bank]))


def test_respondent_fills_in_every_kind(parameters: Parameters, kinds: Bank) -> None:
    finished = everyone(parameters)
    assert_acceptable(kinds, Respondents(parameters, [kinds]))
    assert_acceptable(kinds, Respondents(finished, [kinds]))
    filled = respondent(finished, [kinds], np.random.default_rng(3))[kinds.bank]
    assert {item.address for item in kinds.items()} - filled.keys() <= {"alles.vaak"}


def assert_acceptable(bank: Bank, people: Respondents) -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        answers = people.answer(rng)[bank.bank]
        assert set(answers) <= set(visible(bank, answers))
        for address, value in answers.items():
            question = bank.item(address).question
            assert value is None or KINDS[question.kind].accepts(value, question, bank)


def test_branching_is_respected(parameters: Parameters, kinds: Bank) -> None:
    people, rng = Respondents(everyone(parameters), [kinds]), np.random.default_rng(1)
    for _ in range(50):
        answers = people.answer(rng)[kinds.bank]
        assert ("alles.vaak" in answers) == (answers["alles.ja"] == "ja")


def test_skipped_answers_are_none_and_unreached_ones_are_left_out(parameters: Parameters, kinds: Bank) -> None:
    rng = np.random.default_rng(1)
    skipping = Respondents(everyone(parameters, skip=0.5), [kinds])
    assert any(None in skipping.answer(rng)[kinds.bank].values() for _ in range(20))
    leaving = Respondents(everyone(parameters, reached=0.0), [kinds])
    counts = {len(leaving.answer(rng)[kinds.bank]) for _ in range(50)}
    assert min(counts) <= 2
    assert max(counts) >= 6


def test_respondent_is_the_same_person_in_every_bank(parameters: Parameters, shipped: Bank) -> None:
    vvt = load_bank(Settings().shipped_bank("vvt"))
    people, rng = Respondents(parameters, [shipped, vvt]), np.random.default_rng(1)
    means = {}
    for type in (TYPES[0], TYPES[3]):
        answers = [people.answer(rng, type) for _ in range(60)]
        scores = [s for given in answers for s in facet_answers([vvt], given)["kennis"].values()]
        means[type] = np.mean(scores)
    assert means[TYPES[3]] - means[TYPES[0]] > 0.3


def test_improvement_shows_in_the_answers(parameters: Parameters, shipped: Bank) -> None:
    means = []
    for improvement in (0.0, 0.6):
        people, rng = Respondents(parameters, [shipped]), np.random.default_rng(1)
        given = [facet_answers([shipped], people.answer(rng, TYPES[1], improvement)) for _ in range(150)]
        means.append(np.mean([s for each in given for items in each.values() for s in items.values()]))
    assert means[1] - means[0] > 0.08
