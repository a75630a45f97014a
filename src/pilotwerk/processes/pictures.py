"""Figures as people read them: bars, classes and variants, ready for the page, in the active
language.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from pilotwerk.processes.domain.map import LEVELS, USUAL_LEVEL, ProcessMap, dot, draw
from pilotwerk.processes.domain.quality.findings import TOLERABLE
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.web.templatetags.pw import duration_days, number

MOST_WEEKS = 78
HIGH_WEEK = 1.25
MONTH_LABELS = 6
PATH_STEPS = 8
TOP = 5
MISLEADING = 1.3

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WeekBar:
    monday: dt.date
    query: str
    cases: int
    height: str
    high: bool


@dataclass(frozen=True, slots=True)
class Weeks:
    """Columns by week. `limit` is from how many cases on a week stands out; `left_out` weeks lie before."""

    bars: tuple[WeekBar, ...]
    median: float
    median_cases: int
    median_height: str
    lowest: int
    highest: int
    limit: int
    any_high: bool
    labels: tuple[tuple[str, int], ...]
    left_out: int


def _percent(share: float) -> str:
    """A length for a style attribute: always with a point."""
    return f"{100 * share:.1f}%"


def weeks(facts: Facts) -> Weeks | None:
    """Cases by week, at most a year and a half of them; None where no case has a start."""
    series = [(dt.date.fromisoformat(one["week"]), one["cases"]) for one in facts.get("weeks") or ()]
    if not series:
        return None
    shown = series[-MOST_WEEKS:]
    top = max(count for _, count in shown) or 1
    median = facts["cases_per_week"]["median"]
    limit = math.ceil(HIGH_WEEK * median) if median else top + 1
    scale = 1.1 * top
    bars = tuple(
        WeekBar(
            monday,
            Selection(first=monday, last=monday + dt.timedelta(days=6)).query(),
            count,
            _percent(count / scale),
            count >= limit,
        )
        for monday, count in shown
    )
    return Weeks(
        bars=bars,
        median=median,
        median_cases=round(median),
        median_height=_percent(median / scale),
        lowest=min(bar.cases for bar in bars),
        highest=top,
        limit=limit,
        any_high=any(bar.high for bar in bars),
        labels=_months([monday for monday, _ in shown]),
        left_out=len(series) - len(shown),
    )


def _months(mondays: Sequence[dt.date]) -> tuple[tuple[str, int], ...]:
    """Labels below the columns, each with the number of weeks it spans; few enough to be read on a phone."""
    months = [
        (month, len(list(group))) for month, group in groupby(mondays, lambda day: (day.year, day.month))
    ]
    step = math.ceil(len(months) / MONTH_LABELS)
    found = []
    for start in range(0, len(months), step):
        part = months[start : start + step]
        year, month = part[0][0]
        span = sum(length for _, length in part)
        # A label needs the width of about three columns of a quarter year's picture.
        room = span / len(mondays) >= 0.08
        found.append((formats.date_format(dt.date(year, month, 1), "M") if room else "", span))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ClassBar:
    """`query` selects its cases."""

    label: str
    query: str
    cases: int
    share: float
    width: str


def classes(facts: Facts) -> list[ClassBar]:
    """Cycle time in classes, with lengths relative to the largest."""
    stored = facts.get("duration_classes") or []
    top = max((one["cases"] for one in stored), default=0) or 1
    return [
        ClassBar(
            _class_label(one["lower_days"], one["upper_days"]),
            Selection(longer=one["lower_days"] or 0.0, shorter=one["upper_days"]).query(),
            one["cases"],
            one["share"],
            _percent(one["cases"] / top),
        )
        for one in stored
    ]


def _boundary(days: float) -> tuple[str, str]:
    """A boundary of a class as number and unit, without needless decimals."""
    if days < 1 / 24:
        return number(round(days * 1440)), _("min")
    if days < 1:
        return number(round(days * 24)), _("h")
    return number(round(days)), _("day") if round(days) == 1 else _("days")


def _class_label(lower: float | None, upper: float | None) -> str:
    if lower is None:
        return _("under %(number)s %(unit)s") % dict(
            zip(("number", "unit"), _boundary(upper or 0), strict=True)
        )
    if upper is None:
        return _("%(number)s %(unit)s and more") % dict(
            zip(("number", "unit"), _boundary(lower), strict=True)
        )
    (low, low_unit), (high, unit) = _boundary(lower), _boundary(upper)
    if low_unit != unit and not (lower == 1 and unit == _("days")):
        return _("%(low)s %(low_unit)s to %(high)s %(unit)s") % {
            "low": low, "low_unit": low_unit, "high": high, "unit": unit,
        }  # fmt: skip
    return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}


@dataclass(frozen=True, slots=True)
class VariantRow:
    path: str
    like: int | None
    cases: int
    share: float
    width: str
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Variants:
    """The most frequent ways; `rest` more with `rest_cases`."""

    rows: tuple[VariantRow, ...]
    covered: float
    rest: int
    rest_cases: int


def path_text(activities: Sequence[str]) -> str:
    """A way in words: steps that repeat at once are counted, a long way is cut."""
    steps = [(name, len(list(group))) for name, group in groupby(activities)]
    words = [f"{name} ×{count}" if count > 1 else name for name, count in steps[:PATH_STEPS]]
    if len(steps) > PATH_STEPS:
        words.append(_("%(count)s more") % {"count": len(steps) - PATH_STEPS})
    return " → ".join(words)


def variants(facts: Facts) -> Variants | None:
    """The five most frequent ways; None for a table without steps."""
    stored = (facts.get("top_variants") or [])[:TOP]
    if not stored:
        return None
    top = stored[0]["share"]
    rows = tuple(
        VariantRow(
            path_text(one["activities"]),
            one.get("example"),
            one["cases"],
            one["share"],
            _percent(one["share"] / top),
            one["median_days"],
        )
        for one in stored
    )
    covered = sum(row.cases for row in rows)
    return Variants(rows, covered / facts["cases"], facts["variants"] - len(rows), facts["cases"] - covered)


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    rows: tuple[Mapping[str, Any], ...]
    rest_share: float


def bottlenecks(facts: Facts) -> Bottlenecks | None:
    """The transitions in which most of the waiting time lies; None where nothing waits."""
    rows = [
        {
            **one,
            "source": one["from"],
            "target": one["to"],
            "query": Selection(source=one["from"], target=one["to"]).query(),
        }
        for one in (facts.get("bottlenecks") or [])[:TOP]
    ]
    if not rows:
        return None
    return Bottlenecks(tuple(rows), max(0.0, 1 - sum(row["share_of_waiting"] for row in rows)))


@dataclass(frozen=True, slots=True)
class MapPicture:
    """`drawn` is the usual map; `levels` from the main way to all ways, each as Graphviz's text and in words."""

    drawn: ProcessMap
    levels: list[dict[str, str]]
    level: int

    @property
    def last_level(self) -> int:
        return len(self.levels) - 1


