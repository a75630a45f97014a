"""The only source of the present moment, so that tests and the sample company can live on other days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_travelled_to: ContextVar[datetime | None] = ContextVar("travelled_to", default=None)


def now() -> datetime:
    """The present moment as an aware datetime in UTC."""
    return _travelled_to.get() or datetime.now(UTC)


def today(tz_name: str = "Europe/Berlin") -> date:
    """The calendar day at the given IANA time zone."""
    return now().astimezone(ZoneInfo(tz_name)).date()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("travel() needs an aware datetime")
    token = _travelled_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _travelled_to.reset(token)
