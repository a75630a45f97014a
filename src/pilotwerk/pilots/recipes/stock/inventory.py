"""The proposed reorder points beside the present rule, on periods that neither had seen.

Two windows at the end of the history follow each other: in the first the target is tuned, in the second both are
measured. Methods are chosen before the first; every decision uses only what was known at the start of its period.
Both start the first window between reorder point and one order above it, and order the same quantities, so that only
the moment of ordering differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.stock.accuracy import LEAST_DEMANDS
from pilotwerk.pilots.recipes.stock.choose import LEAST_PERIODS, Choice, choose
from pilotwerk.pilots.recipes.stock.policy import (
    economic_quantity,
    in_packs,
    reorder_points,
    rule_of_thumb,
    with_power_law,
)
from pilotwerk.pilots.recipes.stock.simulate import Run, simulate
from pilotwerk.pilots.recipes.stock.wording import NO_DEMAND, NO_ITEMS, TOO_SHORT

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.stock.parameters import Parameters
    from pilotwerk.pilots.recipes.stock.periods import Frequency

    Matrix = NDArray[np.float64]

LEAST_WINDOW, MOST_WINDOW = 6, 60
# Weight of the last period in the smoothed squared error, as for forecasts of intermittent demand.
SMOOTHING = 0.1
# Shifts of the target on the logit scale, and multiples of the present rule's factor, that are tried.
SHIFTS = (-4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0)
MULTIPLES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one policy reached in the window of measurement: share of the demand delivered at once from stock (by value
    at unit cost; by pieces; as the mean of the items), order and holding cost, mean pieces on stock over all items
    together, their value, number of orders.
    """

    fill_rate: float
    fill_rate_pieces: float
    fill_rate_items: float
    cost: float
    average_stock: float
    stock_value: float
    orders: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`proposed` at the target and `present` as it is; `proposed_at_present` was tuned to the present rule's fill rate,
    `present_at_target` is the present rule with its factor times `multiple`, tuned to the target. `reached` says
    whether any tried shift reached the target while tuning; `nominal` is the target that was asked for to reach it.
    """

    proposed: Measured
    present: Measured
    proposed_at_present: Measured
    present_at_target: Measured
    multiple: float
    target: float
    nominal: float
    reached: bool
    window: int
    items: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was known at the start of each simulated period: (items, periods) each.

    `each` is the expected demand of a period, `mean` and `variance` are of the demand in lead time plus review period,
    `past_mean` is the mean demand of the last year.
    """

    each: Matrix
    mean: Matrix
    variance: Matrix
    past_mean: Matrix


