"""When a use case is refused, and what would have to change so that it is not.

The bound is BENEFIT_BOUND: a pilot starts only where a net benefit within 12 months is at least as likely as not.
A higher bound would refuse cheap trials whose loss is small and known (introduction and one year of operation) and
which stop at a gate anyway; a lower one would start projects that more often than not lose money. It stands here
and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pilotwerk.portfolio.domain.simulation import (
    DRAWS,
    Candidate,
    input_draws,
    net_draws,
    net_spread,
    saved_draws,
)

if TYPE_CHECKING:
    from pilotwerk.portfolio.domain.ranges import Range
    from pilotwerk.portfolio.domain.simulation import Draws

BENEFIT_BOUND = 0.5
"""Below this probability of a net benefit within 12 months a use case is refused."""
CLEAR_FROM = 0.9
"""From this probability on the benefit counts as clear."""


class Verdict(StrEnum):
    """What the probability of a net benefit in 12 months says."""

    CLEAR = "clear"
    UNCERTAIN = "uncertain"
    NONE = "none"
    """Below the bound: the use case is refused."""


class Lever(StrEnum):
    """What may be changed, all else as it is."""

    VOLUME = "cases_per_year"
    SHARE = "automatable_share"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Condition:
    """From (volume, share) or up to (cost) this likely value on the bound is reached; `now` is today's.

    Volume in cases a year, share in 0..1, cost in EUR of the first 12 months. The range around the likely value
    grows or shrinks with it.
    """

    lever: Lever
    now: float
    needed: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Probability (0..1) of a net benefit in 12 months, its EUR (5 %, median, 95 %), and what would lift it."""

    chance: float
    net: Range
    conditions: tuple[Condition, ...]

    @property
    def verdict(self) -> Verdict:
        """See Verdict; the bounds are BENEFIT_BOUND and CLEAR_FROM."""
        if self.chance < BENEFIT_BOUND:
            return Verdict.NONE
        return Verdict.CLEAR if self.chance >= CLEAR_FROM else Verdict.UNCERTAIN


def outlook(candidate: Candidate) -> Outlook:
    """Draw one use case. Conditions are solved for only where it is refused."""
    drawn = input_draws(candidate)
    net = net_draws(drawn)
    chance = float((net > 0).mean())
    found = _conditions(candidate, drawn) if chance < BENEFIT_BOUND else ()
    return Outlook(chance, net_spread(net), found)


def _conditions(candidate: Candidate, drawn: Mapping[str, Draws]) -> tuple[Condition, ...]:
    found = (_volume(candidate, drawn), _share(candidate, drawn), _cost(candidate, drawn))
    return tuple(one for one in found if one is not None)


def _needed_draws() -> int:
    return math.ceil(BENEFIT_BOUND * DRAWS)


def _volume(candidate: Candidate, drawn: Mapping[str, Draws]) -> Condition | None:
    """In each draw the net benefit is a line in the volume: the factor at which it crosses 0, and its quantile."""
    import numpy as np

    now = candidate.inputs.cases_per_year.likely
    slope = saved_draws(drawn)
    fixed = net_draws(drawn) - slope
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.where(slope > 0, np.maximum(-fixed / slope, 0.0), np.inf)
    crossing[(slope == 0) & (fixed > 0)] = 0.0
    factor = float(np.sort(crossing)[_needed_draws() - 1])
    if not math.isfinite(factor) or now <= 0:
        return None
    needed = _round_up(now * factor)
    return Condition(Lever.VOLUME, now, needed)


def _round_up(cases: float) -> float:
    """The next whole number, in tens from 100 on and hundreds from 10,000 on, and above the bound itself."""
    step = 1 if cases < 100 else 10 if cases < 10_000 else 100
    return float((math.floor(cases / step) + 1) * step)


def _share(candidate: Candidate, drawn: Mapping[str, Draws]) -> Condition | None:
    """The first whole percent that lifts the probability over the bound; None where even 100 % does not."""
    import numpy as np

    now = candidate.inputs.automatable_share.likely
    if now <= 0:
        return None
    for percent in range(math.floor(now * 100) + 1, 101):
        share = np.clip(drawn["automatable_share"] * (percent / 100 / now), 0, 1)
        # What is right more often is wrong less often.
        wasted = np.clip(drawn["wasted_share"] - (share - drawn["automatable_share"]), 0, 1)
        if (
            net_draws({**drawn, "automatable_share": share, "wasted_share": wasted}) > 0
        ).mean() >= BENEFIT_BOUND:
            return Condition(Lever.SHARE, now, percent / 100)
    return None


def _cost(candidate: Candidate, drawn: Mapping[str, Draws]) -> Condition | None:
    """The highest cost of the first 12 months, in tens of EUR, at which the bound is reached."""
    import numpy as np

    cost = drawn["setup_cost"] + drawn["running_cost"]
    gains = net_draws(drawn) + cost
    with np.errstate(divide="ignore", invalid="ignore"):
        bearable = np.where(cost > 0, gains / cost, np.where(gains > 0, np.inf, -np.inf))
    factor = float(np.sort(bearable)[DRAWS - _needed_draws()])
    now = candidate.inputs.setup_cost.likely + candidate.inputs.running_cost.likely
    # Strictly below the crossing, so that the net benefit lies above 0 and not on it.
    needed = (math.ceil(now * factor / 10) - 1) * 10.0 if math.isfinite(factor) else 0.0
    return Condition(Lever.COST, now, needed) if needed > 0 else None
