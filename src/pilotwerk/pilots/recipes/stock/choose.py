"""Which method forecasts which item: rolling origin, corrected for bias, and shrunken towards one method for all.

Choosing for each item the method with the smallest past error is usually worse than one method for all: with a few
overlapping windows the smallest error is mostly luck. So an item leaves the method that is best over all items only
where its own errors say so clearly, and only if that way of choosing was better on a window it had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.stock.accuracy import LEAST_DEMANDS, rmsse_by_item, scale
from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

ORIGINS = 6
LEAST_PERIODS = 4
# How many standard deviations below zero an item's difference must lie. Infinity: one method for all.
STRICTNESS = (inf, 2.0, 1.0, 0.0)
USUAL = 2.0
CHECKED = 3
# A factor outside says that the past windows do not resemble each other, not how to correct.
FACTORS = (0.5, 2.0)
FALLBACK = "IMAPA"


@dataclass(frozen=True, slots=True)
class Past:
    """Forecasts made at past origins with what was known then, and what came.

    `forecasts` is (origins, methods, items, horizon), `actual` (origins, items, horizon), both zero where an item was
    not on sale; `usable` (origins, items) says where an error can be scaled.
    """

    origins: tuple[int, ...]
    horizon: int
    forecasts: Matrix
    actual: Matrix
    usable: NDArray[np.bool_]
    scales: Matrix

    def seen_from(self, now: int) -> Past:
        """The origins whose window ended before period `now` and that knew at least half of the history known then.

        With a shorter history other methods are good, and methods are biased otherwise because of how they begin: on
        carparts the plain mean wins early and loses later.
        """
        return self._only([now // 2 <= origin <= now - self.horizon for origin in self.origins])

    def _only(self, keep: Sequence[bool]) -> Past:
        import numpy as np

        kept = np.array(keep, dtype=bool)
        origins = tuple(origin for origin, keep in zip(self.origins, kept, strict=True) if keep)
        parts = self.forecasts[kept], self.actual[kept], self.usable[kept]
        return Past(origins, self.horizon, *parts, self.scales)

    @property
    def windows(self) -> float:
        """How many windows that do not overlap the origins are worth; at least 1."""
        return (max(self.origins) + self.horizon - min(self.origins)) / self.horizon if self.origins else 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The method of each item as its place in METHODS, a factor for each method, and how it came about."""

    methods: NDArray[np.int64]
    factors: Matrix
    base: int
    strictness: float
    errors: dict[str, float]
    tried: dict[float, float]
    origins: tuple[int, ...]

    def counts(self, items: NDArray[np.bool_]) -> dict[str, int]:
        """Items for each method, the most frequent one first."""
        import numpy as np

        found = np.bincount(self.methods[items], minlength=len(METHODS))
        return {
            METHODS[place]: int(found[place]) for place in np.argsort(-found, kind="stable") if found[place]
        }

    def forecast(self, values: Matrix, horizon: int, season: int) -> Matrix:
        """Corrected forecasts of the chosen methods: (items, horizon)."""
        import numpy as np

        result = np.full((len(values), horizon), np.nan)
        for place in np.unique(self.methods):
            rows = self.methods == place
            result[rows] = forecast(values[rows], METHODS[place], horizon, season) / self.factors[place]
        return result


def choose(train: Matrix, horizon: int, season: int) -> Choice:
    """Chooses from the training periods alone. With too short a history all items get IMAPA, uncorrected."""
    import numpy as np

    past = rolled(train, horizon, season)
    late = past.seen_from(train.shape[1])
    if not late.usable.any():
        base = METHODS.index(FALLBACK)
        methods = np.full(len(train), base)
        return Choice(methods, np.ones(len(METHODS)), base, inf, {}, {}, ())
    factors = bias_factors(late)
    losses = losses_of(late, factors)
    strictness, tried = _strictness(past)
    base, methods = _pick(losses, late, strictness)
    pooled = _pooled(losses, late.usable)
    errors = {name: round(float(pooled[place]), 4) for place, name in enumerate(METHODS)}
    return Choice(methods, factors, base, strictness, errors, tried, late.origins)


