"""How sure is the ranking? Values and weights are drawn 10,000 times and everything is ranked in each draw.

Values. What people estimate or a catalogue names is triangular over low, likely, high: with three figures and no
data it keeps more weight at the ends than PERT, and people tend to give ranges that are too narrow (D. Johnson,
The triangular distribution as a proxy for the beta distribution in risk analysis, The Statistician 46(3), 1997;
M. Alpert and H. Raiffa, A progress report on the training of probability assessors, 1982). What was measured has a
95 % confidence interval: normal to both sides of the likely value, with the interval's ends at 2.5 and 97.5 %.
Both are drawn by the inverse distribution function, so that a quantity that several use cases share (the wage, the
volume of one process) is the same draw for all of them.

Weights. Nobody knows how much risk should count, so all weights are drawn: how heavily risk counts uniformly from
0 (not at all) to 2 (twice as in the table), and the four groups of risk uniformly over all weightings that sum to
1 (flat Dirichlet). Shares of first places under unknown weights are the rank acceptability indices of SMAA
(R. Lahdelma and P. Salminen, SMAA-2, Operations Research 49(3), 2001).

The draws are seeded by the name of the quantity: adding a use case changes no other one's figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from pilotwerk.portfolio.domain.potential import INPUTS, SHARES, Inputs
from pilotwerk.portfolio.domain.ranges import Range

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

DRAWS = 10_000
SEED = 20_261_122
RISK_WEIGHT_TO = 2.0
"""Risk counts from not at all (0) to this many times as much as in the table of the ranking."""
SPREAD = (0.05, 0.95)
"""Ends of the intervals that are shown: 90 of 100 draws lie between them."""
TOP = 3
INTERVAL_Z = 1.959963984540054
"""97.5 % quantile of the standard normal distribution: the ends of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A use case as it is drawn. `groups`: risk by group, 0..100.

    `shared`: input -> name of the quantity that it has in common with others. `measured`: inputs whose range is a
    95 % confidence interval.
    """

    key: str
    inputs: Inputs
    groups: Mapping[str, Range]
    shared: Mapping[str, str] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stability:
    """What became of a use case over all draws. Probabilities lie in 0..1, ranks count from 1.

    `first` and `top`: share of draws in which it comes first, or among the first TOP. `benefit` and `loss`: share of
    draws with a net benefit above, or below, 0 EUR. `rank`: 5 %, median and 95 %. `net`: the same of the EUR.
    """

    first: float
    top: float
    benefit: float
    loss: float
    rank: tuple[int, int, int]
    net: Range


def uniforms(name: str, count: int = DRAWS) -> Draws:
    """`count` numbers in [0, 1), always the same for a name."""
    import numpy as np

    return np.random.default_rng([SEED, crc32(name.encode())]).random(count)


def triangular(value: Range, at: Draws) -> Draws:
    """Quantiles of the triangular distribution over the range."""
    import numpy as np

    low, likely, high = value.low, value.likely, value.high
    if low == high:
        return np.full(at.shape, likely)
    width = high - low
    peak = (likely - low) / width
    rising = low + np.sqrt(at * width * (likely - low))
    falling = high - np.sqrt((1 - at) * width * (high - likely))
    return np.where(at < peak, rising, falling)


def two_sided_normal(value: Range, at: Draws) -> Draws:
    """Quantiles with the median at the likely value and 2.5 % beyond each end of the range."""
    import numpy as np
    from scipy.special import ndtri

    z = ndtri(np.clip(at, 1e-12, 1 - 1e-12)) / INTERVAL_Z
    drawn: Draws = value.likely + np.where(
        z < 0, z * (value.likely - value.low), z * (value.high - value.likely)
    )
    return drawn


def input_draws(candidate: Candidate) -> dict[str, Draws]:
    """All inputs of a use case, drawn. None is negative, shares stay at or below 1."""
    import numpy as np

    drawn = {}
    for name in INPUTS:
        value: Range = getattr(candidate.inputs, name)
        at = uniforms(candidate.shared.get(name, f"{candidate.key}:{name}"))
        made = two_sided_normal(value, at) if name in candidate.measured else triangular(value, at)
        drawn[name] = np.clip(made, 0.0, 1.0 if name in SHARES else None)
    return drawn


def saved_draws(drawn: Mapping[str, Draws]) -> Draws:
    """EUR a year that the saved hours are worth."""
    saved = drawn["automatable_share"] * (drawn["minutes_per_case"] - drawn["review_minutes"])
    hours = drawn["cases_per_year"] * (saved - drawn["wasted_share"] * drawn["review_minutes"]) / 60
    return hours * drawn["hourly_cost"] * drawn["realisation_factor"]


def net_draws(drawn: Mapping[str, Draws]) -> Draws:
    """EUR of net benefit in the first 12 months (formula in `domain.potential`)."""
    gains = saved_draws(drawn) + drawn["avoided_error_cost"] + drawn["added_margin"]
    return gains - drawn["setup_cost"] - drawn["running_cost"]


def benefit_chance(candidate: Candidate) -> float:
    """Probability (0..1) of a net benefit above 0 EUR in 12 months."""
    return float((net_draws(input_draws(candidate)) > 0).mean())


def net_spread(net: Draws) -> Range:
    """5 %, median and 95 % of the drawn EUR."""
    import numpy as np

    low, middle, high = np.quantile(net, [SPREAD[0], 0.5, SPREAD[1]])
    return Range(float(low), float(middle), float(high))


def risk_draws(candidate: Candidate, weights: Mapping[str, Draws]) -> Draws:
    """Risk 0..100 as in `domain.risk`, with drawn weights of the groups in place of equal ones."""
    import numpy as np

    groups = {
        name: triangular(value, uniforms(f"{candidate.key}:risk:{name}"))
        for name, value in candidate.groups.items()
    }
    if not groups:
        return np.zeros(DRAWS)
    mean = sum((weights[name] * drawn for name, drawn in groups.items()), np.zeros(DRAWS))
    worst = np.max(np.stack(list(groups.values())), axis=0)
    risk: Draws = (mean + worst) / 2
    return risk


def group_weights(names: Sequence[str]) -> dict[str, Draws]:
    """Weights of the risk groups, uniform over all that sum to 1 in a draw."""
    import numpy as np

    gaps = [-np.log1p(-uniforms(f"weight:{name}")) for name in names]
    total = sum(gaps, np.zeros(DRAWS))
    return {name: gap / total for name, gap in zip(names, gaps, strict=True)}


def adjusted_draws(net: Draws, risk: Draws) -> Draws:
    """What counts for the order in each draw: net benefit x (1 - weight x risk / 100); a loss counts in full."""
    import numpy as np

    weight = RISK_WEIGHT_TO * uniforms("weight:risk")
    return np.where(net > 0, net * np.clip(1 - weight * risk / 100, 0, None), net)


def stability(candidates: Sequence[Candidate]) -> dict[str, Stability]:
    """Draw and rank all use cases together; by key. A tie shares the first place."""
    import numpy as np

    if not candidates:
        return {}
    weights = group_weights(sorted({name for one in candidates for name in one.groups}))
    nets = np.stack([net_draws(input_draws(one)) for one in candidates])
    values = np.stack(
        [adjusted_draws(net, risk_draws(one, weights)) for one, net in zip(candidates, nets, strict=True)]
    )
    ranks = np.stack([1 + (values > value).sum(axis=0) for value in values])
    leads = ranks == 1
    firsts = (leads / leads.sum(axis=0)).mean(axis=1)
    places = np.quantile(ranks, [SPREAD[0], 0.5, SPREAD[1]], axis=1, method="inverted_cdf").astype(int)
    return {
        one.key: Stability(
            first=float(firsts[at]),
            top=float((ranks[at] <= TOP).mean()),
            benefit=float((nets[at] > 0).mean()),
            loss=float((nets[at] < 0).mean()),
            rank=(int(places[0, at]), int(places[1, at]), int(places[2, at])),
            net=net_spread(nets[at]),
        )
        for at, one in enumerate(candidates)
    }
