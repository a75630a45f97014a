"""Errors of the readers in German. The command line says them in English; a page says them in its own language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# What stands before the sentence: file, row and column.
_WHERE: Final = re.compile(r"(?:^|(?<=, ))(row \d+|column )")
READING: Final = {
    r"“(.*)” is not a date\.": r"„\1“ ist kein Datum.",
    r"“(.*)” is not a number\.": r"„\1“ ist keine Zahl.",
    r"“(.*)” is not a number from (.*) to (.*)\.": r"„\1“ ist keine Zahl von \2 bis \3.",
    r"“(.*)” is not a date or number\.": r"„\1“ ist weder Datum noch Zahl.",
    r"No row has item, date and quantity\.": "Keine Zeile hat Artikel, Datum und Menge.",
    r"No row names an item\.": "Keine Zeile nennt einen Artikel.",
    r"No column names the item\.": "Keine Spalte nennt den Artikel.",
    r"No column is known as lead time, cost, minimum, target or factor\.": (
        "Keine Spalte ist als Lieferzeit, Preis, Mindestmenge, Ziel oder Faktor bekannt."
    ),
    r"None of these items occurs in the history\.": "Keiner dieser Artikel kommt im bisherigen Bedarf vor.",
    r"The item “(.*)” is already in row (\d+)\.": r"Der Artikel „\1“ steht schon in Zeile \2.",
    r"No columns that are named by periods were found\.": "Keine Spalte ist nach einer Woche oder einem Monat benannt.",
    r"The column for period (.*) is missing between the others\.": r"Zwischen den anderen fehlt die Spalte für \1.",
    r"Two columns have the same number\.": "Zwei Spalten haben dieselbe Nummer.",
    r"(\d+) periods are too few for a horizon of (\d+)\.": (
        r"\1 Perioden reichen nicht, um \2 vorherzusagen und zu prüfen."
    ),
    r"No item has enough history to be judged: two periods with demand before the test\.": (
        "Kein Artikel hat genug Historie zum Prüfen: nötig sind zwei Perioden mit Bedarf vor der Prüfung."
    ),
    r"(\d+) items in (\d+) periods are too many\. Use a longer period\.": (
        r"\1 Artikel in \2 Perioden sind zu viele. Wählen Sie längere Perioden."
    ),
    r"There are (\d+) decided leads, (\d+) of them won\. A figure that holds needs at least (\d+), with (\d+) won"
    r" and (\d+) lost\.": (
        r"Es gibt \1 entschiedene Kontakte, davon \2 gewonnen. Eine Zahl, die hält, braucht mindestens \3, mit \4"
        r" gewonnenen und \5 verlorenen."
    ),
    r"After the first model, there are (\d+) decided leads, (\d+) of them won\. A figure that holds needs at least"
    r" (\d+), with (\d+) won and (\d+) lost\.": (
        r"Nach dem ersten Modell gibt es \1 entschiedene Kontakte, davon \2 gewonnen. Eine Zahl, die hält, braucht"
        r" mindestens \3, mit \4 gewonnenen und \5 verlorenen."
    ),
    r"No column is left that is known before the outcome\.": (
        "Es bleibt keine Spalte übrig, die vor dem Ergebnis bekannt ist."
    ),
    r"No row has an outcome\.": "Keine Zeile hat ein Ergebnis.",
    r"(?:It is not clear which value means won|Several values may mean won); say --won VALUE\. The values are:"
    r" (.*)\.": (
        r"Welcher Wert gewonnen bedeutet, ist nicht klar. Nennen Sie ihn bei der Einrichtung. Die Werte sind: \1."
    ),
    r"“(.*)” does not occur\. The values are: (.*)\.": r"„\1“ kommt nicht vor. Die Werte sind: \2.",
    r"A table is missing\.": "Eine Tabelle fehlt.",
    r"This import holds no cases\.": "Dieser Import enthält keine Vorgänge.",
    r"Nothing is due\.": "Nichts ist fällig.",
}  # fmt: skip


def in_language(text: str, language: str, known: Mapping[str, str] = READING) -> str:
    """The error in German for "de", with where it is; one that is not known stays as it is, as does every other
    language.
    """
    if language != "de":
        return text
    for pattern, german in known.items():
        found = re.search(f"{pattern}$", text)
        if found:
            where = text[: found.start()]
            where = _WHERE.sub(lambda one: one[0].replace("row", "Zeile").replace("column", "Spalte"), where)
            return where + found.expand(german)
    return text
