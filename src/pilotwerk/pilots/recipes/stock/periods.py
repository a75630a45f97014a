"""Days, weeks and months as consecutive numbers, and the names that people give them in the head of a wide table."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.processes.domain.values import NUMERIC_STYLES, TimeStyle, time_styles_of

ZONE = ZoneInfo("Europe/Berlin")


class Frequency(StrEnum):
    """Length of a period. Weeks are those of ISO 8601, Monday to Sunday."""

    DAY = "D"
    WEEK = "W"
    MONTH = "M"

    @property
    def days(self) -> float:
        """Mean length in days."""
        return {"D": 1.0, "W": 7.0, "M": 365.25 / 12}[self.value]

    @property
    def season(self) -> int:
        """Periods after which demand may repeat: a week of days, a year of weeks or months."""
        return {"D": 7, "W": 52, "M": 12}[self.value]

    @property
    def horizon(self) -> int:
        """The usual number of periods to forecast."""
        return {"D": 28, "W": 8, "M": 12}[self.value]

    def number(self, day: date) -> int:
        """The consecutive number of the period that holds the day."""
        if self is Frequency.MONTH:
            return day.year * 12 + day.month - 1
        return day.toordinal() - 1 if self is Frequency.DAY else (day.toordinal() - 1) // 7

    def first_day(self, number: int) -> date:
        """The first day of the period."""
        if self is Frequency.MONTH:
            return date(number // 12, number % 12 + 1, 1)
        return date.fromordinal(number + 1 if self is Frequency.DAY else number * 7 + 1)

    def last_day(self, number: int) -> date:
        """The last day of the period."""
        return self.first_day(number + 1) - timedelta(days=1)

    def label(self, number: int) -> str:
        """2026-03-14, 2026-W11 or 2026-03."""
        first = self.first_day(number)
        if self is Frequency.DAY:
            return first.isoformat()
        if self is Frequency.MONTH:
            return f"{first:%Y-%m}"
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"


_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mae": 3, "mrz": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_YEAR = r"((?:19|20)\d{2})"
_MONTH_FORMS = (
    (re.compile(rf"{_YEAR}\s?[-/._ ]?\s?[mM]?(\d{{1,2}})$"), (1, 2)),
    (re.compile(rf"(\d{{1,2}})\s?[-/._ ]\s?{_YEAR}$"), (2, 1)),
)
_NAMED_MONTH = re.compile(rf"([a-zä]{{3}})[a-zä]*\.?\s?[-/ ']?\s?(?:{_YEAR}|(\d{{2}}))$", re.IGNORECASE)
_WEEK_FORMS = (
    (re.compile(rf"{_YEAR}\s?[-/._ ]?\s?(?:W|KW|CW)\s?(\d{{1,2}})$", re.IGNORECASE), (1, 2)),
    (re.compile(rf"(?:W|KW|CW)\s?(\d{{1,2}})\s?[-/._ ]\s?{_YEAR}$", re.IGNORECASE), (2, 1)),
)
_NUMBERED = re.compile(r"([^\d]*?)\s?(\d{1,4})$")


def first_days(names: list[str]) -> list[date | None]:
    """The first day of the period that each name says; None where it says none. Dates are written in one way."""
    styles = [style for style in time_styles_of(names) if style.name not in NUMERIC_STYLES]
    return [_week(name) or _month(name) or (_day(name, styles[0]) if styles else None) for name in names]


def _day(name: str, style: TimeStyle) -> date | None:
    reader = MomentReader(style, ZONE)
    moment = reader.read(name) if style.fits(name.strip()) else None
    return moment.astimezone(ZONE).date() if moment else None


def _month(name: str) -> date | None:
    text = name.strip()
    for pattern, (year, month) in _MONTH_FORMS:
        found = pattern.match(text)
        if found and 1 <= int(found[month]) <= 12:
            return date(int(found[year]), int(found[month]), 1)
    found = _NAMED_MONTH.match(text)
    if found and found[1].lower() in _MONTHS:
        return date(int(found[2] or 2000 + int(found[3])), _MONTHS[found[1].lower()], 1)
    return None


def _week(name: str) -> date | None:
    for pattern, (year, week) in _WEEK_FORMS:
        found = pattern.match(name.strip())
        if found:
            try:
                return date.fromisocalendar(int(found[year]), int(found[week]), 1)
            except ValueError:
                return None
    return None


def numbered(names: list[str]) -> list[int | None]:
    """The numbers of x1, x2, ... or 1, 2, ...: of the names that share the most frequent beginning."""
    found = [_NUMBERED.match(name.strip()) for name in names]
    beginnings = [match[1].lower() for match in found if match]
    if not beginnings:
        return [None] * len(names)
    usual = max(sorted(set(beginnings)), key=beginnings.count)
    return [int(match[2]) if match and match[1].lower() == usual else None for match in found]


def frequency_of(days: list[date]) -> Frequency:
    """How far apart the periods of a wide table are, by the most frequent distance."""
    ordered = sorted(set(days))
    gaps = [(later - earlier).days for earlier, later in pairwise(ordered)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 31
    return Frequency.DAY if usual <= 3 else Frequency.WEEK if usual <= 14 else Frequency.MONTH