def process_map(facts: Facts) -> MapPicture | None:
    """The map for Graphviz in the browser, and the same ways for a table."""
    drawn = draw(facts)
    if drawn is None:
        return None
    levels: list[dict[str, str]] = []
    usual = 0
    for level, share in enumerate(LEVELS):
        found = draw(facts, level)
        if found is None or (levels and levels[-1]["dot"] == _dot(found)):
            continue
        levels.append({"dot": _dot(found), "words": _level_words(found, share)})
        if level <= USUAL_LEVEL:
            usual = len(levels) - 1
    return MapPicture(drawn, levels, usual)


def _dot(drawn: ProcessMap) -> str:
    return dot(drawn, number=number, wait=duration_days)


def _level_words(drawn: ProcessMap, share: float | None) -> str:
    """What the slider shows at this step."""
    if share is None:
        return _("The most frequent way alone")
    if not drawn.left_out:
        return _("All connections")
    values = {
        "shown": number(len(drawn.ways)),
        "all": number(len(drawn.ways) + drawn.left_out),
        "times": number(drawn.left_out_count),
    }
    return _("%(shown)s of %(all)s connections; the others were taken %(times)s times in all") % values


@dataclass(frozen=True, slots=True)
class Hours:
    """When cases begin: bars by weekday, counts by hour of the day, and the busiest of both."""

    weekdays: tuple[tuple[str, int, str], ...]
    hours: tuple[tuple[int, int], ...]
    busiest_day: str
    busiest_hour: int


