"""Which columns hold personal data: e-mail, telephone, IBAN, names, postal addresses, free text with any of them.

The patterns are read by Python and by DuckDB (RE2) alike. They prefer precision: a number alone is never a
telephone number unless its column says so, a capitalised word alone is never a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.processes.domain.words import normal_name


class Personal(StrEnum):
    """What a column says about people, as in the command line contract."""

    NONE = "none"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    IBAN = "iban"
    ADDRESS = "address"
    FREE_TEXT = "free_text"


# A kind counts for the column from this share of its values on; a postal address is written in more ways.
MOSTLY = 0.5
NAME_SHARE = 0.7
# Names without a word for them in the column's name: nearly all values look like one, there are many, and some
# carry a title or have the family name first. "Rote Lampe" alone looks like a name too.
UNNAMED_SHARE = 0.95
UNNAMED_MARKED = 0.1
UNNAMED_DISTINCT = 20

EMAIL = r"[A-Za-z0-9_.+-]+@[A-Za-z0-9À-ÿ-]+(?:\.[A-Za-z0-9À-ÿ-]+)*\.[A-Za-z]{2,}"
# With a plus or 00 and a country, or an area code with something between it and the number.
PHONE = (
    r"(?:(?:\+|\b00)[1-9]\d{0,2}[ ()/.-]{0,3}(?:\(0\))?[ ]?(?:\d[ ()/.-]{0,2}){6,12}\d\b"
    r"|\(0[1-9]\d{1,4}\)[ /-]{0,2}\d(?:[ /-]?\d){3,9}\b"
    r"|\b0[1-9]\d{1,4}[ ]?[ /-][ ]?\d{2,}(?:[ /-]?\d){2,9}\b)"
)
# Seven digits and more after a word for it.
PHONE_NAMED = (
    r"(?i:\b(?:tel|telefon|handy|mobil|mobile|phone|fax|rückruf|call me)\b[ .:]{0,3}(?:nr|unter|at)?[ .:]{0,3})"
    r"\+?\d(?:[ /()-]{0,2}\d){5,13}\b"
)
PHONE_WHOLE = r"\+?\(?\d(?:[ ()/.-]{0,3}\d){5,14}"
# RE2 knows word ends of ASCII only, so what stands before a capital umlaut is written out.
_BEFORE = r"(?:^|[\s,;:(/\"„])"
_CAPITAL = r"[A-ZÄÖÜ][A-Za-zäöüßÄÖÜ.-]*"
_NUMBER = r" \d{1,4} ?(?:[a-hA-H]\b)?(?: ?[-/] ?\d{1,4} ?[a-hA-H]?\b)?"
# "Am Markt 5" may as well be "Am Dienstag 5": it counts at the end, or after a word for living there.
_AT = (
    r"(?:Am|An der|An den|Im|In der|Auf dem|Auf der|Zum|Zur|Beim|Unter den) "
    r"[A-ZÄÖÜ][a-zäöüß]{3,} \d{1,3}(?: ?[a-h])?"
)
# "Weg", "Platz", "Ring" as words of their own need a word like "Kieler" before them: "auf Platz 3" is no street.
STREET = (
    rf"{_BEFORE}{_CAPITAL}(?:straße|strasse|str\.|weg|gasse|platz|allee|[^oei]ring|damm|ufer|chaussee|steig|stieg"
    rf"|graben|kamp){_NUMBER}"
    rf"|{_BEFORE}{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}[ -](?:Straße|Strasse|Str\.|Gasse|Allee|Ufer|Damm|Chaussee)"
    rf"{_NUMBER}"
    rf"|{_BEFORE}[A-ZÄÖÜ][a-zäöüß]{{2,}}er[ -](?:Weg|Platz|Ring|Markt|Berg|Hof|Landstraße){_NUMBER}"
    rf"|{_BEFORE}{_AT}$"
    rf"|(?:[Ww]ohnt?|[Ww]ohnen|wohnhaft|[Aa]dresse|[Aa]nschrift)(?: ist|:)? {_AT}\b"
    r"|\b\d{1,5} [A-Z][a-z]+(?: [A-Z][a-z]+)? (?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court)\b"
)
# Postcode and town, alone in a cell: four digits in Austria and Switzerland, five in Germany.
TOWN_WHOLE = r"(?:(?:D|A|CH|DE|AT)[- ])?\d{4,5},? [A-ZÄÖÜ][a-zäöüß]{2,}[A-Za-zäöüßÄÖÜ ./()-]*"
POSTCODE_WHOLE = r"(?:(?:D|A|CH|DE|AT)[- ])?\d{4,5}"
# In a text a postcode needs its country or a street before it: "12345 Rechnung" is none.
TOWN = r"\b(?:D|A|CH)-\d{4,5} [A-ZÄÖÜ][a-zäöüß]{2,}"

# Ā to ž are the letters of Turkish, Polish, Czech, Croatian and other names; capitals and small ones alternate.
_UPPER, _LOWER = "A-ZÄÖÜÀ-ÞĀ-ž", "a-zäöüßà-ÿĀ-ž"
_GIVEN = rf"[{_UPPER}][{_LOWER}]{{1,}}(?:-[{_UPPER}][{_LOWER}]+)?"
_FAMILY = (
    r"(?:(?:von|van|vom|zu|zur|zum|de|der|den|del|di|da|la|le|el|al) ){0,3}"
    rf"(?:Mc|Mac|O'|D')?[{_UPPER}][{_LOWER}']+(?:-[{_UPPER}][{_LOWER}]+)?"
)
_TITLE = r"(?:(?:Frau|Herrn?|Mr\.?|Mrs\.?|Ms\.?|Dr\.|Prof\.|Dipl\.-Ing\.|Ing\.|Mag\.) ?){1,3}"
# One, two or three words that begin with a capital, a title before them, or the family name first.
NAME_WHOLE = (
    rf"(?:{_TITLE})?{_GIVEN}(?: [A-ZÄÖÜ]\.| {_GIVEN}){{0,2}} {_FAMILY}|{_FAMILY}, ?{_GIVEN}(?: {_GIVEN})?"
    rf"|{_TITLE}{_FAMILY}"
)
NAME_MARKED = rf"{_TITLE}.+|{_FAMILY}, ?{_GIVEN}(?: {_GIVEN})?"
NAME_SINGLE = rf"(?:{_FAMILY}|{_GIVEN})"
_CLOSED, _ENDED = r"[,.!]?\s*\n\s*(?:i\. ?A\. )?", r"\s*(?:\n|$)"
# In a text a name follows a salutation or "my name is", or stands alone on the line after a closing.
NAME_IN_TEXT = (
    r"\b(?:(?:Frau|Herrn?|Mrs\.?|Mr\.?|Ms\.?) (?:(?:Dr|Prof)\. ?){0,2}"
    rf"|(?:[Mm]ein Name ist|[Mm]y name is|[Ii]ch heiße) ){_FAMILY}"
    r"|(?:[Gg]r(?:ü|ue)(?:ß|ss)e?n?|[Gg]ru(?:ß|ss)|[Bb]leiben|\b(?:MfG|mfg|VG|vg|LG|lg)|[Rr]egards|[Ww]ishes"
    rf"|[Ss]incerely){_CLOSED}{_GIVEN}(?: {_FAMILY})?{_ENDED}"
    rf"|(?:[Dd]anke?|[Tt]hanks){_CLOSED}{_GIVEN} {_FAMILY}{_ENDED}"
)
# Firms are no persons.
FIRM = r"\b(?:GmbH|AG|KG|OHG|UG|SE|GbR|e\.?K\.?|e\.?V\.?|Ltd|LLC|Inc|Corp|B\.?V|S\.?A|Co)\b\.?|&"

_WORDS: dict[Personal, frozenset[str]] = {
    Personal.EMAIL: frozenset({"email", "mail", "e mail", "mailadresse", "emailadresse"}),
    Personal.PHONE: frozenset(
        {"telefon", "telefonnummer", "tel", "phone", "handy", "mobil", "mobile", "fax", "rufnummer", "festnetz",
         "mobilnummer", "handynummer", "telephone", "telefax"}
    ),
    Personal.IBAN: frozenset({"iban", "konto", "kontonummer", "bankverbindung", "account"}),
    Personal.ADDRESS: frozenset(
        {"strasse", "street", "anschrift", "adresse", "address", "plz", "postleitzahl", "zip", "zipcode",
         "postcode", "hausnummer", "wohnort", "lieferadresse", "rechnungsadresse", "wohnadresse"}
    ),
    Personal.NAME: frozenset(
        {"name", "vorname", "nachname", "familienname", "kundenname", "kunde", "kundin", "ansprechpartner",
         "ansprechpartnerin", "kontakt", "bearbeiter", "bearbeiterin", "mitarbeiter", "mitarbeiterin", "person",
         "absender", "absenderin", "empfaenger", "autor", "author", "sachbearbeiter", "sachbearbeiterin",
         "firstname", "lastname", "surname", "forename", "fullname", "contact", "customer", "employee",
         "assignee", "owner", "requester", "sender", "patient", "resource", "melder", "anrufer", "techniker",
         "verkaeufer", "betreuer", "zustaendig", "agent", "vertreter", "kontaktperson", "user", "reporter"}
    ),
}  # fmt: skip
# Words that say the capitals belong to something else than a person.
_THINGS = frozenset(
    {"produkt", "product", "artikel", "article", "item", "stadt", "city", "ort", "town", "land", "country", "region",
     "firma", "company", "unternehmen", "abteilung", "department", "team", "gruppe", "group", "kategorie", "category",
     "status", "state", "typ", "type", "titel", "title", "betreff", "subject", "beschreibung", "description", "prozess",
     "process", "activity", "aktivitaet", "schritt", "step", "datei", "file", "marke", "brand", "projekt", "project",
     "concept", "label", "intent", "source", "bundesland", "branche", "bezeichnung", "bemerkung",
     "job", "rolle", "role", "modell", "model"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """How many filled cells of a column show a sign, weighted by rows.

    `*_whole`: the cell is nothing else; `*_shaped`: it looks so, but check digits or an area code were not looked at.
    """

    filled: int = 0
    distinct: int = 0
    email_whole: int = 0
    email: int = 0
    phone_whole: int = 0
    phone_shaped: int = 0
    phone: int = 0
    iban_whole: int = 0
    iban_shaped: int = 0
    iban: int = 0
    street: int = 0
    town_whole: int = 0
    postcode_whole: int = 0
    town: int = 0
    name_whole: int = 0
    name_marked: int = 0
    name_single: int = 0
    name_in_text: int = 0

    def share(self, count: int) -> float:
        return count / self.filled if self.filled else 0.0


def words_of(column: str) -> frozenset[str]:
    """The words of a column's name, in lower case, and the compound parts that speak for themselves."""
    normal = normal_name(column)
    words = set(normal.split())
    words.add(normal.replace(" ", ""))
    return frozenset(words)


