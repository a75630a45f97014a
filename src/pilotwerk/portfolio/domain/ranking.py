"""Order of use cases: risk-adjusted benefit, what cannot be told comes last."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pilotwerk.portfolio.domain.ranges import Range

Item = TypeVar("Item")


def adjusted_benefit(net: Range, risk: Range) -> float:
    """EUR in 12 months that count for the order: likely net benefit x (1 - likely risk / 100).

    A loss is not made smaller by risk: below zero the likely net benefit counts as it is.
    """
    return net.likely * (1 - risk.likely / 100) if net.likely > 0 else net.likely


def ranked(items: Iterable[Item], scores: Callable[[Item], tuple[Range, Range] | None]) -> list[Item]:
    """The items by adjusted benefit, highest first; equal ones keep their order; None comes last."""

    def place(item: Item) -> tuple[int, float]:
        found = scores(item)
        return (1, 0.0) if found is None else (0, -adjusted_benefit(*found))

    return sorted(items, key=place)
