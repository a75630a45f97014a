"""Column names, German and English, that speak of something written down late: during or after the decision.

A name alone proves nothing. It only lowers the bar that a test has to pass (see `leaks`).
"""

from __future__ import annotations

from enum import StrEnum

from pilotwerk.processes.domain.words import normal_name


class Late(StrEnum):
    """What a name speaks of."""

    OUTCOME = "outcome"
    CLOSED = "closed"
    SALE = "sale"
    QUALITY = "quality"
    LAST = "last"
    TAG = "tag"
    STATUS = "status"
    DURATION = "duration"


# Words of a name; those of five letters and more also as the end or beginning of a German compound.
WORDS: dict[Late, tuple[str, ...]] = {
    Late.OUTCOME: (
        "outcome", "result", "ergebnis", "ausgang", "erfolg", "success", "won", "gewonnen", "verloren", "lost",
        "conversion", "converted", "konvertiert", "zusage", "absage", "ablehnung", "verlustgrund",
        "absagegrund", "gewinn", "decision", "entscheidung", "response", "reaktion", "rueckmeldung",
    ),
    Late.CLOSED: (
        "closed", "closing", "close", "geschlossen", "abgeschlossen", "abschluss", "erledigt", "beendet", "ended",
        "finished", "signed", "unterschrieben", "unterschrift", "signature", "completed",
    ),
    Late.SALE: (
        "contract", "vertrag", "vertragsnummer", "invoice", "rechnung", "rechnungsnummer", "auftrag",
        "auftragsnummer", "auftragswert", "order", "umsatz", "revenue", "payment", "zahlung", "provision",
        "commission", "lieferung", "delivery", "onboarding", "rabatt", "discount",
    ),
    Late.QUALITY: (
        "quality", "qualitaet", "rating", "bewertung", "score", "punkte", "einstufung", "grade", "index",
        "potenzial", "probability", "wahrscheinlichkeit", "chance",
    ),
    Late.LAST: (
        "last activity", "last notable activity", "last contact", "last call", "last action", "last event",
        "letzte aktivitaet", "letzter kontakt", "letzte aktion", "letzter anruf", "letztes ereignis",
        "letzte massnahme", "last modified", "letzte aenderung", "geaendert",
    ),
    Late.TAG: ("tags", "tag", "label", "labels", "schlagwort", "schlagwoerter", "markierung", "kennzeichen"),
    Late.STATUS: ("status", "stage", "phase", "stufe", "zustand", "state", "substatus", "bearbeitungsstand"),
    Late.DURATION: (
        "duration", "dauer", "length", "laenge", "talk time", "talktime", "call time", "call seconds",
        "call minutes", "gespraechszeit", "gespraechsminuten", "gespraechslaenge",
    ),
}  # fmt: skip
# What lies before the lead is no result of it: "previous outcome", "Ergebnis der vorigen Aktion".
EARLIER = frozenset(
    """
    previous prev previously prior earlier former past old poutcome vorig vorige vorigen vorheriges vorherige
    vorherigen vorher frueher fruehere frueheren frueheres alt alte alter bisher bisherige bisheriges
    """.split()  # noqa: SIM905 -- as in a dictionary
)
# Names that leave little doubt; the others also occur for what is known early (a credit score, a contract term).
PLAIN = frozenset({Late.OUTCOME, Late.CLOSED, Late.SALE, Late.LAST})


def late(name: str) -> Late | None:
    """What a name speaks of, if it is something late."""
    normal = normal_name(name)
    tokens = normal.split()
    if EARLIER & set(tokens):
        return None
    padded = f" {normal} "
    for meaning, words in WORDS.items():
        for word in words:
            if f" {word} " in padded:
                return meaning
            if len(word) >= 5 and any(token.endswith(word) or token.startswith(word) for token in tokens):
                return meaning
    return None
