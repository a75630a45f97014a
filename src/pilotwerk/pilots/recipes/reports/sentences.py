"""Sentences from rules: short, with the ids of the facts whose numbers they name, in order of importance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.reports.facts import REST, Fact, Facts, Outlier, Role
from pilotwerk.pilots.recipes.reports.numbers import day_name, figure, part_name, period_name
from pilotwerk.pilots.recipes.reports.wording import WORDS
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pilotwerk.pilots.recipes.reports.spec import Measure

MOST = 12
NAMED_PARTS = 4
NAMED_DAYS = 5
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the sentence a fact's number stands, with its unit."""

    start: int
    end: int
    fact: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the facts that its numbers are."""

    text: str
    spans: tuple[Span, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(span.fact for span in self.spans)


Piece = "str | Sentence"


def fill(template: str, values: Mapping[str, str | Sentence]) -> Sentence:
    """The template with texts and figures put in; where each figure lands is kept."""
    text, spans, at = "", [], 0
    for found in _FIELD.finditer(template):
        text += template[at : found.start()]
        at = found.end()
        value = values[found[1]]
        if isinstance(value, Sentence):
            spans += [Span(len(text) + one.start, len(text) + one.end, one.fact) for one in value.spans]
            value = value.text
        text += value
    return Sentence(text + template[at:], tuple(spans))


def shown(fact: Fact, language: str, *, signed: bool = False, absolute: bool = False) -> Sentence:
    """A fact's number as a piece of a sentence."""
    text = figure(fact, language, signed=signed, absolute=absolute)
    return Sentence(text, (Span(0, len(text), fact.id),))


def sentences(facts: Facts, language: str) -> list[Sentence]:
    """At most a dozen, the most important first: what is missing, figures, outliers, parts, trends, notes."""
    one = Writer(facts, language)
    if nothing := one.nothing():
        return nothing
    found = [
        *one.incomplete(), *one.values(), *one.outliers(), *one.late(), *one.missing(),
        *one.contributions(), *one.trends(), *one.skipped(),
    ]  # fmt: skip
    return found[:MOST]


