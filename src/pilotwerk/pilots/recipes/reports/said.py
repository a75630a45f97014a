"""Errors of the report's readers in German, for the pages."""

from __future__ import annotations

from typing import Final

READING: Final = {
    r"No column holds dates\. Name the column with the time\.": (
        "Keine Spalte enthält Datumsangaben. Wählen Sie die Spalte mit dem Datum."
    ),
    r"There is no such column\. The columns are: (.*)\.": r"Diese Spalte gibt es nicht. Die Spalten sind: \1.",
    r"The value “(.*)” does not occur\.": r"Der Wert „\1“ kommt nicht vor.",
    r"No row has a date that can be read\.": "Keine Zeile hat ein lesbares Datum.",
    r"No period is covered whole\.": "Keine Woche und kein Monat ist vollständig enthalten.",
    r"The same measure is named twice\.": "Eine Kennzahl ist zweimal gewählt.",
    r"A report has 1 to (\d+) measures\.": r"Ein Bericht hat 1 bis \1 Kennzahlen.",
    r"A report has at most (\d+) dimensions\.": r"Ein Bericht hat höchstens \1 Gruppen.",
}
