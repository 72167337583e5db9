import numpy as np
import pytest

from zelfscan.digitypes.metrics import (
    Bin,
    TypeQuality,
    confusion,
    expected_calibration_error,
    log_loss,
    margin,
    per_type,
    reliability,
)
from zelfscan.digitypes.types import TYPES


def test_reliability_leaves_out_empty_bins_and_keeps_certainty() -> None:
    bins = reliability(np.array([0.41, 0.42, 1.0]), np.array([True, False, True]))
    assert bins == (Bin(2, pytest.approx(0.415), 0.5), Bin(1, 1.0, 1.0))


def test_calibration_error_by_hand() -> None:
    assert expected_calibration_error((Bin(3, 0.5, 0.7), Bin(1, 0.9, 0.8))) == pytest.approx((3 * 0.2 + 0.1) / 4)


def test_calibration_error_of_honest_probabilities_is_small() -> None:
    rng = np.random.default_rng(1)
    sure = rng.uniform(0.25, 1, 50_000)
    honest = expected_calibration_error(reliability(sure, rng.random(50_000) < sure))
    boasting = expected_calibration_error(reliability(sure, rng.random(50_000) < sure - 0.1))
    assert honest < 0.01
    assert boasting == pytest.approx(0.1, abs=0.01)


def test_log_loss_by_hand() -> None:
    probabilities = np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1]])
    assert log_loss(probabilities, np.array([0, 2])) == pytest.approx(-(np.log(0.7) + np.log(0.2)) / 2)


def test_confusion_has_true_types_in_rows() -> None:
    table = confusion(np.array([0, 0, 3]), np.array([0, 1, 3]))
    assert table.tolist() == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]


def test_quality_per_type_from_a_confusion_table() -> None:
    table = np.array([[3, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 4], [0, 0, 0, 0]])
    found = per_type(table)
    assert found[TYPES[0]] == TypeQuality(share=0.4, predicted=0.4, precision=0.75, recall=0.75)
    assert found[TYPES[2]] == TypeQuality(share=0.4, predicted=0.0, precision=None, recall=0.0)
    assert found[TYPES[3]] == TypeQuality(share=0.0, predicted=0.4, precision=0.0, recall=None)


def test_margin_of_a_share() -> None:
    assert margin(0.5, 10_000) == pytest.approx(0.0098)
