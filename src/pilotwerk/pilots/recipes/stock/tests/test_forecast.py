"""Forecasts over many items are those that statsforecast gives for each item alone."""

from typing import Any

import numpy as np
import pytest
from statsforecast import models

from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then

PEERS: dict[str, Any] = {
    "IMAPA": models.IMAPA(),
    "ADIDA": models.ADIDA(),
    "CrostonSBA": models.CrostonSBA(),
    "TSB": models.TSB(0.1, 0.1),
    "SES": models.SimpleExponentialSmoothing(0.1),
    "SESOptimized": models.SimpleExponentialSmoothingOptimized(),
    "SeasonalNaive": models.SeasonalNaive(12),
    "Naive": models.Naive(),
    "Mean": models.HistoricAverage(),
}


@pytest.mark.parametrize("method", METHODS)
def test_as_statsforecast_gives_them(method: str) -> None:
    values = now_and_then(12, 40)
    values[5, :17], values[5, 17] = np.nan, 0  # on sale later, not by a first sale
    found = forecast(values, method, 6, 12)
    for place, history in enumerate(values):
        alone = PEERS[method].forecast(y=history[~np.isnan(history)], h=6)["mean"]
        assert found[place] == pytest.approx(alone)


def test_the_sale_that_a_history_begins_with_is_left_out() -> None:
    """Else SES would begin with 40 and still forecast 14 after ten periods in which nothing was sold."""
    late = np.array([[np.nan, np.nan, 40.0] + [0.0] * 10])
    assert forecast(late, "SES", 1, 12) == pytest.approx(0)
    known_before = np.array([[40.0] + [0.0] * 10])
    assert forecast(known_before, "SES", 1, 12) == pytest.approx(40 * 0.9**10)


@pytest.mark.parametrize("method", METHODS)
def test_hard_cases_give_figures(method: str) -> None:
    values = np.array(
        [[0.0] * 8, [np.nan] * 7 + [3], [np.nan] * 8, [1, 2, 3, np.nan, np.nan, np.nan, np.nan, np.nan]]
    )
    found = forecast(values, method, 3, 12)
    assert (found[0] == 0).all()
    assert found[1] == pytest.approx(3 * (0.95 if method == "CrostonSBA" else 1))
    assert np.isnan(found[2]).all()
    assert (found[3] >= 0).all()
