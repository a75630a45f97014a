"""Two parts of an import side by side, in words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pilotwerk.processes.domain.selection import Selection
from pilotwerk.web.templatetags.pw import duration_days, number, percent

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both parts. `change` is "" where one of them is not known."""

    label: str
    first: str
    second: str
    change: str


def halves(facts: Facts) -> tuple[Selection, Selection]:
    """The earlier and the later half of the time that the data covers: what a person compares first."""
    if not facts.get("first") or not facts.get("last"):
        return Selection(), Selection()
    first, last = (dt.datetime.fromisoformat(facts[name]).date() for name in ("first", "last"))
    middle = first + (last - first) / 2
    return Selection(first=first, last=middle), Selection(first=middle + dt.timedelta(days=1), last=last)


def rows(first: Facts, second: Facts) -> list[Row]:
    """Every figure that both parts may have; one that neither has is left out."""
    found = []
    for label, path, kind in _figures():
        one, other = _at(first, path), _at(second, path)
        if one is None and other is None:
            continue
        found.append(Row(label, _said(one, kind), _said(other, kind), _change(one, other, kind)))
    return found


def _figures() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Label, place in the facts, and kind of each figure, in the active language."""
    return (
        (_("Cases"), ("cases",), "number"),
        (_("Cases a week, median"), ("cases_per_week", "median"), "number"),
        (_("Cycle time, median"), ("duration_days", "median"), "days"),
        (_("Cycle time, nine of ten cases at most"), ("duration_days", "p90"), "days"),
        (_("Handling time, mean"), ("handling_minutes", "mean"), "minutes"),
        (_("Handling time, median"), ("handling_minutes", "median"), "minutes"),
        (_("Work as a share of the cycle time"), ("time_split", "handling_share"), "share"),
        (_("Cases with rework"), ("rework_share",), "share"),
        (_("Different ways"), ("variants",), "number"),
        (_("Share of the most frequent way"), ("top_variant_share",), "share"),
    )


def _at(facts: Facts, path: tuple[str, ...]) -> float | None:
    found: Any = facts
    for name in path:
        found = found.get(name) if found else None
    return found  # type: ignore[no-any-return]


def _said(value: float | None, kind: str) -> str:
    if value is None:
        return _("open")
    if kind == "days":
        return duration_days(value)
    if kind == "share":
        return percent(value, 1)
    if kind == "minutes":
        return _("%(minutes)s min") % {"minutes": number(value, 1)}
    return number(value)


def _change(one: float | None, other: float | None, kind: str) -> str:
    """Shares change by percentage points, all else by a share of the first value."""
    if one is None or other is None:
        return ""
    if kind == "share":
        points = 100 * (other - one)
        text = number(abs(points), 1)
        return (_("%(points)s points more") if points > 0 else _("%(points)s points less")) % {"points": text}
    if not one:
        return ""
    share = percent(abs(other - one) / one)
    return (_("%(share)s more") if other > one else _("%(share)s less")) % {"share": share}
