from pathlib import Path

import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.groups import SIZES, distribution_errors, fairness, group_fares
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.robustness import STARTERS, Put, Trial, with_shares
from zelfscan.digitypes.store import load_classifier


@pytest.fixture
def trial(models: Path, parameters: Parameters, shipped: Bank) -> Trial:
    return Trial(load_classifier(models), parameters, shipped, 6000, np.random.default_rng(51))


def test_groups_that_differ_only_in_shares_get_the_same_error(trial: Trial) -> None:
    found = fairness(trial)
    assert {trait: list(groups) for trait, groups in found.items()} == {
        trait: list(groups) for trait, groups in trial.parameters.groups.items()
    }
    for groups in found.values():
        accuracies = [each.standardised for each in groups.values()]
        assert max(accuracies) - min(accuracies) < 0.035
        assert all(each.ece < 0.035 and each.corrected < 0.04 for each in groups.values())


def test_a_group_that_is_read_wrongly_stands_out(trial: Trial) -> None:
    """Two questions out of three in the wrong direction: what fairness has to show."""
    put = trial.put(trial.parameters)
    scores = put.people.scores.copy()
    scores[:, ::3] = 1 - scores[:, ::3]
    wrong = Put(put.people, trial.classifier.probabilities(put.people.facets, scores))
    usual = trial.parameters.shares
    assert group_fares(wrong, usual).standardised < group_fares(put, usual).standardised - 0.1


def test_standardised_accuracy_by_hand(trial: Trial) -> None:
    put = trial.put(with_shares(trial.parameters, [0.4, 0.3, 0.2, 0.1]))
    found = group_fares(put, np.array([0.01, 0.01, 0.97, 0.01]))
    others = sum(found.recall.values()) - found.recall["digivaardige_professional"]
    assert found.standardised == pytest.approx(0.97 * found.recall["digivaardige_professional"] + 0.01 * others)
    own = np.bincount(put.types, minlength=4) / len(put.types)
    assert group_fares(put, own).standardised == pytest.approx(found.accuracy)


def test_correction_beats_counting_and_more_people_are_less_wrong(trial: Trial) -> None:
    put = trial.put(trial.parameters)
    found = distribution_errors(put, trial.parameters.shares, np.random.default_rng(52))
    assert tuple(found) == SIZES
    assert all(each.corrected < each.counting for each in found.values())
    assert found[100].corrected < 0.8 * found[100].counting
    assert found[100].corrected < found[20].corrected < found[8].corrected < 0.22
    assert found[8].groups == len(STARTERS) * 100
    assert tuple(found[8].starters) == STARTERS


def test_a_perfect_classifier_makes_no_error(trial: Trial) -> None:
    people = trial.put(trial.parameters).people
    found = distribution_errors(Put(people, np.eye(4)[people.latents.types]), trial.parameters.shares, trial.rng)
    for each in found.values():
        np.testing.assert_allclose([each.counting, each.soft, each.corrected, each.corrected_labels], 0, atol=1e-9)
