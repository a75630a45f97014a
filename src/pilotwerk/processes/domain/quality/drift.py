"""Has a distribution shifted? The population stability index between two samples.

PSI = sum over the parts of (q - p) * ln(q / p), p and q the shares before and after. Usual reading (N. Siddiqi,
Credit Risk Scorecards, 2006): below 0.1 no shift, 0.1 to 0.25 some, above 0.25 strong. Two samples of one
distribution differ by chance: then PSI is about chi-square with parts - 1 degrees of freedom times (1/n + 1/m)
(B. Yurdakul, J. Naranjo, Statistical properties of the population stability index, 2020). A shift is only told
where it exceeds both.
"""

import itertools
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence

SOME, STRONG = 0.1, 0.25
# Fewer rows in a part say nothing.
FEWEST = 50
# Categories below this share of all rows are taken together.
RARE = 0.01
REST = "…"
# One false alarm in a thousand comparisons.
_Z = 3.090


def psi(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """The index between two counts by part; half a row is added to each part so that none is empty."""
    return sum(parts(before, after).values())


def parts(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each part adds to the index, never negative."""
    names = sorted({*before, *after})
    if not names:
        return {}
    n = sum(before.values()) + 0.5 * len(names)
    m = sum(after.values()) + 0.5 * len(names)
    found = {}
    for name in names:
        p, q = (before.get(name, 0) + 0.5) / n, (after.get(name, 0) + 0.5) / m
        found[name] = (q - p) * math.log(q / p)
    return found


def by_chance(categories: int, n: float, m: float) -> float:
    """What 999 of 1,000 pairs of samples of one distribution stay below (chi-square by Wilson and Hilferty)."""
    free = max(categories - 1, 1)
    share = 2 / (9 * free)
    return float(free * (1 - share + _Z * math.sqrt(share)) ** 3 * (1 / n + 1 / m))


def together(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Both counts with the rare parts taken together as one."""
    total = sum(before.values()) + sum(after.values())
    often = {name for name in {*before, *after} if before.get(name, 0) + after.get(name, 0) >= RARE * total}

    def joined(counts: Mapping[str, int]) -> dict[str, int]:
        found = {name: count for name, count in counts.items() if name in often}
        if rest := sum(count for name, count in counts.items() if name not in often):
            found[REST] = rest
        return found

    return joined(before), joined(after)


def shift(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[float, list[str]] | None:
    """The index and the parts that make most of it, where the distribution has shifted; else None."""
    before, after = together(before, after)
    n, m = sum(before.values()), sum(after.values())
    if n < FEWEST or m < FEWEST:
        return None
    adds = parts(before, after)
    index = sum(adds.values())
    if index < max(SOME, by_chance(len(adds), n, m)):
        return None
    return index, sorted(adds, key=lambda name: -adds[name])[:3]


def shares_within(quantiles: Sequence[float], cuts: Sequence[float]) -> list[float]:
    """The shares of a distribution between cut points, from its evenly spaced quantiles, linear between them.

    `quantiles` are those at 0, 1/k, ..., 1; the answer has one share more than there are cuts, together 1.
    """
    steps = len(quantiles) - 1

    def below(value: float) -> float:
        place = bisect_right(quantiles, value)
        if place == 0:
            return 0.0
        if place > steps:
            return 1.0
        low, high = quantiles[place - 1], quantiles[place]
        return (place - 1 + (value - low) / (high - low)) / steps

    edges = [0.0, *(below(cut) for cut in cuts), 1.0]
    return [later - earlier for earlier, later in itertools.pairwise(edges)]
