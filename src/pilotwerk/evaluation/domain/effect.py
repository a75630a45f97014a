"""What a pilot changed: the difference between the cases with AI and the cases as before.

Means are compared by Welch's interval, rates by Newcombe's hybrid score interval (Newcombe 1998, Statistics
in Medicine 17:873-890, method 10; built from two Wilson intervals). Both were chosen because they keep their
coverage on skewed times and small counts, where every bootstrap that was tried did not.

A difference is always `ai - control`, in the unit of the values. Cases are compared as they were assigned,
whatever happened to the proposal later: only that keeps the comparison fair.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.core.results import CannotTell

LEVEL = 0.95
MINIMUM_PER_ARM = 10
"""Below this many known values in an arm no interval is shown."""
SMALL_ARM = 50
UNBALANCED_RATIO = 4
"""A smaller arm under 50 and a larger one of at least four times its size: Welch covered 0.92 instead of
0.95.
"""
MUCH_MISSING = 0.2

MISSING_ARM = "One of the two groups has no cases, so there is nothing to compare with."
TOO_FEW = "One of the two groups has too few cases with a known value."
NO_SPREAD = "All values of a group are the same, so no interval can be computed."


class Warn(StrEnum):
    """What a reader should know before trusting an interval."""

    SMALL_AND_UNBALANCED = "small_and_unbalanced"
    MUCH_MISSING = "much_missing"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of the comparison. `value` is a mean or a share in 0..1, None when nothing is known."""

    n: int
    missing: int
    value: float | None

    @property
    def successes(self) -> int:
        """For a rate: how many of the n cases; meaningless for a mean."""
        return round(self.n * (self.value or 0.0))


@dataclass(frozen=True, slots=True)
class Difference:
    """`effect` is ai minus control, `low` and `high` bound it at `level`."""

    effect: float
    low: float
    high: float
    level: float
    method: str

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both arms and what can be said about them."""

    ai: Arm
    control: Arm
    difference: Difference | CannotTell
    warnings: tuple[Warn, ...]

    @property
    def relative(self) -> tuple[float, float, float] | None:
        """Effect, low and high as shares of the control arm's value, which is taken as given; None without
        one.
        """
        if isinstance(self.difference, CannotTell) or not self.control.value:
            return None
        base = self.control.value
        return self.difference.effect / base, self.difference.low / base, self.difference.high / base

    def verdict(self, *, lower_is_better: bool) -> Verdict:
        """Better or worse only when the whole interval lies on that side of zero."""
        if isinstance(self.difference, CannotTell) or not self.difference.excludes_zero:
            return Verdict.OPEN
        fell = self.difference.high < 0
        return Verdict.BETTER if fell == lower_is_better else Verdict.WORSE


def compare_means(
    *, ai: Sequence[float | None], control: Sequence[float | None], level: float = LEVEL
) -> Comparison:
    """Difference of means with Welch's interval.

    None is a missing value; anything not finite raises ValueError.
    """
    known_ai, known_control = _known(ai), _known(control)
    arms = _arm(ai, known_ai), _arm(control, known_control)
    obstacle = _obstacle(known_ai, known_control)
    if obstacle is None and (_constant(known_ai) or _constant(known_control)):
        obstacle = CannotTell(NO_SPREAD)
    difference = _welch(known_ai, known_control, level) if obstacle is None else obstacle
    return Comparison(*arms, difference, _warnings(*arms))


def compare_rates(
    *, ai: Sequence[bool | None], control: Sequence[bool | None], level: float = LEVEL
) -> Comparison:
    """Difference of two shares with Newcombe's interval. None is a missing value."""
    known_ai, known_control = _known(ai), _known(control)
    arms = _arm(ai, known_ai), _arm(control, known_control)
    obstacle = _obstacle(known_ai, known_control)
    difference = _newcombe(known_ai, known_control, level) if obstacle is None else obstacle
    return Comparison(*arms, difference, _warnings(*arms))


def wilson(successes: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a share, n > 0 (Wilson 1927)."""
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _known(values: Sequence[float | bool | None]) -> list[float]:
    known = [float(value) for value in values if value is not None]
    if not all(math.isfinite(value) for value in known):
        raise ValueError("a measured value must be finite; use None for a missing one")
    return known


def _arm(values: Sequence[float | None], known: list[float]) -> Arm:
    mean = math.fsum(known) / len(known) if known else None
    return Arm(n=len(known), missing=len(values) - len(known), value=mean)


def _obstacle(ai: list[float], control: list[float]) -> CannotTell | None:
    smaller = min(len(ai), len(control))
    if smaller == 0:
        return CannotTell(MISSING_ARM)
    return CannotTell(TOO_FEW) if smaller < MINIMUM_PER_ARM else None


def _constant(values: list[float]) -> bool:
    return min(values) == max(values)


def _welch(ai: list[float], control: list[float], level: float) -> Difference:
    from scipy.stats import ttest_ind

    interval = ttest_ind(ai, control, equal_var=False).confidence_interval(level)
    effect = math.fsum(ai) / len(ai) - math.fsum(control) / len(control)
    return Difference(effect, float(interval.low), float(interval.high), level, "welch")


def _newcombe(ai: list[float], control: list[float], level: float) -> Difference:
    share_ai, share_control = sum(ai) / len(ai), sum(control) / len(control)
    low_ai, high_ai = wilson(int(sum(ai)), len(ai), level)
    low_control, high_control = wilson(int(sum(control)), len(control), level)
    effect = share_ai - share_control
    low = effect - math.hypot(share_ai - low_ai, high_control - share_control)
    high = effect + math.hypot(high_ai - share_ai, share_control - low_control)
    return Difference(effect, low, high, level, "newcombe")


def _warnings(ai: Arm, control: Arm) -> tuple[Warn, ...]:
    found: list[Warn] = []
    smaller, larger = sorted((ai.n, control.n))
    if 0 < smaller < SMALL_ARM and larger >= UNBALANCED_RATIO * smaller:
        found.append(Warn.SMALL_AND_UNBALANCED)
    total = ai.n + ai.missing + control.n + control.missing
    if total and (ai.missing + control.missing) / total >= MUCH_MISSING:
        found.append(Warn.MUCH_MISSING)
    return tuple(found)
