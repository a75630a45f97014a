"""Turns correct sentences into wrong ones, to measure what the number check lets through.

A mutant differs from a sentence of which every number is known to be a fact; changes that might leave it true (a digit
within the rounding, two equal numbers exchanged) are not made.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.checking.figures import number_of
from pilotwerk.pilots.recipes.reports.facts import Role
from pilotwerk.pilots.recipes.reports.numbers import MONTHS, decimal_text

if TYPE_CHECKING:
    from random import Random

    from pilotwerk.pilots.recipes.reports.facts import Facts
    from pilotwerk.pilots.recipes.reports.sentences import Sentence, Span

_HEDGED = re.compile(r"(?:als|über|rund|about|than|below|unter|exceeded|above|knapp|etwa|over)\s[€$]?$")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong text, what was done to it, and the correct one."""

    kind: str
    text: str
    original: str


Maker = Callable[["Sentence", "Facts", str, "Random"], Iterator[str]]


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _numbers(sentence: Sentence) -> list[tuple[Span, int, int, str]]:
    """Each figure with the place of its digits."""
    found = []
    for span in sentence.spans:
        match = NUMBER.search(sentence.text, span.start, span.end)
        if match:
            found.append((span, match.start(), match.end(), match[0]))
    return found


def _value(text: str, language: str) -> Fraction:
    return number_of(text, language)[0]


