"""Follow-up days: so many days on which people work where the company is."""

from __future__ import annotations

from datetime import date, timedelta

from pilotwerk.journey.domain.workdays import Region, is_workday, next_workday

ONE_DAY = timedelta(days=1)


def after_workdays(day: date, count: int, region: Region) -> date:
    """The day on which `count` working days have passed; 0 is the day itself or the next working one."""
    day = next_workday(day, region)
    while count > 0:
        day = next_workday(day + ONE_DAY, region)
        count -= 1
    return day


__all__ = ["Region", "after_workdays", "is_workday", "next_workday"]
