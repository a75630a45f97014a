"""Evidence on agreement that may be watched after every case: promotion, an interval for the rate, and a fall.

Looking at an ordinary interval after each case promotes falsely in every third pilot. An e-process does not:
under "agreement is at most the bound" it is a supermartingale that starts at 1, so by Ville's inequality the
chance that it ever reaches 1/level is at most the level, however often anybody looks.

Sources: Ville (1939); Robbins (1970), "Statistical methods related to the law of the iterated logarithm";
Ramdas, Gruenwald, Vovk, Shafer (2023), "Game-theoretic statistics and safe anytime-valid inference"; Page
(1954), "Continuous inspection schemes" (CUSUM). The table of measured error rates is in docs/autonomy.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from pilotwerk.core.results import CannotTell

LEVEL: Final = 0.05
# Within so many observed cases 95 % of falls from 0.95 to 0.80 are noticed (bench/autonomy.py: 99).
NOTICED: Final = 100
# Below this the incomplete beta function is a rounding error away from nothing; then the series is used.
_TINY: Final = 1e-200


def log_e_value(agreed: int, cases: int, bound: float) -> float:
    """Natural logarithm of the e-value against "the rate of agreement is at most ``bound``", from counts alone.

    The likelihood ratio against the bound, averaged over rates that are uniform on (bound, 1):
    E = integral from b to 1 of (p/b)^k ((1-p)/(1-b))^(n-k) dp / (1-b). Each factor has an expectation of at
    most 1 for every true rate up to the bound, also when that rate changes with the past.
    Raises ValueError for a bound outside (0, 1) or impossible counts.
    """
    from scipy.special import betaincc, betaln

    _checked(agreed, cases, bound)
    a, b = agreed + 1, cases - agreed + 1
    tail = float(betaincc(a, b, bound))
    if tail > _TINY:
        shared = (a - 1) * math.log(bound) + (b - 1) * math.log1p(-bound)
        return float(betaln(a, b)) + math.log(tail) - math.log1p(-bound) - float(shared)
    return _log_e_series(a, b, bound)


def _log_e_series(a: int, b: int, bound: float) -> float:
    """The same far in the tail, without underflow: E = bound/b * 2F1(a+b, 1; b+1; 1-bound) (DLMF 8.17.8)."""
    term = total = 1.0
    step = 0
    while term > total * 1e-17:
        term *= (a + b + step) / (b + 1 + step) * (1 - bound)
        total += term
        step += 1
    return math.log(bound / b * total)


def _checked(agreed: int, cases: int, bound: float) -> None:
    if not 0 < bound < 1:
        raise ValueError(f"the bound must lie between 0 and 1, not {bound}")
    if not 0 <= agreed <= cases:
        raise ValueError(f"{agreed} of {cases} is not possible")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about agreement: counts, and the e-value against "at most ``bound``"."""

    bound: float
    agreed: int = 0
    cases: int = 0

    def after(self, agreed: bool) -> Evidence:
        """One more case."""
        return replace(self, agreed=self.agreed + agreed, cases=self.cases + 1)

    @property
    def log_e(self) -> float:
        """Natural logarithm of the present e-value; 0 before the first case."""
        return log_e_value(self.agreed, self.cases, self.bound)

    def shows(self, level: float = LEVEL) -> bool:
        """Whether agreement is above the bound, with at most ``level`` chance of ever saying so falsely."""
        return self.log_e >= -math.log(level)

    def rate(self) -> float | CannotTell:
        """The share that agreed so far."""
        return self.agreed / self.cases if self.cases else CannotTell("no case yet")


def evidence_of(history: Iterable[bool], bound: float) -> Evidence:
    """The evidence of a whole history in one go."""
    seen = list(history)
    return Evidence(bound, sum(seen), len(seen))


def confidence_sequence(agreed: int, cases: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval for the rate of agreement that holds at all times at once, with chance 1 - ``level`` or more.

    All rates p whose mixture likelihood ratio B(k+1, n-k+1) / (p^k (1-p)^(n-k)) has stayed below 1/level
    (uniform mixture on (0, 1)). Wider than an interval for one look. (0, 1) before the first case.
    """
    from scipy.special import betaln

    _checked(agreed, cases, 0.5)
    if not cases:
        return 0.0, 1.0
    limit = float(betaln(agreed + 1, cases - agreed + 1)) + math.log(level)

    def inside(p: float) -> bool:
        log_likelihood = (agreed * math.log(p) if agreed else 0.0) + (
            (cases - agreed) * math.log1p(-p) if agreed < cases else 0.0
        )
        return log_likelihood > limit

    rate = agreed / cases
    low = 0.0 if not agreed else _border(inside, outside=0.0, within=rate)
    high = 1.0 if agreed == cases else _border(inside, outside=1.0, within=rate)
    return low, high


def _border(inside: Callable[[float], bool], *, outside: float, within: float) -> float:
    """Where the interval ends between a point outside and one within, by halving, to 1e-12."""
    while abs(outside - within) > 1e-12:
        middle = (outside + within) / 2
        if inside(middle):
            within = middle
        else:
            outside = middle
    return within


@dataclass(frozen=True, slots=True)
class FallRules:
    """What a fall is: disagreement between half of what the bound allows and twice that.

    ``threshold``: log-likelihood ratio from which on it counts as a fall; chosen by simulation
    (bench/autonomy.py): at a bound of 0.90, 95 % of falls from 0.95 to 0.80 are noticed within ``NOTICED``
    cases.
    """

    bound: float
    threshold: float = 7.0

    @property
    def good(self) -> float:
        """The rate of a pilot in order."""
        return 1 - (1 - self.bound) / 2

    @property
    def bad(self) -> float:
        """The rate of a pilot that has fallen; never below 0.05, so that the ratio exists."""
        return max(1 - 2 * (1 - self.bound), 0.05)

    def step(self, agreed: bool) -> float:
        """What one case adds: the logarithm of its likelihood after the fall over the one before."""
        return math.log(self.bad / self.good) if agreed else math.log((1 - self.bad) / (1 - self.good))


@dataclass(frozen=True, slots=True)
class Watch:
    """CUSUM for a fall of agreement (Page 1954): sums up evidence, never below zero."""

    rules: FallRules
    height: float = 0.0
    cases: int = 0

    def after(self, agreed: bool) -> Watch:
        """One more case."""
        return replace(self, height=max(0.0, self.height + self.rules.step(agreed)), cases=self.cases + 1)

    @property
    def fallen(self) -> bool:
        return self.height >= self.rules.threshold


def watch_of(history: Iterable[bool], rules: FallRules) -> Watch:
    """The detector after a whole history, oldest first; it stays where it was when it raised the alarm."""
    watch = Watch(rules)
    for agreed in history:
        watch = watch.after(agreed)
        if watch.fallen:
            break
    return watch
