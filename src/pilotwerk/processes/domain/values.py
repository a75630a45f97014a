"""How dates and numbers are written: German, British, American, ISO, seconds since 1970.

A way of writing is a pattern to recognise it and formats to read it (strptime, as DuckDB understands them).
Which way a column uses is decided over the whole column, never value by value: "03.04.2026" in one row must
not be April and in the next one March.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Values that people and programs write for "nothing". Compared in lower case, without spaces around.
MISSING = (
    "", "-", "--", "n/a", "na", "n.a.", "null", "none", "nan", "nil", "select", "keine angabe", "k. a.",
    "k.a.", "unbekannt", "missing", "#n/a", "#nv", "#wert!", "#value!", "#ref!", "#bezug!",
)  # fmt: skip

_CLOCK = (" %H:%M:%S.%f", " %H:%M:%S", " %H:%M", "")
_CLOCK12 = (" %I:%M:%S %p", " %I:%M %p")
_TAIL = r"(?:[ T,].*)?$"


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """One way of writing a point in time. No formats: ISO 8601 or a number of seconds, read without
    strptime.
    """

    name: str
    pattern: re.Pattern[str]
    formats: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        return self.pattern.match(value) is not None


def _style(name: str, date: str, *formats: str, clocks: tuple[str, ...] = _CLOCK) -> TimeStyle:
    """`date` is the pattern of the date, `formats` its strptime forms; every clock may follow each of
    them.
    """
    return TimeStyle(
        name,
        re.compile(date + _TAIL, re.IGNORECASE),
        tuple(form + clock for form in formats for clock in clocks),
    )


_MONTHS = r"(?:jan|feb|mar|mär|mrz|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)[a-zä]*\.?"
_BOTH = _CLOCK + _CLOCK12

# In this order where several fit equally well: a German company's "03/04/2026" is the 3rd of April.
TIME_STYLES: tuple[TimeStyle, ...] = (
    TimeStyle("iso", re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?$")),
    _style("d.m.y", r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    _style("d.m.yy", r"\d{1,2}\.\d{1,2}\.\d{2}", "%d.%m.%y"),
    _style("d/m/y", r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y", clocks=_BOTH),
    _style("m/d/y", r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y", clocks=_BOTH),
    _style("d/m/yy", r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y", clocks=_BOTH),
    _style("m/d/yy", r"\d{1,2}/\d{1,2}/\d{2}", "%m/%d/%y", clocks=_BOTH),
    _style("y/m/d", r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    _style("d-m-y", r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    _style("d month y", rf"\d{{1,2}}\.? {_MONTHS} \d{{4}}", "%d %b %Y", clocks=_BOTH),
    _style("month d y", rf"{_MONTHS} \d{{1,2}},? \d{{4}}", "%b %d %Y", clocks=_BOTH),
    _style("ymd", r"(?:19|20)\d{6}", "%Y%m%d"),
    TimeStyle("epoch", re.compile(r"\d{10}(?:\.\d+)?$|\d{13}$|\d{16}$")),
)
# Numbers that happen to look like a date; they count as times only where the column's name says so.
NUMERIC_STYLES = frozenset({"ymd", "epoch"})
_TIMES = [style.pattern.match for style in TIME_STYLES if style.name not in NUMERIC_STYLES]
_NUMERIC_TIMES = [style.pattern.match for style in TIME_STYLES if style.name in NUMERIC_STYLES]
# Two readings of the same signs: at most one of each pair may be used in a column.
RIVALS = {"d/m/y": "m/d/y", "m/d/y": "d/m/y", "d/m/yy": "m/d/yy", "m/d/yy": "d/m/yy"}

_NUMBER = re.compile(r"[-−+]?\d{1,3}(?:[.,'’ ]\d{3})*(?:[.,]\d+)?$|[-−+]?\d+(?:[.,]\d+)?$")
_DURATION = re.compile(r"\d{1,4}:\d{2}(?::\d{2})?$")


def is_missing(value: str | None) -> bool:
    return value is None or value.strip().lower() in MISSING


def looks_like_time(value: str, *, numeric_too: bool = False) -> bool:
    """True where a way of writing points in time fits; bare numbers only with `numeric_too`."""
    value = value.strip()
    found = any(match(value) for match in _TIMES)
    return found or (numeric_too and any(match(value) for match in _NUMERIC_TIMES))


def looks_like_number(value: str) -> bool:
    value = value.strip()
    return bool(_NUMBER.match(value))


def looks_like_duration(value: str) -> bool:
    """0:12 or 1:05:30."""
    return bool(_DURATION.match(value.strip()))


def time_styles_of(values: Iterable[str]) -> list[TimeStyle]:
    """The ways of writing that fit at least one of the values, most frequent first."""
    values = [value.strip() for value in values]
    hits = {style.name: sum(style.fits(value) for value in values) for style in TIME_STYLES}
    found = [style for style in TIME_STYLES if hits[style.name]]
    return sorted(found, key=lambda style: -hits[style.name])


def decimal_comma(values: Iterable[str]) -> bool:
    """True where the column writes decimals with a comma (12,5 or 1.234,50).

    Signs that can be read both ways (1,234) count for the comma only where no value speaks for the point.
    """
    comma = point = either = 0
    for raw in values:
        value = raw.strip()
        last_comma, last_point = value.rfind(","), value.rfind(".")
        if last_comma < 0 and last_point < 0:
            continue
        if last_comma >= 0 and last_point >= 0:
            comma, point = (comma + 1, point) if last_comma > last_point else (comma, point + 1)
        elif last_comma >= 0:
            if re.search(r",\d{3}$", value) and value.count(",") >= 1:
                either += 1
            else:
                comma += 1
        elif re.search(r"^[-−+]?\d{1,3}(\.\d{3})+$", value):
            continue
        else:
            point += 1
    return comma > point or (comma == point == 0 and either > 0)


def point_text(text: str) -> str:
    """A number whose point stands before decimals, so that nobody takes it for thousands: 1.5000 in place of 1.500."""
    return f"{text}0" if re.search(r"^-?\d{1,3}\.\d{3}$", text) else text


def minutes_factor(column: str) -> float:
    """What a number in a column of this name must be multiplied by to be minutes: seconds 1/60, hours 60."""
    words = re.split(r"[^a-zäöü]+", column.lower())
    if any(word in {"s", "sek", "sekunden", "sec", "secs", "seconds"} for word in words):
        return 1 / 60
    if any(word in {"h", "std", "stunden", "hours", "hrs"} for word in words):
        return 60.0
    return 1.0
