"""What the leakage tests found, in sentences; the English sentence is the pattern, its German stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.leads.names import Late

if TYPE_CHECKING:
    from collections.abc import Mapping

# Test -> (English, German). Shares are whole percent; "pairs" are a won and a lost lead taken at random.
REASONS: dict[str, tuple[str, str]] = {
    "mirror": (
        "Alone it puts %(alone)s of 100 pairs of a won and a lost lead in the right order: it says the outcome.",
        "Allein ordnet sie %(alone)s von 100 Paaren aus gewonnenem und verlorenem Kontakt richtig: Sie nennt das"
        " Ergebnis.",
    ),
    "far_better": (
        "Alone it orders %(alone)s of 100 pairs rightly, all other columns together only %(rest)s: nothing that is"
        " known beforehand does that.",
        "Allein ordnet sie %(alone)s von 100 Paaren richtig, alle anderen Spalten zusammen nur %(rest)s: Das schafft"
        " nichts, was vorher bekannt ist.",
    ),
    "pure": (
        "Where it says %(values)s, %(share)s %% were %(side)s, and that covers %(covered)s %% of these leads.",
        "Wo sie %(values)s enthält, wurden %(share)s %% %(side_de)s; das betrifft %(covered)s %% dieser Kontakte.",
    ),
    "presence": (
        "It is filled in %(won)s %% of the won and in %(lost)s %% of the lost leads: it is filled in after the"
        " decision.",
        "Sie ist bei %(won)s %% der gewonnenen und bei %(lost)s %% der verlorenen Kontakte ausgefüllt: Sie wird nach"
        " der Entscheidung ausgefüllt.",
    ),
    "open": (
        "It is filled in %(decided)s %% of the decided leads, but in %(open)s %% of the open ones: it is missing"
        " together with the outcome.",
        "Sie ist bei %(decided)s %% der entschiedenen Kontakte ausgefüllt, bei den offenen aber nur bei %(open)s %%: "
        "Sie fehlt zusammen mit dem Ergebnis.",
    ),
    "named": (
        "Its name speaks of %(late)s, and the test agrees: alone it orders %(alone)s of 100 pairs rightly; with it all"
        " columns together order %(with)s, without it %(rest)s.",
        "Ihr Name spricht von %(late_de)s, und die Prüfung bestätigt es: Allein ordnet sie %(alone)s von 100 Paaren"
        " richtig; mit ihr schaffen alle Spalten zusammen %(with)s, ohne sie %(rest)s.",
    ),
    "fate": (
        "It is missing in the same rows as %(other)s, and these rows were won in %(missing)s %% instead of %(filled)s"
        " %%: both are filled in together.",
        "Sie fehlt in denselben Zeilen wie %(other)s, und diese Zeilen wurden zu %(missing)s %% statt zu %(filled)s %%"
        " gewonnen: Beide werden zusammen ausgefüllt.",
    ),
    "identifier": (
        "It numbers the rows, and the number tells won from lost in %(alone)s of 100 pairs: it is given after the"
        " decision.",
        "Sie nummeriert die Zeilen, und die Nummer ordnet %(alone)s von 100 Paaren richtig: Sie wird nach der"
        " Entscheidung vergeben.",
    ),
}
# What a late name speaks of.
LATE: dict[Late, tuple[str, str]] = {
    Late.OUTCOME: ("the outcome", "dem Ergebnis"),
    Late.CLOSED: ("the end of the case", "dem Abschluss"),
    Late.SALE: ("a contract, an order or a payment", "Vertrag, Auftrag oder Zahlung"),
    Late.QUALITY: ("a judgement of the lead", "einer Bewertung des Kontakts"),
    Late.LAST: ("the last thing that happened", "dem letzten Ereignis"),
    Late.TAG: ("a mark that somebody set", "einer gesetzten Markierung"),
    Late.STATUS: ("how far the case has come", "dem Stand der Bearbeitung"),
    Late.DURATION: ("how long something took", "einer Dauer"),
}
# Why a column is not used although it does not leak.
UNUSED: dict[str, tuple[str, str]] = {
    "identifier": ("Each row has its own value.", "Jede Zeile hat einen eigenen Wert."),
    "constant": ("It says the same in every row.", "Sie sagt in jeder Zeile dasselbe."),
    "time": ("It gives the order in time.", "Sie gibt die zeitliche Reihenfolge an."),
    "group": ("It says which rows belong together.", "Sie sagt, welche Zeilen zusammengehören."),
}
CLEARED = (
    "Its name speaks of %(late)s, but no test confirms that it knows the outcome: it is used.",
    "Ihr Name spricht von %(late_de)s, aber keine Prüfung bestätigt, dass sie das Ergebnis kennt: Sie wird verwendet.",
)
_GERMAN_QUOTES = str.maketrans("“”", "„“")


def sentence(pair: tuple[str, str], params: Mapping[str, object], language: str) -> str:
    """The sentence in German for "de", with German quotation marks, else in English."""
    if language != "de":
        return pair[0] % params
    return (pair[1] % params).translate(_GERMAN_QUOTES)


def late_params(late: Late) -> dict[str, str]:
    """What the name speaks of, for both languages."""
    english, german = LATE[late]
    return {"late": english, "late_de": german}
