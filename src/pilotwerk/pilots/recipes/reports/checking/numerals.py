"""Numbers in words, in German and English: cardinals, ordinals, fractions, multiples."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from pilotwerk.pilots.recipes.reports.checking.words import many

_ONES_DE = {
    "null": 0, "ein": 1, "eins": 1, "eine": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14,
    "fünfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS_DE = {
    "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80,
    "neunzig": 90,
}  # fmt: skip
ONES_EN: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS_EN: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
ARTICLES: Final = many("ein eine einen einem einer eines one a an")
BOTH: Final = many("beide beiden beider both")
DOZENS: Final = many("dutzend dozen dozens")
FRACTIONS: Final[dict[str, Fraction]] = {
    "hälfte": Fraction(1, 2), "half": Fraction(1, 2), "halbe": Fraction(1, 2), "halben": Fraction(1, 2),
    "drittel": Fraction(1, 3), "thirds": Fraction(1, 3), "third": Fraction(1, 3),
    "viertel": Fraction(1, 4), "quarter": Fraction(1, 4), "quarters": Fraction(1, 4), "dreiviertel": Fraction(3, 4),
    "fünftel": Fraction(1, 5), "fifth": Fraction(1, 5), "fifths": Fraction(1, 5),
    "sechstel": Fraction(1, 6), "achtel": Fraction(1, 8),
    "zehntel": Fraction(1, 10), "tenth": Fraction(1, 10), "tenths": Fraction(1, 10),
}  # fmt: skip
RATIOS: Final[dict[str, Fraction]] = {
    "doppelt": Fraction(2), "doppelte": Fraction(2), "verdoppelt": Fraction(2), "verdoppelte": Fraction(2),
    "verdoppelten": Fraction(2), "twice": Fraction(2), "double": Fraction(2), "doubled": Fraction(2),
    "dreifache": Fraction(3), "verdreifacht": Fraction(3), "verdreifachte": Fraction(3), "tripled": Fraction(3),
    "triple": Fraction(3), "vierfache": Fraction(4), "vervierfacht": Fraction(4), "quadrupled": Fraction(4),
    "zehnfache": Fraction(10), "halbiert": Fraction(1, 2), "halbierte": Fraction(1, 2), "halved": Fraction(1, 2),
    "halb": Fraction(1, 2),
}  # fmt: skip
_ORDINALS_DE = {
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "acht": 8, "neunt": 9,
    "zehnt": 10, "elft": 11, "zwölft": 12,
}  # fmt: skip
_ORDINALS_EN = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
AFTER_ORDINAL: Final = re.compile(
    r"(?:platz|stelle|rang|mal|place|rank|time|week|woche|month|monat|largest|highest|biggest|größte|höchste|stärkste)"
)


def german_number(word: str) -> int | None:
    """Zero to 999,999 in one word: einundzwanzig, dreihundertfünf; None for any other word."""
    if word in _ONES_DE:
        return _ONES_DE[word]
    if word in _TENS_DE:
        return _TENS_DE[word]
    for sign, factor in (("tausend", 1000), ("hundert", 100)):
        head, found, tail = word.partition(sign)
        if found:
            left = german_number(head) if head else 1
            right = german_number(tail.removeprefix("und")) if tail else 0
            return None if left is None or right is None else left * factor + right
    head, found, tail = word.partition("und")
    if found and tail in _TENS_DE and head in _ONES_DE:
        return _TENS_DE[tail] + _ONES_DE[head]
    return None


def english_number(words: list[str]) -> tuple[int, int] | None:
    """The number that the words begin with, and of how many words it is made: two hundred and five."""
    total, current, used, at = 0, 0, 0, 0
    while at < len(words):
        word = words[at]
        parts = word.split("-")
        if word in ONES_EN:
            current += ONES_EN[word]
        elif word in TENS_EN:
            current += TENS_EN[word]
        elif len(parts) == 2 and parts[0] in TENS_EN and parts[1] in ONES_EN:
            current += TENS_EN[parts[0]] + ONES_EN[parts[1]]
        elif word == "hundred" and used:
            current = max(current, 1) * 100
        elif word == "thousand" and used:
            total, current = total + max(current, 1) * 1000, 0
        elif word == "and" and used and words[at - 1] in ("hundred", "thousand") and at + 1 < len(words):
            if words[at + 1] not in ONES_EN and words[at + 1].split("-")[0] not in TENS_EN:
                break
            at += 1
            continue
        else:
            break
        at += 1
        used = at
    return (total + current, used) if used else None


def ordinal(word: str) -> int | None:
    """The place that a word names: dritte, dritten, zweitgrößte, dreizehnte, third, thirteenth."""
    if word in _ORDINALS_EN:
        return _ORDINALS_EN[word]
    for stem, value in _ORDINALS_DE.items():
        if re.fullmatch(rf"{stem}(?:e[rnsm]?|(?:größte|höchste|stärkste|niedrigste)[rnsm]?)", word):
            return value
    english = re.fullmatch(r"([a-z-]+?)(?:th|ieth)", word)
    if english:
        for stem in (english[1], english[1] + "y"):
            read = english_number([stem])
            if read is not None and read[0] > 3:
                return read[0]
    german = re.fullmatch(r"(.+?)s?te[rnsm]?", word)
    return german_number(german[1]) if german else None