class Writer:
    """Writes the sentences of one set of facts in one language."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.facts, self.spec, self.language = facts, facts.spec, language
        self.place = 0 if language == "de" else 1

    def say(self, name: str, **values: str | Sentence) -> Sentence:
        return fill(WORDS[name][self.place], values)

    def period(self, number: int) -> str:
        return period_name(self.spec.frequency, number, self.language)

    def within(self, number: int) -> str:
        month = self.spec.frequency is Frequency.MONTH
        return self.say("in_month" if month else "in", period=self.period(number)).text

    def number(self, what: str, **given: object) -> Fact | None:
        return self.facts.find(Role.NUMBER, what=what, **given)

    def nothing(self) -> list[Sentence]:
        """Of a period without a row that is all there is to say."""
        rows = self.number("rows")
        if rows is None or rows.value:
            return []
        until = day_name(date.fromisoformat(self.facts.data_until), self.language)
        return [self.say("no_rows", period=self.period(self.facts.period), until=until)]

    def incomplete(self) -> list[Sentence]:
        if self.facts.complete:
            return []
        covered, days = self.number("days_covered"), self.number("days")
        if covered is None or days is None:
            return []
        name = self.period(self.facts.period)
        until = day_name(date.fromisoformat(self.facts.data_until), self.language)
        values = {"covered": shown(covered, self.language), "days": shown(days, self.language)}
        return [self.say("incomplete", period=name, Period=name[0].upper() + name[1:], until=until, **values)]

    def values(self) -> list[Sentence]:
        """Each measure with its figure, beside the period before and the year before."""
        found = []
        for measure in self.spec.measures:
            fact = self.value(measure.key, self.facts.period)
            if fact is None:
                continue
            name = "value_month" if self.spec.frequency is Frequency.MONTH else "value"
            line = self.say(
                name, measure=measure.label(self.language), value=shown(fact, self.language),
                period=self.period(self.facts.period),
            )  # fmt: skip
            for base in sorted({one.base for one in self.facts.all(Role.CHANGE, measure=measure.key, part=None)
                                if one.base is not None}, reverse=True):  # fmt: skip
                line = fill(
                    "{line}, {compared}", {"line": line, "compared": self.compared(measure.key, base)}
                )
            found.append(fill("{line}.", {"line": line}))
        if self.facts.complete and not self.facts.all(Role.CHANGE, part=None, base=self.facts.period - 1):
            found.append(self.say("not_compared", base=self.period(self.facts.period - 1)))
        return found

    def value(self, measure: str, period: int) -> Fact | None:
        return self.facts.find(Role.VALUE, measure=measure, part=None, period=period, what="")

    def compared(self, measure: str, base: int) -> Sentence:
        """How much more or less than in another period: in percent where that says something."""
        given: dict[str, Any] = {"measure": measure, "part": None, "base": base}
        change = self.facts.find(Role.CHANGE, **given)
        before = self.value(measure, base)
        assert change is not None
        assert before is not None
        named: dict[str, str | Sentence] = {
            "base": self.within(base),
            "before": shown(before, self.language),
        }
        told = self.facts.find(Role.PERCENT, **given) or change
        if change.value == 0:
            return self.say("same", base=self.period(base), before=named["before"])
        piece = shown(told, self.language, absolute=True)
        return self.say("more" if change.value > 0 else "less", change=piece, **named)

    def outliers(self) -> list[Sentence]:
        if self.facts.outliers:
            return [self.outlier(one) for one in self.facts.outliers[:NAMED_PARTS]]
        tested = self.number("series_tested")
        return (
            [self.say("no_outlier", count=shown(tested, self.language))]
            if tested and tested.value > 1
            else []
        )

    def outlier(self, one: Outlier) -> Sentence:
        facts = self.facts.by_id()
        part = f", {one.part[0]} {part_name(one.part[1], self.language)}" if one.part else ""
        above = facts[one.value].value > facts[one.high].value
        return self.say(
            "outlier",
            measure=self.spec.measure(one.measure).label(self.language),
            part=part,
            value=shown(facts[one.value], self.language),
            where=self.say("above" if above else "below").text,
            low=shown(facts[one.low], self.language),
            high=shown(facts[one.high], self.language),
        )

    def contributions(self) -> list[Sentence]:
        """For the first two measures and each dimension the parts that made most of the change, and all others."""
        return [
            line
            for measure in self.spec.measures[:2]
            for dimension in self.spec.dimensions
            for line in self.parts(measure, dimension)
        ]

    def parts(self, measure: Measure, dimension: str) -> list[Sentence]:
        base = self.facts.period - 1
        every = [
            one for one in self.facts.all(Role.CONTRIBUTION, measure=measure.key, base=base)
            if one.part and one.part[0] == dimension
        ]  # fmt: skip
        named = sorted(
            (one for one in every if one.part and one.part[1] != REST and one.value),
            key=lambda one: -abs(one.value),
        )
        if len(named) < 2:
            return []
        pieces = [
            fill("{name}\u00a0{value}", {
                "name": part_name(one.part[1], self.language), "value": shown(one, self.language, signed=True),
            })
            for one in named[:NAMED_PARTS] if one.part
        ]  # fmt: skip
        listed = fill(", ".join(f"{{p{place}}}" for place in range(len(pieces))),
                      {f"p{place}": piece for place, piece in enumerate(pieces)})  # fmt: skip
        return [
            self.say(
                "contributions",
                measure=measure.label(self.language),
                dimension=dimension,
                base=self.period(base),
                parts=listed,
            )
        ]

    def late(self) -> list[Sentence]:
        found = []
        for one in self.facts.all(Role.VALUE, what="reported"):
            now = self.value(one.measure, one.period or 0)
            if now is not None and now.value != one.value:
                found.append(
                    self.say(
                        "late",
                        measure=self.spec.measure(one.measure).label(self.language),
                        period=self.period(one.period or 0),
                        value=shown(now, self.language),
                        reported=shown(one, self.language),
                    )
                )
        return found[-2:]

    def missing(self) -> list[Sentence]:
        count = self.number("days_missing")
        if count is None:
            return []
        days = [
            day_name(date.fromisoformat(day), self.language) for day in self.facts.missing_days[:NAMED_DAYS]
        ]
        listed = ", ".join(days)
        if len(self.facts.missing_days) > NAMED_DAYS:
            listed += " " + self.say("more_days").text
        return [self._counted("missing", count, days=listed)]

    def skipped(self) -> list[Sentence]:
        found = []
        undated = self.number("rows_undated")
        if undated is not None:
            found.append(self._counted("undated", undated))
        for one in self.facts.all(Role.NUMBER, what="cells_empty"):
            label = self.spec.measure(one.measure).label(self.language)
            found.append(self._counted("empty", one, measure=label))
        return found

    def _counted(self, name: str, count: Fact, **values: str) -> Sentence:
        """One is written as a word, in the words' own singular."""
        if count.value == 1:
            return self.say(f"{name}_one", **values)
        return self.say(name, count=shown(count, self.language), **values)

    def trends(self) -> list[Sentence]:
        found = []
        history = self.number("history")
        frequency = self.spec.frequency.value
        directions = dict(self.facts.trends)
        for measure in self.spec.measures:
            label = measure.label(self.language)
            slope = self.facts.find(Role.SLOPE, measure=measure.key)
            if slope is not None and history is not None:
                name = "trend_up" if directions[measure.key] > 0 else "trend_down"
                found.append(
                    self.say(
                        name,
                        measure=label,
                        history=shown(history, self.language),
                        periods=self.say(frequency).text,
                        slope=shown(slope, self.language, signed=True),
                        period=self.say(f"{frequency}1").text,
                    )
                )
            row = self.facts.find(Role.STREAK, measure=measure.key)
            if row is not None:
                name = "streak_up" if row.value > 0 else "streak_down"
                found.append(self.say(name, measure=label, count=shown(row, self.language, absolute=True)))
        return found
