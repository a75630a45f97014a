"""Amounts as people type them: 48 / 8.200.000 / 8,2 Mio / 1,480.50."""

import re

_TEXT = re.compile(
    r"(?P<digits>\d[\d.,'\s]*)"
    r"\s*(?P<unit>mio\.?|million(en|s)?|mrd\.?|milliarden?|billions?|tsd\.?|k)?"
)
_UNITS = {"mio": 1e6, "mil": 1e6, "mrd": 1e9, "bil": 1e9, "tsd": 1e3, "k": 1e3}
_MILLIARD = "milliard"


def parse_amount(text: str) -> float:
    """The amount (0 or more) that a text means; ValueError where it cannot be read.

    A comma or point followed by exactly three digits separates thousands (1.500), any other one decimals
    (46,5). Euro signs, spaces and the words Mio, Mrd, Tsd are understood.
    """
    cleaned = re.sub(r"(€|eur(o)?|chf)", "", text.casefold().replace("\u00a0", " ")).strip()
    found = _TEXT.fullmatch(cleaned)
    if not found:
        raise ValueError(text)
    unit = found["unit"] or ""
    factor = 1e9 if unit.startswith(_MILLIARD) else _UNITS.get(unit.rstrip(".")[:3], 1.0)
    return _digits(re.sub(r"[\s']", "", found["digits"]), thousands_allowed=not unit) * factor


def _digits(digits: str, *, thousands_allowed: bool) -> float:
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:
        decimal = max(".,", key=digits.rfind)
        if marks.count(decimal) > 1:
            raise ValueError(digits)
        return float(digits.replace("," if decimal == "." else ".", "").replace(decimal, "."))
    grouped = re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits)
    if grouped and (thousands_allowed or len(marks) > 1):
        return float(re.sub(r"[.,]", "", digits))
    if len(marks) > 1:
        raise ValueError(digits)
    return float(digits.replace(",", "."))
