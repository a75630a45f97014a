"""Finds every number in a text, however it is written, with its unit and how exactly it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from pilotwerk.pilots.recipes.reports.checking import numerals, words

MOST_WORDS = 8
MIXED = "mixed"
"""In place of a unit where two different ones stand at the number."""
_PLACE = re.compile(r"\b(?:platz|rang|place|rank|position)\s$", re.IGNORECASE)
ORDINAL, FRACTION, RATIO, PLAIN = "ordinal", "fraction", "ratio", "plain"

_WORD = re.compile(r"[a-zäöüß]+(?:[-’'][a-zäöüß]+)*|[€$£%‰]", re.IGNORECASE)
_DIGITS = re.compile(
    r"(?P<sign>(?<![\w.,])[-+−±–](?=\s?[€$£]?\s?\d))?\s?(?P<before>[€$£])?\s?"
    r"(?P<number>\d{1,3}(?:[.,'’\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
)
_RANGE_SIGN = re.compile(r"\d\s?[–-]\s?$")
_NEXT = re.compile(r"\s{0,2}-?\s?([a-zäöüß€$£%‰]+(?:-punkte)?\.?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the text. `step` is the unit of its last digit, `coarse` that of its last digit that is not zero.

    `sign` is -1 or 1 where one is written, else 0. `unit` is one of `words.UNITS`, or empty.
    """

    start: int
    end: int
    value: Fraction
    step: Fraction
    coarse: Fraction
    kind: str = PLAIN
    sign: int = 0
    unit: str = ""
    worded: bool = False


def number_of(text: str, language: str) -> tuple[Fraction, Fraction]:
    """Value and step of 1.234,5 or 1,234.5. What can be read both ways is read as the language writes it."""
    bare = re.sub(r"['’\u202f]", "", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
    elif max(bare.count(","), bare.count(".")) > 1:
        decimal = ""
    elif comma >= 0 or point >= 0:
        sign = "," if comma >= 0 else "."
        own = "," if language == "de" else "."
        thousands = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare) is not None
        decimal = "" if thousands and sign != own else sign
    else:
        decimal = ""
    for sign in ",.":
        if sign != decimal:
            bare = bare.replace(sign, "")
    whole, _, rest = bare.partition(decimal) if decimal else (bare, "", "")
    return Fraction(int(whole + rest), 10 ** len(rest)), Fraction(1, 10 ** len(rest))


def _coarse(value: Fraction, step: Fraction) -> Fraction:
    """The unit of the last digit that is not zero: 1,000 for 39,000."""
    if step < 1 or not value:
        return step
    while value % (step * 10) == 0:
        step *= 10
    return step


def figures(text: str, language: str) -> list[Figure]:
    """All numbers in digits and in words, in order. What is masked out has been replaced by spaces before."""
    found = [_digits(text, match, language) for match in _DIGITS.finditer(text)]
    taken = [False] * len(text)
    for one in found:
        taken[one.start : one.end] = [True] * (one.end - one.start)
    found += _worded(text, taken)
    return sorted(found, key=lambda one: one.start)


def _digits(text: str, match: re.Match[str], language: str) -> Figure:
    value, step = number_of(match["number"], language)
    start = (
        match.start("sign")
        if match["sign"]
        else match.start("before")
        if match["before"]
        else match.start("number")
    )
    sign = 0
    if match["sign"] and not _RANGE_SIGN.search(text[: match.start("sign") + 1]):
        sign = 1 if match["sign"] == "+" else 0 if match["sign"] == "±" else -1
    one = Figure(start, match.end(), value, step, _coarse(value, step), sign=sign)
    if match["before"]:
        one = replace(one, unit=match["before"])
    if _PLACE.search(text[:start]):
        return replace(one, kind=ORDINAL, unit=MIXED if re.match(r"\s?[€$£%]", text[one.end :]) else "")
    one = _with_unit(text, one)
    other = re.match(r"\s?([€$£%])", text[one.end :])
    return replace(one, unit=MIXED) if other and one.unit and words.UNITS[other[1]] != one.unit else one


