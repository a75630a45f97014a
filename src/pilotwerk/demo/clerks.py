"""How the sample company's clerks decide: what they do with a proposal, and how long it takes them. Pure.

The effect is there but not perfect: a good draft halves the time, a bad one costs some, and now and then a wrong
category is overlooked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from pilotwerk.demo.corpus.requests import Request

Kind = Literal["approve", "edit", "reject", "defer", "answer"]
OVERLOOKED = 0.12  # wrong categories that nobody notices
DEFERRED, TAKEN_BACK = 0.04, 0.02
LATER, ONE_MORE = (
    "Wir melden uns dazu in den nächsten Tagen noch einmal.",
    "Bei Fragen rufen Sie uns gern an.",
)
_EXTRA = (
    ONE_MORE,
    "Sie erreichen uns werktags von 7 bis 16 Uhr.",
    "Bitte nennen Sie bei Rückfragen Ihre Vorgangsnummer.",
    "Vielen Dank für Ihre Geduld.",
)


@dataclass(frozen=True)
class Seen:
    """What the clerk has on the screen: the proposed category, the draft, and where the draft comes from."""

    category: str
    body: str
    placeholders: tuple[str, ...]
    situations: frozenset[str]  # what the past requests were about whose answers the draft was made of


@dataclass(frozen=True)
class Choice:
    """What the clerk does. `minutes` is the time at the screen."""

    kind: Kind
    minutes: float
    body: str = ""
    category: str = ""
    reason: str = ""
    text: str = ""


def _minutes(request: Request, factor: float, extra: float, rng: Random) -> float:
    return max(request.minutes * factor * rng.lognormvariate(0, 0.22) + extra, 0.4)


def by_hand(request: Request, rng: Random) -> Choice:
    """As before: the clerk writes the answer alone and files the request."""
    minutes = _minutes(request, 1.0, 0.0, rng)
    return Choice("answer", minutes, body=request.answer, category=request.true_category)


def fill(body: str, placeholders: tuple[str, ...], values: Mapping[str, str]) -> str:
    """Put in what the draft leaves open, from the clerk's calendar and files."""
    for placeholder in placeholders:
        word = placeholder.strip("[]").lower()
        key = next((key for part, key in _OPEN_PLACES if part in word), "datum")
        body = body.replace(placeholder, values[key], 1)
    return body


_OPEN_PLACES = (
    ("zahl", "menge"), ("termin", "neu_a"), ("betrag", "betrag_klein"), ("preis", "betrag_klein"), ("uhr", "fenster_a"),
    ("zeit", "fenster_a"), ("telefon", "telefon"), ("rechnung", "rechnung"), ("angebot", "angebot"),
    ("vertrag", "vertrag"), ("nummer", "kundennr"), ("adresse", "strasse"), ("anschrift", "strasse"),
    ("name", "monteur"), ("monteur", "monteur"), ("prozent", "menge"), ("anzahl", "menge"), ("e-mail", "kundennr"),
)  # fmt: skip


def _insert(body: str, sentence: str) -> str:
    """Put a sentence before the closing."""
    head, gap, closing = body.rpartition("\n\n")
    return f"{head} {sentence}{gap}{closing}" if gap else f"{body} {sentence}"


def _edited(request: Request, seen: Seen, fits: bool, rng: Random) -> str:
    if not fits:
        return request.answer
    body = fill(seen.body, seen.placeholders, request.values)
    if "[" in body:  # a place that the proposal does not name: the clerk writes the answer anew
        return request.answer
    return _insert(body, rng.choice(_EXTRA)) if body == seen.body or rng.random() < 0.35 else body


def decide(request: Request, seen: Seen, rng: Random) -> Choice:
    """What a clerk does with this proposal."""
    if rng.random() < DEFERRED:
        return Choice("defer", 1.2 + rng.random(), text="Wartet auf Rückmeldung der Technik.")
    wrong = seen.category != request.true_category and rng.random() >= OVERLOOKED
    fits = bool(seen.body) and request.situation in seen.situations
    category = request.true_category if wrong else seen.category
    if wrong and not fits and rng.random() < 0.4:
        minutes = _minutes(request, 0.12, 0.8, rng)
        return Choice("reject", minutes, reason="category", text="Gehört in eine andere Kategorie.")
    if not fits and rng.random() < 0.45:
        reason, text = ("content", "Die Antwort passt nicht zur Frage.")
        if request.situation == "sonstiges-lieferant":
            reason, text = "no_answer", "Werbung"
        return Choice("reject", _minutes(request, 0.12, 0.7, rng), reason=reason, text=text)
    if fits and request.angry and rng.random() < 0.25:
        return Choice(
            "reject", _minutes(request, 0.15, 0.6, rng), reason="tone", text="Zu knapp für eine Beschwerde."
        )
    touchy = request.true_category == "Rechnung" and rng.random() < 0.6  # amounts are looked up again
    if fits and not wrong and not seen.placeholders and not touchy and rng.random() < 0.9:
        return Choice("approve", _minutes(request, 0.34, 0.4, rng))
    body = _edited(request, seen, fits, rng)
    factor = 0.5 if fits else 0.92
    return Choice("edit", _minutes(request, factor, 0.8, rng), body=body, category=category)
