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
    """One figure of both parts. `change` is "" where one of them is not known; `opens` says which cases of a
    part are behind the figure, as a parameter of an address ("" for all, None where no list shows them).
    """

    label: str
    first: str
    second: str
    change: str
    opens: str | None = None


def halves(facts: Facts) -> tuple[Selection, Selection]:
    """The earlier and the later half of the weeks in which cases begin: what a person compares first."""
    mondays = [dt.date.fromisoformat(one["week"]) for one in facts.get("weeks") or ()]
    if len(mondays) < 2:
        return Selection(), Selection()
    middle, day = mondays[len(mondays) // 2], dt.timedelta(days=1)
    last = mondays[-1] + 6 * day
    return Selection(first=mondays[0], last=middle - day), Selection(first=middle, last=last)


def headline(first: Facts, second: Facts) -> str:
    """What differs most plainly, in a sentence; "" where the cycle time of a part is not known."""
    days = [_at(one, ("duration_days", "median")) for one in (first, second)]
    if None in days:
        return ""
    values = {"first": duration_days(days[0]), "second": duration_days(days[1])}
    if days[0] == days[1]:
        return _("Half of the cases take at most %(first)s, in both parts") % values
    return _("Half of the cases take at most %(second)s in the second part, %(first)s in the first") % values


def rows(first: Facts, second: Facts) -> list[Row]:
    """Every figure that both parts may have; one that neither has is left out."""
    found = []
    for label, path, kind, known in _figures():
        one, other = _at(first, path), _at(second, path)
        if one is None and other is None:
            continue
        found.append(Row(label, _said(one, kind), _said(other, kind), _change(one, other, kind), known))
    return found


def _figures() -> tuple[tuple[str, tuple[str, ...], str, str | None], ...]:
    """Label, place in the facts, kind, and the cases behind each figure, in the active language."""
    return (
        (_("Cases"), ("cases",), "number", ""),
        (_("Cases a week, median"), ("cases_per_week", "median"), "number", ""),
        (_("Cycle time, median"), ("duration_days", "median"), "days", "known=end"),
        (_("Cycle time, nine of ten cases at most"), ("duration_days", "p90"), "days", "known=end"),
        (_("Handling time, mean"), ("handling_minutes", "mean"), "minutes", "known=handling"),
        (_("Handling time, median"), ("handling_minutes", "median"), "minutes", "known=handling"),
        (_("Work as a share of the cycle time"), ("time_split", "handling_share"), "share", None),
        (_("Cases with rework"), ("rework_share",), "share", "again=*"),
        (_("Different ways"), ("variants",), "number", None),
        (_("Share of the most frequent way"), ("top_variant_share",), "share", None),
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
    if one == other:
        return _("no difference")
    if kind == "share":
        points = 100 * (other - one)
        if abs(points) < 0.05:
            return _("hardly more") if points > 0 else _("hardly less")
        text = number(abs(points), 1)
        return (_("%(points)s points more") if points > 0 else _("%(points)s points less")) % {"points": text}
    if not one:
        return ""
    change = abs(other - one) / one
    if change < 0.005:
        return _("hardly more") if other > one else _("hardly less")
    share = percent(change)
    return (_("%(share)s more") if other > one else _("%(share)s less")) % {"share": share}
