"""Points in time as people and programs write them in a table, read into aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pilotwerk.processes.domain.values import TIME_STYLES, TimeStyle, is_missing, time_styles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class MomentReader:
    """Reads the values of one column. How it writes points in time is decided over all its values."""

    style: TimeStyle | None
    zone: ZoneInfo

    @classmethod
    def over(cls, values: Iterable[str], tz_name: str = "Europe/Berlin") -> MomentReader:
        """Values without a zone are in `tz_name`."""
        styles = time_styles_of(value for value in values if not is_missing(value))
        return cls(styles[0] if styles else None, ZoneInfo(tz_name))

    def read(self, text: str) -> datetime | None:
        """The point in time, in UTC; None where it cannot be read."""
        text = text.strip()
        usual = [self.style] if self.style and self.style.fits(text) else list(TIME_STYLES)
        for style in usual:
            found = _read(text, style.formats) if style.fits(text) else None
            if found is not None:
                return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
        return None


def _read(text: str, formats: Sequence[str]) -> datetime | None:
    if not formats:
        return _without_format(text)
    for form in formats:
        try:
            found = datetime.strptime(text.replace("T", " "), form)  # noqa: DTZ007 -- the caller adds the zone
        except ValueError:
            continue
        # A day without a clock time: noon keeps it on that day in every European zone.
        return found if "%H" in form or "%I" in form else datetime.combine(found.date(), time(12))
    return None


def _without_format(text: str) -> datetime | None:
    """ISO 8601, or seconds, milliseconds or microseconds since 1970."""
    try:
        if text.replace(".", "", 1).isdigit():
            seconds = float(text)
            while seconds > 1e11:
                seconds /= 1000
            return datetime.fromtimestamp(seconds, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if len(text) > 10 else datetime.combine(found.date(), time(12))
