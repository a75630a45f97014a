"""Forecasting methods for demand that comes now and then, all from statsforecast, over many items at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

# Smoothing of the level; Croston (1972) and Syntetos & Boylan (2005) use 0.1 to 0.2 for intermittent demand.
ALPHA = 0.1
# AutoETS is not among them: on carparts it took 13 times as long as all of these together and reached an RMSSE of
# 0.747, where IMAPA reaches 0.684 (bench/stock.py --ets).
METHODS = ("IMAPA", "ADIDA", "CrostonSBA", "TSB", "SES", "SESOptimized", "SeasonalNaive", "Naive", "Mean")


def _model(method: str, season: int) -> Any:
    from statsforecast import models

    makers: dict[str, Callable[[], Any]] = {
        "IMAPA": models.IMAPA,
        "ADIDA": models.ADIDA,
        "CrostonSBA": models.CrostonSBA,
        "TSB": lambda: models.TSB(alpha_d=ALPHA, alpha_p=ALPHA),
        "SES": lambda: models.SimpleExponentialSmoothing(alpha=ALPHA),
        "SESOptimized": models.SimpleExponentialSmoothingOptimized,
        "SeasonalNaive": lambda: models.SeasonalNaive(season_length=season),
        "Naive": models.Naive,
        "Mean": models.HistoricAverage,
    }
    return makers[method]()


def forecast(values: Matrix, method: str, horizon: int, season: int) -> Matrix:
    """Expected demand of each of the next `horizon` periods: (items, horizon), never negative.

    `values` is (items, periods): NaN before an item is on sale (and after it no longer is), else its demand. An item
    without any observation gets NaN. Where there is not yet a whole season the last value is repeated. Where a history
    begins later than the table, and with a sale, that sale is left out: by it the item was picked, and methods that
    begin with the first value would stay too high for a long time. One model for all items; statsforecast's compiled
    functions do the work for each row.
    """
    import numpy as np

    model, naive = _model(method, season), _model("Naive", season)
    result = np.full((len(values), horizon), np.nan)
    known = ~np.isnan(values)
    first = np.where(known.any(axis=1), known.argmax(axis=1), values.shape[1])
    picked = (first > 0) & (np.nan_to_num(values[np.arange(len(values)), first % values.shape[1]]) > 0)
    first += picked & (known.sum(axis=1) > 1)
    last = values.shape[1] - known[:, ::-1].argmax(axis=1)
    for place in np.flatnonzero(known.any(axis=1)):
        history = values[place, first[place] : last[place]]
        short = method == "SeasonalNaive" and len(history) < season
        result[place] = (naive if short else model).forecast(y=history, h=horizon)["mean"]
    return np.asarray(np.maximum(result, 0.0))
