"""Where a text names or reaches a person: e-mail, telephone, IBAN, names, addresses, dates of birth, customer numbers.

Rules and lists, read from left to right of this file: what an earlier kind has taken, a later one does not see. They
prefer a place too many: a masked word costs nothing, a name that leaves the house cannot be called back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pilotwerk.pilots.providers.masking import own_pattern
from pilotwerk.pilots.providers.masking.names import AMBIGUOUS, FORENAMES, NO_NAMES
from pilotwerk.processes.domain.quality.iban import LENGTHS, is_iban

# Longer texts are cut before they are masked: no letter is longer, and every rule stays fast.
LONGEST_TEXT: Final = 20_000

PLACEHOLDER: Final = re.compile(r"\[(?:NAME|EMAIL|PHONE|IBAN|ADDRESS|BIRTH|CUSTOMER|URL)_\d{1,4}\]")

_UP = "A-ZÄÖÜÀ-ÖØ-ÞÇĞİŞŁŚŻČŠŽ"
_LOW = "a-zäöüßà-öø-ÿçğışłńśźżčšžćđ"
_WORD = rf"[{_UP}][{_LOW}]+(?:['’][{_UP}]?[{_LOW}]+)?"
_NAME = rf"(?:(?:Mc|Mac|O['’]|D['’]|Al-|El-)?{_WORD}(?:-{_WORD})*)"
_OF = (
    r"(?:von der |von dem |von den |von |vom |van der |van den |van |zu |zur |zum |de la |de |del |di |da |el |al "
    r"|bin |ibn )"
)
_FULL = rf"(?:{_OF}?{_NAME}(?:[ ](?:[{_UP}]\.[ ])?{_OF}?{_NAME}){{0,2}})"
_DEGREE = r"(?:(?:Prof|Dr|Ing|Mag|Dipl|med|jur|Ph\.?D|MBA)\.?-?(?:Ing\.)?[ ])"
_TITLE = r"(?:Frau|Herrn?|Familie|Fam\.|Fr\.|Hr\.|Hrn\.|Mrs\.?|Mr\.?|Ms\.?|Miss|Sir|Mme|Mlle)"
_STREET_END = (
    r"(?:straße|strasse|str\.|weg|allee|platz|gasse|damm|ufer|chaussee|stieg|steig|kamp|graben|koppel"
    r"|redder|twiete|hof|ring)"
)
_HOUSE = r"\d{1,4}(?:[ ]?[a-hA-H]\b)?(?:[ ]?[-/][ ]?\d{1,4}[ ]?[a-hA-H]?\b)?"
_TOWN = rf"(?:(?:DE?|AT?|CH)[- ])?\d{{4,5}}[ ]{_NAME}(?:[ ](?:am|an der|im|in|bei|ob der)[ ]{_NAME}|[ /-]{_NAME})?"
_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|January|February|March|May|June|July|October|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}\.[ ]?\d{{1,2}}\.[ ]?\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?[ ]{_MONTH}[ ]\d{{4}}|{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{4}})"
)

_EMAIL: Final = re.compile(
    r"(?<![\w.+'-])[\w.+'-]{1,64}(?:@|\s?[(\[](?:at|AT|ät)[)\]]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?<![.-])"
)
_URL: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\])]{3,2000}")
_SECRET: Final = re.compile(
    r"[?&#;](?:[\w-]*(?:token|code|key|session|sid|auth|sig|signature|secret|password|pass|user|uid|email|mail|id))="
    r"|//[^/\s]+@|/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}|=[\w%-]{16,}",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_PHONE: Final = re.compile(
    r"(?<![\w/.,-])(?:"
    r"(?:\+|00)[1-9]\d{0,2}[ ()/.-]{0,3}(?:\(0\)[ ]?)?\d(?:[ ()/.–-]{0,2}\d){5,12}"
    r"|\(0[1-9]\d{0,5}\)[ /–-]{0,3}\d(?:[ /.–-]?\d){3,10}"
    r"|0[1-9]\d{0,5}[ ]?[ /–-][ ]?\d(?:[ /.–-]?\d){4,10}"
    r"|01[5-7]\d{8,9}"
    r")(?!\w|[.,]\d)"
)
_PHONE_NAMED: Final = re.compile(
    r"(?:\b(?:Tel|Telefon(?:nummer)?|Handy(?:nummer)?|Mobil(?:nummer)?|Mobile|Phone|Fax|Rückruf|Festnetz|call(?: me)?"
    r"|ring|Durchwahl)\b)[ .:]{0,3}(?:(?:Nr|No|unter|at|on|ist|is|number)\b[ .:]{0,3}){0,2}"
    r"(?P<it>\+?\(?\d(?:[ /()–-]{0,2}\d){5,14})",
    re.IGNORECASE,
)
_BIRTH: Final = re.compile(
    r"(?:\bgeb(?:\.|oren(?:[ ]bin[ ]ich)?)|\bGeburts(?:datum|tag)|\bborn|\bdate of birth|\bbirthday|\bDOB\b|(?<!\w)\*)"
    rf"(?:[ ]?(?:am|on|ist der|ist|is|:|,|the|mein|my|bin ich)){{0,3}}[ ]{{0,2}}(?P<it>{_DATE})",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    rf"(?<![\w-])(?:(?:[{_UP}][\wäöüßÄÖÜ.-]{{1,40}}{_STREET_END}|{_NAME}(?:[ -]{_NAME})?[ -]"
    rf"(?:Straße|Strasse|Str\.|Weg|Platz|Ring|Allee|Gasse|Ufer|Damm|Chaussee|Markt|Landstraße))[ ]{_HOUSE}"
    rf"|(?:Am|An der|An den|Im|In der|Auf dem|Auf der|Zum|Zur|Beim|Unter den)[ ]{_NAME}[ ]{_HOUSE}"
    rf"(?=,?[ \n]+{_TOWN}|[ ]*$)"
    rf"|\d{{1,5}}[a-z]?[ ]{_NAME}(?:[ ]{_NAME})?[ ]"
    rf"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Square|Way)\b\.?"
    rf"(?:,?[ ]{_NAME}(?![ ]?\w*@))?)(?:,?[ \n]+{_TOWN})?",
    re.MULTILINE,
)
_TOWN_ALONE: Final = re.compile(
    rf"(?:(?<=[,\n][ ])|(?<=\n)|(?<=\bin )|(?<=\bnach )|(?<=\baus ))(?P<it>{_TOWN})"
    rf"|\b(?P<land>(?:D|A|CH)-\d{{4,5}}[ ]{_NAME})"
)
_TITLED: Final = re.compile(
    rf"(?<!\w){_TITLE}[ ]{_DEGREE}{{0,3}}(?P<it>{_FULL})|(?<!\w){_DEGREE}{{1,3}}(?P<deg>{_FULL})"
)
_SAID: Final = re.compile(
    r"(?:\b[Mm]ein Name ist|\b[Mm]y name is|\b[Mm]y name's|\b[Ii]ch hei(?:ß|ss)e|\b[Hh]ier (?:ist|spricht|schreibt)"
    r"|\b[Tt]his is|\b[Ii] am|\bI'm|\bich bin|\b[Aa]nsprechpartner(?:in)?(?: ist|:)?|\bName(?:n)?:"
    r"|\b[Kk]ontakt(?:person)?:"
    r"|\b[Cc]ontact(?: person)?:|\bz\. ?Hd\.|\b[Aa]ttn:?|\bVorname:|\bNachname:|\bUnterzeichner(?:in)?:?"
    rf"|\bgezeichnet|\bgez\.)[ ]?(?:[Hh]err(?:n)?[ ]|[Ff]rau[ ])?{_DEGREE}{{0,2}}(?P<it>{_FULL})"
    rf"|(?:^|[ ])[Ii](?:ch)?,[ ](?P<me>{_FULL}),"
)
_GREETED: Final = re.compile(
    r"(?:^|\n|(?<=[.!?][ ]))[ ]*(?:Hallo|Hi|Hey|Moin|Servus|Grüezi|Liebe[rs]?|Dear|Hello|Guten (?:Tag|Morgen|Abend))"
    rf"[ ]{_DEGREE}{{0,2}}(?P<it>{_FULL})(?=[ ]*[,!\n.–-]|[ ]*$)"
)
_CLOSED: Final = re.compile(
    r"(?:\b[Gg]r(?:ü|ue)(?:ß|ss)(?:e|en)?|\b[Gg]ru(?:ß|ss)|\bMfG|\bmfg|\bVG|\bLG|\b[Rr]egards|\b[Ww]ishes|\b[Ss]incerely"
    r"|\b[Tt]hanks|\b[Cc]heers|\b[Dd]anke?|\bYours(?: truly| faithfully)?|\b[Hh]ochachtungsvoll)"
    rf"(?:[ ]aus[ ](?:dem[ ])?{_NAME})?[ ]*[,.!]?\s{{1,4}}(?:i\. ?[AV]\. ?)?{_DEGREE}{{0,2}}(?P<it>{_FULL})"
    r"(?=\s*(?:\n|$)|[ ]*,)"
)
_LAST_FIRST: Final = re.compile(rf"(?<!\w)(?P<last>{_NAME}),[ ](?P<first>{_WORD})(?!\w)")
_CAPITALS: Final = re.compile(rf"(?<![\w'’-]){_NAME}(?![\w@])")
_NEXT: Final = re.compile(rf"[ ](?:[{_UP}]\.[ ])?{_OF}?{_NAME}(?![\w@])")
_RELATED: Final = re.compile(
    r"\b(?:Mann|Frau|Sohn|Tochter|Vater|Mutter|Bruder|Schwester|Kolleg(?:e|en|in)|Chef(?:in)?|Mitarbeiter(?:in)?|Kund(?:e|en|in)"
    r"|Nachbar(?:n|in)?|Techniker(?:in)?|Geschäftsführer(?:in)?|Tochter von|Sohn von|Beschwerde von|Mail von|Brief von"
    r"|husband|wife|son|daughter|father|mother|brother|sister|colleague|boss|neighbour|driver|engineer)[ ](?:,[ ])?"
    rf"(?P<it>{_NAME}(?:[ ]{_NAME}){{1,2}})"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beforehand: names of people, and the organisation's pattern of customer numbers."""

    names: tuple[str, ...] = ()
    customer: re.Pattern[str] | None = None
    # Names of the organisation itself: never masked, a reply is signed with them.
    keep: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the text, end exclusive, and what it is: the kind's name in small letters."""

    start: int
    end: int
    kind: str


