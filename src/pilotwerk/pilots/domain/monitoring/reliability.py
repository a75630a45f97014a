"""Does the stated confidence hold? A reliability curve with bins of equal numbers of cases.

Sources: bins of equal numbers and the error over them after Nixon et al., "Measuring Calibration in Deep
Learning" (CVPR workshops 2019); expected calibration error after Naeini, Cooper and Hauskrecht, "Obtaining Well
Calibrated Probabilities Using Bayesian Binning" (AAAI 2015); interval after Wilson (JASA 22, 1927).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import Final

MOST_BINS: Final = 10
ENOUGH_EACH: Final = 20
"""Fewer cases in a bin are not drawn: the interval of 20 cases is up to 41 points wide already."""
ENOUGH: Final = 2 * ENOUGH_EACH
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Point:
    """``n`` cases of (nearly) the same confidence, of which ``right`` were right. ``confidence``: their mean, 0..1."""

    confidence: float
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases next to each other by confidence: what was stated on average, and what turned out, with 95 % interval."""

    stated: float
    right: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.n


@dataclass(frozen=True, slots=True)
class Reliability:
    """``error``: expected calibration error, 0..1. ``by_chance``: the error that this many cases give on average
    when each stated confidence is exactly true; an error below it says nothing against the confidence.
    """

    bins: tuple[Bin, ...]
    error: float
    by_chance: float
    n: int

    @property
    def tilt(self) -> float:
        """Mean of stated minus turned out: above 0 it is too sure, below 0 not sure enough."""
        return sum((one.stated - one.share) * one.n for one in self.bins) / self.n


def reliability(points: Iterable[Point]) -> Reliability | None:
    """The curve; None below ``ENOUGH`` cases. Cases of one point are never torn apart, so bins may differ in size."""
    rows = sorted((one for one in points if one.n), key=lambda one: one.confidence)
    total = sum(one.n for one in rows)
    if total < ENOUGH:
        return None
    bins = tuple(_bin(group) for group in equal_mass(rows, min(MOST_BINS, total // ENOUGH_EACH)))
    error = sum(one.n * abs(one.share - one.stated) for one in bins) / total
    chance = sum(one.n * sqrt(2 / pi * one.stated * (1 - one.stated) / one.n) for one in bins) / total
    return Reliability(bins, error, chance, total)


def equal_mass(rows: Sequence[Point], count: int) -> list[list[Point]]:
    """``rows`` (by confidence) in at most ``count`` groups of as equal a number of cases as whole points allow."""
    total, seen, present = sum(one.n for one in rows), 0, -1
    groups: list[list[Point]] = []
    for one in rows:
        # A point belongs to the group in which its middle case lies.
        place = min(int((seen + one.n / 2) * count / total), count - 1)
        if place > present:
            groups.append([])
            present = place
        groups[-1].append(one)
        seen += one.n
    return groups


def _bin(rows: Sequence[Point]) -> Bin:
    n, right = sum(one.n for one in rows), sum(one.right for one in rows)
    low, high = wilson(right, n)
    return Bin(sum(one.confidence * one.n for one in rows) / n, right, n, low, high)


def wilson(right: int, n: int, z: float = _Z95) -> tuple[float, float]:
    """The 95 % interval of a share, 0..1; (0, 1) without a case."""
    if n == 0:
        return 0.0, 1.0
    p, scale = right / n, 1 + z * z / n
    middle = (p + z * z / (2 * n)) / scale
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))
