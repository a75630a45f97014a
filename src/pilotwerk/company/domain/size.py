"""Size class of a company with its related enterprises.

Source: Recommendation 2003/361/EC (micro, small, medium; Art. 3(14a) of Regulation (EU) 2024/1689) and
Recommendation (EU) 2025/1099 (small mid-cap; Art. 3(14b)). The ceiling on staff must be met; of turnover
and balance one is enough. Linked enterprises are added in full, partner enterprises (25 to 50 %)
in proportion to the share held.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pilotwerk.core.results import CannotTell

AS_OF = date(2026, 11, 22)
"""When the ceilings were last held against their source."""

PARTNER_SHARE = (0.25, 0.50)


class SizeClass(StrEnum):
    """From small to large, in this order."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    SMALL_MID_CAP = "small_mid_cap"
    LARGE = "large"

    @property
    def is_sme(self) -> bool:
        """Micro, small and medium are SMEs; a small mid-cap is not."""
        return self in (SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Staff is below `staff`; turnover or balance sheet total (EUR) is at or below its figure."""

    size: SizeClass
    staff: int
    turnover: int
    balance: int


CEILINGS = (
    Ceiling(SizeClass.MICRO, 10, 2_000_000, 2_000_000),
    Ceiling(SizeClass.SMALL, 50, 10_000_000, 10_000_000),
    Ceiling(SizeClass.MEDIUM, 250, 50_000_000, 43_000_000),
    Ceiling(SizeClass.SMALL_MID_CAP, 750, 150_000_000, 129_000_000),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Staff (people at work, part time in proportion), turnover and balance sheet total (EUR a year).

    None means not known. Negative figures raise ValueError.
    """

    staff: float | None = None
    turnover: float | None = None
    balance: float | None = None

    def __post_init__(self) -> None:
        if any(value is not None and value < 0 for value in (self.staff, self.turnover, self.balance)):
            raise ValueError("staff, turnover and balance cannot be negative")


@dataclass(frozen=True, slots=True)
class Related:
    """Another enterprise that counts: linked in full, partner with its share (0.25..0.5)."""

    name: str
    figures: Figures
    linked: bool
    share: float | None = None

    def weight(self) -> tuple[float, float]:
        """The lowest and the highest part of its figures that may count."""
        if self.linked:
            return (1.0, 1.0)
        if self.share is None:
            return PARTNER_SHARE
        if not PARTNER_SHARE[0] <= self.share <= PARTNER_SHARE[1]:
            raise ValueError("a partner enterprise holds or is held with 25 to 50 %")
        return (self.share, self.share)


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing "staff", "turnover", "balance", "share" or "related"; our own if `name` is ""."""

    figure: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SizeUnknown(CannotTell):
    """The known figures allow more than one class. `missing` are the figures that would decide."""

    missing: tuple[Missing, ...] = ()
    smallest: SizeClass = SizeClass.MICRO
    largest: SizeClass = SizeClass.LARGE


@dataclass(frozen=True, slots=True)
class SizeResult:
    """The class and the figures it rests on, related enterprises included (None: not needed)."""

    size: SizeClass
    counted: Figures


def classify(figures: Figures) -> SizeClass:
    """The class of complete figures. Raises ValueError where one is missing."""
    if figures.staff is None or figures.turnover is None or figures.balance is None:
        raise ValueError("classify() needs all three figures")
    for ceiling in CEILINGS:
        money_fits = figures.turnover <= ceiling.turnover or figures.balance <= ceiling.balance
        if figures.staff < ceiling.staff and money_fits:
            return ceiling.size
    return SizeClass.LARGE


def size_class(
    own: Figures, related: Iterable[Related] = (), *, related_known: bool = True
) -> SizeResult | SizeUnknown:
    """The size class, or which figures are missing to tell it.

    A missing figure does not matter when every possible value leads to the same class: the class never falls
    when a figure rises, so it is enough to try the lowest and the highest possible values. `related_known`:
    whether `related` is all there is; otherwise any size may still be added.
    """
    others = tuple(related)
    low, high = _total(own, others, highest=False), _total(own, others, highest=True)
    smallest = classify(low)
    largest = classify(high) if related_known else SizeClass.LARGE
    if smallest == largest:
        counted = Figures(*(_known(a, b) for a, b in zip(_values(low), _values(high), strict=True)))
        return SizeResult(smallest, counted)
    missing = _missing(own, others) + (() if related_known else (Missing("related"),))
    return SizeUnknown("figures are missing", missing, smallest, largest)


def _values(figures: Figures) -> tuple[float | None, float | None, float | None]:
    return (figures.staff, figures.turnover, figures.balance)


def _known(low: float | None, high: float | None) -> float | None:
    return low if low == high else None


def _total(own: Figures, others: tuple[Related, ...], *, highest: bool) -> Figures:
    unknown = math.inf if highest else 0.0
    total = [unknown if value is None else value for value in _values(own)]
    for other in others:
        weight = other.weight()[1 if highest else 0]
        for at, value in enumerate(_values(other.figures)):
            total[at] += weight * (unknown if value is None else value)
    return Figures(*total)


def _missing(own: Figures, others: tuple[Related, ...]) -> tuple[Missing, ...]:
    names = ("staff", "turnover", "balance")
    found = [Missing(name) for name, value in zip(names, _values(own), strict=True) if value is None]
    for other in others:
        values = zip(names, _values(other.figures), strict=True)
        found += [Missing(name, other.name) for name, value in values if value is None]
        if not other.linked and other.share is None:
            found.append(Missing("share", other.name))
    return tuple(found)