Spans = Iterator[tuple[int, int]]


def find(text: str, known: Known) -> list[Found]:
    """Every place that is to be masked, in the order of the text, without overlaps; placeholders are never touched."""
    taken = [Found(*match.span(), "") for match in PLACEHOLDER.finditer(text)]
    found: list[Found] = []
    for kind, finder in _FINDERS:
        for start, end in finder(text, known):
            if start < end and all(end <= other.start or start >= other.end for other in taken):
                one = Found(start, end, kind)
                taken.append(one)
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def _urls(text: str, known: Known) -> Spans:
    for match in _URL.finditer(text):
        if _SECRET.search(match.group()):
            yield match.start(), match.start() + len(match.group().rstrip(".,;:!?"))


def _emails(text: str, known: Known) -> Spans:
    return (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str, known: Known) -> Spans:
    """With right check digits. A number may be followed by words, so the beginning of the right length counts."""
    for match in _IBAN.finditer(text):
        length, signs = LENGTHS.get(match.group()[:2]), 0
        for place, sign in enumerate(match.group()):
            signs += sign.isalnum()
            if signs == length:
                if is_iban(match.group()[: place + 1]):
                    yield match.start(), match.start() + place + 1
                break


def _customers(text: str, known: Known) -> Spans:
    return own_pattern.spans(known.customer, text) if known.customer else iter(())


