"""What forecasts and reorder points would have reached on a company's own history, before any pilot starts."""

from __future__ import annotations

import time
from dataclasses import asdict
from math import inf
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.stock import accuracy
from pilotwerk.pilots.recipes.stock.choose import Choice, choose
from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast
from pilotwerk.pilots.recipes.stock.inventory import compare
from pilotwerk.pilots.recipes.stock.parameters import PARAMETERS, Parameters, assumed
from pilotwerk.pilots.recipes.stock.wording import reason_text, sentence, verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.stock.demand import Demand

    Matrix = NDArray[np.float64]

# Methods that are reported for all items, as they are, beside the chosen ones.
BASELINES = {"seasonal_naive": "SeasonalNaive", "imapa": "IMAPA", "naive": "Naive", "mean": "Mean"}
LEAST_TRAINING = 4


def backtest_stock(
    demand: Demand, *, horizon: int | None = None, parameters: Parameters | None = None
) -> dict[str, Any]:
    """The figures of `pilotwerk backtest stock`: the last `horizon` periods are the test, nothing of them is seen.

    Without a horizon the usual one of the frequency, at most a quarter of the history. Raises `BadInput` where the
    history does not suffice.
    """
    import numpy as np

    began = time.perf_counter()
    ahead = horizon or max(1, min(demand.frequency.horizon, demand.periods // 4))
    cut = demand.periods - ahead
    if ahead < 1 or cut < LEAST_TRAINING:
        raise BadInput(f"{demand.periods} periods are too few for a horizon of {ahead}.")
    train, actual = demand.values[:, :cut], demand.values[:, cut:]
    judged = accuracy.judge(train, actual)
    if not judged.items.any():
        raise BadInput("No item has enough history to be judged: two periods with demand before the test.")
    season = demand.frequency.season
    choice = choose(train, ahead, season)
    predicted = choice.forecast(train, ahead, season)
    on_sale = np.asarray(~(np.isnan(actual).any(axis=1) | np.isnan(train).all(axis=1)))
    plain = _baselines(train, actual, judged.items, ahead, season)
    scaled = on_sale & (np.nan_to_num(accuracy.scale(train)) > 0)
    return {
        "items": len(demand.items),
        "periods": demand.periods,
        "frequency": demand.frequency.value,
        "horizon": ahead,
        "first": demand.label(0),
        "last": demand.label(demand.periods - 1),
        "items_judged": int(judged.items.sum()),
        "items_left_out": judged.left_out(),
        "rmsse": accuracy.mean_rmsse(actual, predicted, train, judged.items),
        "rmsse_with_one_demand": accuracy.mean_rmsse(actual, predicted, train, scaled),
        "bias": accuracy.bias(actual, predicted, on_sale),
        "methods": choice.counts(judged.items),
        "baselines": plain,
        "choice": _explained(choice, train, actual, judged.items, ahead, season),
        "inventory": _inventory(demand, parameters or assumed(demand.items), ahead),
        "rows_skipped": demand.rows_skipped,
        "periods_below_zero": demand.below_zero,
        "periods_left_out": list(demand.dropped),
        **demand.notes,
        "seconds": round(time.perf_counter() - began, 2),
    }


def _baselines(
    train: Matrix, actual: Matrix, items: NDArray[np.bool_], horizon: int, season: int
) -> dict[str, float]:
    import numpy as np

    plain = {name: forecast(train[items], method, horizon, season) for name, method in BASELINES.items()}
    plain["zero"] = np.zeros((int(items.sum()), horizon))
    every = np.ones(int(items.sum()), dtype=bool)
    return {
        name: accuracy.mean_rmsse(actual[items], values, train[items], every)
        for name, values in plain.items()
    }


def _explained(
    choice: Choice, train: Matrix, actual: Matrix, items: NDArray[np.bool_], horizon: int, season: int
) -> dict[str, Any]:
    """How the methods were chosen, and what the one method for all would have reached instead, corrected too."""
    base = METHODS[choice.base]
    single = forecast(train, base, horizon, season) / choice.factors[choice.base]
    rules = {inf: "one method for all", 0.0: "own errors, shrunken"}
    return {
        "one_method": base,
        "one_method_rmsse": accuracy.mean_rmsse(actual, single, train, items),
        "items_that_differ": int((choice.methods[items] != choice.base).sum()),
        "rule": rules.get(
            choice.strictness, f"own errors, clear by {choice.strictness:g} standard deviations"
        ),
        "origins": list(choice.origins),
        "past_rmsse": choice.errors,
        "bias_factors": {name: round(float(choice.factors[place]), 3) for place, name in enumerate(METHODS)},
        "rules_tried": [
            {"rule": rules.get(strictness, f"{strictness:g} standard deviations"), "rmsse": error}
            for strictness, error in choice.tried.items()
        ],
    }


def _inventory(demand: Demand, parameters: Parameters, horizon: int) -> dict[str, Any]:
    found = compare(demand.values, parameters, demand.frequency, horizon)
    guesses = {
        name: {"value": PARAMETERS[name].default, "items": count}
        for name, count in parameters.assumed.items()
    }
    told = {"assumed": guesses, "columns": parameters.columns}
    if isinstance(found, CannotTell):
        unknown = dict.fromkeys(("fill_rate", "cost", "cost_current_rule", "average_stock"))
        texts = {f"cannot_tell_{language}": reason_text(found.reason, language) for language in ("de", "en")}
        return {**unknown, **texts, **told}
    return {
        "fill_rate": found.proposed.fill_rate,
        "cost": found.proposed.cost,
        "cost_current_rule": found.present.cost,
        "average_stock": found.proposed.average_stock,
        "fill_rate_current_rule": found.present.fill_rate,
        "average_stock_current_rule": found.present.average_stock,
        "verdict": verdict(found.proposed, found.present),
        "sentence_de": sentence(found, "de", assumed=bool(guesses)),
        "sentence_en": sentence(found, "en", assumed=bool(guesses)),
        "target_fill_rate": found.target,
        "nominal_fill_rate": found.nominal,
        "target_reached_while_tuning": found.reached,
        "proposed": asdict(found.proposed),
        "current_rule": asdict(found.present),
        "proposed_at_current_fill_rate": asdict(found.proposed_at_present),
        "current_rule_at_target": {"factor_times": found.multiple, **asdict(found.present_at_target)},
        "periods": found.window,
        "items": found.items,
        "items_left_out": len(demand.items) - found.items,
        **told,
    }
