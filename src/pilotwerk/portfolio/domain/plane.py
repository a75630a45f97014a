"""Where use cases lie in the picture: net benefit to the right, low risk on top. Positions in percent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.portfolio.domain.ranges import Range

STEPS = (1, 2, 5, 10)
MARGIN = 5.0


@dataclass(frozen=True, slots=True)
class Point:
    """Centre, bar to both sides and bar up and down, all in percent of the picture's width or height."""

    x: float
    y: float
    left: float
    width: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Plane:
    """The picture: its points in the order given, the ends of the axis in EUR, and where zero lies (percent)."""

    points: tuple[Point, ...]
    low: float
    high: float
    zero: float


def plane(items: Sequence[tuple[Range, Range]]) -> Plane:
    """Lay out (net benefit in EUR, risk 0..100). The axis covers zero and all ranges, on round figures."""
    lowest = min([0.0, *(net.low for net, _risk in items)])
    highest = max([0.0, *(net.high for net, _risk in items)])
    step = _round_up(max(highest - lowest, 1.0) / 4)
    low, high = math.floor(lowest / step) * step, math.ceil(highest / step) * step
    high = high if high > low else low + step

    def at(amount: float) -> float:
        return 100 * (amount - low) / (high - low)

    points = tuple(
        Point(
            x=at(net.likely),
            y=_height(risk.likely),
            left=at(net.low),
            width=at(net.high) - at(net.low),
            top=_height(risk.low),
            height=_height(risk.high) - _height(risk.low),
        )
        for net, risk in items
    )
    return Plane(points, low, high, at(0.0))


def _height(risk: float) -> float:
    """Risk 0..100 from top to bottom, with room for the point's mark at both edges."""
    return MARGIN + risk * (100 - 2 * MARGIN) / 100


def _round_up(amount: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(amount))
    return next(step * power for step in STEPS if step * power >= amount)
