"""How far two people who judged the same answers agree beyond chance, and approvals that came too fast.

Cohen (1960); standard error after Fleiss, Cohen and Everitt (1969), as statsmodels computes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pilotwerk.core.results import CannotTell

# Below this many pairs the interval says nothing; below this many people a figure about a team names them.
PAIRS_NEEDED: Final = 10
PEOPLE_NEEDED: Final = 5
_Z95: Final = 1.959963984540054
# Silent reading of English prose: 238 words a minute (Brysbaert 2019). Three times that is not reading.
WORDS_A_SECOND_AT_MOST: Final = 3 * 238 / 60


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two raters: ``kappa`` in -1..1 with its 95 % interval, and the plain share that agreed."""

    kappa: float
    low: float
    high: float
    agreed: float
    pairs: int


def cohen_kappa(ratings: Iterable[tuple[bool, bool]]) -> Kappa | CannotTell:
    """Kappa of pairs (first verdict, second verdict).

    CannotTell below ``PAIRS_NEEDED`` pairs, and when both always said the same one thing: agreement by chance
    is 1 then, and kappa is 0/0.
    """
    pairs = list(ratings)
    n = len(pairs)
    if n < PAIRS_NEEDED:
        return CannotTell(f"{PAIRS_NEEDED - n} more pairs are needed")
    table = {(a, b): sum(pair == (a, b) for pair in pairs) / n for a in (True, False) for b in (True, False)}
    first = {a: table[a, True] + table[a, False] for a in (True, False)}
    second = {b: table[True, b] + table[False, b] for b in (True, False)}
    agreed = table[True, True] + table[False, False]
    chance = first[True] * second[True] + first[False] * second[False]
    if chance >= 1:
        return CannotTell("both raters always said the same one thing")
    kappa = (agreed - chance) / (1 - chance)
    spread = _spread(table, first, second, kappa, chance) / math.sqrt(n)
    return Kappa(kappa, max(kappa - _Z95 * spread, -1.0), min(kappa + _Z95 * spread, 1.0), agreed, n)


def _spread(
    table: dict[tuple[bool, bool], float],
    first: dict[bool, float],
    second: dict[bool, float],
    kappa: float,
    chance: float,
) -> float:
    """Large-sample standard deviation of kappa for one pair (Fleiss, Cohen and Everitt 1969, formula 13)."""
    same = sum(table[a, a] * (1 - (first[a] + second[a]) * (1 - kappa)) ** 2 for a in (True, False))
    other = (1 - kappa) ** 2 * sum(
        table[a, b] * (second[a] + first[b]) ** 2 for a in (True, False) for b in (True, False) if a is not b
    )
    variance = same + other - (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(variance, 0.0)) / (1 - chance)


def too_fast(seconds: float, words: int) -> bool:
    """Whether nobody can have read so many words (request and draft) in that time."""
    return seconds < words / WORDS_A_SECOND_AT_MOST
