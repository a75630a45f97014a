"""Correct texts as a person or a language model might write them from the same facts, other than the rules do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pilotwerk.pilots.recipes.reports import Facts
from pilotwerk.pilots.recipes.reports.facts import REST, Fact, Role
from pilotwerk.pilots.recipes.reports.numbers import decimal_text, part_name, period_name, rounded
from pilotwerk.pilots.recipes.reports.sentences import Sentence, Span, fill, shown

Pieces = dict[str, str | Sentence]


def loose(fact: Fact, text: str) -> Sentence:
    """A fact's number in other words or rounded otherwise."""
    return Sentence(text, (Span(0, len(text), fact.id),))


def whole_euros(fact: Fact, language: str) -> Sentence:
    text = decimal_text(abs(fact.value), 0, language)
    return loose(fact, f"{text} €" if language == "de" else f"€{text}")


def thousands(fact: Fact, language: str) -> Sentence:
    text = decimal_text(abs(fact.value) / 1000, 1, language)
    return loose(fact, f"{text} Tsd. €" if language == "de" else f"€{text}k")


def euros(text: str, language: str) -> str:
    return f"{text} €" if language == "de" else f"€{text}"


def floor_text(fact: Fact, language: str) -> str:
    power = 10 ** max(len(str(int(abs(fact.value)))) - 2, 0)
    return euros(decimal_text(Fraction(int(abs(fact.value) / power) * power), 0, language), language)


def near_text(fact: Fact, language: str) -> str:
    power = 10 ** max(len(str(int(abs(fact.value)))) - 2, 0)
    return euros(decimal_text(rounded(fact.value / power, 0) * power, 0, language), language)


DE_UP = (
    "Im Vergleich zur Vorperiode stieg {m} um {pct} auf {v}.",
    "{m} ist gegenüber {base} um {pct} gestiegen und liegt nun bei {v}.",
    "In {now} lag {m} bei {v} und damit {pct} höher als in {base} ({before}).",
    "{m} legte von {before} auf {v} zu, ein Plus von {pct}.",
    "Mit {v} liegt {m} um {chg} über dem Wert von {base}.",
    "Ein Anstieg um {pct}: {m} erreichte {v} nach {before} in {base}.",
    "{m} wuchs um {pct_whole} auf rund {near}.",
    "{m} ist nicht gesunken, sondern um {pct} gestiegen.",
)
DE_DOWN = (
    "Im Vergleich zur Vorperiode sank {m} um {pct} auf {v}.",
    "{m} ist gegenüber {base} um {pct} gesunken und liegt nun bei {v}.",
    "In {now} lag {m} bei {v} und damit {pct} niedriger als in {base} ({before}).",
    "{m} ging von {before} auf {v} zurück, ein Minus von {pct}.",
    "Mit {v} liegt {m} um {chg} unter dem Wert von {base}.",
    "Ein Rückgang um {pct}: {m} erreichte {v} nach {before} in {base}.",
    "{m} fiel um {pct_whole} auf rund {near}.",
    "{m} ist nicht gestiegen, sondern um {pct} gesunken.",
)
EN_UP = (
    "Compared with {base}, {m} rose by {pct} to {v}.",
    "{m} grew from {before} to {v}, an increase of {pct}.",
    "In {now} {m} stood at {v}, {pct} higher than in {base} ({before}).",
    "{m} was up {pct} at {v}.",
    "At {v}, {m} is {chg} above {base}.",
    "{m} did not fall but increased by {pct}.",
    "{m} climbed by {pct_whole} to about {near}.",
)
EN_DOWN = (
    "Compared with {base}, {m} fell by {pct} to {v}.",
    "{m} dropped from {before} to {v}, a decrease of {pct}.",
    "In {now} {m} stood at {v}, {pct} lower than in {base} ({before}).",
    "{m} was down {pct} at {v}.",
    "At {v}, {m} is {chg} below {base}.",
    "{m} did not rise but decreased by {pct}.",
    "{m} declined by {pct_whole} to about {near}.",
)
DE_LEVEL = (
    "{m}: {vw} in {now}.", "{m} betrug {vt}.", "{m} lag bei mehr als {floor}.", "{m} beträgt {v}.",
    "Insgesamt kamen {v} zusammen, gemessen als {m}.", "{m} liegt nicht unter {floor}.",
    "Die Spanne von {m} in den letzten {hist} Wochen: von {low} bis {high}.",
)  # fmt: skip
EN_LEVEL = (
    "{m}: {vw} in {now}.", "{m} was {vt}.", "{m} exceeded {floor}.", "{m} amounted to {v}.",
    "{m} was not below {floor}.", "Over the last {hist} weeks {m} ranged between {low} and {high}.",
)  # fmt: skip
DE_PART = (
    "{part} trug {con} zur Veränderung von {m} gegenüber {base} bei.",
    "In {part} lag {m} bei {pv}, das sind {share} des Gesamtwerts.",
    "{m}: {pv} entfallen auf {part}.",
    "Auf {part} entfällt {share} von {m}.",
    "{part} liegt bei {m} auf Platz {rank}.",
    "{m} in {part} liegt an {rank}. Stelle.",
)
EN_PART = (
    "{part} contributed {con} to the change of {m} from {base}.",
    "{m} in {part} came to {pv}, which is {share} of the total.",
    "{m}: {pv} came from {part}.",
    "{part} accounts for {share} of {m}.",
)


