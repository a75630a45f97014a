"""The report of one period in one language: sentences, and for each measure and dimension a picture with its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports import charts
from pilotwerk.pilots.recipes.reports.facts import REST, Fact, Facts, Role
from pilotwerk.pilots.recipes.reports.numbers import (
    day_name,
    decimal_text,
    figure,
    part_name,
    period_name,
    period_short,
    with_unit,
)
from pilotwerk.pilots.recipes.reports.sentences import Sentence, Writer, sentences, shown
from pilotwerk.pilots.recipes.reports.wording import say

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.spec import Measure

MOST_ROWS = 12
MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table shows, and the number behind it for a spreadsheet (None: a text)."""

    text: str
    value: float | None = None
    decimals: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a sentence, a picture, and the same as a table."""

    heading: str
    sentence: Sentence
    svg: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a reader gets. `text` may be replaced by an edited one that passed the check."""

    language: str
    title: str
    period: str
    period_key: str
    data_until: str
    complete: bool
    sentences: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    rules: tuple[str, ...]
    edited: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences as they go out."""
        return self.edited or tuple(one.text for one in self.sentences)


def render(facts: Facts, language: str, *, edited: str = "") -> Report:
    """The report in "de" or "en". `edited` is a text that takes the place of the sentences; check it before."""
    spec = facts.spec
    writer = Writer(facts, language)
    sections = [one for measure in spec.measures if (one := _course(writer, measure))]
    sections += [
        one
        for measure in spec.measures
        for dimension in spec.dimensions
        if (one := _by_part(writer, measure, dimension))
    ]
    rules = [say("rule_level", language)] if facts.tested else []
    return Report(
        language=language,
        title=spec.title,
        period=period_name(spec.frequency, facts.period, language),
        period_key=spec.frequency.label(facts.period),
        data_until=say("data_until", language, day=day_name(date.fromisoformat(facts.data_until), language)),
        complete=facts.complete,
        sentences=tuple(sentences(facts, language)),
        sections=tuple(sections),
        rules=(*rules, say("rule_percent", language)),
        edited=tuple(line.strip() for line in edited.splitlines() if line.strip()),
    )


def _cell(fact: Fact | None, language: str, *, signed: bool = False) -> Cell:
    if fact is None:
        return Cell("–")
    return Cell(figure(fact, language, signed=signed), float(fact.value), fact.decimals, fact.unit)


def _course(writer: Writer, measure: Measure) -> Section | None:
    """The measure over the shown periods."""
    facts, language, frequency = writer.facts, writer.language, writer.spec.frequency
    values = [
        one for one in facts.all(Role.VALUE, measure=measure.key, part=None, what="")
        if one.period is not None and facts.period - 13 < one.period <= facts.period
    ]  # fmt: skip
    if len(values) < 2 or values[-1].period != facts.period:
        return None
    low = facts.find(Role.LOWEST, measure=measure.key)
    high = facts.find(Role.HIGHEST, measure=measure.key)
    history = writer.number("history")
    label = measure.label(language)
    if low and high and history and low.value != high.value:
        sentence = writer.say(
            "between", measure=label, history=shown(history, language), periods=say(frequency.value, language),
            low=shown(low, language), high=shown(high, language),
        )  # fmt: skip
    else:
        sentence = writer.say(
            "value", measure=label, value=shown(values[-1], language), period=writer.period(facts.period)
        )
    points = [
        (period_short(frequency, one.period or 0, language), float(one.value), figure(one, language))
        for one in values
    ]
    rows = tuple(
        (Cell(period_name(frequency, one.period or 0, language)), _cell(one, language))
        for one in reversed(values)
    )
    return Section(
        say("course", language, measure=label),
        sentence,
        charts.columns(points, sentence.text, open_end=not facts.complete),
        (say("period_head", language), label),
        rows,
    )


def _by_part(writer: Writer, measure: Measure, dimension: str) -> Section | None:
    """Figures by part, with what each contributed to the change; the rows add up to the whole."""
    facts, language = writer.facts, writer.language
    base = facts.period - 1
    lines = writer.parts(measure, dimension)
    made = {
        one.part[1]: one for one in facts.all(Role.CONTRIBUTION, measure=measure.key, base=base)
        if one.part and one.part[0] == dimension
    }  # fmt: skip
    if not lines or not made:
        return None
    ordered = sorted(made.values(), key=lambda one: (one.part == (dimension, REST), -abs(one.value)))
    named, left = ordered[:MOST_ROWS], ordered[MOST_ROWS:]
    bars = [
        (part_name(one.part[1], language), float(one.value), figure(one, language, signed=True))
        for one in named[:MOST_BARS] if one.part
    ]  # fmt: skip
    rows = [_part_row(writer, measure, one, base) for one in named]
    if left:
        rest = sum((one.value for one in left), Fraction(0))
        unit = left[0].unit
        text = with_unit(decimal_text(rest, measure.decimals, language, signed=True), unit, language)
        rows.append(
            (
                Cell(part_name(REST, language)),
                Cell("–"),
                Cell("–"),
                Cell(text, float(rest), measure.decimals, unit),
            )
        )
    total = facts.find(Role.CHANGE, measure=measure.key, part=None, base=base)
    rows.append(
        (
            Cell(say("total", language)),
            _cell(writer.value(measure.key, facts.period), language),
            _cell(writer.value(measure.key, base), language),
            _cell(total, language, signed=True),
        )
    )
    header = (dimension, writer.period(facts.period), writer.period(base), say("contribution", language))
    heading = say("by", language, measure=measure.label(language), dimension=dimension)
    return Section(heading, lines[0], charts.bars(bars, lines[0].text), header, tuple(rows))


def _part_row(writer: Writer, measure: Measure, made: Fact, base: int) -> tuple[Cell, ...]:
    def value(period: int) -> Fact | None:
        return writer.facts.find(Role.VALUE, measure=measure.key, part=made.part, period=period, what="")

    assert made.part is not None
    return (
        Cell(part_name(made.part[1], writer.language)),
        _cell(value(writer.facts.period), writer.language),
        _cell(value(base), writer.language),
        _cell(made, writer.language, signed=True),
    )
