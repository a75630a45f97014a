"""The report's own words, in German and English. No sentence says why something happened."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "incomplete": (
        "{period} ist noch nicht vollständig: Die Daten reichen bis zum {until} ({covered} von {days} Tagen).",
        "{Period} is not yet complete: the data reach to {until} ({covered} of {days} days).",
    ),
    "no_rows": (
        "Für {period} enthält die Tabelle keine Zeilen. Die Daten reichen bis zum {until}.",
        "The table holds no rows for {period}. The data reach to {until}.",
    ),
    "value": ("{measure}: {value} in {period}", "{measure}: {value} in {period}"),
    "value_month": ("{measure}: {value} im {period}", "{measure}: {value} in {period}"),
    "more": ("{change} mehr als {base} ({before})", "{change} more than {base} ({before})"),
    "less": ("{change} weniger als {base} ({before})", "{change} less than {base} ({before})"),
    "same": ("unverändert gegenüber {base} ({before})", "unchanged from {base} ({before})"),
    "in": ("in {period}", "in {period}"),
    "in_month": ("im {period}", "in {period}"),
    "not_compared": (
        "Ein Vergleich mit der Vorperiode ist nicht möglich: {base} ist in den Daten nicht vollständig enthalten.",
        "A comparison with the period before is not possible: {base} is not complete in the data.",
    ),
    "contributions": (
        "{measure} nach {dimension}, Veränderung gegenüber {base}: {parts}.",
        "{measure} by {dimension}, change from {base}: {parts}.",
    ),
    "outlier": (
        "{measure}{part}: {value} {where} dem üblichen Bereich von {low} bis {high}.",
        "{measure}{part}: {value} is {where} the usual range of {low} to {high}.",
    ),
    "no_outlier": (
        "Keine der {count} geprüften Reihen liegt außerhalb ihres üblichen Bereichs.",
        "None of the {count} series that were tested is outside its usual range.",
    ),
    "above": ("liegt über", "above"),
    "below": ("liegt unter", "below"),
    "missing": (
        "{count} Tage ohne Zeilen, an denen sonst welche kommen: {days}.",
        "{count} days without rows on which there usually are some: {days}.",
    ),
    "missing_one": (
        "Ein Tag ohne Zeilen, an dem sonst welche kommen: {days}.",
        "A day without rows on which there usually are some: {days}.",
    ),
    "late": (
        "{measure} für {period}: jetzt {value}, im letzten Bericht {reported}; seitdem haben sich die Daten geändert.",
        "{measure} for {period}: now {value}, in the last report {reported}; the data have changed since.",
    ),
    "undated": (
        "{count} Zeilen haben kein lesbares Datum und sind nicht enthalten.",
        "{count} rows have no readable date and are not included.",
    ),
    "undated_one": (
        "Eine Zeile hat kein lesbares Datum und ist nicht enthalten.",
        "A row has no readable date and is not included.",
    ),
    "empty": (
        "{measure}: {count} Zeilen ohne lesbaren Wert sind nicht enthalten.",
        "{measure}: {count} rows without a readable value are not included.",
    ),
    "empty_one": (
        "{measure}: Eine Zeile ohne lesbaren Wert ist nicht enthalten.",
        "{measure}: a row without a readable value is not included.",
    ),
    "trend_up": (
        "{measure}: steigender Trend über {history} {periods}, im Mittel {slope} je {period}.",
        "{measure}: rising trend over {history} {periods}, {slope} a {period} in the middle.",
    ),
    "trend_down": (
        "{measure}: fallender Trend über {history} {periods}, im Mittel {slope} je {period}.",
        "{measure}: falling trend over {history} {periods}, {slope} a {period} in the middle.",
    ),
    "streak_up": ("{measure}: {count}-mal in Folge gestiegen.", "{measure}: risen {count} times in a row."),
    "streak_down": ("{measure}: {count}-mal in Folge gefallen.", "{measure}: fallen {count} times in a row."),
    "between": (
        "{measure} in den letzten {history} {periods}: zwischen {low} und {high}.",
        "{measure} in the last {history} {periods}: between {low} and {high}.",
    ),
    "W": ("Wochen", "weeks"),
    "M": ("Monate", "months"),
    "W1": ("Woche", "week"),
    "M1": ("Monat", "month"),
    "more_days": ("und weitere", "and others"),
    "rule_level": (
        "Üblich ist, was nahe am Median früherer Perioden liegt (gemessen an der mittleren absoluten Abweichung, MAD). "
        "Die Grenze ist so gewählt, dass bei allen geprüften Reihen zusammen höchstens in 1 von 20 Berichten ein Wert "
        "zufällig auffällt. Bei genug Vorgeschichte wird die Veränderung zum Vorjahr geprüft.",
        "Usual is what lies near the median of earlier periods (by the median absolute deviation, MAD). The bound is "
        "chosen so that over all tested series together a value stands out by chance in at most 1 of 20 reports. "
        "Where there is enough history the change over a year is tested.",
    ),
    "rule_percent": (
        "Prozentangaben fehlen, wo die Vergleichszahl null, negativ oder sehr klein ist.",
        "There are no percentages where the figure to compare with is zero, negative or very small.",
    ),
    "contribution": ("Beitrag", "Contribution"),
    "by": ("{measure} nach {dimension}", "{measure} by {dimension}"),
    "course": ("{measure} im Verlauf", "{measure} over time"),
    "summary": ("Das Wichtigste", "The main points"),
    "rules": ("So wurde gerechnet", "How this was computed"),
    "page": ("Seite {page} von {pages}", "Page {page} of {pages}"),
    "data_until": ("Daten bis {day}", "Data until {day}"),
    "total": ("Gesamt", "Total"),
    "period_head": ("Periode", "Period"),
}


def say(name: str, language: str, **values: str) -> str:
    """The words in "de" or "en", with the values put in."""
    return WORDS[name][0 if language == "de" else 1].format(**values)