def texts(facts: Facts, language: str) -> Iterator[Sentence]:
    """Correct sentences about the first measure, which is in euros, and its parts in the first dimension."""
    measure = facts.spec.measures[0]
    value = facts.find(Role.VALUE, measure=measure.key, part=None, period=facts.period, what="")
    change = facts.find(Role.CHANGE, measure=measure.key, part=None, base=facts.period - 1)
    percent = facts.find(Role.PERCENT, measure=measure.key, part=None, base=facts.period - 1)
    before = facts.find(Role.VALUE, measure=measure.key, part=None, period=facts.period - 1, what="")
    low, high = facts.find(Role.LOWEST, measure=measure.key), facts.find(Role.HIGHEST, measure=measure.key)
    history = facts.find(Role.NUMBER, what="history")
    if not (value and change and percent and before and low and high and history):
        return
    frequency = facts.spec.frequency
    pieces: Pieces = {
        "m": measure.label(language),
        "v": shown(value, language),
        "vw": whole_euros(value, language),
        "vt": thousands(value, language),
        "floor": loose(value, floor_text(value, language)),
        "near": loose(value, near_text(value, language)),
        "before": shown(before, language),
        "chg": shown(change, language, absolute=True),
        "pct": shown(percent, language, absolute=True),
        "pct_whole": shown(percent, language, absolute=True),
        "low": shown(low, language),
        "high": shown(high, language),
        "hist": shown(history, language),
        "now": period_name(frequency, facts.period, language),
        "base": period_name(frequency, facts.period - 1, language),
    }
    if abs(percent.value) > 12:
        whole = decimal_text(abs(percent.value), 0, language)
        pieces["pct_whole"] = loose(percent, whole + (" Prozent" if language == "de" else " percent"))
    moving = (
        (DE_UP if change.value > 0 else DE_DOWN)
        if language == "de"
        else EN_UP
        if change.value > 0
        else EN_DOWN
    )
    for template in (*moving, *(DE_LEVEL if language == "de" else EN_LEVEL)):
        if ("Wochen" in template or "weeks" in template) and frequency.value != "W":
            continue
        yield fill(template, pieces)
    yield from _parts(facts, language, pieces)


def _parts(facts: Facts, language: str, pieces: Pieces) -> Iterator[Sentence]:
    measure, dimension = facts.spec.measures[0], facts.spec.dimensions[0]
    for made in facts.all(Role.CONTRIBUTION, measure=measure.key, base=facts.period - 1):
        if made.part is None or made.part[0] != dimension or made.part[1] == REST:
            continue
        given = {"measure": measure.key, "part": made.part, "period": facts.period}
        value = facts.find(Role.VALUE, what="", **given)
        share, rank = facts.find(Role.PART_OF_WHOLE, **given), facts.find(Role.RANK, **given)
        if not (value and share and rank):
            continue
        more: Pieces = {
            **pieces, "part": part_name(made.part[1], language), "con": shown(made, language, signed=True),
            "pv": shown(value, language), "share": shown(share, language), "rank": loose(rank, str(rank.value)),
        }  # fmt: skip
        for template in DE_PART if language == "de" else EN_PART:
            yield fill(template, more)
