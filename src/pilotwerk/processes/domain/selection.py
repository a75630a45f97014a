"""Which cases of an import are meant: the cases behind a figure, a period, a group."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from urllib.parse import urlencode

from pilotwerk.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Selection:
    """Every condition that is given must hold; none given means all cases.

    `first` and `last` are the days on which a case begins, both included. `topic` is the number of a topic of the
    texts. `longer` and `shorter` bound the cycle time in days: at least, and less than. `step`: the case passes this
    step; `again`: it does so more than once ("*": any step). `source` and `target`: one step directly follows the
    other. `like`: the number of a case that takes the same way. `weekday` 0 (Monday) to 6 and `hour` 0 to 23: when
    the case begins. `known`: the case has a "text", "answer", "category", "handling" time or an "end".
    """

    first: dt.date | None = None
    last: dt.date | None = None
    category: str | None = None
    topic: int | None = None
    longer: float | None = None
    shorter: float | None = None
    step: str | None = None
    again: str | None = None
    source: str | None = None
    target: str | None = None
    like: int | None = None
    weekday: int | None = None
    hour: int | None = None
    known: str | None = None

    @classmethod
    def read(cls, given: Mapping[str, str], prefix: str = "") -> Self:
        """From the parameters of an address. Raises `BadInput` for a value that cannot be one."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            if text := given.get(prefix + field.name, "").strip():
                try:
                    values[field.name] = _READ[field.name](text)
                except ValueError as error:
                    raise BadInput("This part of the address cannot be read.", column=field.name) from error
        found = cls(**values)
        if found.known is not None and found.known not in KNOWN:
            raise BadInput("This part of the address cannot be read.", column="known")
        if found.first and found.last and found.last < found.first:
            raise BadInput("The last day lies before the first one.", column="last")
        return found

    def __bool__(self) -> bool:
        return any(value is not None for value in self.values())

    def values(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]

    def query(self, prefix: str = "") -> str:
        """The same as parameters of an address."""
        given = {prefix + name: str(value) for name, value in asdict(self).items() if value is not None}
        return urlencode(given)


def _day(text: str) -> dt.date:
    """ISO, or as written in German: 31.12.2026."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return dt.datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 -- a day has no zone


def _days(text: str) -> float:
    found = float(text)
    if not 0 <= found < 1e6:
        raise ValueError(text)
    return found


def _below(limit: int) -> Any:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) >= limit:
            raise ValueError(text)
        return int(text)

    return read


def _text(text: str) -> str:
    return text[:500]


KNOWN = {"text": "text", "answer": "answer", "category": "category", "handling": "handling", "end": "closed"}
_READ = {
    "first": _day,
    "last": _day,
    "category": _text,
    "topic": _below(1000),
    "longer": _days,
    "shorter": _days,
    "step": _text,
    "again": _text,
    "source": _text,
    "target": _text,
    "like": _below(10**12),
    "weekday": _below(7),
    "hour": _below(24),
    "known": _text,
}
