"""RMSSE and bias, against figures worked out by hand."""

import numpy as np
import pytest

from pilotwerk.pilots.recipes.stock import accuracy

NAN = np.nan


def test_rmsse_by_hand() -> None:
    train = np.array([[0.0, 2, 0, 4], [NAN, NAN, 1, 3]])
    actual = np.array([[1.0, 3], [2, 2]])
    forecast = np.array([[2.0, 1], [2, 4]])
    # Steps 2, -2, 4: mean square 8; errors 1 and 2: mean square 2.5. The second item knows one step of 2.
    assert accuracy.scale(train) == pytest.approx([8, 4])
    found = accuracy.rmsse_by_item(actual, forecast, accuracy.scale(train))
    assert found == pytest.approx([np.sqrt(2.5 / 8), np.sqrt(2 / 4)])
    both = np.array([True, True])
    assert accuracy.mean_rmsse(actual, forecast, train, both) == pytest.approx(
        (0.559017 + 0.707107) / 2, abs=1e-6
    )
    assert accuracy.bias(actual, forecast, both) == pytest.approx(9 / 8 - 1)


def test_one_step_naive_has_rmsse_one_on_a_walk() -> None:
    steps = np.random.default_rng(3).choice([-1.0, 1.0], (400, 200))
    walk = 500 + np.cumsum(steps, axis=1)
    train, actual = walk[:, :-1], walk[:, -1:]
    every = np.ones(len(walk), dtype=bool)
    assert accuracy.mean_rmsse(actual, train[:, -1:], train, every) == pytest.approx(1)


def test_items_that_cannot_be_judged_are_counted_each_for_one_reason() -> None:
    train = np.array([[0.0, 1, 0, 2], [1, 1, 1, 1], [0, 0, 3, 0], [NAN, NAN, NAN, 5], [1, 0, 2, NAN]])
    actual = np.array([[1.0, 0], [1, 1], [0, 0], [1, 2], [NAN, NAN]])
    judged = accuracy.judge(train, actual)
    assert judged.items.tolist() == [True, False, False, False, False]
    assert judged.left_out() == {"not_on_sale": 1, "no_history": 1, "no_variation": 1, "one_demand": 1}


def test_bias_of_nothing_sold_is_not_known() -> None:
    nothing = np.zeros((1, 3))
    assert accuracy.bias(nothing, nothing, np.array([True])) is None
