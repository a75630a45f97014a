"""The report that is due, as a case, and the figures of its period from the table as it is now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.recipes.base import Noticed
from pilotwerk.pilots.recipes.reports.calendar import Rhythm
from pilotwerk.pilots.recipes.reports.compute import compute_from
from pilotwerk.pilots.recipes.reports.cube import cube_of
from pilotwerk.pilots.recipes.reports.facts import Fact, Facts, Role
from pilotwerk.pilots.recipes.reports.kept import packed, said_of_periods, unpacked
from pilotwerk.pilots.recipes.reports.learning import table_in
from pilotwerk.pilots.recipes.reports.numbers import day_name, label_name, period_name
from pilotwerk.pilots.recipes.reports.recurrence import Due, due

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pilotwerk.pilots.recipes.base import CaseView, Place, Sheet
    from pilotwerk.pilots.recipes.reports.cube import Cube
    from pilotwerk.pilots.recipes.reports.spec import Spec

# The recipe is asked for a day; at noon every time zone agrees which day it is there.
NOON = time(12)


def notice(spec: Spec, place: Place, cases: Sequence[CaseView], taken: datetime | None) -> Noticed:
    """The report that is due, where there is none yet; and whose figures come from an older table than there is."""
    moment = datetime.combine(place.today, NOON, ZoneInfo(spec.zone))
    found = due(
        spec,
        moment,
        {case.key for case in cases},
        since=place.started,
        wait_days=int(place.options.get("wait_days") or 0),
    )
    table = taken.isoformat() if taken else ""
    earlier = _earlier(cases)
    news = {
        case.key: {**case.payload, "table": table, "earlier": earlier}
        for case in cases
        if case.undecided and case.payload.get("table") != table
    }
    return Noticed(new=(_opened(spec, found, place, table, earlier),) if found else (), news=news)


def _earlier(cases: Sequence[CaseView]) -> str:
    """What the last report that went out said about its periods."""
    sent = [case for case in cases if case.sent_at and case.details.get("facts")]
    return packed(said_of_periods(unpacked(sent[-1].details["facts"]))) if sent else ""


def _opened(spec: Spec, found: Due, place: Place, table: str, earlier: str) -> NewCase:
    language = str(place.options.get("language") or "de")
    period = period_name(spec.frequency, found.period, language)
    values = {"first": day_name(found.first_day, language), "last": day_name(found.last_day, language)}
    text = _("The report for %(first)s to %(last)s is due.") % values
    if found.skipped:
        labels = [key.partition(":")[2] for key in found.skipped]
        left_out = ", ".join(label_name(spec.frequency, one, language) for one in labels)
        text += "\n" + _("No report was made for: %(periods)s.") % {"periods": left_out}
    return NewCase(
        key=found.key,
        subject=f"{spec.title}, {period}",
        text=text,
        payload={"period": found.period, "table": table, "earlier": earlier, "skipped": list(found.skipped)},
    )


def facts_for(sheet: Sheet, spec: Spec, payload: Mapping[str, Any], today: date) -> Facts:
    """The facts of the case's period; of one without rows, that there are none. Raises `BadInput`."""
    table = table_in(sheet)
    cube = cube_of(table, spec)
    period = int(payload["period"])
    if not (cube.periods == period).any():
        return _nothing(cube, period, today)
    earlier = payload.get("earlier") or ""
    return compute_from(cube, table, period, today=today, earlier=_known(earlier) if earlier else None)


def _known(text: str) -> Facts | None:
    """What an earlier version of the program kept may be of another shape; then nothing is said about it."""
    try:
        return unpacked(text)
    except BadInput:
        return None


def _nothing(cube: Cube, period: int, today: date) -> Facts:
    rhythm = Rhythm(cube)
    whole = tuple(one for one in range(cube.first, cube.last + 1) if rhythm.is_whole(one, today))
    until = min(cube.last_day, today).isoformat()
    rows = Fact("f1", Role.NUMBER, Fraction(0), what="rows", period=period)
    return Facts(cube.spec, period, (rows,), complete=False, data_until=until, whole=whole)


def day_after(spec: Spec, period: int) -> date:
    """The day of the document: it follows from the period, so that the same report is the same file."""
    return spec.frequency.last_day(period) + timedelta(days=1)
