"""Calendar quarters, and what a roadmap laid by hand asks of each: money and people's time."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, ordered by time. Its text form, "2027-Q1", is what is stored."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError("a year has the quarters 1 to 4")

    @classmethod
    def of(cls, day: datetime.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read "2027-Q1"; anything else raises ValueError."""
        year, dash, number = text.partition("-Q")
        if not (dash and len(year) == 4 and year.isdecimal() and number.isdecimal()):
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> datetime.date:
        return self.plus(1).first_day - datetime.timedelta(days=1)

    def plus(self, quarters: int) -> "Quarter":
        """The quarter that many later; a negative number goes back."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)


def quarters_from(day: datetime.date, count: int) -> tuple[Quarter, ...]:
    """The quarter of the day and the following ones, `count` in all."""
    first = Quarter.of(day)
    return tuple(first.plus(step) for step in range(count))


class Planned(Protocol):
    """One use case in one quarter: euro, and person-days of the own team."""

    @property
    def budget(self) -> Decimal: ...
    @property
    def days(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Load:
    """What a quarter asks for, and by how much that is more than there is; None where no limit was given."""

    budget: Decimal
    days: Decimal
    over_budget: Decimal | None
    over_capacity: Decimal | None

    @property
    def fits(self) -> bool:
        return not self.over_budget and not self.over_capacity


def load(items: Iterable[Planned], *, budget_limit: Decimal | None, capacity_days: Decimal | None) -> Load:
    """Sum one quarter's items and compare the sums with the limits (inclusive)."""
    planned: Sequence[Planned] = list(items)
    budget = sum((item.budget for item in planned), Decimal(0))
    days = sum((item.days for item in planned), Decimal(0))
    return Load(budget, days, _excess(budget, budget_limit), _excess(days, capacity_days))


def _excess(asked: Decimal, limit: Decimal | None) -> Decimal | None:
    return None if limit is None else max(asked - limit, Decimal(0))
