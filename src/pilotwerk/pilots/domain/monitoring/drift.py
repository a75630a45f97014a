"""Has what comes in changed? The population stability index of shares now against shares at the start.

Sources: index and its two customary bounds after Siddiqi, "Credit Risk Scorecards" (Wiley 2006), ch. 10; how
large it gets by chance after Yurdakul, "Statistical Properties of Population Stability Index" (Western Michigan
University 2018): (1/n + 1/m) times a chi-square with one degree fewer than there are groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt
from typing import Final

SLIGHT: Final = 0.10
CLEAR: Final = 0.25
ENOUGH: Final = 50
"""Cases needed on each side."""
RARE: Final = 0.05
"""Groups below this share on both sides are counted as one: the index jumps with groups of a few cases."""
_Z99: Final = 2.3263478740408408
OTHER: Final = ""


class Verdict(StrEnum):
    """What the index says. ``CHANCE``: above the customary bound, but so many cases give as much by chance."""

    STABLE = "stable"
    CHANCE = "chance"
    SLIGHT = "slight"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Group:
    """Shares 0..1 of one group at the start and now."""

    name: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Drift:
    """``index``: at least 0, in nats. ``by_chance``: in 99 of 100 cases without any change the index stays below."""

    index: float
    by_chance: float
    groups: tuple[Group, ...]
    n_before: int
    n_now: int

    @property
    def verdict(self) -> Verdict:
        if self.index < SLIGHT:
            return Verdict.STABLE
        if self.index <= self.by_chance:
            return Verdict.CHANCE
        return Verdict.CLEAR if self.index >= CLEAR else Verdict.SLIGHT


def drift(before: Mapping[str, int], now: Mapping[str, int]) -> Drift | None:
    """The index of counts by group; None where one side has fewer than ``ENOUGH`` cases.

    Groups keep the order of ``before``, then come new ones; what is rare on both sides is taken together as
    ``OTHER``. Half a case is added to every group, so that an empty one gives a large number and not an endless one.
    """
    n_before, n_now = sum(before.values()), sum(now.values())
    if min(n_before, n_now) < ENOUGH:
        return None
    kinds = dict.fromkeys([*before, *now])
    names = [name for name in kinds if name != OTHER and _common(name, (before, n_before), (now, n_now))]
    old = [before.get(name, 0) for name in names]
    new = [now.get(name, 0) for name in names]
    if sum(old) < n_before or sum(new) < n_now:
        names, old, new = [*names, OTHER], [*old, n_before - sum(old)], [*new, n_now - sum(new)]
    shares_old, shares_new = _smoothed(old), _smoothed(new)
    index = psi(shares_old, shares_new)
    chance = (1 / n_before + 1 / n_now) * chi_square_99(len(names) - 1) if len(names) > 1 else 0.0
    groups = tuple(Group(name, a / n_before, b / n_now) for name, a, b in zip(names, old, new, strict=True))
    return Drift(index, chance, groups, n_before, n_now)


def _common(name: str, *sides: tuple[Mapping[str, int], int]) -> bool:
    return any(counts.get(name, 0) >= RARE * total for counts, total in sides)


def psi(before: Sequence[float], now: Sequence[float]) -> float:
    """The index of two lists of shares above 0 that each sum to 1: sum of (now - before) * ln(now / before)."""
    return sum((b - a) * log(b / a) for a, b in zip(before, now, strict=True))


def _smoothed(counts: Sequence[int]) -> list[float]:
    total = sum(counts) + len(counts) / 2
    return [(count + 0.5) / total for count in counts]


def chi_square_99(degrees: int) -> float:
    """Below it lies a chi-square variable in 99 of 100 cases (Wilson and Hilferty, PNAS 17, 1931; within 1 %
    from two degrees on, 1.5 % at one).
    """
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + _Z99 * sqrt(part)) ** 3)


def edges_of(values: Sequence[int], parts: int = 5) -> list[int]:
    """Upper edges (included) of ``parts`` groups of about as many values each; fewer where values repeat.

    The last group is open upwards and has no edge.
    """
    ordered = sorted(values)
    found = [ordered[max(len(ordered) * part // parts - 1, 0)] for part in range(1, parts)] if ordered else []
    return [edge for edge in dict.fromkeys(found) if edge < ordered[-1]]
