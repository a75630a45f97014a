"""Which report is due: each period once, also after the machine was off for weeks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pilotwerk.core.errors import BadInput

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.spec import Spec

SENDING_HOUR = 6
"""Local hour of the day after a period's end from which on its report is due."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that has to be made. `key` is the same whenever and however often it is asked for.

    `skipped` are the keys of earlier periods without a report: they are named in the report, not sent one by one.
    """

    period: int
    key: str
    first_day: date
    last_day: date
    skipped: tuple[str, ...] = ()


def period_key(spec: Spec, period: int) -> str:
    """For a unique constraint together with the pilot: W:2026-W14 or M:2026-03."""
    return f"{spec.frequency.value}:{spec.frequency.label(period)}"


def due(
    spec: Spec, now: datetime, done: Collection[str] = (), *, since: date | None = None, wait_days: int = 0
) -> Due | None:
    """The newest period that is over, unless it has been reported; None where nothing is due.

    `now` is aware. `done` holds the keys of the reports that there are, in whatever state. `since` is the day on which
    the pilot started: periods that were over before it are not made up for, except the newest. `wait_days` leaves time
    for late rows.
    """
    if now.tzinfo is None:
        raise BadInput("The moment needs a time zone.")
    local = now.astimezone(ZoneInfo(spec.zone))
    day = local.date() - timedelta(days=wait_days)
    if local.hour < SENDING_HOUR:
        day -= timedelta(days=1)
    newest = spec.frequency.number(day) - 1
    key = period_key(spec, newest)
    known = set(done)
    if key in known:
        return None
    skipped = []
    period = newest - 1
    while since is not None and spec.frequency.last_day(period) >= since:
        if period_key(spec, period) not in known:
            skipped.append(period_key(spec, period))
        period -= 1
    return Due(
        newest,
        key,
        spec.frequency.first_day(newest),
        spec.frequency.last_day(newest),
        tuple(reversed(skipped)),
    )
