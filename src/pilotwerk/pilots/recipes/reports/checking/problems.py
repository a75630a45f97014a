"""What the check found wrong, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Wrong(StrEnum):
    """Why a number was refused."""

    UNKNOWN = "unknown"
    SUBJECT = "subject"
    PERIOD = "period"
    UNIT = "unit"
    DIRECTION = "direction"
    NO_DIRECTION = "no_direction"
    BOUND = "bound"
    CLAIM = "claim"
    NO_PERIOD = "no_period"
    NO_DAY = "no_day"


SENTENCES: Final[dict[Wrong, tuple[str, str]]] = {
    Wrong.UNKNOWN: (
        "„{found}“ kommt in den Zahlen dieses Berichts nicht vor.",
        "“{found}” is none of the figures of this report.",
    ),
    Wrong.SUBJECT: (
        "„{found}“ ist eine Zahl des Berichts, gehört aber zu etwas anderem.",
        "“{found}” is a figure of this report, but of something else.",
    ),
    Wrong.PERIOD: (
        "„{found}“ gehört zu einem anderen Zeitraum.",
        "“{found}” belongs to another period.",
    ),
    Wrong.UNIT: ("„{found}“ steht mit der falschen Einheit.", "“{found}” stands with the wrong unit."),
    Wrong.DIRECTION: (
        "Bei „{found}“ stimmt die Richtung nicht: mehr und weniger sind vertauscht.",
        "The direction of “{found}” is wrong: more and less are interchanged.",
    ),
    Wrong.NO_DIRECTION: (
        "Bei „{found}“ fehlt, ob es mehr oder weniger ist.",
        "“{found}” does not say whether it is more or less.",
    ),
    Wrong.BOUND: (
        "„{found}“ ist zu grob gerundet, oder die Grenze stimmt nicht.",
        "“{found}” is rounded too much, or the bound is wrong.",
    ),
    Wrong.CLAIM: (
        "Die Aussage mit „{found}“ stimmt nicht mit den Zahlen überein.",
        "What is said with “{found}” does not agree with the figures.",
    ),
    Wrong.NO_PERIOD: (
        "Zu „{found}“ enthält der Bericht keine Zahlen.",
        "The report holds no figures for “{found}”.",
    ),
    Wrong.NO_DAY: (
        "Den Tag „{found}“ nennt der Bericht nicht.",
        "The report does not name the day “{found}”.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A place in the text that must be corrected before the text may be used."""

    start: int
    end: int
    found: str
    wrong: Wrong

    def text(self, language: str) -> str:
        return SENTENCES[self.wrong][0 if language == "de" else 1].format(found=self.found)
