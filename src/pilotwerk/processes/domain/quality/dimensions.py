"""How good a table is after the dimensions of ISO/IEC 25012, each a share 0..1, or None where it cannot be told.

The standard names and describes the dimensions (its "accuracy" is called validity here, because only the way of
writing can be checked against a file, and "currentness" is called timeliness); the formulas are ours.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

from pilotwerk.processes.domain.messages import gettext_noop
from pilotwerk.processes.domain.quality.columns import Column

NAMES = ("completeness", "validity", "uniqueness", "consistency", "timeliness")

BASIS: dict[str, str] = {
    "completeness": gettext_noop(
        "Cells with a value, of all cells. Words for nothing (n/a, Select, keine Angabe) are no value."
    ),
    "validity": gettext_noop(
        "Values that fit their column, of all values in columns with a way of writing of their own: numbers, "
        "existing dates between 1900 and 2200, e-mail addresses, IBANs with right check digits, numbers of one "
        "pattern."
    ),
    "uniqueness": gettext_noop(
        "Rows that neither equal an earlier row nor repeat its identifier, of all rows."
    ),
    "consistency": gettext_noop(
        "Rows without a contradiction, of all rows: end before start, two categories for one case, a spelling "
        "variant, mixed units or decimal signs."
    ),
    "timeliness": gettext_noop(
        "Periods with at least one entry, of all periods from the first entry until today: weeks, or months where "
        "fewer than half of the weeks between first and last entry have one."
    ),
}


def completeness(columns: Sequence[Column], rows: int) -> float | None:
    """1 minus missing cells by all cells."""
    if not rows or not columns:
        return None
    return sum(column.filled for column in columns) / (rows * len(columns))


def validity(columns: Iterable[Column]) -> float | None:
    """Fitting values by values, over the columns whose values can be checked; None where there is none."""
    checked = [column for column in columns if column.invalid is not None and column.filled]
    filled = sum(column.filled for column in checked)
    if not filled:
        return None
    return 1 - sum(column.invalid or 0 for column in checked) / filled


def share_without(rows_concerned: int, rows: int) -> float | None:
    """1 minus rows concerned by rows."""
    return 1 - rows_concerned / rows if rows else None


def timeliness(entries: Mapping[dt.date, int], today: dt.date) -> float | None:
    """Filled periods by periods from the first entry until `today`; entries after it do not count.

    `entries` counts rows by day. The period is a week, or a month where fewer than half of the weeks between
    the first and the last entry are filled.
    """
    days = [day for day, count in entries.items() if count and day <= today]
    if not days:
        return None
    weeks = {_week(day) for day in days}
    if len(weeks) >= 0.5 * (max(weeks) - min(weeks) + 1):
        return len(weeks) / (_week(today) - min(weeks) + 1)
    months = {_month(day) for day in days}
    return len(months) / (_month(today) - min(months) + 1)


def _week(day: dt.date) -> int:
    return (day.toordinal() - 1) // 7


def _month(day: dt.date) -> int:
    return 12 * day.year + day.month


# A gap is worth a word from so many days on, and where it is so many times longer than usual.
GAP_DAYS = 14
GAP_TIMES = 10
STALE_DAYS = 90


def longest_gap(entries: Mapping[dt.date, int]) -> tuple[dt.date, dt.date] | None:
    """First and last day without an entry in the longest gap, where it stands out; else None.

    It stands out from 14 days on, where it is more than ten times as long as 95 % of the steps from one day with
    entries to the next.
    """
    days = sorted(day for day, count in entries.items() if count)
    if len(days) < 10:
        return None
    steps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    usual = sorted(steps)[min(math.ceil(0.95 * len(steps)), len(steps)) - 1]
    longest = max(range(len(steps)), key=lambda index: steps[index])
    if steps[longest] - 1 < GAP_DAYS or steps[longest] <= GAP_TIMES * usual:
        return None
    one = dt.timedelta(days=1)
    return days[longest] + one, days[longest + 1] - one


def stale_days(entries: Mapping[dt.date, int], today: dt.date) -> int | None:
    """Age of the newest entry in days where it is more than 90; entries after `today` do not count."""
    days = [day for day, count in entries.items() if count and day <= today]
    if not days:
        return None
    age = (today - max(days)).days
    return age if age > STALE_DAYS else None