def _phones(text: str, known: Known) -> Spans:
    for match in _PHONE_NAMED.finditer(text):
        yield match.span("it")
    for match in _PHONE.finditer(text):
        if sum(sign.isdigit() for sign in match.group()) >= 7:
            yield match.span()


def _births(text: str, known: Known) -> Spans:
    return (match.span("it") for match in _BIRTH.finditer(text))


def _addresses(text: str, known: Known) -> Spans:
    for match in _ADDRESS.finditer(text):
        yield match.span()
    for match in _TOWN_ALONE.finditer(text):
        yield match.span("it") if match.group("it") else match.span("land")


def _known_names(text: str, known: Known) -> Spans:
    """The names known beforehand, whole and in parts of three letters and more, as whole words."""
    whole = {" ".join(name.split()) for name in known.names if name.strip()}
    parts = {
        part
        for name in whole
        for part in re.split(r"[\s,]+", name)
        if len(part) > 2 and part.lower() not in NO_NAMES and part[:1].isupper()
    }
    for name in sorted((whole | parts) - known.keep, key=lambda one: (-len(one), one)):
        if len(name) > 2:
            # As it is written, in capitals, or a whole name in any case.
            flags = re.IGNORECASE if " " in name else 0
            for match in re.finditer(
                rf"(?<!\w)(?:{re.escape(name)}|{re.escape(name.upper())})(?!\w)", text, flags
            ):
                yield match.span()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span up to the first word that is no name; None when nothing is left."""
    last = start
    for word in re.finditer(r"[\w'’.-]+", text[start:end]):
        plain = word.group().rstrip(".").lower()
        if plain in NO_NAMES and plain not in FORENAMES:
            break
        last = start + word.end()
    return (start, last) if last > start else None


def _titled_names(text: str, known: Known) -> Spans:
    """After a title the family name; a second word only where the first is a forename or joins it."""
    for match in _TITLED.finditer(text):
        group = "it" if match.group("it") else "deg"
        start, end = match.span(group)
        words = text[start:end].split(" ")
        first = words[0].split("-")[0].lower()
        if len(words) > 1 and first not in FORENAMES and not words[0][0].islower():
            end = start + len(words[0])
        if (span := _trimmed(text, start, end)) and _is_free(text, span, known):
            yield span


def _said_names(text: str, known: Known) -> Spans:
    for pattern in (_SAID, _GREETED, _CLOSED):
        for match in pattern.finditer(text):
            start, end = match.span("it") if match.group("it") else match.span("me")
            if (span := _trimmed(text, start, end)) and _is_free(text, span, known):
                yield span
    for match in _RELATED.finditer(text):
        if (span := _trimmed(text, *match.span("it"))) and " " in text[span[0] : span[1]]:
            yield span


def _forenames(text: str, known: Known) -> Spans:
    """A forename of the list with the family name after it; alone only where it is no usual word."""
    for match in _LAST_FIRST.finditer(text):
        first, last = match.group("first").lower(), match.group("last").lower()
        if first in FORENAMES and last not in NO_NAMES and last not in FORENAMES and first not in AMBIGUOUS:
            yield match.span()
    for match in _CAPITALS.finditer(text):
        whole = match.group()
        if not all(part.lower() in FORENAMES for part in whole.split("-")[:1]):
            continue
        end = match.end()
        while (following := _NEXT.match(text, end)) and _is_name_word(following.group()):
            end = following.end()
        alone = end == match.end()
        if alone and whole.lower() in AMBIGUOUS:
            continue
        if _is_free(text, (match.start(), end), known):
            yield match.start(), end


def _is_name_word(text: str) -> bool:
    return text.rsplit(maxsplit=1)[-1].lower() not in NO_NAMES


def _is_free(text: str, span: tuple[int, int], known: Known) -> bool:
    return text[span[0] : span[1]] not in known.keep


_FINDERS: Final[tuple[tuple[str, Callable[[str, Known], Spans]], ...]] = (
    ("url", _urls),
    ("email", _emails),
    ("iban", _ibans),
    ("customer", _customers),
    ("birth", _births),
    ("phone", _phones),
    ("address", _addresses),
    ("name", _known_names),
    ("name", _titled_names),
    ("name", _said_names),
    ("name", _forenames),
)
KINDS: Final = ("name", "email", "phone", "iban", "address", "birth", "customer", "url")
