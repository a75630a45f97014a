"""The parts of a letter: salutation, body, closing; and by which title a person was addressed before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.providers.embedded.vectors import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GREETING = (
    r"(?:Sehr geehrte[rs]?|Guten (?:Tag|Morgen|Abend)|Hallo|Liebe[rs]?|Moin|Servus|Gr(?:ü|ue)(?:ß|ss) Gott"
    r"|Gr(?:ü|ue)ezi|Dear|Hello|Hi|Good (?:morning|afternoon|evening))"
)
# Up to the end of its line, or up to the comma where the letter goes on in the same line.
_SALUTATION = re.compile(rf"\s*({_GREETING}\b[^\n,!.]{{0,80}}(?:[,!.]|(?=\n)|$))", re.IGNORECASE)
_FAREWELL = re.compile(
    r"(?:^|\n|(?<=[.!?])[ \t]+)[ \t]*"
    r"(?:(?:mit|viele|liebe|beste|herzliche|sonnige|freundliche)[a-zäöüß ]{0,40}\s)?"
    r"(?:gr(?:ü|ue)(?:ß|ss)e?n?|mfg|vg|lg|hochachtungsvoll|(?:kind|best|warm)(?: regards| wishes)|regards|"
    r"yours (?:sincerely|faithfully)|sincerely)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(Frau|Herrn?|Ms|Mrs|Mr)\.?\s+((?:Prof\.\s*|Dr\.\s*)*)([A-ZÄÖÜ][\w'’-]+(?:\s+[A-ZÄÖÜ][\w'’-]+)?)"
)
_NAME = r"[A-ZÄÖÜ][A-Za-zÄÖÜäöüßéèàáíóúçñşğışČčćžŠš'’-]+"
_TITLED = re.compile(rf"(Frau|Herrn?)\s+((?:Prof\.\s*|Dr\.\s*)*)(?:{_NAME}\s+)??({_NAME})")
_ENGLISH = {"Frau": "Ms", "Herr": "Mr"}
_GERMAN = {"Herrn": "Herr", "Ms": "Frau", "Mrs": "Frau", "Mr": "Herr"}
LONGEST_CLOSING = 400


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter taken apart. Salutation and closing may be empty."""

    salutation: str
    body: str
    closing: str


def take_apart(text: str) -> Letter:
    """Salutation at the beginning, closing from the last farewell on; what lies between is the body."""
    rest = text.replace("\r\n", "\n").strip()
    salutation = ""
    start = _SALUTATION.match(rest)
    if start and start.end() < len(rest):
        salutation, rest = start.group(1).strip(), rest[start.end() :].lstrip(" \t\n,")
    closing = ""
    farewells = [found for found in _FAREWELL.finditer(rest) if len(rest) - found.start() <= LONGEST_CLOSING]
    if farewells:
        cut = farewells[0].start()
        rest, closing = rest[:cut].rstrip(), rest[cut:].strip()
    return Letter(salutation, rest.strip(), closing)


def sentences(text: str) -> list[str]:
    """The sentences of a text; ends of lines end a sentence, "z. B." and "24. November" do not."""
    parts = re.split(
        r"\n+|(?<=[.!?])(?<!\b\w\.)(?<!\d\.)(?<!\bNr\.)(?<!\bDr\.)(?<!\bca\.)\s+(?=[A-ZÄÖÜ„\"(\[–-])", text
    )
    return [part.strip() for part in parts if part.strip()]


def addressed(salutation: str) -> tuple[str, str, str] | None:
    """Title (Frau or Herr), degree ("Dr. " or "") and surname that a salutation names."""
    found = _ADDRESSED.search(salutation)
    if not found:
        return None
    title = _GERMAN.get(found.group(1), found.group(1))
    return title, _degree(found.group(2)), found.group(3).split()[-1]


def _degree(text: str) -> str:
    return "".join(f"{part} " for part in text.split())


def known_titles(letters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Who was addressed how: "petra wulff" -> "Frau Wulff", from pairs of request and answer.

    Only where the request itself names the person in full. Somebody who was addressed in two ways is left out:
    a wrong title is worse than none.
    """
    found: dict[str, set[str]] = {}
    for request, answer in letters:
        person = addressed(take_apart(answer).salutation)
        if not person:
            continue
        title, degree, surname = person
        for match in re.finditer(rf"\b({_NAME})[ \t]+{re.escape(surname)}\b", request):
            first = match.group(1)
            if first not in ("Frau", "Herr", "Herrn", "Familie", "Firma"):
                found.setdefault(_key(f"{first} {surname}"), set()).add(f"{title} {degree}{surname}")
    return {name: titles.pop() for name, titles in found.items() if len(titles) == 1}


def _key(name: str) -> str:
    return " ".join(folded(name).split())


def salutation_for(sender: str | None, titles: Mapping[str, str], language: str) -> str:
    """ "Guten Tag Frau Wulff," where the title is known, else "Guten Tag,": nobody's sex is guessed from a name."""
    title = _title_of(sender, titles)
    if language != "de":
        if not title:
            return "Hello,"
        word, rest = title.split(" ", 1)
        return f"Dear {_ENGLISH.get(word, word)} {rest},"
    return f"Guten Tag {title}," if title else "Guten Tag,"


def _title_of(sender: str | None, titles: Mapping[str, str]) -> str | None:
    """The title from the past data, or the one that the sender's name itself carries."""
    name = " ".join((sender or "").split())
    if not name or len(name) > 80:
        return None
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
        name = f"{first} {last}"
    known = titles.get(_key(name))
    if known:
        return known
    own = _TITLED.fullmatch(name)
    return f"{_GERMAN.get(own.group(1), own.group(1))} {_degree(own.group(2))}{own.group(3)}" if own else None
