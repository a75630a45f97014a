"""Items get a method of their own only where their past says so clearly."""

from math import inf

import numpy as np
import pytest

from pilotwerk.pilots.recipes.stock.accuracy import judge, mean_rmsse
from pilotwerk.pilots.recipes.stock.choose import Past, bias_factors, choose
from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then, seasonal

SEASONAL = METHODS.index("SeasonalNaive")


def test_seasonal_items_get_a_seasonal_method_and_the_others_do_not() -> None:
    values = np.vstack([now_and_then(60, 84), seasonal(20, 84)])
    train, actual = values[:, :-12], values[:, -12:]
    choice = choose(train, 12, 12)
    assert (choice.methods[60:] == SEASONAL).all()
    assert (choice.methods[:60] != SEASONAL).mean() > 0.95
    items = judge(train, actual).items
    chosen = mean_rmsse(actual, choice.forecast(train, 12, 12), train, items)
    for method in METHODS:
        assert chosen < mean_rmsse(actual, forecast(train, method, 12, 12), train, items)


def test_items_that_differ_by_luck_keep_one_method() -> None:
    choice = choose(now_and_then(300, 60, seed=5), 12, 12)
    differ = float((choice.methods != choice.base).mean())
    assert differ < 0.15
    smallest = len(METHODS) - 1
    assert differ < smallest / len(METHODS), "the smallest past error would move most items"


def test_nothing_of_the_test_is_seen() -> None:
    values = now_and_then(40, 60)
    first = choose(values[:, :48], 12, 12)
    changed = values.copy()
    changed[:, 48:] = 99
    again = choose(changed[:, :48], 12, 12)
    assert (first.methods == again.methods).all()
    assert first.factors == pytest.approx(again.factors)
    assert max(first.origins) + 12 <= 48


def test_too_short_a_history_gets_imapa_uncorrected() -> None:
    choice = choose(now_and_then(5, 8), 6, 12)
    assert {METHODS[place] for place in choice.methods} == {"IMAPA"}
    assert choice.factors == pytest.approx(1)
    assert (choice.strictness, choice.origins) == (inf, ())


def test_forecasts_of_stationary_demand_are_unbiased() -> None:
    values = now_and_then(400, 60, seed=2)
    train, actual = values[:, :48], values[:, 48:]
    choice = choose(train, 12, 12)
    predicted = choice.forecast(train, 12, 12)
    assert predicted.sum() / actual.sum() == pytest.approx(1, abs=0.05)
    # Croston's method with the factor 0.95 is still too high at this smoothing; the correction knows it.
    assert choice.factors[METHODS.index("SeasonalNaive")] == pytest.approx(1, abs=0.05)


def past_with(predicted: np.ndarray, actual: np.ndarray) -> Past:
    """Three windows; all methods forecast the same."""
    origins, items, horizon = actual.shape
    forecasts = np.repeat(predicted[:, None], len(METHODS), axis=1)
    usable = np.ones((origins, items), dtype=bool)
    return Past((12, 24, 36)[:origins], horizon, forecasts, actual, usable, np.ones(items))


def test_a_steady_bias_is_corrected_and_noise_is_not() -> None:
    random = np.random.default_rng(4)
    actual = random.poisson(3, (3, 200, 12)).astype(float)
    steady = np.full(actual.shape, 4.5)
    assert bias_factors(past_with(steady, actual)) == pytest.approx(1.5, abs=0.03)
    # Twice too high, once too low: the windows do not agree, so nothing is corrected.
    swinging = steady * np.array([1.3, 0.5, 0.6])[:, None, None]
    assert bias_factors(past_with(swinging, actual)) == pytest.approx(1.0)
    assert bias_factors(past_with(steady[:1], actual[:1])) == pytest.approx(1.0), "one window proves nothing"
    assert bias_factors(past_with(steady, np.zeros_like(actual))) == pytest.approx(1.0)