def names_things(column: str) -> bool:
    """Whether the column's name says that it is about something else than people, also in a compound."""
    words = words_of(column)
    return bool(words & _THINGS) or any(
        thing in word for word in words for thing in _THINGS if len(thing) > 5
    )


def named(column: str) -> Personal:
    """What a column's name alone says. Things ("product name") are not people."""
    words = words_of(column)
    for kind in (Personal.EMAIL, Personal.IBAN, Personal.PHONE, Personal.ADDRESS):
        if words & _WORDS[kind]:
            return kind
    if words & _WORDS[Personal.NAME] and not names_things(column):
        return Personal.NAME
    return Personal.NONE


def kind_of(column: str, signs: Signs) -> Personal:
    """What the column holds: the kind that most of its cells are, else free text where any cell has a sign."""
    if not signs.filled:
        return Personal.NONE
    says = named(column)
    shares = {
        Personal.EMAIL: signs.share(signs.email_whole),
        Personal.IBAN: signs.share(signs.iban_whole),
        Personal.PHONE: signs.share(signs.phone_shaped if says is Personal.PHONE else signs.phone_whole),
        Personal.ADDRESS: _address_share(says, signs),
    }
    best = max(shares, key=lambda kind: shares[kind])
    if shares[best] >= MOSTLY:
        return best
    if _holds_names(column, says, signs):
        return Personal.NAME
    # One number in 97 passes the check by chance: a column of numbers of this shape is none of accounts.
    accounts = signs.iban if signs.iban > 0.1 * signs.iban_shaped else 0
    found = signs.email + signs.phone + accounts + signs.street + signs.town + signs.name_in_text
    return Personal.FREE_TEXT if found else Personal.NONE


def _address_share(says: Personal, signs: Signs) -> float:
    street, town = signs.share(signs.street), signs.share(signs.town_whole)
    if says is Personal.ADDRESS:
        return max(street, town, signs.share(signs.postcode_whole))
    return max(street, town if town >= 0.8 else 0.0)


def _holds_names(column: str, says: Personal, signs: Signs) -> bool:
    whole, single = signs.share(signs.name_whole), signs.share(signs.name_single)
    if says is Personal.NAME:
        return whole + single >= NAME_SHARE
    if names_things(column) or says is not Personal.NONE:
        return False
    marked = signs.share(signs.name_marked) >= UNNAMED_MARKED
    return whole >= UNNAMED_SHARE and marked and signs.distinct >= UNNAMED_DISTINCT


def in_words(found: Mapping[str, Personal]) -> list[tuple[Personal, list[str]]]:
    """Columns by kind, kinds in the order of `Personal`, without those that hold nothing about people."""
    return [
        (kind, columns)
        for kind in Personal
        if kind is not Personal.NONE and (columns := [name for name, one in found.items() if one is kind])
    ]