def rolled(train: Matrix, horizon: int, season: int) -> Past:
    """Forecasts of all methods at up to six past origins, a quarter of the horizon apart."""
    import numpy as np

    periods = train.shape[1]
    step = min(horizon, max(2, horizon // 4))
    least = max(LEAST_PERIODS, periods // 4)
    origins = [periods - horizon - step * number for number in range(ORIGINS)]
    origins = sorted(origin for origin in origins if origin >= least)
    scales = scale(train)
    comparable = (np.nan_to_num(scales) > 0) & ((np.nan_to_num(train) > 0).sum(axis=1) >= LEAST_DEMANDS)
    count = len(train)
    forecasts = np.zeros((len(origins), len(METHODS), count, horizon))
    actual = np.zeros((len(origins), count, horizon))
    usable = np.zeros((len(origins), count), dtype=bool)
    for number, origin in enumerate(origins):
        known, coming = train[:, :origin], train[:, origin : origin + horizon]
        enough = (~np.isnan(known)).sum(axis=1) >= LEAST_PERIODS
        # All items on sale count for the bias: those that have just sold would look too high by selection.
        rows = ~np.isnan(known).all(axis=1) & ~np.isnan(coming).any(axis=1)
        usable[number] = rows & enough & comparable
        actual[number, rows] = coming[rows]
        for place, method in enumerate(METHODS):
            forecasts[number, place, rows] = forecast(known[rows], method, horizon, season)
    return Past(tuple(origins), horizon, forecasts, actual, usable, scales)


def bias_factors(past: Past) -> Matrix:
    """What each method's forecasts are divided by: past forecasts over past demand, shrunken towards 1.

    The correction is worth making only where the bias is larger than its uncertainty (Goodwin & Lawton 2003, "Debiasing
    forecasts: how useful is the unbiasedness test?", Int. J. Forecasting 19(3)); the shrinkage is the positive-part
    James-Stein rule (Efron & Morris 1973). The uncertainty has two parts: items differ, and so do years.
    """
    import numpy as np

    factors = np.ones(len(METHODS))
    sold = past.actual.sum(axis=2)
    total = float(sold.sum())
    if total <= 0:
        return factors
    by_origin = sold.sum(axis=1)
    dated = by_origin > 0
    for place in range(len(METHODS)):
        predicted = past.forecasts[:, place].sum(axis=2)
        factor = float(predicted.sum()) / total
        residual = (predicted - factor * sold).sum(axis=0)
        variance = float((residual**2).sum()) / total**2
        if dated.sum() > 1:
            ratios = predicted.sum(axis=1)[dated] / by_origin[dated]
            variance += float(ratios.var(ddof=1)) / past.windows
        else:
            variance = inf
        away = factor - 1
        kept = max(0.0, 1 - variance / away**2) if away else 0.0
        factors[place] = min(max(1 + kept * away, FACTORS[0]), FACTORS[1])
    return factors


def losses_of(past: Past, factors: Matrix) -> Matrix:
    """RMSSE of each origin, method and item; NaN where an item could not be judged at that origin."""
    import numpy as np

    result = np.full(past.forecasts.shape[:3], np.nan)
    for number in range(len(past.origins)):
        rows = past.usable[number]
        for place, factor in enumerate(factors):
            predicted = past.forecasts[number, place, rows] / factor
            result[number, place, rows] = rmsse_by_item(
                past.actual[number, rows], predicted, past.scales[rows]
            )
    return result


def _mean_over_origins(values: Matrix, usable: NDArray[np.bool_]) -> Matrix:
    """(methods, items): mean over the origins at which the item could be judged; NaN for an item without any."""
    import numpy as np

    count = usable.sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _pooled(losses: Matrix, usable: NDArray[np.bool_]) -> Matrix:
    """Mean error of each method over all items."""
    return _mean_over_origins(losses, usable)[:, usable.any(axis=0)].mean(axis=1)  # type: ignore[no-any-return]


def _pick(losses: Matrix, past: Past, strictness: float) -> tuple[int, NDArray[np.int64]]:
    """The best method over all items, and for each item the one that is clearly better for it, else that one.

    Empirical Bayes on the paired differences to the best method: an item's mean difference is drawn towards the mean of
    all items by the share of its variance that is noise (method of moments; Efron & Morris 1973).
    """
    import numpy as np

    usable = past.usable
    base = int(_pooled(losses, usable).argmin())
    methods = np.full(losses.shape[2], base)
    judged = usable.sum(axis=0) >= 2
    if strictness == inf or not judged.any():
        return base, methods
    differences = (losses - losses[:, [base]])[:, :, judged]
    mean = _mean_over_origins(differences, usable[:, judged])
    count = usable[:, judged].sum(axis=0)
    spread = np.nansum((differences - mean) ** 2, axis=0) / (count - 1)
    noise = (spread / past.windows).mean(axis=1, keepdims=True)
    centre = mean.mean(axis=1, keepdims=True)
    real = np.maximum(mean.var(axis=1, keepdims=True) - noise, 0.0)
    weight = real / np.maximum(real + noise, 1e-12)
    expected = centre + weight * (mean - centre)
    doubt = np.sqrt(weight * noise)
    clear = np.where(expected + strictness * doubt < 0, expected, 0.0)
    methods[judged] = np.where(clear.min(axis=0) < 0, clear.argmin(axis=0), base)
    return base, methods


def _strictness(past: Past) -> tuple[float, dict[float, float]]:
    """How clearly an item must differ, judged on past windows with choices made before them.

    Two standard deviations, unless another rule is better by more than one standard error of the paired difference (the
    one-standard-error rule of Breiman et al. 1984) in each of the last three windows that can be judged. Answers the
    rule and, for each rule tried, its mean RMSSE on these windows; none where the history is too short for that.
    """
    import numpy as np

    windows = [found for place in range(len(past.origins)) if (found := _rules_at(past, place))][-CHECKED:]
    if not windows:
        return USUAL, {}
    means = {rule: float(np.mean([errors[rule].mean() for errors in windows])) for rule in STRICTNESS}
    best = min(STRICTNESS, key=lambda rule: means[rule])
    proven = best != USUAL and all(_clearly_better(errors[USUAL] - errors[best]) for errors in windows)
    return best if proven else USUAL, {rule: round(mean, 4) for rule, mean in means.items()}


def _rules_at(past: Past, place: int) -> dict[float, Matrix] | None:
    """For each rule the RMSSE of the items at one origin, chosen from what was known there; None with too little."""
    import numpy as np

    now, rows = past.origins[place], past.usable[place]
    before = past.seen_from(now)
    if len(before.origins) < 2 or not before.usable.any() or not rows.any():
        return None
    factors = bias_factors(before)
    losses, coming = losses_of(before, factors), losses_of(past, factors)[place]
    reached = {}
    for rule in STRICTNESS:
        _, methods = _pick(losses, before, rule)
        reached[rule] = coming[methods, np.arange(coming.shape[1])][rows]
    return reached


def _clearly_better(gain: Matrix) -> bool:
    error = float(gain.std(ddof=1)) / len(gain) ** 0.5 if len(gain) > 1 else inf
    return float(gain.mean()) > error
