"""Words that carry numbers, directions and doubts, in German and English. All in lower case."""

from __future__ import annotations

import re
from typing import Final


def many(text: str) -> frozenset[str]:
    """The words of a text, parted by spaces."""
    return frozenset(text.split())


UP: Final = many(
    """mehr gestiegen stieg stiegen steigt steigen wuchs wuchsen wächst gewachsen zugelegt anstieg zunahme
    zuwachs plus
    höher höhere höheren höherer erhöht erhöhte erhöhten zugenommen über oberhalb steigend steigender
    steigende
    größer wachstum legte zu gesteigert steigerte steigerten verbesserte verbesserten beitrug kletterte
    kletterten gewann zunahm zunahmen zunehmen überstieg überschritt übersteigt übertraf
    increase increased increases rose risen rises rise grew grown grows up more higher above gain gained
    growth climbed
    rising added adds beat beats surged jumped improved soared exceeded exceeds larger"""
) - {"zu"}
DOWN: Final = many(
    """weniger gesunken sank sanken sinkt sinken fiel fielen fällt gefallen rückgang abnahme minus
    niedriger niedrigere
    verringert verringerte abgenommen unter unterhalb fallend fallender fallende geringer kleiner
    reduziert sinkend
    zurückgegangen zurück abnahm abnahmen abnehmen nachgeben büßte einbüßen schrumpfte schrumpften brach
    verlor verloren einbüßte unterschritt einbußen
    decrease decreased decreases fell fallen falls fall dropped drop drops down less fewer lower below
    decline declined
    declines shrank shrunk lost loses slipped slid slumped falling reduced smaller"""
)
SAME: Final = many("unverändert unveränderter gleich gleichgeblieben konstant unchanged same constant")
NEUTRAL: Final = many(
    """abweichung unterschied differenz schwankung difference deviation differs differ unterscheidet"""
)
NOT: Final = many(
    """nicht kein keine keiner keinem keinen keines not no none never nie ohne without isn't wasn't didn't
    neither"""
)
# What follows one of these is what is compared with.
BASE: Final = many(
    """gegenüber als than compared versus vs vs. verglichen vergleich from zum zur zu vor from statt
    instead nach against"""
)
COMPARED: Final = many("compared verglichen vergleich gegenüber comparison")
# Verbs whose direction stands at the end of the sentence: "nahm ... zu", "ging ... zurück".
SPLIT_VERBS: Final = many("nahm nahmen nimmt nehmen legte legten legt gab gaben büßte büßten")
BREAKS: Final = many("sondern und and sowie aber but während while whereas bzw. or oder")
APPROX: Final = many(
    """rund etwa ca ca. circa ungefähr zirka annähernd about around roughly approximately some approx
    approx. ~ ≈"""
)
OVER: Final = many(
    """über gut mehr more over above oberhalb exceeding exceeded exceeds übersteigt überstieg überschritt
    übertraf"""
)
AT_LEAST: Final = many("mindestens least wenigstens")
UNDER: Final = many(
    """unter knapp fast beinahe weniger less fewer under below almost nearly nahezu unterhalb unterschritt"""
)
AT_MOST: Final = many("höchstens most maximal")
TOTAL: Final = many(
    """insgesamt gesamt gesamte gesamten gesamter total overall altogether zusammen together gesamtwert"""
)
THERE: Final = many("dort there davon darin hier here")
MEAN_WORDS: Final = many("mittel durchschnitt durchschnittlich durchschnittliche mittlere mean average")
MEDIAN_WORDS: Final = many("median mediane typisch typical")
IN_A_ROW = re.compile(
    r"in folge|hintereinander|nacheinander|in a row|consecutive|in succession|am stück|straight"
)

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
