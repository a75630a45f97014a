"""Reorder points, the simulation by hand, its laws, and the comparison with the present rule."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.stock import Frequency, Sheet, assumed, read_parameters
from pilotwerk.pilots.recipes.stock.inventory import Comparison, Measured, compare, in_periods
from pilotwerk.pilots.recipes.stock.policy import (
    economic_quantity,
    in_packs,
    reorder_points,
    rule_of_thumb,
    shortage_normal,
    with_power_law,
)
from pilotwerk.pilots.recipes.stock.simulate import Run, simulate
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then
from pilotwerk.pilots.recipes.stock.wording import (
    NO_DEMAND,
    NO_ITEMS,
    REASONS,
    TOO_SHORT,
    reason_text,
    sentence,
    verdict,
)


def run(demand: np.ndarray, reorder: float, quantity: float, lead: int, start: float, pack: float = 1) -> Run:
    """One policy that never changes, for all items."""
    items = len(demand)
    return simulate(
        demand,
        np.full(demand.shape, reorder),
        np.full(demand.shape, quantity),
        lead=np.full(items, lead),
        start=np.full(items, start),
        minimum=np.ones(items),
        pack=np.full(items, pack),
    )


def test_eight_periods_by_hand() -> None:
    """Start 8, reorder at 4, order 6, two periods on the way.

    Period 3 (from 0): nothing left, 6 ordered, 2 owed. Period 4: position 6 - 2 = 4, 6 more. They come in 5 and 6.
    """
    found = run(np.array([[3.0, 0, 5, 2, 0, 4, 1, 6]]), reorder=4, quantity=6, lead=2, start=8)
    assert found.ordered.tolist() == [[0, 0, 0, 6, 6, 0, 0, 0]]
    assert found.received.tolist() == [[0, 0, 0, 0, 0, 6, 6, 0]]
    assert found.filled.tolist() == [[3, 0, 5, 0, 0, 4, 1, 5]]
    assert found.on_hand.tolist() == [[5, 5, 0, 0, 0, 0, 5, 0]]
    assert found.owed.tolist() == [[0, 0, 0, 2, 2, 0, 0, 1]]
    assert found.average_stock.tolist() == [[6.5, 5, 2.5, 0, 0, 2, 5.5, 2.5]]


demands = arrays(
    float, st.tuples(st.integers(1, 4), st.integers(1, 20)), elements=st.integers(0, 30).map(float)
)


@settings(max_examples=60, deadline=None)
@given(
    demands, st.integers(0, 40), st.integers(1, 40), st.integers(1, 5), st.integers(0, 50), st.integers(1, 7)
)
def test_nothing_is_lost_and_nothing_appears(
    demand: np.ndarray, reorder: int, quantity: int, lead: int, start: int, pack: int
) -> None:
    found = run(demand, reorder, quantity, lead, start, pack)
    balance = start + found.received.cumsum(axis=1) - demand.cumsum(axis=1)
    assert found.on_hand - found.owed == pytest.approx(balance)
    assert ((found.on_hand == 0) | (found.owed == 0)).all(), "nobody waits while goods lie there"
    assert ((found.filled >= 0) & (found.filled <= demand) & (found.filled <= found.before)).all()
    assert (
        found.received[:, lead:]
        == found.ordered[:, : demand.shape[1] - lead][:, : found.received[:, lead:].shape[1]]
    ).all()
    assert (found.ordered % pack == 0).all()


@given(st.integers(1, 5), st.integers(0, 20))
def test_no_demand_no_orders(lead: int, start: int) -> None:
    assert run(np.zeros((3, 12)), 0, 0, lead, start).ordered.sum() == 0


def test_a_higher_target_never_delivers_less_on_average() -> None:
    demand = now_and_then(300, 80, seed=7)
    mean = np.full(demand.shape, 2 * 3.5 * 0.3)
    variance = np.full(demand.shape, 2 * demand.var())
    quantity = np.full(demand.shape, 6.0)
    rates = []
    for target in (0.6, 0.8, 0.9, 0.95, 0.99):
        levels = reorder_points(mean, variance, quantity, np.full(demand.shape, target))
        found = simulate(
            demand,
            levels,
            quantity,
            lead=np.ones(300, dtype=int),
            start=levels[:, 0] + 6,
            minimum=np.ones(300),
            pack=np.ones(300),
        )
        rates.append(found.filled.sum() / demand.sum())
    assert rates == sorted(rates)
    assert rates[3] == pytest.approx(0.95, abs=0.04)


def test_the_level_leaves_the_shortage_that_is_allowed() -> None:
    mean, variance, quantity, target = (np.array([[value]]) for value in (10.0, 16.0, 20.0, 0.95))
    level = reorder_points(mean, variance, quantity, target)
    assert shortage_normal(level, mean, variance) == pytest.approx(0.05 * 20, abs=1e-3)
    # Silver, Pyke & Thomas: G(k) = 1 / 4 = 0.25 gives k = 0.345 for sigma 4, so the level is 10 + 0.345 x 4.
    assert level == pytest.approx(11.38, abs=0.01)
    assert reorder_points(np.zeros((1, 1)), variance, quantity, target) == 0


@given(st.floats(0.1, 50), st.floats(0.1, 200), st.floats(1, 100), st.floats(0.5, 0.98))
def test_levels_rise_with_the_target_and_the_doubt(
    mean: float, variance: float, quantity: float, target: float
) -> None:
    def level(variance: float, target: float) -> float:
        values = (np.array([[value]]) for value in (mean, variance, quantity, target))
        return float(reorder_points(*values)[0, 0])

    assert level(variance, target) <= level(variance, target + 0.01) + 1e-6
    assert level(variance, target) >= 0


def test_economic_quantity_by_hand() -> None:
    values = economic_quantity(np.array([100.0, 4, 0]), np.array([10.0, 50, 10]), np.array([5.0, 1, 1]))
    # sqrt(2 x 100 x 10 / 5) = 20; sqrt(400) = 20 is more than the 4 of a year; nothing sold, nothing ordered.
    assert values == pytest.approx([20, 4, 0])
    assert in_packs(np.array([20.0, 4, 0]), np.array([1.0, 10, 10]), np.array([6.0, 6, 6])).tolist() == [
        24,
        12,
        0,
    ]
    assert rule_of_thumb(np.array([3.0]), np.array([2.0]), np.array([1.5])) == pytest.approx(9)


def test_variances_are_drawn_towards_the_law_of_all_items() -> None:
    """Variance = 3 x mean^1.5, and half the items are off by a factor of e up or down."""
    mean = np.geomspace(0.1, 100, 40)
    law = 3 * mean**1.5
    off = np.tile([1.0, -1.0, -1.0, 1.0], 10)
    drawn = with_power_law(mean, law * np.exp(off))
    assert np.log(drawn / law) == pytest.approx(0.7 * off, abs=0.05)
    assert with_power_law(mean, law) == pytest.approx(law)
    assert with_power_law(mean[:5], law[:5] * 9) == pytest.approx(law[:5] * 9), "five items are no law"
    silent = with_power_law(np.append(mean, 0), np.append(law, 0))
    assert silent[-1] == 0


def test_lead_times_are_rounded_up_to_periods() -> None:
    assert in_periods(np.array([0.0, 7, 8, 70]), Frequency.WEEK).tolist() == [1, 1, 2, 10]


def items(count: int) -> list[str]:
    return [f"A{place}" for place in range(count)]


def test_the_comparison_keeps_the_promise_on_steady_demand() -> None:
    values = now_and_then(400, 80, seed=11)
    found = compare(values, assumed(items(400)), Frequency.MONTH, 12)
    assert isinstance(found, Comparison)
    assert (found.items, found.window) == (400, 20)
    assert found.reached
    assert found.proposed.fill_rate == pytest.approx(0.95, abs=0.02)
    assert found.present_at_target.fill_rate == pytest.approx(0.95, abs=0.03)
    assert found.proposed_at_present.fill_rate == pytest.approx(found.present.fill_rate, abs=0.03)
    assert found.proposed.cost < found.present_at_target.cost
    assert found.proposed.stock_value == pytest.approx(20 * found.proposed.average_stock)


def test_what_comes_later_does_not_change_what_was_measured_before() -> None:
    values = now_and_then(60, 48, seed=3)
    found = compare(values, assumed(items(60)), Frequency.MONTH, 6)
    later = values.copy()
    later[:, -1] += 50
    changed = compare(later, assumed(items(60)), Frequency.MONTH, 6)
    assert isinstance(found, Comparison)
    assert isinstance(changed, Comparison)
    assert changed.nominal == pytest.approx(found.nominal)
    assert changed.multiple == pytest.approx(found.multiple)
    assert changed.proposed.orders == found.proposed.orders


def test_cannot_tell_is_said_with_its_reason() -> None:
    short = compare(now_and_then(5, 20), assumed(items(5)), Frequency.MONTH, 3)
    assert short == CannotTell(TOO_SHORT)
    gone = now_and_then(5, 40)
    gone[:, -1] = np.nan
    assert compare(gone, assumed(items(5)), Frequency.MONTH, 3) == CannotTell(NO_ITEMS)
    assert compare(np.zeros((5, 40)), assumed(items(5)), Frequency.MONTH, 3) == CannotTell(NO_DEMAND)
    for reason, german in REASONS.items():
        assert (reason_text(reason, "de"), reason_text(reason, "en")) == (german, reason)


def compared(fill: float, cost: float) -> Comparison:
    present = Measured(0.9, 0.9, 0.9, 1000.0, 50.0, 500.0, 10)
    proposed = replace(present, fill_rate=fill, cost=cost)
    return Comparison(proposed, present, proposed, present, 2.5, 0.95, 0.97, True, 12, 3)


def test_no_saving_is_claimed_at_a_lower_fill_rate() -> None:
    less = compared(0.85, 700)
    assert verdict(less.proposed, less.present) == "delivers_less"
    assert "700" not in sentence(less, "en", assumed=False)
    assert "keine Verbesserung" in sentence(less, "de", assumed=False)
    saving = compared(0.9, 700)
    assert verdict(saving.proposed, saving.present) == "costs_less"
    assert "kosten 700 statt 1.000" in sentence(saving, "de", assumed=False)
    dearer = compared(0.95, 1234)
    assert verdict(dearer.proposed, dearer.present) == "costs_more"
    assert "1,234 instead of 1,000" in sentence(dearer, "en", assumed=True)
    assert sentence(dearer, "en", assumed=True).endswith("assumed where they were not given.")


def parameter_sheet(*rows: tuple[str, ...]) -> Sheet:
    columns = (
        "Artikelnummer",
        "Lieferzeit (Tage)",
        "Einkaufspreis €",
        "Mindestmenge",
        "Ziel-Lieferbereitschaft",
        "k",
    )
    return Sheet("teile.csv", columns, [(2 + place, row) for place, row in enumerate(rows)])


def test_parameters_are_known_by_their_german_names() -> None:
    sheet = parameter_sheet(
        ("A0", "21", "1.250,50 €", "10", "98 %", "1,5"), ("A1", "", "3,00", "5", "0,9", "")
    )
    found = read_parameters(sheet, items(3))
    assert found["lead_time_days"].tolist() == [21, 14, 14]
    assert found["unit_cost"] == pytest.approx([1250.5, 3, 20])
    assert found["target_fill_rate"] == pytest.approx([0.98, 0.9, 0.95])
    assert found["rule_factor"].tolist() == [1.5, 2, 2]
    assert found.assumed == {
        "lead_time_days": 2, "unit_cost": 1, "order_cost": 3, "holding_rate": 3, "minimum": 1, "pack": 3,
        "target_fill_rate": 1, "rule_factor": 2,
    }  # fmt: skip
    assert found.columns["lead_time_days"] == "Lieferzeit (Tage)"


def test_parameters_that_make_no_sense_are_refused() -> None:
    with pytest.raises(
        BadInput, match=r"teile.csv, row 2, column Lieferzeit \(Tage\): “bald” is not a number"
    ):
        read_parameters(parameter_sheet(("A0", "bald", "1", "1", "1", "1")), items(1))
    with pytest.raises(
        BadInput, match=r"row 2, column Ziel-Lieferbereitschaft: “120 %” is not a number from 0.01"
    ):
        read_parameters(parameter_sheet(("A0", "3", "1", "1", "120 %", "1")), items(1))
    with pytest.raises(BadInput, match="None of these items occurs"):
        read_parameters(parameter_sheet(("Z9", "3", "1", "1", "95 %", "1")), items(1))
    with pytest.raises(BadInput, match="No column names the item"):
        read_parameters(Sheet("t.csv", ("Lieferzeit",), [(2, ("3",))]), items(1))
    with pytest.raises(BadInput, match="No column is known"):
        read_parameters(Sheet("t.csv", ("Artikel", "Farbe"), [(2, ("A0", "rot"))]), items(1))
