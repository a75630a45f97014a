"""Working days and working hours in Schleswig-Holstein, and how busy a day is."""

import math
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

OPENS, CLOSES = time(7, 30), time(16, 30)
HOURS_A_DAY = 9.0
_WEEKDAY_LOAD = (1.28, 1.05, 0.98, 0.94, 0.75)
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("DE", subdiv="SH", years=year))


def is_working(day: date) -> bool:
    """Whether the office is staffed on this day."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_days(first: date, last: date) -> list[date]:
    """All working days from `first` to `last`, both included."""
    span = (last - first).days
    return [day for offset in range(span + 1) if is_working(day := first + timedelta(days=offset))]


def after(day: date, days: int) -> date:
    """The working day that lies `days` working days after `day`."""
    while days > 0 or not is_working(day):
        day += timedelta(days=1)
        days -= is_working(day)
    return day


def cold(day: date) -> float:
    """How much heating season there is, 0 (June) to 1 (December); rises steeply in September."""
    wave = math.cos(2 * math.pi * (day.timetuple().tm_yday - 350) / 365.25)
    return 1 / (1 + math.exp(-5 * (wave + 0.05)))


def load(day: date) -> float:
    """Expected requests of a working day relative to a quiet one."""
    return _WEEKDAY_LOAD[day.weekday()] * (0.72 + 0.55 * cold(day))


def moment(day: date, rng: Random) -> datetime:
    """A moment within opening hours, mornings busier."""
    hour = min(rng.betavariate(1.5, 2.0), 0.97) * HOURS_A_DAY
    return datetime.combine(day, OPENS) + timedelta(minutes=round(hour * 60))


def add_hours(start: datetime, hours: float) -> datetime:
    """`start` plus working hours; evenings, weekends and holidays do not count."""
    now, left = start, timedelta(hours=hours)
    while True:
        closing = datetime.combine(now.date(), CLOSES)
        if is_working(now.date()) and now < closing:
            if now + left <= closing:
                return (now + left).replace(microsecond=0)
            left -= closing - now
        now = datetime.combine(now.date() + timedelta(days=1), OPENS)


def long_date(day: date) -> str:
    """ "Dienstag, 24. November" """
    return f"{WEEKDAYS[day.weekday()]}, {day.day}. {MONTHS[day.month - 1]}"
