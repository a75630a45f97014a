"""What belongs to one case only: names, dates, amounts, numbers, addresses. In a draft it becomes a placeholder.

Rules, not a language model: everything that looks like one of these kinds is replaced, unless many answers to
different people say exactly the same (the firm's own telephone number, a usual price, opening hours). Dates are
never kept. When in doubt a placeholder too many: a person fills it before the reply may go out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.providers.masking import left_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DAY = (
    r"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag)"
    r"(?:s|abend|morgen|mittag|nachmittag|vormittag)?"
)
_DAY_EN = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|January|February|March|May|June|July|October|December"
    r"|Jan\.|Feb\.|Mär\.|Apr\.|Jun\.|Jul\.|Aug\.|Sept?\.|Okt\.|Nov\.|Dez\.)"
)
_HOUR = r"\d{1,2}(?:[:.]\d{2})?"
_CLOCK = (
    rf"(?:{_HOUR}\s*(?:bis|-|–|und|to)\s*)?{_HOUR}\s*(?:Uhr|h\b|am\b|pm\b|a\.m\.|p\.m\.|o'clock)"
    r"|\d{1,2}:\d{2}"
)
_DATE = (
    r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\s\d{{4}})?"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
)
_SOON = (
    r"übermorgen|(?<!guten )\bmorgen(?: (?:früh|vormittag|nachmittag|abend))?\b|heute|vorgestern|gestern"
    r"|(?:nächste|kommende|diese|letzte|vergangene)[nrs]? (?:Woche|Monat|Jahr)\b|KW ?\d{1,2}"
    r"|tomorrow|today|yesterday|(?:next|this|last) (?:week|month|year)\b"
)
_GAP = r"(?:\s*,?\s*(?:den|dem|der|um|von|ab|gegen|zwischen|bis|on|at|the|from)?\s*)"
_MOMENT = rf"(?:{_DAY}|{_DAY_EN}|{_DATE}|{_CLOCK}|{_SOON})"
_STREET = (
    r"[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|weg|allee|platz|gasse|ring|damm|ufer|chaussee|koppel|stieg|kamp|hof)"
    r"\s\d+\s?[a-z]?\b|[A-ZÄÖÜ][\wäöüß.-]+\s(?:Straße|Strasse|Str\.|Weg|Allee|Platz|Gasse|Ring|Damm|Ufer|Street|Road|Avenue)\s\d+\s?[a-z]?\b"
)
_PLACE = r"(?:(?:D|A|CH)-)?\b\d{4,5}\s[A-ZÄÖÜ][a-zäöüß]+(?:\s(?:am|an der|im|bei)\s[A-ZÄÖÜ][a-zäöüß]+)?"
_NUMBER = r"(?:[A-Z]{1,5}[-/ ]?)?\d[\d./-]*\d{2,}[A-Z]?\b|[A-Z]{1,4}-\d+[\w-]*"
_CUSTOM = {
    "Rechnung": "invoice_number",
    "Gutschrift": "invoice_number",
    "Invoice": "invoice_number",
    "Auftrag": "order_number",
    "Bestell": "order_number",
    "Order": "order_number",
    "Kunde": "customer_number",
    "Customer": "customer_number",
    "Angebot": "offer_number",
    "Offer": "offer_number",
    "Quote": "offer_number",
    "Vorgang": "case_number",
    "Ticket": "case_number",
    "Case": "case_number",
}
_PREFIX = r"(?P<label>\b(?:{words})[\w-]*\.?(?:[ -]?(?:Nr\.|Nummer|No\.|number))?[ ]?:?\s)".format(
    words="|".join(sorted({*_CUSTOM, *(word.lower() for word in _CUSTOM)}))
)

NAMES: dict[str, tuple[str, str]] = {
    "name": ("Name", "name"),
    "email": ("E-Mail", "e-mail"),
    "link": ("Link", "link"),
    "iban": ("IBAN", "IBAN"),
    "phone": ("Telefon", "telephone"),
    "address": ("Adresse", "address"),
    "amount": ("Betrag", "amount"),
    "moment": ("Termin", "date"),
    "invoice_number": ("Rechnungsnummer", "invoice number"),
    "order_number": ("Auftragsnummer", "order number"),
    "customer_number": ("Kundennummer", "customer number"),
    "offer_number": ("Angebotsnummer", "offer number"),
    "case_number": ("Vorgangsnummer", "case number"),
    "number": ("Nummer", "number"),
    "figure": ("Zahl", "figure"),
}
_PLACEHOLDER = re.compile(
    r"\[(?:" + "|".join(re.escape(word) for pair in NAMES.values() for word in pair) + r")\]"
)

# In this order: what an earlier kind has taken, a later one does not see.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("link", re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+[\w/]")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[\dA-Z]{4}){3,7}(?:\s?[\dA-Z]{1,3})?\b")),
    ("amount", re.compile(
        r"(?:€|EUR|CHF|Fr\.|£|\$)\s?\d[\d.,'’ ]*\d(?:,[-–]+)?|(?:€|£|\$)\s?\d"
        r"|\d[\d.,'’ ]*(?:,[-–]+)?\s?(?:€|EUR\b|Euro\b|CHF\b|Franken\b|pounds\b)"
    )),
    ("phone", re.compile(r"(?<![\w-])(?:\+\d{1,3}|\(?0\d{1,5}\)?)(?:[\s/()-]*\d){5,12}\b")),
    ("address", re.compile(rf"(?:{_STREET})(?:,?\s+{_PLACE})?|{_PLACE}(?=\s*[,.]|\s*$)", re.MULTILINE)),
    ("moment", re.compile(rf"(?:\b|(?<=\W)){_MOMENT}(?:{_GAP}{_MOMENT})*", re.IGNORECASE)),
    ("labelled", re.compile(rf"{_PREFIX}(?P<value>{_NUMBER}|\d+)")),
    ("number", re.compile(rf"(?<![\w-])(?:{_NUMBER})")),
    ("name", re.compile(
        r"\b(?:Frau|Herrn?|Familie|Ms|Mrs|Mr)\.?\s+(?:(?:Prof|Dr)\.\s*)*[A-ZÄÖÜ][\w'’-]+(?:\s+[A-ZÄÖÜ][\w'’-]+(?=\s+(?:kommt|meldet|ruft|ist|wird|hat|kann)))?"
    )),
    ("figure", re.compile(r"(?<![\w-])\d+(?:[.,]\d+)?(?![\w-])")),
)  # fmt: skip
# Said to at least so many people in the same words, it is the firm's custom and not one person's matter.
CUSTOMARY = {
    "amount": 3,
    "figure": 3,
    "number": 5,
    "phone": 5,
    "email": 5,
    "link": 3,
    "iban": 5,
    "address": 5,
}


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: str
    key: str


def unfilled(text: str) -> tuple[str, ...]:
    """The placeholders in a text, in order, with repetition. A text with any of them must not go out.

    Those of masking ("[NAME_1]") count as well: what a language model invented, nobody could put back.
    """
    return (*_PLACEHOLDER.findall(text), *left_over(text))


def placeholder(kind: str, language: str) -> str:
    """ "[Betrag]" or "[amount]"."""
    german, english = NAMES[kind]
    return f"[{german if language == 'de' else english}]"


def _find(text: str) -> list[_Found]:
    """Everything of any kind, first kinds first, without overlaps, in the order of the text."""
    taken: list[_Found] = []

    def free(start: int, end: int) -> bool:
        return all(end <= other.start or start >= other.end for other in taken)

    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            start, end, name = match.start(), match.end(), kind
            if kind == "labelled":
                start, end = match.span("value")
                word = match.group("label").lower()
                name = next(kind for label, kind in _CUSTOM.items() if label.lower() in word)
            if free(start, end):
                taken.append(_Found(start, end, name, _key(text, start, end, name)))
    return sorted(taken, key=lambda found: found.start)


def _key(text: str, start: int, end: int, kind: str) -> str:
    """What must be the same in other answers for it to be customary. A bare figure counts with its next word."""
    said = " ".join(text[start:end].lower().split())
    if kind == "figure":
        following = re.match(r"\s*[-–]?\s*(\w+|%)", text[end:])
        said = f"{said} {following.group(1).lower()}" if following else f"{said} ."
    return f"{kind}:{said}"


def customary(answers: Iterable[tuple[str, Sequence[str], str]]) -> frozenset[str]:
    """Keys of what is said to many different people, from request, names of the person, and answer body.

    A customer who writes often counts once; all whose name is unknown count as one. What the request itself
    contained is the person's own and does not count.
    """
    people: dict[str, set[str]] = {}
    for request, names, answer in answers:
        asked = request.lower()
        for found in _find(answer):
            said = found.key.split(":", 1)[1]
            if found.kind in CUSTOMARY and said.split(" ")[0] not in asked:
                people.setdefault(found.key, set()).add(names[-1].lower() if names else "")
    return frozenset(
        key for key, said_to in people.items() if len(said_to) >= CUSTOMARY[key.split(":", 1)[0]]
    )


def own_names(request: str, salutation: str) -> tuple[str, ...]:
    """Names of the old case's people: in the answer's salutation, and signed under the request."""
    names = re.findall(r"[A-ZÄÖÜ][\w'’-]{2,}", salutation)
    lines = [line.strip() for line in request.strip().splitlines() if line.strip()]
    for line in lines[-3:]:
        if len(line) <= 50 and re.fullmatch(r"(?:[A-ZÄÖÜ][\w'’.-]+\s*){1,4}", line):
            names += re.findall(r"[A-ZÄÖÜ][\w'’-]{2,}", line)
    common = {
        "Guten",
        "Tag",
        "Hallo",
        "Sehr",
        "Frau",
        "Herr",
        "Herrn",
        "Moin",
        "Liebe",
        "Lieber",
        "Damen",
        "Herren",
    }
    common |= {
        "Morgen",
        "Abend",
        "Familie",
        "Dear",
        "Hello",
        "Good",
        "Grüße",
        "Gruß",
        "Freundliche",
        "Viele",
        "Vielen",
    }
    common |= {"Dank", "Danke", "Beste", "Liebes", "Team", "Mit", "Bitte", "GmbH", "Firma"}
    return tuple(dict.fromkeys(name for name in names if name not in common))


def generalise(body: str, *, customs: frozenset[str], names: Sequence[str], language: str) -> str:
    """The body with everything personal replaced by placeholders in the given language."""
    pieces: list[str] = []
    at = 0
    for found in _find(body):
        if found.key in customs:
            continue
        gap = " " if body[found.start : found.start + 1].isspace() else ""
        pieces += [body[at : found.start], gap, placeholder(found.kind, language)]
        tail = body[found.start : found.end]
        pieces.append(tail[len(tail.rstrip()) :])
        at = found.end
    text = "".join([*pieces, body[at:]])
    mark = placeholder("name", language)
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w\[]){re.escape(name)}(?![\w\]])", mark, text)
    doubled = re.escape(mark)
    return re.sub(rf"{doubled}(?:\s+{doubled})+", mark, text)
