"""Where a text names a measure, a part of a dimension, a period or a day of the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.calendar import year_before
from pilotwerk.pilots.recipes.reports.facts import NOT_GIVEN, REST, Facts, Part
from pilotwerk.pilots.recipes.reports.numbers import MONTHS
from pilotwerk.pilots.recipes.reports.spec import Kind
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Named(StrEnum):
    """What a mention names."""

    MEASURE = "measure"
    PART = "part"
    DIMENSION = "dimension"
    PERIOD = "period"
    DAY = "day"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text and what it names: keys of measures, (dimension, value) pairs, period numbers, days.

    A period that is none (week 60, a month without a year that the report does not know) names nothing.
    """

    start: int
    end: int
    kind: Named
    what: frozenset[object]


_MONTHS = {
    name.lower(): place
    for names in MONTHS.values()
    for place, full in enumerate(names, start=1)
    for name in {full, *((full[:3], full[:3] + ".") if len(full) > 4 else ())}
} | {"mrz": 3, "sept": 9, "sept.": 9}
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_YEAR = r"(?:19|20)\d{2}"
_WEEK = re.compile(
    rf"\b(?:kw|cw|kalenderwoche|calendar week|woche|week|wk)\.?\s?(?P<w>\d{{1,2}})(?!\d)"
    rf"(?:\s?(?:/|of|von|in|,|\()?\s?(?P<y>{_YEAR})\b\)?)?|\b(?P<y2>{_YEAR})-?w(?P<w2>\d{{1,2}})\b",
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(rf"(?<![\w])(?P<m>{_MONTH})(?:\s+(?:of\s)?(?P<y>{_YEAR}))?(?!\w)", re.IGNORECASE)
_DIGIT_MONTH = re.compile(
    rf"(?<![\d.])(?:(?P<m>\d{{1,2}})/(?P<y>{_YEAR})|(?P<y2>{_YEAR})-(?P<m2>\d{{2}}))(?![\d-])"
)
_DAY = re.compile(
    rf"(?P<iso>{_YEAR}-\d{{2}}-\d{{2}})|(?<!\d)(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>{_YEAR})"
    rf"|(?:(?<=am )|(?<=bis )|(?<=vom )|(?<=zum ))(?P<d4>\d{{1,2}})\.(?P<m4>\d{{1,2}})\.(?!\d)"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})\.?(?:st|nd|rd|th)?\s(?P<n2>{_MONTH})(?:\s(?P<y2>{_YEAR}))?(?!\w)"
    rf"|(?<!\w)(?P<n3>{_MONTH})\s(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y3>{_YEAR}))?(?![\d\w])",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:vorwoche\w*|vormonat\w*|vorperiode\w*|vorherigen? (?:woche|monat)|letzten? (?:woche|monat)"
    r"|woche davor|monat davor|eine woche zuvor|einen monat zuvor"
    r"|(?:previous|prior|preceding|last) (?:week|month|period)(?:['’]s)?"
    r"|(?:week on week|month on month)|(?:week|month|period) (?:before|earlier))\b",
    re.IGNORECASE,
)
_LAST_YEAR = re.compile(
    r"\b(?:vorjahr\w*|letzten jahres|ein jahr zuvor|vor einem jahr"
    r"|(?:previous|prior|last) year|a year (?:ago|earlier|before)"
    r"|year before|one year (?:ago|earlier)|year[- ]on[- ]year|year[- ]over[- ]year|im jahresvergleich)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:dieser woche|diesem monat|diese woche|dieser monat|berichtswoche|berichtsmonat|this (?:week|month))\b",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(
    rf"(?:(?<=\bin )|(?<=\bjahr )|(?<=\byear )|(?<=\bof )|(?<=\bvon ))(?P<y>{_YEAR})\b(?![.,]\d)", re.I
)


class Finder:
    """Knows the names that a report may use."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.frequency = facts, facts.spec.frequency
        self.periods = {one for fact in facts.facts for one in (fact.period, fact.base) if one is not None}
        before = year_before(self.frequency, facts.period)
        self.periods |= {facts.period, facts.period - 1, *([before] if before is not None else [])}
        self.names = sorted(self._names(), key=lambda one: -len(one[0].pattern))

    def _names(self) -> Iterator[tuple[re.Pattern[str], Named, frozenset[object]]]:
        spec = self.facts.spec
        by_name: dict[str, set[object]] = {}
        exact: dict[str, set[object]] = {}
        for one in spec.measures:
            for language in ("de", "en"):
                exact.setdefault(one.label(language).lower(), set()).add(one.key)
            for name in filter(None, (one.name, one.column)):
                by_name.setdefault(name.lower(), set()).add(one.key)
            if one.kind is Kind.COUNT and not one.name:
                exact.setdefault("zeilenzahl", set()).add(one.key)
        for name, keys in {**by_name, **exact}.items():
            yield _pattern(name, inflected=True), Named.MEASURE, frozenset(keys)
        parts: dict[str, set[Part]] = {}
        for fact in self.facts.facts:
            if fact.part and fact.part[1] != REST:
                parts.setdefault(fact.part[1], set()).add(fact.part)
        for value, subjects in parts.items():
            yield from self._part(value, subjects)
        for name in spec.dimensions:
            yield _pattern(name, inflected=True), Named.DIMENSION, frozenset({name})
        if spec.title:
            yield _pattern(spec.title), Named.OTHER, frozenset()
        rest = frozenset((name, REST) for name in spec.dimensions)
        yield (
            re.compile(r"\b(?:alle[rn]? übrigen|den übrigen|all others|the others|übrige)\b", re.I),
            Named.PART,
            rest,
        )

    def _part(
        self, value: str, subjects: set[Part]
    ) -> Iterator[tuple[re.Pattern[str], Named, frozenset[object]]]:
        if value == NOT_GIVEN:
            yield re.compile(r"\b(?:ohne angabe|not given)\b", re.I), Named.PART, frozenset(subjects)
            return
        # A number or a very short name is a part only where its dimension stands before it, or its change behind it.
        if len(value) >= 3 and not re.fullmatch(r"[\d.,\s]+", value):
            yield _pattern(value, inflected=True), Named.PART, frozenset(subjects)
            return
        for dimension, name in subjects:
            pattern = re.compile(rf"\b{re.escape(dimension)}\s+[„“\"]?{re.escape(name)}(?!\w)", re.I)
            yield pattern, Named.PART, frozenset({(dimension, name)})
        changed = re.compile(rf"(?<![\w.,/]){re.escape(value)}(?=\s[+−]\d)", re.I)
        yield changed, Named.PART, frozenset(subjects)

    def find(self, text: str) -> tuple[list[Mention], str]:
        """All mentions in order, and the text with them replaced by spaces."""
        found: list[Mention] = []

        def take(start: int, end: int, kind: Named, what: frozenset[object]) -> None:
            nonlocal text
            found.append(Mention(start, end, kind, what))
            text = text[:start] + " " * (end - start) + text[end:]

        for pattern, kind, what in self.names:
            for match in pattern.finditer(text):
                if text[match.start() : match.end()].strip():
                    take(match.start(), match.end(), kind, what)
        for match in _DAY.finditer(text):
            take(match.start(), match.end(), Named.DAY, self._day(match))
        readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], frozenset[object] | None]], ...] = (
            (_WEEK, self._week), (_NAMED_MONTH, self._month), (_DIGIT_MONTH, self._month), (_BEFORE, self._previous),
            (_LAST_YEAR, self._last_year), (_NOW, self._now), (_YEAR_ALONE, self._in_year),
        )  # fmt: skip
        for pattern, reader in readers:
            for match in pattern.finditer(text):
                if pattern is _NAMED_MONTH and match["y"] is None and not match[0][0].isupper():
                    continue  # "may", "march": only with a capital letter or a year
                periods = reader(match)
                if periods is not None:
                    take(match.start(), match.end(), Named.PERIOD, periods)
        return sorted(found, key=lambda one: one.start), text

    def _day(self, match: re.Match[str]) -> frozenset[object]:
        """The days that are meant; without a year those of every year of the report. Nothing for 31 February."""
        try:
            if match["iso"]:
                return frozenset({date.fromisoformat(match["iso"])})
            day = int(match["d"] or match["d2"] or match["d3"] or match["d4"])
            name = match["n2"] or match["n3"]
            month = _MONTHS[name.lower()] if name else int(match["m"] or match["m4"])
            year = match["y"] or match["y2"] or match["y3"]
            years = (
                [int(year)] if year else sorted({self.frequency.first_day(one).year for one in self.periods})
            )
            return frozenset(date(one, month, day) for one in years)
        except ValueError:
            return frozenset()

    def _week(self, match: re.Match[str]) -> frozenset[object]:
        if self.frequency is not Frequency.WEEK:
            return frozenset()
        week, year = int(match["w"] or match["w2"]), match["y"] or match["y2"]
        found = set()
        for one in self.periods:
            known = self.frequency.first_day(one).isocalendar()
            if known.week == week and (not year or known.year == int(year)):
                found.add(one)
        return self._newest(found, year)

    def _month(self, match: re.Match[str]) -> frozenset[object]:
        groups = match.groupdict()
        name = groups.get("m") or groups.get("m2") or ""
        month, year = (
            _MONTHS.get(name.lower(), int(name) if name.isdigit() else 0),
            groups.get("y") or groups.get("y2"),
        )
        if self.frequency is Frequency.WEEK:
            return frozenset()
        found = set()
        for one in self.periods:
            first = self.frequency.first_day(one)
            if first.month == month and (not year or first.year == int(year)):
                found.add(one)
        return self._newest(found, year)

    def _newest(self, found: set[int], year: str | None) -> frozenset[object]:
        """Without a year the newest period of that name is meant, as people speak."""
        return frozenset(found if year or not found else {max(found)})

    def _previous(self, match: re.Match[str]) -> frozenset[object]:
        return frozenset({self.facts.period - 1})

    def _last_year(self, match: re.Match[str]) -> frozenset[object]:
        before = year_before(self.frequency, self.facts.period)
        return frozenset({before} if before is not None else ())

    def _now(self, match: re.Match[str]) -> frozenset[object]:
        return frozenset({self.facts.period})

    def _in_year(self, match: re.Match[str]) -> frozenset[object] | None:
        """A year alone is the reported period's, or that of the year before."""
        year = int(match["y"])
        named = {one for one in (self.facts.period, *self._last_year(match)) if isinstance(one, int)}
        found = {one for one in named if self._year_of(one) == year}
        return frozenset(found) or None

    def _year_of(self, period: int) -> int:
        first = self.frequency.first_day(period)
        return first.isocalendar().year if self.frequency is Frequency.WEEK else first.year


def _pattern(name: str, *, inflected: bool = False) -> re.Pattern[str]:
    """The name as a word of its own, with a German ending where it may have one."""
    ending = "(?:e?s|e?n|e)?" if inflected and name[-1:].isalpha() else ""
    return re.compile(rf"(?<!\w){re.escape(name)}{ending}(?!\w)", re.IGNORECASE)
