"""Figures and checks of this room in words."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.kpis.catalogue import Kpi
from pilotwerk.kpis.domain.measures import TooLittle
from pilotwerk.kpis.domain.smart import Direction, Point
from pilotwerk.web.templatetags.pw import number, percent, short_date

# Which of an import's cases a KPI is measured on, as a parameter of the page of cases; "" for all of them.
BEHIND = {
    "cases_per_week": "known=end",
    "cycle_time_median": "known=end",
    "cycle_time_p90": "known=end",
    "closed_within_two_days": "known=end",
    "handling_minutes_mean": "known=handling",
}


def value_text(value: float, unit: str) -> str:
    """A KPI's value with its unit."""
    if unit == "share":
        return percent(value, 0 if abs(value) >= 0.1 or value == 0 else 1)
    is_whole_count = unit == "cases" and value == int(value)
    figure = number(value, 0 if is_whole_count or abs(value) >= 100 else 1)
    words = {
        "days": _("%(figure)s days"),
        "hours": _("%(figure)s hours"),
        "minutes": _("%(figure)s minutes"),
        "cases": _("%(figure)s cases"),
    }
    return words[unit] % {"figure": figure}


def change_text(change: float | None) -> str:
    """A relative change: 30 % less, 12 % more."""
    if change is None:
        return ""
    share = percent(abs(change))
    return (_("%(share)s less") if change < 0 else _("%(share)s more")) % {"share": share}


def basis_text(kpi: Kpi, n: int, first: date, last: date) -> str:
    """Over how many cases or weeks a value was measured, and when."""
    if kpi.id == "cases_per_week":
        count = ngettext("%(n)s week", "%(n)s weeks", n) % {"n": number(n)}
    else:
        count = ngettext("%(n)s case", "%(n)s cases", n) % {"n": number(n)}
    return _("%(count)s from %(first)s to %(last)s") % {
        "count": count,
        "first": short_date(first),
        "last": short_date(last),
    }


def too_little_text(result: TooLittle) -> str:
    """Why a KPI cannot be computed, and what would help."""
    texts = {
        "cases": _("So far %(found)s cases; at least %(needed)s are needed"),
        "weeks": _("So far %(found)s whole weeks; at least %(needed)s are needed"),
        "closed": _("So far %(found)s cases with opening and closing; at least %(needed)s are needed"),
        "handling_minutes": _("So far %(found)s cases with minutes of work; at least %(needed)s are needed"),
        "event_log": _("Needs an event log: the steps of each case with their times"),
    }
    return texts[result.what] % {"found": number(result.found), "needed": number(result.needed)}


def smart_text(point: Point, *, kpi: Kpi, met: bool, window: tuple[date, date]) -> str:
    """A point of the check in words: what holds, or what to change."""
    better = kpi.direction is Direction.LOWER
    days = {"first": short_date(window[0]), "last": short_date(window[1])}
    texts = {
        Point.SPECIFIC: (_("Specific: one figure with a fixed definition"), ""),
        Point.MEASURABLE: (
            _("Measurable: the baseline comes from imported data"),
            _("Measurable: there is no baseline from data"),
        ),
        Point.AMBITIOUS: (
            _("Ambitious: the target is better than the baseline"),
            _("Ambitious: choose a target below the baseline; less is better here")
            if better
            else _("Ambitious: choose a target above the baseline; more is better here"),
        ),
        Point.REACHABLE: (
            _("Reachable: the target is a possible value"),
            _("Reachable: this value cannot occur; a share lies between 0 and 100%"),
        ),
        Point.TIMED: (
            _("Timed: the due date lies inside the plan, %(first)s to %(last)s") % days,
            _("Timed: choose a day after %(first)s and until %(last)s") % days,
        ),
        Point.OWNED: (_("Owned: one person looks after it"), _("Owned: choose a person who looks after it")),
    }
    return texts[point][0 if met else 1]