def window_of(periods: int) -> int:
    """Length of each of the two windows: a quarter of the history, at most 60 periods."""
    return min(periods // 4, MOST_WINDOW)


def in_periods(days: Matrix, frequency: Frequency) -> NDArray[np.int64]:
    """Lead times in whole periods, rounded up, at least one."""
    import numpy as np

    return np.maximum(np.ceil(np.round(days / frequency.days, 6)), 1).astype(np.int64)


def compare(
    values: Matrix, parameters: Parameters, frequency: Frequency, horizon: int
) -> Comparison | CannotTell:
    """Simulates both policies. `values` is (items, periods) as in `Demand`."""
    import numpy as np

    window = window_of(values.shape[1])
    if window < LEAST_WINDOW:
        return CannotTell(TOO_SHORT)
    begin = values.shape[1] - 2 * window
    lead = in_periods(parameters["lead_time_days"], frequency)
    known = ~np.isnan(values[:, begin - LEAST_PERIODS :]).any(axis=1)
    kept = known & (lead < window)
    if not kept.any():
        return CannotTell(NO_ITEMS)
    stage = Stage(values[kept], parameters.where(kept), frequency, lead[kept], begin)
    usual = (np.nan_to_num(stage.values[:, :begin]) > 0).sum(axis=1) >= LEAST_DEMANDS
    if not stage.demand[usual, :window].sum() or not stage.demand[:, window:].sum():
        return CannotTell(NO_DEMAND)
    outlook = look_ahead(stage, choose(stage.values[:, :begin], horizon, frequency.season))
    return _compared(stage, outlook, window, usual)


@dataclass(frozen=True, slots=True)
class Stage:
    """The items that are simulated, from period `begin` on."""

    values: Matrix
    parameters: Parameters
    frequency: Frequency
    lead: NDArray[np.int64]
    begin: int

    @property
    def demand(self) -> Matrix:
        return self.values[:, self.begin :]

    @property
    def year(self) -> float:
        """Periods in a year."""
        return 365.25 / self.frequency.days


def look_ahead(stage: Stage, choice: Choice) -> Outlook:
    """Forecasts at the start of each period from `begin` on.

    The variance of a period is the smoothed squared deviation of past demand from the present forecast (as the smoothed
    mean squared error of Silver, Pyke & Thomas 2017, section 3.6), drawn towards that of items with the same mean;
    periods count as independent.
    """
    import numpy as np

    ends = range(stage.begin, stage.values.shape[1])
    rows, reach = np.arange(len(stage.values)), int(stage.lead.max()) + 1
    year = max(round(stage.year), 1)
    each, mean, variance, past = (np.zeros((len(rows), len(ends))) for _ in range(4))
    for place, end in enumerate(ends):
        history = stage.values[:, :end]
        ahead = np.cumsum(choice.forecast(history, reach, stage.frequency.season), axis=1)
        mean[:, place] = ahead[rows, stage.lead]
        each[:, place] = mean[:, place] / (stage.lead + 1)
        weights = np.where(np.isnan(history), 0.0, (1 - SMOOTHING) ** np.arange(end - 1, -1, -1.0))
        deviations = (np.nan_to_num(history) - each[:, [place]]) ** 2
        one = (weights * deviations).sum(axis=1) / weights.sum(axis=1)
        variance[:, place] = with_power_law(each[:, place], one) * (stage.lead + 1)
        past[:, place] = np.nanmean(history[:, -year:], axis=1)
    return Outlook(each, mean, variance, past)


def _compared(stage: Stage, outlook: Outlook, window: int, usual: NDArray[np.bool_]) -> Comparison:
    import numpy as np

    given = stage.parameters
    quantity = order_quantities(stage, outlook)
    wanted = given["target_fill_rate"][:, None]

    def proposed(shift: float) -> Run:
        target = np.broadcast_to(shifted(wanted, shift), quantity.shape)
        return _run(stage, reorder_points(outlook.mean, outlook.variance, quantity, target), quantity)

    def present(multiple: float) -> Run:
        factor = multiple * given["rule_factor"][:, None]
        return _run(
            stage, rule_of_thumb(outlook.past_mean, stage.lead[:, None].astype(float), factor), quantity
        )

    # The first demand of an item finds an empty shelf whatever the target: such items say nothing about it.
    weights = np.where(usual, np.maximum(given["unit_cost"], 1e-9), 0.0)
    tuning, measuring = Part(slice(0, window), weights), slice(window, 2 * window)
    sold = weights * stage.demand[:, :window].sum(axis=1)
    target = float((given["target_fill_rate"] * sold).sum() / sold.sum())
    today = present(1.0)
    shift, reached = tuned(proposed, SHIFTS, target, tuning)
    shift_today, _ = tuned(proposed, SHIFTS, tuning.fill_rate(today), tuning)
    multiple, _ = tuned(present, MULTIPLES, target, tuning)

    def measured(run: Run) -> Measured:
        return _measured(run, measuring, stage)

    return Comparison(
        proposed=measured(proposed(shift)),
        present=measured(today),
        proposed_at_present=measured(proposed(shift_today)),
        present_at_target=measured(present(multiple)),
        multiple=multiple,
        target=target,
        nominal=float(shifted(np.array(target), shift)),
        reached=reached,
        window=window,
        items=len(stage.values),
    )


def order_quantities(stage: Stage, outlook: Outlook) -> Matrix:
    """Economic quantities in whole packs, at least the minimum, for each period: (items, periods)."""
    given = stage.parameters
    holding = given["unit_cost"] * given["holding_rate"]
    yearly = outlook.each * stage.year
    economic = economic_quantity(yearly, given["order_cost"][:, None], holding[:, None])
    return in_packs(economic, given["minimum"][:, None], given["pack"][:, None])


def shift_between(target: float, nominal: float) -> float:
    """The shift on the logit scale that leads from the target to the nominal one that reached it while tuning."""
    from math import log

    return log(nominal / (1 - nominal)) - log(target / (1 - target))


def shifted(share: Matrix, shift: float) -> Matrix:
    import numpy as np

    return np.asarray(1 / (1 + (1 - share) / share * np.exp(-shift)))


def _run(stage: Stage, reorder: Matrix, quantity: Matrix) -> Run:
    given = stage.parameters
    return simulate(
        stage.demand,
        reorder,
        quantity,
        lead=stage.lead,
        start=_settled(reorder[:, 0], quantity[:, 0]),
        minimum=given["minimum"],
        pack=given["pack"],
    )


def _settled(reorder: Matrix, quantity: Matrix) -> Matrix:
    """Stock as in the middle of business: anywhere between reorder point and one order above it, evenly over the items.

    With all shelves full the window of tuning would look better than what follows. Steps of the golden ratio spread
    evenly without chance, and alike for both policies.
    """
    import numpy as np

    return reorder + quantity * (np.arange(len(reorder)) * ((5**0.5 - 1) / 2) % 1)


@dataclass(frozen=True, slots=True)
class Part:
    """Some periods of a run, and how much a piece of each item counts."""

    periods: slice
    weights: Matrix

    def fill_rate(self, run: Run) -> float:
        """Weighted share of the demand that was delivered at once from stock."""
        asked = self.weights @ run.demand[:, self.periods].sum(axis=1)
        return float(self.weights @ run.filled[:, self.periods].sum(axis=1) / asked)


def tuned(
    policy: Callable[[float], Run], settings: tuple[float, ...], wanted: float, part: Part
) -> tuple[float, bool]:
    """The smallest setting that reaches the wanted fill rate in that part, interpolated between the tried ones.

    The largest one, and False, where none does. Settings ascend, and so does the fill rate on average.
    """
    import numpy as np

    rates = np.maximum.accumulate([part.fill_rate(policy(setting)) for setting in settings])
    if rates[-1] < wanted:
        return settings[-1], False
    place = int(np.argmax(rates >= wanted))
    if place == 0:
        return settings[0], True
    share = (wanted - rates[place - 1]) / (rates[place] - rates[place - 1])
    return float(settings[place - 1] + share * (settings[place] - settings[place - 1])), True


def _measured(run: Run, window: slice, stage: Stage) -> Measured:
    import numpy as np

    given = stage.parameters
    stock = run.average_stock[:, window]
    orders = (run.ordered[:, window] > 0).sum(axis=1)
    holding = given["unit_cost"] * given["holding_rate"] * stock.sum(axis=1) / stage.year
    pieces = stock.mean(axis=1)
    asked, filled = run.demand[:, window].sum(axis=1), run.filled[:, window].sum(axis=1)
    return Measured(
        fill_rate=Part(window, np.maximum(given["unit_cost"], 1e-9)).fill_rate(run),
        fill_rate_pieces=float(filled.sum() / asked.sum()),
        fill_rate_items=float((filled[asked > 0] / asked[asked > 0]).mean()),
        cost=float((orders * given["order_cost"] + holding).sum()),
        average_stock=float(pieces.sum()),
        stock_value=float((pieces * given["unit_cost"]).sum()),
        orders=int(orders.sum()),
    )
