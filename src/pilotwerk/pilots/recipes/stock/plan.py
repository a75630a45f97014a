"""What is to be ordered today: the backtest's reorder points and quantities, on the stock as it is now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.stock.forecast import METHODS
from pilotwerk.pilots.recipes.stock.inventory import (
    Stage,
    in_periods,
    look_ahead,
    order_quantities,
    shifted,
)
from pilotwerk.pilots.recipes.stock.policy import order_due, reorder_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pilotwerk.pilots.recipes.stock.figures import OnShelf, Shelf
    from pilotwerk.pilots.recipes.stock.learning import StockModel
    from pilotwerk.pilots.recipes.stock.parameters import Parameters

Line = dict[str, Any]


def plan_today(
    model: StockModel, shelf: Shelf, parameters: Parameters, under_way: Mapping[str, float]
) -> dict[str, Line]:
    """The items that are due, with what is to be said about them. Items that are not on sale any more (no figure in the
    last period) or that have no history are never due.

    `parameters` are those of the model's items. `under_way` are pieces that Pilotwerk ordered and that the table
    does not show yet.
    """
    import numpy as np

    demand = model.demand
    on_sale = ~np.isnan(demand.values[:, -1])
    items = [item for item, kept in zip(demand.items, on_sale, strict=True) if kept]
    parameters = parameters.where(on_sale)
    choice = replace(model.choice, methods=model.choice.methods[on_sale])
    padded = np.hstack([demand.values[on_sale], np.full((len(items), 1), np.nan)])
    lead = in_periods(parameters["lead_time_days"], demand.frequency)
    stage = Stage(padded, parameters, demand.frequency, lead, demand.periods)
    outlook = look_ahead(stage, choice)
    quantity = order_quantities(stage, outlook)
    target = shifted(parameters["target_fill_rate"][:, None], model.shift)
    reorder = reorder_points(outlook.mean, outlook.variance, quantity, target)
    position = np.array(
        [
            shelf.items[item].position + under_way.get(item, 0.0) if item in shelf.items else np.inf
            for item in items
        ]
    )
    order = order_due(position, reorder[:, 0], quantity[:, 0], parameters["minimum"], parameters["pack"])
    lines = {}
    for place in np.flatnonzero(order > 0):
        shown = shelf.items[items[place]]
        lines[shown.item] = {
            **_shelf_values(shown, under_way),
            "quantity": _tidy(order[place]),
            "economic": _up(quantity[place, 0]),
            "reorder_point": _up(reorder[place, 0]),
            "expected": round(float(outlook.mean[place, 0]), 1),
            "lead_days": _tidy(parameters["lead_time_days"][place]),
            "minimum": _tidy(parameters["minimum"][place]),
            "pack": _tidy(parameters["pack"][place]),
            "price": round(float(parameters["unit_cost"][place]), 4),
            "price_assumed": "unit_cost" not in parameters.columns,
            "method": METHODS[int(choice.methods[place])],
            "order": True,
        }
    return lines


def _shelf_values(shown: OnShelf, under_way: Mapping[str, float]) -> Line:
    return {
        "item": shown.item,
        "name": shown.name,
        "stock": _tidy(shown.stock),
        "in_transit": _tidy(shown.in_transit),
        "under_way": _tidy(under_way.get(shown.item, 0.0)),
    }


def _tidy(number: float) -> float | int:
    """A whole number where it is one, so that the same figures give the same JSON."""
    rounded = round(float(number), 4)
    return int(rounded) if rounded == int(rounded) else rounded


def _up(number: float) -> int:
    from math import ceil

    return ceil(round(float(number), 6))
