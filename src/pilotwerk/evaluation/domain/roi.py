"""What the effect is worth in a year: cautious, middle and favourable.

Net benefit: minutes saved a case x cases a year / 60 x hourly cost x realisation factor, less running and
one-off costs. The three cases take the three points of the effect's interval, and the costs that were
estimated for them. The realisation factor (0..1) is the part of the saved time that is really used for other
work; time lost counts whole. Payback in months: one-off costs / monthly net benefit, rounded up; None means
never.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain.effect import Comparison

Unit = Literal["minutes", "cases", "euro", "share", "euro_per_hour"]


class Band(NamedTuple):
    """The same figure in the cautious, the middle and the favourable case."""

    cautious: float
    middle: float
    favourable: float

    @classmethod
    def same(cls, value: float) -> "Band":
        return cls(value, value, value)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Euro a year unless said otherwise; `realisation` in 0..1; `ai_share` of all cases in 0..1 that go with
    AI.
    """

    cases_per_year: float
    ai_share: float
    euro_per_hour: float
    realisation: float
    running: Band
    one_off: Band

    def __post_init__(self) -> None:
        shares = 0 <= self.realisation <= 1 and 0 <= self.ai_share <= 1
        amounts = (self.cases_per_year, self.euro_per_hour, *self.running, *self.one_off)
        if not shares or any(amount < 0 for amount in amounts):
            raise ValueError("shares lie in 0..1 and amounts are not negative")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the calculation; `key` names it, and what it rests on."""

    key: str
    unit: Unit
    values: Band


@dataclass(frozen=True, slots=True)
class Return:
    lines: tuple[Line, ...]
    net: Band
    share_of_cost: tuple[float | None, float | None, float | None]
    payback_months: tuple[int | None, int | None, int | None]
    largest_influence: str


def minutes_saved(comparison: Comparison) -> Band | CannotTell:
    """The saving a case from the interval of the handling time, cautious first; negative where it may cost
    time.
    """
    difference = comparison.difference
    if isinstance(difference, CannotTell):
        return difference
    return Band(-difference.high, -difference.effect, -difference.low)


def annual_return(saved: Band, given: Assumptions) -> Return:
    """The first year after the pilot. `saved` is in minutes a case."""
    cases = given.cases_per_year * given.ai_share
    benefit = Band(*(_worth(minutes, given) * cases for minutes in saved))
    net = Band(*(b - r - o for b, r, o in zip(benefit, given.running, given.one_off, strict=True)))
    lines = (
        Line("saving", "minutes", saved),
        Line("cases", "cases", Band.same(cases)),
        Line("euro_per_hour", "euro_per_hour", Band.same(given.euro_per_hour)),
        Line("realisation", "share", Band.same(given.realisation)),
        Line("benefit", "euro", benefit),
        Line("running", "euro", given.running),
        Line("one_off", "euro", given.one_off),
    )
    costs = [r + o for r, o in zip(given.running, given.one_off, strict=True)]
    shares = [result / cost if cost else None for result, cost in zip(net, costs, strict=True)]
    months = [_payback(b - r, o) for b, r, o in zip(benefit, given.running, given.one_off, strict=True)]
    return Return(
        lines=lines,
        net=net,
        share_of_cost=(shares[0], shares[1], shares[2]),
        payback_months=(months[0], months[1], months[2]),
        largest_influence=_largest_influence(saved, given, cases),
    )


def _worth(minutes: float, given: Assumptions) -> float:
    """Euro a case. Saved time counts by the realisation factor, lost time counts in full."""
    return minutes / 60 * given.euro_per_hour * (given.realisation if minutes > 0 else 1.0)


def _payback(yearly_surplus: float, one_off: float) -> int | None:
    if one_off == 0 and yearly_surplus >= 0:
        return 0
    return math.ceil(one_off / (yearly_surplus / 12)) if yearly_surplus > 0 else None


def _largest_influence(saved: Band, given: Assumptions, cases: float) -> str:
    """The row whose own range, with all others in the middle, moves the result most."""
    spans = {
        "saving": (_worth(saved.favourable, given) - _worth(saved.cautious, given)) * cases,
        "running": given.running.cautious - given.running.favourable,
        "one_off": given.one_off.cautious - given.one_off.favourable,
    }
    return max(spans, key=lambda key: abs(spans[key]))
