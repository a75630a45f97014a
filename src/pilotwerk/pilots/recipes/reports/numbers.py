"""Numbers and periods as people write them, in German (1.234,5) and English (1,234.5). Rounded half away from zero."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pilotwerk.pilots.recipes.reports.facts import NOT_GIVEN, PERCENT, POINTS, REST, Fact
from pilotwerk.pilots.recipes.stock.periods import Frequency

NO_BREAK = "\u00a0"
MINUS = "−"
MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
BEFORE_THE_NUMBER = ("€", "$", "£")


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Half away from zero, as people round."""
    scaled = abs(value) * 10**decimals
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def decimal_text(value: Fraction, decimals: int, language: str, *, signed: bool = False) -> str:
    """The number without unit; `signed` puts a plus before positive ones."""
    shown = rounded(value, decimals)
    whole, rest = divmod(int(abs(shown) * 10**decimals), 10**decimals)
    text = f"{whole:,d}" + (f".{rest:0{decimals}d}" if decimals else "")
    if language == "de":
        text = text.translate(str.maketrans(",.", ".,"))
    sign = MINUS if shown < 0 else "+" if signed and shown > 0 else ""
    return sign + text


def with_unit(text: str, unit: str, language: str, *, one: bool = False) -> str:
    """The number's text with its unit where people of that language put it."""
    if not unit:
        return text
    if unit == POINTS:
        word = "Prozentpunkt" if language == "de" else "percentage point"
        many = word + ("e" if language == "de" else "s")
        return f"{text}{NO_BREAK}{word if one else many}"
    if language == "en":
        if unit == PERCENT:
            return text + PERCENT
        if unit in BEFORE_THE_NUMBER:
            sign = text[0] if text[0] in f"+{MINUS}" else ""
            return f"{sign}{unit}{text[len(sign) :]}"
    return f"{text}{NO_BREAK}{unit}"


def figure(fact: Fact, language: str, *, signed: bool = False, absolute: bool = False) -> str:
    """A fact as the report shows it."""
    value = abs(fact.value) if absolute else fact.value
    text = decimal_text(value, fact.decimals, language, signed=signed)
    return with_unit(text, fact.unit, language, one=text == "1")


def period_name(frequency: Frequency, period: int, language: str) -> str:
    """KW 14/2026 or März 2026; week 14 of 2026 or March 2026."""
    first = frequency.first_day(period)
    if frequency is Frequency.MONTH:
        return f"{MONTHS[language][first.month - 1]} {first.year}"
    year, week, _ = first.isocalendar()
    return f"KW {week}/{year}" if language == "de" else f"week {week} of {year}"


def label_name(frequency: Frequency, label: str, language: str) -> str:
    """A period's label (2026-W14, 2026-03) as people say it."""
    day = date.fromisoformat(f"{label}-1" if frequency is Frequency.WEEK else f"{label}-01")
    return period_name(frequency, frequency.number(day), language)


def period_short(frequency: Frequency, period: int, language: str) -> str:
    """For the axis of a chart: KW 14, wk 14, Mär, Mar."""
    first = frequency.first_day(period)
    if frequency is Frequency.MONTH:
        return f"{MONTHS[language][first.month - 1][:3]} {first.year % 100:02d}"
    return f"{'KW' if language == 'de' else 'wk'} {first.isocalendar().week}"


def day_name(day: date, language: str) -> str:
    """2. April 2026 or 2 April 2026."""
    dot = "." if language == "de" else ""
    return f"{day.day}{dot} {MONTHS[language][day.month - 1]} {day.year}"


def part_name(value: str, language: str) -> str:
    """The part's own name, or words for rows that say nothing and for the parts that are not named."""
    if value == NOT_GIVEN:
        return "ohne Angabe" if language == "de" else "not given"
    if value == REST:
        return "alle übrigen" if language == "de" else "all others"
    return value
