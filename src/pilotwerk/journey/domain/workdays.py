"""Which days a company works: no weekends, no public holidays of its state or canton."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Region:
    """A country ("DE", "AT", "CH") and, where known, its state or canton ("SH", "W", "ZH").

    Without a subdivision only the holidays of the whole country count.
    """

    country: str
    subdivision: str = ""


@lru_cache(maxsize=64)
def _holidays(region: Region) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(region.country, subdiv=region.subdivision or None, language="de")
    except NotImplementedError as unknown:  # that is how the package says that it does not know the region
        raise ValueError(f"no public holidays known for {region.country} {region.subdivision}") from unknown


def is_workday(day: date, region: Region) -> bool:
    """Whether people in the region usually work on this day. Raises ValueError for an unknown region."""
    return day.weekday() < SATURDAY and day not in _holidays(region)


def next_workday(day: date, region: Region) -> date:
    """The day itself if people work on it, otherwise the first later day on which they do."""
    while not is_workday(day, region):
        day += ONE_DAY
    return day


def previous_workday(day: date, region: Region) -> date:
    """The day itself if people work on it, otherwise the last earlier day on which they did."""
    while not is_workday(day, region):
        day -= ONE_DAY
    return day
