"""Where the parts of an interval row stand on its own scale."""

from typing import NamedTuple

MARGIN = 0.12


class Positions(NamedTuple):
    """Shares of the row's width, 0 at the left end and 1 at the right."""

    low: float
    point: float
    high: float
    zero: float


def positions(low: float, point: float, high: float) -> Positions:
    """Place an interval and zero on one scale with a margin at both ends. Needs low <= point <= high."""
    left, right = min(low, 0.0), max(high, 0.0)
    width = (right - left) or 1.0
    scale = 1 - 2 * MARGIN

    def place(value: float) -> float:
        return round(MARGIN + scale * (value - left) / width, 4)

    return Positions(place(low), place(point), place(high), place(0.0))
