"""The text to a lead: the company's own wording with the lead's values in it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.columns import known_columns
from pilotwerk.pilots.recipes.leads.incoming import WORDS
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping

TURNS = ("first", "again")
LANGUAGES = ("de", "en")
# (language, turn) -> subject and text. {name of a column} takes the lead's value.
TEXTS = {
    ("de", "first"): (
        "Ihre Anfrage bei {our_company}",
        "{greeting}\n\nvielen Dank für Ihr Interesse. Gern besprechen wir, was Sie brauchen und was wir dafür tun"
        " können.\n\nWann passt Ihnen ein kurzes Telefonat?\n\nFreundliche Grüße\n{our_company}",
    ),
    ("de", "again"): (
        "Noch einmal zu Ihrer Anfrage",
        "{greeting}\n\nwir haben Ihnen am {last_letter} geschrieben und noch nichts von Ihnen gehört. Passt das Thema"
        " gerade? Wenn nicht, genügt eine kurze Antwort, dann melden wir uns nicht mehr.\n\nFreundliche Grüße\n"
        "{our_company}",
    ),
    ("en", "first"): (
        "Your enquiry at {our_company}",
        "{greeting}\n\nthank you for your interest. We are happy to talk about what you need and what we can do for it."
        "\n\nWhen would a short call suit you?\n\nKind regards\n{our_company}",
    ),
    ("en", "again"): (
        "Your enquiry once more",
        "{greeting}\n\nwe wrote to you on {last_letter} and have not heard from you yet. Is it a good time? If not, a"
        " short answer is enough and we will not write again.\n\nKind regards\n{our_company}",
    ),
}  # fmt: skip
GREETING = {"de": ("Guten Tag %s,", "Guten Tag,"), "en": ("Dear %s,", "Dear Sir or Madam,")}
_FIELD = re.compile(r"\{([^{}\n]{1,60})\}")
_OPEN = re.compile(r"\[[^\[\]\n]{1,60}\]")


def option(language: str, turn: str, part: str) -> str:
    """The name under which the company's own wording is kept: `part` is "subject" or "body"."""
    return f"text_{language}_{turn}_{part}"


def language_of(values: Mapping[str, str], options: Mapping[str, Any]) -> str:
    """The lead's language where the table says it, else the usual one."""
    columns = list(values)
    found = known_columns(columns, {"language": WORDS["language"]})
    said = values[columns[found["language"]]].lower() if found else ""
    if said.startswith(("en", "eng")):
        return "en"
    if said.startswith(("de", "ger")):
        return "de"
    return str(options.get("language") or "de")


def day_text(day: str, language: str) -> str:
    """A day as 24.11.2026 or 24 November 2026."""
    found = date.fromisoformat(day)
    return f"{found:%d.%m.%Y}" if language == "de" else f"{found.day} {found:%B %Y}"


def write(payload: Mapping[str, Any], name: str, company: str, options: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text. A value that is missing stays as a visible place, which blocks sending until it is filled."""
    values = payload["values"]
    language = language_of(values, options)
    turn = TURNS[0] if payload.get("turn", 1) == 1 else TURNS[1]
    known = {normal_name(column): value for column, value in values.items()}
    with_name, without = GREETING[language]
    known["greeting"] = with_name % name if name else without
    known["our company"] = company
    letters = payload.get("letters") or ()
    if letters:
        known["last letter"] = day_text(letters[-1], language)
    parts = []
    for place, part in enumerate(("subject", "body")):
        text = str(options.get(option(language, turn, part)) or TEXTS[language, turn][place])
        parts.append(_FIELD.sub(lambda found: known.get(normal_name(found[1]), "") or f"[{found[1]}]", text))
    return " ".join(parts[0].split()), parts[1]


def unfilled(text: str) -> tuple[str, ...]:
    """Places that are still to be filled."""
    return tuple(_OPEN.findall(text))
