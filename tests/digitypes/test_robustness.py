from collections.abc import Callable

import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import robustness
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.robustness import MISSING, MOVED, STARTERS, Trial, moved_persona, shift, with_shares
from zelfscan.digitypes.types import TYPES

PEOPLE = 3000


@pytest.fixture
def trial(classifier: Classifier, parameters: Parameters, shipped: Bank) -> Trial:
    return Trial(classifier, parameters, shipped, PEOPLE, np.random.default_rng(41))


def test_figures_of_a_put_trial(trial: Trial) -> None:
    put = trial.put(trial.parameters)
    fares = put.fares()
    assert fares.people == put.confusion.sum() == PEOPLE
    assert fares.accuracy == pytest.approx(put.confusion.trace() / PEOPLE)
    assert fares.accuracy == pytest.approx(0.73, abs=0.03)
    assert fares.ece < 0.04
    assert 0.1 < fares.abstained < 0.25


def test_every_style_has_its_own_people(trial: Trial) -> None:
    found = robustness.styles(trial)
    assert list(found) == list(trial.parameters.styles)
    assert {each.people for each in found.values()} == {PEOPLE}
    assert found["regular"].accuracy > found["careless"].accuracy + 0.15
    assert found["careless"].ece > found["regular"].ece + 0.08
    assert found["missing"].abstained > found["regular"].abstained
    for each in found.values():
        assert np.array(each.confusion).sum() == sum(point.people for point in each.reliability) == PEOPLE


def test_missing_answers_cost_accuracy_and_lead_to_abstaining(trial: Trial) -> None:
    test = trial.put(trial.parameters)
    found = list(robustness.missing(trial, test).values())
    assert found[0] == test.fares()
    assert len(found) == len(MISSING)
    assert found[-1].accuracy < found[0].accuracy - 0.08
    assert found[-1].abstained > 0.8
    assert max(each.ece for each in found) < 0.06


def test_shifted_starters_are_found_by_correction_only(trial: Trial) -> None:
    found = robustness.shifted(trial)
    assert tuple(found) == STARTERS
    for starters, each in found.items():
        assert each.starters == pytest.approx(starters, abs=0.03)
        assert each.corrected == pytest.approx(each.starters, abs=0.03)
    assert found[0.6].counted < found[0.6].starters - 0.1


def test_moved_personas_cost_more_than_the_world_asks(trial: Trial) -> None:
    found = robustness.moved(trial)
    assert list(found) == [f"{name} {move}" for name in MOVED for move in ("-0.5", "+0.5")]
    usual = trial.put(trial.parameters).fares()
    assert all(each.accuracy < usual.accuracy for each in found.values())
    assert all(each.accuracy > usual.accuracy - 0.1 for each in found.values())
    assert np.mean([each.bayes_accuracy - each.classifier for each in found.values()]) > 0


def test_shift_keeps_the_proportions_of_the_others(parameters: Parameters) -> None:
    shares = shift(parameters.shares, 0.6)
    assert shares[0] == 0.6
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares[1:] / shares[1:].sum(), parameters.shares[1:] / parameters.shares[1:].sum())


@pytest.mark.parametrize(
    "change", [lambda p: with_shares(p, [0.4, 0.3, 0.2, 0.1]), lambda p: moved_persona(p, TYPES[1], 0.5)]
)
def test_changes_leave_the_world_as_it_was(parameters: Parameters, change: Callable[[Parameters], Parameters]) -> None:
    before = parameters.model_dump()
    changed = change(parameters)
    assert parameters.model_dump() == before
    assert changed.model_dump() != before


def test_what_is_changed(parameters: Parameters) -> None:
    np.testing.assert_allclose(with_shares(parameters, [0.4, 0.3, 0.2, 0.1]).shares, [0.4, 0.3, 0.2, 0.1])
    difference = moved_persona(parameters, TYPES[1], 0.5).means - parameters.means
    np.testing.assert_allclose(difference, [[0] * 4, [0.5] * 4, [0] * 4, [0] * 4])
