"""A filled strategy of an invented company, with texts that try to be markup."""

from pilotwerk.documents.domain import (
    STRATEGY_SECTIONS,
    Block,
    Bullets,
    Facts,
    Figure,
    Grid,
    Interval,
    Intervals,
    Language,
    Open,
    Paragraph,
    Section,
    Signed,
    StrategyDocument,
    Words,
)

HOSTILE = '#pagebreak() $x^2$ *fett* {{ 7*7 }} {% if %} <b>&amp;</b> </w:t> @f1 \\ "q"'

WORDS = Words(
    contents="Inhalt",
    summary="Das Wichtigste",
    page="Seite {page} von {pages}",
    figure="Angabe",
    value="Wert",
    origin="Herkunft",
    number="Nr.",
    origins_heading="Herkunft der Angaben",
    origins_lead="Jede Zahl in diesem Dokument trägt eine Nummer. Hier steht, woher sie kommt.",
)

COMPANY = Facts(
    "Nordlicht Haustechnik GmbH auf einen Blick",
    (
        ("Beschäftigte", Figure("48", "Firmenprofil, Stand 04.09.2026")),
        ("Größenklasse", Figure("kleines Unternehmen", "Empfehlung 2003/361/EG, aus dem Firmenprofil")),
    ),
)
FOCUS = Grid(
    "Anwendungsfälle nach Rang",
    ("Anwendungsfall", "Potenzial", "Risiko", "Entscheidung"),
    (
        ("Kundenanfragen beantworten", Figure("82", "Bewertung vom 18.09.2026"), "24", "gewählt"),
        ("Bilder von Baustellen auswerten", "31", "66", "abgelehnt: kein klarer Nutzen"),
    ),
    numeric=frozenset({1, 2}),
)
FASTER = Interval(
    label="Bearbeitungszeit",
    compared="6,1 statt 10,9 Minuten",
    effect=Figure("−4,8 Minuten (−6,8 bis −2,8)", "119 abgeschlossene Vorgänge des Pilots"),
    verdict="besser",
    positions=(0.22, 0.36, 0.50, 0.70),
    better_is_left=True,
)
UNKNOWN = Interval(
    label="Rückfragen",
    compared="8 gegen 9 Vorgänge",
    effect=Figure("noch offen", "17 Vorgänge, nötig sind 10 je Gruppe"),
    verdict="noch offen",
    positions=None,
    better_is_left=True,
)
EFFECT = Intervals(
    "Mit KI gegen wie bisher, 58 und 61 Vorgänge",
    ("Kennzahl", "Unterschied (95-%-Intervall)", "Urteil"),
    (FASTER, UNKNOWN),
)
DECISION = Signed(
    "Ändern", "Die Zeit sinkt. Rechnungen nehmen wir heraus.", "Jana Lorenz, 12.01.2027, 10:05 Uhr"
)

BLOCKS: dict[str, tuple[Block, ...]] = {
    "company": (COMPANY,),
    "why": (Paragraph(HOSTILE),),
    "readiness": (Open("Noch offen: Nur 3 von 6 Personen haben geantwortet."),),
    "focus": (FOCUS,),
    "goals": (Bullets(("Bearbeitungszeit von 11,2 auf 8 Minuten bis 12.01.2027", HOSTILE)),),
    "effect": (EFFECT,),
    "decision": (DECISION,),
}


def strategy(*, language: Language = "de", sample_label: str = "Beispielunternehmen") -> StrategyDocument:
    filler = (Paragraph("Ein ruhiger Absatz. " * 20),)
    return StrategyDocument(
        language=language,
        title="KI-Strategie",
        organisation="Nordlicht Haustechnik GmbH",
        date="22.11.2026",
        iso_date="2026-11-22",
        legal_state="Rechtsstand 27.07.2026",
        sample_label=sample_label,
        summary=("Mit KI dauert ein Vorgang 4,8 Minuten weniger.", HOSTILE),
        sections=tuple(
            Section(key, f"Abschnitt {key}", BLOCKS.get(key, filler)) for key in STRATEGY_SECTIONS
        ),
        words=WORDS,
    )
