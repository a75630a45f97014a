"""Figures about certainty are checked against what a person can reckon."""

import numpy as np
import pytest

from pilotwerk.pilots.providers.embedded import calibration
from pilotwerk.pilots.providers.embedded.folds import assign_folds


def test_wilson_bound_as_in_the_textbook() -> None:
    # 10 of 10: n / (n + z^2); 81 of 263 is the worked example of Newcombe (1998): 0.2553 to 0.3662.
    assert calibration.wilson_lower(10, 10) == pytest.approx(10 / (10 + calibration.Z**2))
    assert calibration.wilson_lower(81, 263) == pytest.approx(0.2553, abs=5e-5)
    assert calibration.wilson_lower(0, 0) == 0.0


def test_temperature_is_found_again() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(4000, 5)) * 2
    shares = np.exp(calibration.log_softmax(scores))
    truth = np.array([rng.choice(5, p=row) for row in shares])
    assert calibration.fit_temperature(scores * 3, truth) == pytest.approx(3, rel=0.1)
    assert calibration.expected_calibration_error(shares.max(axis=1), shares.argmax(axis=1) == truth) < 0.03


def test_the_threshold_keeps_its_promise_and_covers_as_much_as_it_can() -> None:
    confidence = np.linspace(1, 0, 1000)
    right = np.arange(1000) < 600
    threshold = calibration.threshold_for(confidence, right)
    assert threshold is not None
    sure = confidence >= threshold
    assert calibration.wilson_lower(int(right[sure].sum()), int(sure.sum())) >= 0.95
    assert 600 < sure.sum() < 632


def test_no_promise_where_the_past_does_not_allow_it() -> None:
    assert calibration.threshold_for(np.ones(60), np.ones(60, dtype=bool)) is None
    assert calibration.threshold_for(np.ones(500), np.arange(500) % 10 > 0) is None


def test_thin_bins_are_joined_and_no_case_is_lost() -> None:
    confidence = np.concatenate([np.full(5, 0.2), np.full(100, 0.75), np.full(3, 0.99)])
    bins = calibration.reliability(confidence, np.ones(108, dtype=bool))
    assert sum(row.n for row in bins) == 108
    assert all(row.n >= 30 for row in bins)
    assert (bins[0].low, bins[-1].high) == (0.0, 1.0)


def test_equal_texts_stay_in_one_fold_and_categories_are_spread() -> None:
    texts = [f"Text {number // 2}" for number in range(100)]
    labels = ["a" if number < 50 else "b" for number in range(100)]
    folds = assign_folds(texts, labels, seed=1)
    assert all(folds[number] == folds[number + 1] for number in range(0, 100, 2))
    assert set(np.bincount(folds)) == {20}
    assert (folds == assign_folds(texts, labels, seed=1)).all()
    assert (folds != assign_folds(texts, labels, seed=2)).any()
