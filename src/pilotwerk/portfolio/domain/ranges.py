"""A figure with its uncertainty: low, likely, high. Arithmetic keeps the bounds honest."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import isclose
from typing import Self


@dataclass(frozen=True, slots=True)
class Range:
    """low <= likely <= high, in whatever unit. Raises ValueError otherwise.

    Sums, differences and products follow interval arithmetic: the low end is the lowest value that any
    values inside the ranges can give, the high end the highest. The likely values count on their own.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise ValueError(
                f"a range needs low <= likely <= high, not {self.low}, {self.likely}, {self.high}"
            )

    @classmethod
    def exactly(cls, value: float) -> Self:
        """A figure without uncertainty."""
        return cls(value, value, value)

    def __add__(self, other: "Range | float") -> "Range":
        b = _range(other)
        return Range(self.low + b.low, self.likely + b.likely, self.high + b.high)

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.likely, -self.low)

    def __sub__(self, other: "Range | float") -> "Range":
        return self + -_range(other)

    def __mul__(self, other: "Range | float") -> "Range":
        b = _range(other)
        ends = [x * y for x, y in product((self.low, self.high), (b.low, b.high))]
        likely = self.likely * b.likely
        # Rounding may put the likely product a last digit outside of equal ends.
        return Range(min(*ends, likely), likely, max(*ends, likely))

    def __truediv__(self, divisor: float) -> "Range":
        return self * (1 / divisor)

    def is_close(self, other: "Range") -> bool:
        """Whether both are the same up to rounding."""
        pairs = ((self.low, other.low), (self.likely, other.likely), (self.high, other.high))
        return all(isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in pairs)

    def clamped(self, low: float, high: float) -> "Range":
        """The range cut to low..high."""
        return Range(*(min(max(value, low), high) for value in (self.low, self.likely, self.high)))


def total(ranges: Iterable[Range]) -> Range:
    """The sum of ranges; exactly 0 for none."""
    result = Range.exactly(0.0)
    for item in ranges:
        result += item
    return result


def highest(ranges: Iterable[Range]) -> Range:
    """The range of the largest of some values, each inside its range. At least one is needed."""
    found = list(ranges)
    return Range(max(r.low for r in found), max(r.likely for r in found), max(r.high for r in found))


def _range(value: "Range | float") -> Range:
    return value if isinstance(value, Range) else Range.exactly(float(value))
