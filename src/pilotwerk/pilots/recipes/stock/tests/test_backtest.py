"""The whole test on tables with a known truth, and on any small table at all."""

import json

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.stock import Demand, Frequency, backtest_stock
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then, seasonal


def demand_of(values: np.ndarray, frequency: Frequency = Frequency.MONTH) -> Demand:
    return Demand(tuple(f"A{place}" for place in range(len(values))), values, frequency, None)


def test_choosing_pays_where_items_really_differ() -> None:
    values = np.vstack([now_and_then(60, 84), seasonal(20, 84)])
    found = backtest_stock(demand_of(values), horizon=12)
    assert 20 <= found["methods"]["SeasonalNaive"] <= 24
    assert found["rmsse"] < 0.85 * found["choice"]["one_method_rmsse"]
    assert found["rmsse"] < min(found["baselines"].values())
    assert found["choice"]["items_that_differ"] >= 20
    assert max(found["choice"]["origins"]) + 12 <= 84 - 12


def test_the_last_periods_change_the_judgement_but_not_the_choice() -> None:
    values = now_and_then(40, 60)
    changed = values.copy()
    changed[:, -6:] = 9
    first, second = (backtest_stock(demand_of(one), horizon=6) for one in (values, changed))
    assert first["methods"] == second["methods"]
    assert first["choice"]["bias_factors"] == second["choice"]["bias_factors"]
    assert first["rmsse"] != second["rmsse"]


def test_without_a_horizon_it_is_the_usual_one_or_a_quarter_of_the_history() -> None:
    assert backtest_stock(demand_of(now_and_then(5, 60)))["horizon"] == 12
    assert backtest_stock(demand_of(now_and_then(5, 20)))["horizon"] == 5
    assert backtest_stock(demand_of(now_and_then(5, 60), Frequency.WEEK))["horizon"] == 8


def test_too_little_is_refused() -> None:
    with pytest.raises(BadInput, match="6 periods are too few for a horizon of 3"):
        backtest_stock(demand_of(now_and_then(5, 6)), horizon=3)
    with pytest.raises(BadInput, match="No item has enough history"):
        backtest_stock(demand_of(np.zeros((3, 30))), horizon=3)


tables = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(8, 40)),
    elements=st.sampled_from([1.0, 0.0, 2.0, 0.5, 0.0, 700.0]),
)


@settings(max_examples=60, deadline=None)
@given(
    tables,
    st.lists(st.integers(0, 12), min_size=5, max_size=5),
    st.integers(1, 6),
    st.sampled_from(list(Frequency)),
)
def test_any_table_gives_figures_or_a_reason(
    values: np.ndarray, starts: list[int], horizon: int, frequency: Frequency
) -> None:
    for row, start in zip(values, starts, strict=False):
        row[:start] = np.nan
    try:
        found = backtest_stock(demand_of(values, frequency), horizon=horizon)
    except BadInput:
        event("refused")
        return
    event("judged, simulated" if found["inventory"]["fill_rate"] is not None else "judged")
    json.dumps(found, allow_nan=False)
    assert found["rmsse"] >= 0
    assert found["items_judged"] + sum(found["items_left_out"].values()) == len(values)
    inventory = found["inventory"]
    assert inventory["fill_rate"] is None or 0 <= inventory["fill_rate"] <= 1
