"""Forecasts over many items are those that statsforecast gives for each item alone."""

import numpy as np
import pytest
from statsforecast import models

from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then

PEERS = {
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
    values[5, :17] = np.nan  # on sale later
    found = forecast(values, method, 6, 12)
    for place, history in enumerate(values):
        alone = PEERS[method].forecast(y=history[~np.isnan(history)], h=6)["mean"]
        assert found[place] == pytest.approx(alone)


@pytest.mark.parametrize("method", METHODS)
def test_hard_cases_give_figures(method: str) -> None:
    values = np.array(
        [[0.0] * 8, [np.nan] * 7 + [3], [np.nan] * 8, [1, 2, 3, np.nan, np.nan, np.nan, np.nan, np.nan]]
    )
    found = forecast(values, method, 3, 12)
    assert (found[0] == 0).all()
    assert found[1] == pytest.approx(
        3 * (0.95 if method == "CrostonSBA" else 0.1 if method == "TSB0" else 1), rel=0.06
    )
    assert np.isnan(found[2]).all()
    assert (found[3] >= 0).all()