def hours(facts: Facts) -> Hours | None:
    """None where the data holds days without a time of day."""
    counted = facts.get("hours")
    if not counted:
        return None
    days = [sum(day) for day in counted]
    by_hour = [sum(day[hour] for day in counted) for hour in range(24)]
    most = max(days) or 1
    return Hours(
        tuple((str(WEEKDAYS[i]), count, _percent(count / most)) for i, count in enumerate(days)),
        tuple(enumerate(by_hour)),
        str(WEEKDAYS[days.index(max(days))]),
        by_hour.index(max(by_hour)),
    )


def trend(facts: Facts) -> str:
    """Whether the volume grows, in a sentence; "" where nothing can be told."""
    found = facts.get("trend")
    if not found:
        return ""
    values = {
        "weeks": number(found["weeks"]),
        "change": number(abs(found["slope"]) * 4, 1),
        "low": number(min(map(abs, found["interval"])) * 4, 1),
        "high": number(max(map(abs, found["interval"])) * 4, 1),
    }
    if found["direction"] == "up":
        return (
            _("Over %(weeks)s weeks %(change)s cases a week more every four weeks (%(low)s to %(high)s).")
            % values
        )
    if found["direction"] == "down":
        return (
            _("Over %(weeks)s weeks %(change)s cases a week fewer every four weeks (%(low)s to %(high)s).")
            % values
        )
    return _("Over %(weeks)s weeks no trend is proven.") % values


@dataclass(frozen=True, slots=True)
class Cost:
    """What the work on a case costs; in euro, with what it rests on."""

    a_case: float
    a_year: float | None
    minutes: float
    hourly: float
    n: int


def cost(facts: Facts, hourly: float | None) -> Cost | None:
    """Mean handling time times the cost of an hour; a year is 52 median weeks. None where one of both is not known."""
    minutes = facts.get("handling_minutes")
    if not minutes or not hourly:
        return None
    a_case = minutes["mean"] / 60 * hourly
    per_week = facts.get("cases_per_week")
    a_year = a_case * per_week["median"] * 52 if per_week else None
    return Cost(a_case, a_year, minutes["mean"], hourly, minutes["n"])


def facts_context(facts: Facts) -> dict[str, Any]:
    """Every picture of these facts, for the page."""
    return {
        "mean_misleads": mean_misleads(facts),
        "weeks": weeks(facts),
        "trend": trend(facts),
        "hours": hours(facts),
        "classes": classes(facts),
        "variants": variants(facts),
        "bottlenecks": bottlenecks(facts),
        "handovers": [
            {**one, "source": one["from"], "target": one["to"]}
            for one in (facts.get("handovers") or {}).get("pairs", ())
        ],
        "map": process_map(facts),
    }


def mean_misleads(facts: Facts) -> bool:
    """Whether a few long cases pull the mean so far up that it says something else than the median."""
    found = facts.get("duration_days")
    return bool(found and found["mean"] > MISLEADING * found["median"])


def good_enough(facts: Facts) -> bool:
    """Whether few enough rows were rejected for the figures to stand."""
    return bool(facts["rows_rejected"] <= TOLERABLE * max(facts["rows"], 1))