def changed_digit(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """One digit of a figure is another one."""
    for _, start, end, number in _numbers(sentence):
        if _HEDGED.search(sentence.text[:start]):
            continue  # another bound may be true as well
        places = [place for place, sign in enumerate(number) if sign.isdigit()]
        place = random.choice(places)
        other = random.choice([one for one in "123456789" if one != number[place]])
        yield _replaced(sentence.text, start, end, number[:place] + other + number[place + 1 :])


def swapped_figures(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Two figures of the sentence change places."""
    spans = sentence.spans
    for first, second in itertools.pairwise(spans):
        one, two = sentence.text[first.start : first.end], sentence.text[second.start : second.end]
        if one.strip("+−") != two.strip("+−"):
            middle = sentence.text[first.end : second.start]
            yield sentence.text[: first.start] + two + middle + one + sentence.text[second.end :]


def wrong_sign(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Plus for minus, minus for plus, and a minus before a figure that has no sign."""
    for span, start, _, number in _numbers(sentence):
        head = sentence.text[span.start : span.start + 1]
        if not _value(number, language):
            continue
        if head in "+−":
            yield _replaced(sentence.text, span.start, span.start + 1, "−" if head == "+" else "+")
        else:
            yield _replaced(sentence.text, min(span.start, start), min(span.start, start), "−")


def wrong_unit(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Percent for percentage points, dollars for euros, percent for pieces."""
    for span, _start, _end, number in _numbers(sentence):
        whole = sentence.text[span.start : span.end]
        sign = whole[0] if whole[0] in "+−" else ""
        if "%" in whole or "rozent" in whole.replace("rozentpunkt", "") or "percent" in whole.split():
            new = sign + number + (" Prozentpunkte" if language == "de" else " percentage points")
        elif "rozentpunkt" in whole or "percentage point" in whole:
            new = sign + number + (" %" if language == "de" else "%")
        elif re.search(r"Tsd|\dk|Wochen|weeks", whole):
            continue
        elif "€" in whole:
            new = (
                sign + number + random.choice([" %", " $", " CHF", " Tage" if language == "de" else " days"])
            )
        else:
            new = sign + number + random.choice([" %", " €"])
        yield _replaced(sentence.text, span.start, span.end, new)


_OPPOSITES = {
    "mehr": "weniger", "weniger": "mehr", "more": "less", "less": "more", "gestiegen": "gefallen",
    "gefallen": "gestiegen", "risen": "fallen", "fallen": "risen", "steigender": "fallender",
    "fallender": "steigender", "rising": "falling", "falling": "rising", "liegt über": "liegt unter",
    "liegt unter": "liegt über", "above": "below", "below": "above", "stieg": "sank", "sank": "stieg",
    "rose": "fell", "fell": "rose", "up": "down", "down": "up", "höher": "niedriger", "niedriger": "höher",
    "higher": "lower", "lower": "higher", "zugelegt": "abgenommen", "Plus": "Minus", "Minus": "Plus",
    "Zuwachs": "Rückgang", "Rückgang": "Zuwachs", "increase": "decrease", "decrease": "increase",
    "grew": "shrank", "shrank": "grew", "unter": "über", "über": "unter", "increased": "decreased",
    "decreased": "increased", "gewachsen": "gesunken", "gesunken": "gewachsen",
}  # fmt: skip


def wrong_direction(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Less for more, fell for rose."""
    for word, opposite in _OPPOSITES.items():
        for match in re.finditer(rf"(?<!\w){word}(?!\w)", sentence.text):
            # "über 13 Wochen" says how long, not where.
            if word in ("über", "unter") and not re.match(
                r"\s(?:dem|der|den)\s", sentence.text[match.end() :]
            ):
                continue
            yield _replaced(sentence.text, match.start(), match.end(), opposite)


def factor_ten(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Ten times as much, or a tenth."""
    for _, start, end, number in _numbers(sentence):
        value = _value(number, language)
        decimals = (
            len(re.split("," if language == "de" else r"\.", number)[1])
            if _has_decimals(number, language)
            else 0
        )
        if value:
            larger = random.random() < 0.5
            new = value * 10 if larger else value / 10
            yield _replaced(
                sentence.text, start, end, decimal_text(new, decimals + (0 if larger else 1), language)
            )


def _has_decimals(number: str, language: str) -> bool:
    return ("," if language == "de" else ".") in number


def rounded_too_much(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Rounded to one digit without a word that says so, or the digits behind the first turned into zeros."""
    for _, start, end, number in _numbers(sentence):
        value = _value(number, language)
        if value < 20 or _HEDGED.search(sentence.text[:start]):
            continue
        power = 10 ** (len(str(int(value))) - 1)
        near = Fraction(int(value / power + Fraction(1, 2)) * power)
        if near != value and abs(near - value) >= 1:
            yield _replaced(sentence.text, start, end, decimal_text(near, 0, language))


_WORDS = {
    "de": ("zwölf", "dreiundzwanzig", "siebenhundert", "ein Dutzend", "neunzig"),
    "en": ("twelve", "twenty-three", "seven hundred", "a dozen", "ninety"),
}
_VALUES = (12, 23, 700, 12, 90)
_CLAUSES = {
    "de": ("ein Drittel davon im ersten Halbjahr", "doppelt so viel wie geplant", "die Hälfte davon aus Bestand",
           "dreimal so viel wie erwartet", "zum siebten Mal in Folge"),
    "en": ("a third of it from old stock", "twice as much as planned", "half of it in the first days",
           "three times as much as expected", "for the seventh time in a row"),
}  # fmt: skip


def number_words(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """A figure in words that is another one, and a fraction or multiple that nobody computed."""
    for _, start, end, number in _numbers(sentence):
        place = random.randrange(len(_VALUES))
        glued = sentence.text[end : end + 1].isalpha()
        if abs(_value(number, language) - _VALUES[place]) >= 1 and not glued:
            yield _replaced(sentence.text, start, end, _WORDS[language][place])
    yield sentence.text.rstrip(".") + ", " + random.choice(_CLAUSES[language]) + "."


def wrong_period(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Another week, month or year."""
    for match in re.finditer(r"(?:KW|week)\s(\d{1,2})", sentence.text):
        other = max(1, int(match[1]) + random.choice([-3, -2, 2, 3, 7]))
        if not _stays_true(sentence, facts, int(match[1]), other):
            yield _replaced(sentence.text, match.start(1), match.end(1), str(other))
    months = MONTHS[language]
    for match in re.finditer("|".join(months), sentence.text):
        place = months.index(match[0])
        yield _replaced(
            sentence.text, match.start(), match.end(), months[(place + random.choice([2, 3, 7])) % 12]
        )
    for match in re.finditer(r"(?<=[ /])20\d\d\b", sentence.text):
        yield _replaced(
            sentence.text, match.start(), match.end(), str(int(match[0]) + random.choice([-3, 3, 5]))
        )


def _stays_true(sentence: Sentence, facts: Facts, week: int, other: int) -> bool:
    """Whether a figure that the sentence gives for a week is that of the other week as well."""
    by_id, weekly = facts.by_id(), facts.spec.frequency
    for one in (by_id[span.fact] for span in sentence.spans):
        if one.role is not Role.VALUE or one.period is None:
            continue
        if weekly.first_day(one.period).isocalendar().week != week:
            continue
        there = facts.find(
            Role.VALUE, measure=one.measure, part=one.part, period=one.period + other - week, what=one.what
        )
        if there is not None and there.value == one.value:
            return True
    return False


_INVENTED = {
    "de": (" Geplant waren {a} €.", " Das entspricht {b} % der Kapazität.", " Betroffen sind {c} Kunden.",
           " Für die Folgeperiode werden {a} € erwartet.", " Davon entfallen {b} % auf Neukunden."),
    "en": (" The plan was €{a}.", " That is {b}% of capacity.", " {c} customers are affected.",
           " The forecast is €{a}.", " Of this {b}% came from new customers."),
}  # fmt: skip


def invented(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """A figure that nobody computed, in a sentence of its own."""
    amount = decimal_text(Fraction(random.randrange(1001, 999_999)), 0, language)
    share = decimal_text(Fraction(random.randrange(101, 999), 10), 1, language)
    template = random.choice(_INVENTED[language])
    yield sentence.text + template.format(a=amount, b=share, c=random.randrange(13, 900))


_NOTS = re.compile(
    r"(?<!\w)(?:noch nicht|nicht yet|not yet|nicht|not|kein|keine|no|ohne|without)\s", re.IGNORECASE
)


def removed_not(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """The word that turns the sentence round is missing."""
    for match in _NOTS.finditer(sentence.text):
        yield _replaced(sentence.text, match.start(), match.end(), "")
    if sentence.text.startswith("None of the"):
        yield "Some" + sentence.text[4:]
    if sentence.text.startswith("Keine der"):
        yield "Einige" + sentence.text[5:]


def swapped_parts(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """Two parts change places, their figures stay."""
    names = sorted({one.part[1] for one in facts.facts if one.part and len(one.part[1]) > 2})
    there = [(match.start(), match.end(), name) for name in names
             for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence.text)]  # fmt: skip
    there.sort()
    for first, second in itertools.pairwise(there):
        if first[2] == second[2] or _same_figures(sentence, first[1], second[1]):
            continue
        middle = sentence.text[first[1] : second[0]]
        yield sentence.text[: first[0]] + second[2] + middle + first[2] + sentence.text[second[1] :]


def _same_figures(sentence: Sentence, first: int, second: int) -> bool:
    """Whether the figures behind two places read the same."""
    behind = [
        next((sentence.text[one.start : one.end] for one in sentence.spans if one.start >= place), "")
        for place in (first, second)
    ]
    return behind[0] == behind[1]


def other_subject(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[str]:
    """The right figures of another measure."""
    labels = [one.label(language) for one in facts.spec.measures]
    for label in labels:
        others = [one for one in labels if one != label and label not in one and one not in label]
        if sentence.text.startswith(label) and others and sentence.spans:
            other = random.choice(others)
            key = next(one.key for one in facts.spec.measures if one.label(language) == other)
            first = facts.by_id()[sentence.spans[0].fact]
            same = facts.find(first.role, measure=key, value=first.value, part=first.part, what=first.what)
            if same is None and first.role is not Role.NUMBER:
                yield other + sentence.text[len(label) :]


MAKERS: dict[str, Maker] = {
    one.__name__: one
    for one in (
        changed_digit, swapped_figures, wrong_sign, wrong_unit, wrong_direction, factor_ten, rounded_too_much,
        number_words, wrong_period, invented, removed_not, swapped_parts, other_subject,
    )
}  # fmt: skip


def mutants(sentence: Sentence, facts: Facts, language: str, random: Random) -> Iterator[Mutant]:
    """Every kind of wrong text that can be made of the sentence."""
    for kind, maker in MAKERS.items():
        for text in maker(sentence, facts, language, random):
            if text != sentence.text:
                yield Mutant(kind, text, sentence.text)
