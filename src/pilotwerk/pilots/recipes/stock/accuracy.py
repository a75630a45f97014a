"""How far forecasts are off: RMSSE and bias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

LEAST_DEMANDS = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Which items can be judged, and how many were left out for which reason (each item once)."""

    items: NDArray[np.bool_]
    not_on_sale: int
    no_history: int
    no_variation: int
    one_demand: int

    def left_out(self) -> dict[str, int]:
        return {
            "not_on_sale": self.not_on_sale,
            "no_history": self.no_history,
            "no_variation": self.no_variation,
            "one_demand": self.one_demand,
        }


def scale(train: Matrix) -> Matrix:
    """Mean squared one-step naive error of each item's observed history, in squared units; NaN without two periods.

    `train` is (items, periods), NaN before an item is on sale. Zero for an item that never varied.
    """
    import numpy as np

    steps = np.diff(train, axis=1) ** 2
    known = ~np.isnan(steps)
    count = known.sum(axis=1)
    total = np.where(known, steps, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def rmsse_by_item(actual: Matrix, forecast: Matrix, scales: Matrix) -> Matrix:
    """Root mean squared scaled error of each item; NaN where the item did not vary or a value is missing.

    sqrt(mean squared error over the horizon / mean squared one-step naive error in sample): the scaled error of
    Hyndman & Koehler (2006), "Another look at measures of forecast accuracy", Int. J. Forecasting 22(4), in squares as
    in the M5 competition (Makridakis, Spiliotis & Assimakopoulos 2022, Int. J. Forecasting 38(4)).
    """
    import numpy as np

    errors = ((actual - forecast) ** 2).mean(axis=1)
    usable = scales > 0
    return np.where(usable, np.sqrt(errors / np.where(usable, scales, 1.0)), np.nan)


def judge(train: Matrix, actual: Matrix) -> Judged:
    """Which items enter the mean RMSSE.

    An item must be observed over the whole horizon, must have varied in training, and must have had demand in at least
    two training periods: with one demand there is no interval from which a method could learn anything. (On the
    carparts data this is the definition under which IMAPA reaches 0.684 for the last 12 months.)
    """
    import numpy as np

    sold = ~np.isnan(actual).any(axis=1)
    scales = scale(train)
    known = ~np.isnan(scales)
    varied = np.nan_to_num(scales) > 0
    often = (np.nan_to_num(train) > 0).sum(axis=1) >= LEAST_DEMANDS
    return Judged(
        items=sold & known & varied & often,
        not_on_sale=int((~sold).sum()),
        no_history=int((sold & ~known).sum()),
        no_variation=int((sold & known & ~varied).sum()),
        one_demand=int((sold & known & varied & ~often).sum()),
    )


def mean_rmsse(actual: Matrix, forecast: Matrix, train: Matrix, items: NDArray[np.bool_]) -> float:
    """Plain mean over `items` of their RMSSE: each item counts the same, whatever it sells."""
    return float(rmsse_by_item(actual, forecast, scale(train))[items].mean())


def bias(actual: Matrix, forecast: Matrix, items: NDArray[np.bool_]) -> float | None:
    """Sum of forecasts over sum of demand minus 1: 0.1 means 10 % too much. None where nothing was sold."""
    sold = float(actual[items].sum())
    return float(forecast[items].sum()) / sold - 1 if sold > 0 else None
