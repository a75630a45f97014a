"""The comparison of two arms: figures checked against SciPy, published tables and pencil."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain import effect
from pilotwerk.evaluation.domain.effect import Verdict, Warn, compare_means, compare_rates


def test_a_mean_difference_is_the_one_that_scipy_gives() -> None:
    ai = [4.2, 5.1, 6.3, 5.5, 4.9, 7.0, 5.8, 4.4, 6.1, 5.0, 5.7]
    control = [9.1, 10.4, 12.0, 8.7, 11.2, 10.9, 9.9, 13.1, 10.0, 11.5]
    expected = ttest_ind(ai, control, equal_var=False).confidence_interval(0.95)

    found = compare_means(ai=ai, control=control)

    assert isinstance(found.difference, effect.Difference)
    assert found.difference.effect == pytest.approx(np.mean(ai) - np.mean(control))
    assert (found.difference.low, found.difference.high) == pytest.approx((expected.low, expected.high))
    assert found.verdict(lower_is_better=True) is Verdict.BETTER
    assert found.verdict(lower_is_better=False) is Verdict.WORSE


def test_a_mean_difference_by_pencil() -> None:
    """1..10 against 11..20: variances 55/6 each, standard error sqrt(11/6), 18 degrees of freedom, t =
    2.100922.
    """
    found = compare_means(ai=list(range(1, 11)), control=list(range(11, 21)))

    half = 2.100922 * (11 / 6) ** 0.5
    assert isinstance(found.difference, effect.Difference)
    assert found.difference.effect == -10
    assert (found.difference.low, found.difference.high) == pytest.approx((-10 - half, -10 + half), abs=1e-5)
    assert found.relative == pytest.approx((-10 / 15.5, (-10 - half) / 15.5, (-10 + half) / 15.5), abs=1e-5)


@pytest.mark.parametrize(
    ("ai", "control", "low", "high"),
    [
        # Newcombe 1998, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_a_difference_of_rates_is_the_one_that_newcombe_printed(
    ai: tuple[int, int], control: tuple[int, int], low: float, high: float
) -> None:
    found = compare_rates(ai=_yes(*ai), control=_yes(*control))

    assert isinstance(found.difference, effect.Difference)
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high), abs=5e-5)


def test_without_a_control_arm_nothing_is_claimed() -> None:
    found = compare_means(ai=[1.0, 2.0] * 20, control=[])

    assert found.difference == CannotTell(effect.MISSING_ARM)
    assert found.verdict(lower_is_better=True) is Verdict.OPEN
    assert found.relative is None


def test_nine_cases_in_an_arm_are_too_few_and_ten_are_enough() -> None:
    many = [float(value) for value in range(30)]

    assert compare_means(ai=many[:9], control=many).difference == CannotTell(effect.TOO_FEW)
    assert isinstance(compare_means(ai=many[:10], control=many).difference, effect.Difference)
    assert compare_rates(ai=[True] * 9, control=[True] * 30).difference == CannotTell(effect.TOO_FEW)


def test_an_arm_in_which_all_values_are_the_same_gives_no_interval() -> None:
    found = compare_means(ai=[3.0] * 20, control=[float(value) for value in range(20)])

    assert found.difference == CannotTell(effect.NO_SPREAD)
    assert found.ai.value == 3.0


def test_missing_values_are_counted_and_left_out() -> None:
    found = compare_means(ai=[*range(12), None, None], control=[*range(12), None, None, None, None])

    assert (found.ai.n, found.ai.missing, found.control.missing) == (12, 2, 4)
    assert found.warnings == (Warn.MUCH_MISSING,)


def test_a_small_arm_beside_a_large_one_is_pointed_out() -> None:
    values = [float(value % 7) for value in range(400)]

    assert compare_means(ai=values, control=values[:40]).warnings == (Warn.SMALL_AND_UNBALANCED,)
    assert compare_means(ai=values, control=values[:100]).warnings == ()


def test_a_value_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        compare_means(ai=[float("nan")] * 20, control=[1.0] * 20)


def test_the_interval_covers_the_truth_in_about_95_of_100_pilots() -> None:
    """Lognormal handling times, 60 against 60 cases, true effect -3 minutes; 600 pilots leave a standard
    error of 0.9 %.
    """
    draw = np.random.default_rng(20261122)
    true_effect = 9.0 - 12.0
    covered = 0
    for _ in range(600):
        ai = draw.lognormal(np.log(9.0) - 0.18, 0.6, 60)
        control = draw.lognormal(np.log(12.0) - 0.18, 0.6, 60)
        found = compare_means(ai=ai.tolist(), control=control.tolist()).difference
        assert isinstance(found, effect.Difference)
        covered += found.low <= true_effect <= found.high

    assert 0.93 <= covered / 600 <= 0.97


def _yes(successes: int, n: int) -> list[bool]:
    return [index < successes for index in range(n)]
