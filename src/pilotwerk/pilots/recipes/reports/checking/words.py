"""Words that carry numbers, directions and doubts, in German and English. All in lower case."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

UP: Final = frozenset(
    """mehr gestiegen stieg stiegen steigt steigen wuchs wuchsen wächst gewachsen zugelegt anstieg zunahme zuwachs plus
    höher höhere höheren höherer erhöht erhöhte erhöhten zugenommen über oberhalb steigend steigender steigende
    größer wachstum legte zu gesteigert steigerte steigerten verbesserte verbesserten beitrug kletterte kletterten gewann zunahm zunahmen zunehmen überstieg überschritt übersteigt übertraf
    increase increased increases rose risen rises rise grew grown grows up more higher above gain gained growth climbed
    rising added adds beat beats surged jumped improved soared exceeded exceeds larger""".split()
) - {"zu"}
DOWN: Final = frozenset(
    """weniger gesunken sank sanken sinkt sinken fiel fielen fällt gefallen rückgang abnahme minus niedriger niedrigere
    verringert verringerte abgenommen unter unterhalb fallend fallender fallende geringer kleiner reduziert sinkend
    zurückgegangen zurück abnahm abnahmen abnehmen nachgeben büßte einbüßen schrumpfte schrumpften brach verlor verloren einbüßte unterschritt einbußen
    decrease decreased decreases fell fallen falls fall dropped drop drops down less fewer lower below decline declined
    declines shrank shrunk lost loses slipped slid slumped falling reduced smaller""".split()
)
SAME: Final = frozenset("unverändert unveränderter gleich gleichgeblieben konstant unchanged same constant".split())
NEUTRAL: Final = frozenset(
    "abweichung unterschied differenz schwankung difference deviation differs differ unterscheidet".split()
)
NOT: Final = frozenset(
    "nicht kein keine keiner keinem keinen keines not no none never nie ohne without isn't wasn't didn't neither".split()
)
# What follows one of these is what is compared with.
BASE: Final = frozenset(
    "gegenüber als than compared versus vs vs. verglichen vergleich from zum zur zu vor from statt instead nach against"
    .split()
)
COMPARED: Final = frozenset("compared verglichen vergleich gegenüber comparison".split())
# Verbs whose direction stands at the end of the sentence: "nahm ... zu", "ging ... zurück".
SPLIT_VERBS: Final = frozenset("nahm nahmen nimmt nehmen legte legten legt gab gaben büßte büßten".split())
BREAKS: Final = frozenset("sondern und and sowie aber but während while whereas bzw. or oder".split())
APPROX: Final = frozenset(
    "rund etwa ca ca. circa ungefähr zirka annähernd about around roughly approximately some approx approx. ~ ≈".split()
)
OVER: Final = frozenset("über gut mehr more over above oberhalb exceeding exceeded exceeds übersteigt überstieg überschritt übertraf".split())
AT_LEAST: Final = frozenset("mindestens least wenigstens".split())
UNDER: Final = frozenset("unter knapp fast beinahe weniger less fewer under below almost nearly nahezu unterhalb unterschritt".split())
AT_MOST: Final = frozenset("höchstens most maximal".split())
TOTAL: Final = frozenset(
    "insgesamt gesamt gesamte gesamten gesamter total overall altogether zusammen together gesamtwert".split()
)
THERE: Final = frozenset("dort there davon darin hier here".split())
MEAN_WORDS: Final = frozenset("mittel durchschnitt durchschnittlich durchschnittliche mittlere mean average".split())
MEDIAN_WORDS: Final = frozenset("median mediane typisch typical".split())
IN_A_ROW = re.compile(r"in folge|hintereinander|nacheinander|in a row|consecutive|in succession|am stück|straight")

SCALES: Final[dict[str, int]] = {
    "tsd": 10**3, "tausend": 10**3, "thousand": 10**3, "k": 10**3, "t€": 10**3, "k€": 10**3,
    "mio": 10**6, "million": 10**6, "millionen": 10**6, "millions": 10**6, "mn": 10**6, "m": 10**6, "m€": 10**6,
    "mrd": 10**9, "milliarde": 10**9, "milliarden": 10**9, "billion": 10**9, "bn": 10**9, "billionen": 10**12,
}  # fmt: skip
UNITS: Final[dict[str, str]] = {
    "%": "%", "prozent": "%", "percent": "%", "v. h.": "%", "‰": "‰", "promille": "‰",
    "prozentpunkt": "pp", "prozentpunkte": "pp", "prozentpunkten": "pp", "pp": "pp", "%-punkte": "pp",
    "€": "€", "eur": "€", "euro": "€", "euros": "€", "cent": "cent", "cents": "cent",
    "$": "$", "usd": "$", "dollar": "$", "dollars": "$", "chf": "CHF", "franken": "CHF", "francs": "CHF", "fr.": "CHF",
    "£": "£", "gbp": "£", "pfund": "£", "pounds": "£", "t€": "€", "k€": "€", "m€": "€",
    "kg": "kg", "t": "t", "tonnen": "t", "tonnes": "t", "stück": "pcs", "pieces": "pcs", "liter": "l", "kwh": "kWh",
    "tag": "day", "tage": "day", "tagen": "day", "day": "day", "days": "day",
    "woche": "week", "wochen": "week", "week": "week", "weeks": "week",
    "monat": "month", "monate": "month", "monaten": "month", "month": "month", "months": "month",
    "jahr": "year", "jahre": "year", "jahren": "year", "year": "year", "years": "year",
    "stunde": "h", "stunden": "h", "h": "h", "hour": "h", "hours": "h", "std": "h",
    "minute": "min", "minuten": "min", "minutes": "min", "min": "min", "sekunden": "s", "seconds": "s",
    "perioden": "period", "periods": "period", "quartale": "quarter_year", "quartal": "quarter_year",
    "zeilen": "row", "zeile": "row", "rows": "row", "row": "row",
    "reihen": "series", "reihe": "series", "series": "series",
    "mal": "times", "times": "times", "x": "times",
}  # fmt: skip
TWO_WORD_UNITS: Final = {("percentage", "points"): "pp", ("percentage", "point"): "pp", ("per", "cent"): "%"}

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
ARTICLES: Final = frozenset("ein eine einen einem einer eines one a an".split())
BOTH: Final = frozenset("beide beiden beider both".split())
DOZENS: Final = frozenset("dutzend dozen dozens".split())
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
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "acht": 8, "neunt": 9, "zehnt": 10,
    "elft": 11, "zwölft": 12,
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
    """The place that a word names: dritte, dritten, zweitgrößte, third."""
    if word in _ORDINALS_EN:
        return _ORDINALS_EN[word]
    for stem, value in _ORDINALS_DE.items():
        if re.fullmatch(rf"{stem}(?:e[rnsm]?|(?:größte|höchste|stärkste|niedrigste)[rnsm]?)", word):
            return value
    return None
