"""What a column is: its type from how its values are written, and which of them do not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.words import normal_name


class Type(StrEnum):
    """Type of a column, decided over the whole column."""

    EMPTY = "empty"
    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    DATE_TIME = "date_time"
    DURATION = "duration"
    YES_NO = "yes_no"
    IDENTIFIER = "identifier"
    CATEGORY = "category"
    TEXT = "text"
    FREE_TEXT = "free_text"


# From this share of the filled values on a way of writing is the column's own, and others do not fit it.
DOMINANT = 0.8
# The same for the outline of codes ("A-999"), where a few other outlines are usual.
DOMINANT_SHAPE = 0.95
# A category repeats: at least so many rows a value, and not more different values than a person can oversee.
CATEGORY_REPEATS = 3.0
CATEGORY_DISTINCT = 1000
FEW_DISTINCT = 12
# Free text: this many words on average.
FREE_TEXT_WORDS = 3.5
UNIQUE = 0.98

YES_NO = frozenset({"ja", "nein", "yes", "no", "true", "false", "wahr", "falsch", "j", "n", "y", "x"})
_IDENTIFIER_WORDS = frozenset(
    {"id", "nr", "nummer", "number", "no", "key", "code", "kennung", "aktenzeichen", "uuid", "guid", "kundennummer",
     "auftragsnummer", "vorgangsnummer", "ticketnummer", "rechnungsnummer", "bestellnummer", "artikelnummer",
     "personalnummer", "vertragsnummer", "belegnummer"}
)  # fmt: skip
# These number something only where they are all of the name: "case:amount" is an amount.
_WHOLE_NAMES = frozenset({"case", "caseid", "caseconceptname", "vorgang", "ticket", "fall", "auftrag"})
_BIRTH = ("geburt", "birth", "gebdat")
_PLANNED = (
    "faellig",
    "due",
    "termin",
    "liefer",
    "bis",
    "ende",
    "gueltig",
    "valid",
    "geplant",
    "planned",
    "next",
    "naechst",
    "frist",
    "deadline",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How a column's values are written, in rows. `filled` rows have a value, `distinct` are different."""

    rows: int
    filled: int
    distinct: int
    characters: float = 0.0
    words: float = 0.0
    whole_numbers: int = 0
    numbers: int = 0
    times: int = 0
    times_with_numbers: int = 0
    durations: int = 0
    yes_no: int = 0
    codes: int = 0

    def share(self, count: int) -> float:
        return count / self.filled if self.filled else 0.0

    @property
    def missing(self) -> float:
        """Share of rows without a value, 0..1."""
        return 1 - self.filled / self.rows if self.rows else 0.0

    @property
    def repeats(self) -> float:
        """How often a value occurs on average."""
        return self.filled / self.distinct if self.distinct else 0.0


@dataclass
class Column:
    """A measured column, as it is stored and printed. `spread` is what comparisons over time need: shares of
    the most frequent values of a category (by their prints), quantiles of numbers, first and last of times.
    """

    name: str
    type: Type
    missing: float
    distinct: int
    filled: int
    personal_data: Personal = Personal.NONE
    findings: list[str] = field(default_factory=list)
    invalid: int | None = None
    spread: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": str(self.type),
            "missing": round(self.missing, 6),
            "distinct": self.distinct,
            "personal_data": str(self.personal_data),
            "findings": list(self.findings),
            "filled": self.filled,
            "invalid": self.invalid,
            "spread": self.spread,
        }


def column_from(stored: Mapping[str, Any]) -> Column:
    """A column from what `as_json` gave."""
    return Column(
        name=stored["name"],
        type=Type(stored["type"]),
        missing=stored["missing"],
        distinct=stored["distinct"],
        filled=stored["filled"],
        personal_data=Personal(stored["personal_data"]),
        findings=list(stored["findings"]),
        invalid=stored["invalid"],
        spread=dict(stored["spread"]),
    )


def words_of(column: str) -> list[str]:
    return normal_name(column).split()


def names_identifier(column: str) -> bool:
    """Whether a column's name says that it numbers something."""
    words = words_of(column)
    return bool(set(words) & _IDENTIFIER_WORDS) or "".join(words) in _IDENTIFIER_WORDS | _WHOLE_NAMES


def is_birth(column: str) -> bool:
    """Dates of birth say nothing about when the table was kept."""
    return any(word in normal_name(column) for word in _BIRTH)


def lies_ahead(column: str) -> bool:
    """Whether a column's name says that its dates may lie in the future (due, delivery, valid until)."""
    normal = f" {normal_name(column)} "
    return any(word in normal for word in _PLANNED)


def type_of(column: str, counts: Counts) -> Type:
    """The type from how the values are written: numbers and times from 80 % of the values on."""
    if not counts.filled:
        return Type.EMPTY
    time_named = any(word in normal_name(column) for word in ("zeit", "time", "dat", "date", "stamp"))
    if counts.share(counts.times_with_numbers if time_named else counts.times) >= DOMINANT:
        return Type.DATE_TIME
    if counts.share(counts.yes_no) == 1 and counts.distinct <= 2:
        return Type.YES_NO
    if counts.share(counts.durations) >= DOMINANT:
        return Type.DURATION
    numbers, codes = counts.share(counts.numbers) >= DOMINANT, counts.share(counts.codes) >= DOMINANT
    whole = counts.whole_numbers >= 0.999 * counts.numbers
    if names_identifier(column) and counts.words < 1.2 and (whole if numbers else codes):
        return Type.IDENTIFIER
    if numbers:
        return Type.WHOLE_NUMBER if whole else Type.NUMBER
    unique = counts.distinct >= UNIQUE * counts.filled and counts.filled > 1
    if unique and codes and counts.words < 1.2:
        return Type.IDENTIFIER
    return _text_type(counts)


def _text_type(counts: Counts) -> Type:
    few = counts.distinct <= FEW_DISTINCT and counts.repeats >= 1.5
    many = counts.distinct <= CATEGORY_DISTINCT and counts.repeats >= CATEGORY_REPEATS
    if (few or many) and counts.characters <= 80:
        return Type.CATEGORY
    return Type.FREE_TEXT if counts.words >= FREE_TEXT_WORDS else Type.TEXT