def _with_unit(text: str, one: Figure) -> Figure:
    """Takes in what stands behind the number: scale, unit, ordinal ending."""
    rest = text[one.end :]
    ending = re.match(r"(?:st|nd|rd|th)\b", rest)
    if ending:
        return replace(one, kind=ORDINAL, end=one.end + ending.end())
    dotted = re.match(r"\.\s(?=(?:platz|stelle|rang|mal)\b)", rest, re.IGNORECASE)
    if dotted:
        return replace(one, kind=ORDINAL, end=one.end + 1)
    fold = re.match(r"\s?-?(?:fache[sn]?|fach|fold)\b", rest, re.IGNORECASE)
    if fold:
        return replace(one, kind=RATIO, end=one.end + fold.end())
    for _ in range(2):
        following = _NEXT.match(text, one.end)
        if following is None:
            break
        raw = following[1].lower()
        word = raw.rstrip(".")
        gap = following.start(1) - one.end
        if word in words.SCALES and one.step <= 1 and not (word in ("m", "k") and gap):
            scale = words.SCALES[word]
            one = replace(
                one,
                value=one.value * scale,
                step=one.step * scale,
                coarse=one.step * scale,
                end=following.end(),
            )
            if word in words.UNITS:
                return replace(one, unit=words.UNITS[word])
            continue
        pair = re.match(r"\s+(\w+)", text[following.end() :])
        two = words.TWO_WORD_UNITS.get((word, pair[1].lower())) if pair else None
        if two and pair:
            return replace(one, unit=two, end=following.end() + pair.end())
        if word in words.UNITS and not one.unit:
            end = following.end() - (1 if raw.endswith(".") else 0)
            return _times(text, replace(one, unit=words.UNITS[word], end=end))
        break
    return one


def _times(text: str, one: Figure) -> Figure:
    """ "1.2 times as much" and "1,2-mal so viel" are ratios; "3 times in a row" is a count."""
    if one.unit == "times" and re.match(r"\s(?:so|as|the)\b", text[one.end :], re.IGNORECASE):
        return replace(one, kind=RATIO, unit="")
    return one


def _worded(text: str, taken: list[bool]) -> list[Figure]:
    tokens = [match for match in _WORD.finditer(text) if not taken[match.start()]]
    spoken = [match[0].lower() for match in tokens]
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        read = _word_at(text, tokens, spoken, at)
        if read is None:
            at += 1
            continue
        one, used = read
        found.append(one)
        at += used
    return found


def _word_at(text: str, tokens: list[re.Match[str]], spoken: list[str], at: int) -> tuple[Figure, int] | None:
    """The number in words that begins at a place, and how many words it takes."""
    word = spoken[at]
    following = spoken[at + 1] if at + 1 < len(spoken) else ""

    def made(value: Fraction | int, used: int, kind: str = PLAIN, unit: str = "") -> tuple[Figure, int]:
        end = tokens[at + used - 1].end()
        signed = re.search(r"(?:^|\s)([+−-])\s?$", text[: tokens[at].start()])
        sign = 0 if signed is None else 1 if signed[1] == "+" else -1
        return Figure(
            tokens[at].start(), end, Fraction(value), Fraction(1), Fraction(1), kind, sign, unit, True
        ), used

    place = numerals.ordinal(word)
    if place is not None and (
        re.search("größte|höchste|stärkste|niedrigste", word) or numerals.AFTER_ORDINAL.match(following)
    ):
        return made(place, 1, ORDINAL)
    if word in numerals.RATIOS and (word != "halb" or following == "so"):
        return made(numerals.RATIOS[word], 1, RATIO)
    if word == "half" and following == "as":
        return made(Fraction(1, 2), 1, RATIO)
    if word in numerals.DOZENS:
        one, used = made(12, 1)
        return _with_unit(text, one), used
    if word in numerals.BOTH:
        return made(2, 1)
    if word in numerals.FRACTIONS:
        return made(numerals.FRACTIONS[word], 1, FRACTION)
    repeated = re.fullmatch(r"([a-zäöüß]+?)-?(mal|fache?[nsr]?)", word)
    often = numerals.german_number(repeated[1]) if repeated else None
    if repeated and often is not None and often > 1:
        ratio = repeated[2] != "mal" or following == "so"
        return made(often, 1, RATIO if ratio else PLAIN, "" if ratio else "times")
    number, used = _plain_number(spoken, at)
    if number is None:
        return None
    after = spoken[at + used] if at + used < len(spoken) else ""
    if after in numerals.FRACTIONS and after not in ("half", "halbe", "halben"):
        return made(number * numerals.FRACTIONS[after], used + 1, FRACTION)
    if after in numerals.DOZENS:
        one, used = made(number * 12, used + 1)
        return _with_unit(text, one), used
    counted = after in words.UNITS or after.rstrip(".") in words.SCALES
    if word in numerals.ARTICLES and not (
        counted and after in ("prozent", "percent", "million", "milliarde", "billion")
    ):
        return None
    one, used = made(number, used)
    # "three times as much" is a ratio, "drei Tage" a number of days: what follows digits follows words as well.
    return replace(_with_unit(text, one), worded=True), used


def _plain_number(spoken: list[str], at: int) -> tuple[int | None, int]:
    word = spoken[at]
    if word in numerals.ARTICLES:
        return 1, 1
    english = numerals.english_number(spoken[at : at + MOST_WORDS])
    if english is not None:
        return english
    return numerals.german_number(word), 1
