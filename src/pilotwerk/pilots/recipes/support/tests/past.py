"""A small plumber's past: requests in German with the answers that were given."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from pilotwerk.pilots.recipes.support import LabelledText

PEOPLE = (
    ("Petra", "Wulff", "Frau"), ("Jens", "Matthiesen", "Herr"), ("Hannelore", "Brandt", "Frau"),
    ("Karsten", "Jöns", "Herr"), ("Imke", "Thomsen", "Frau"), ("Torben", "Harder", "Herr"),
    ("Aylin", "Demir", "Frau"), ("Ole", "Petersen", "Herr"),
)  # fmt: skip
MATTERS = {
    "Termin": (
        ("können wir die Wartung der {thing} auf nächste Woche verschieben?",
         "den Wartungstermin meiner {thing} muss ich leider absagen, wann geht es stattdessen?",
         "wann kommt der Monteur zur jährlichen Wartung der {thing}?"),
        "gern verschieben wir die Wartung. Wir kommen {day}, {hour} bis {later} Uhr. Die Anfahrt ist enthalten.",
    ),
    "Störung": (
        ("unsere {thing} ist ausgefallen, das Wasser bleibt kalt.",
         "aus der {thing} tropft Wasser, bitte schicken Sie jemanden.",
         "die {thing} macht laute Geräusche und zeigt einen Fehler."),
        "das tut uns leid. {worker} kommt {day} zu Ihnen. Unseren Notdienst erreichen Sie unter 0431 55 10 20.",
    ),
    "Rechnung": (
        ("auf der Rechnung {number} für die {thing} stimmt der Betrag nicht.",
         "ich habe die Rechnung {number} zur {thing} doppelt bekommen.",
         "bitte schicken Sie mir die Rechnung {number} für die {thing} noch einmal."),
        "die Rechnung {number} über {amount} haben wir geprüft und berichtigt. Sie erhalten sie an {mail}.",
    ),
    "Angebot": (
        ("was kostet eine neue {thing} mit Einbau?",
         "bitte machen Sie uns ein Angebot für den Austausch der {thing}.",
         "wir möchten die {thing} erneuern und brauchen einen Kostenvoranschlag."),
        "vielen Dank für Ihr Interesse. Bitte schicken Sie uns zwei Fotos. Die Erstberatung ist kostenlos.",
    ),
}  # fmt: skip
THINGS = (
    "Gastherme",
    "Wärmepumpe",
    "Heizung",
    "Lüftung",
    "Solaranlage",
    "Pumpe",
    "Zirkulation",
    "Klimaanlage",
)


def past(count: int = 160, *, seed: int = 1) -> list[LabelledText]:
    """`count` answered requests, category and person in turn, dates a day apart."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        category = list(MATTERS)[number % len(MATTERS)]
        questions, answer = MATTERS[category]
        first, last, title = rng.choice(PEOPLE)
        slots = {
            "thing": rng.choice(THINGS),
            "number": f"2026-{rng.randrange(1000, 9999)}",
            "amount": f"{rng.randrange(1, 9)}.{rng.randrange(100, 999)},50 €",
            "day": f"{rng.choice(['Dienstag', 'Freitag'])}, {rng.randrange(1, 28)}. November",
            "hour": str(rng.randrange(8, 12)),
            "later": str(rng.randrange(13, 16)),
            "worker": rng.choice(["Herr Boysen", "Frau Petersen"]),
            "mail": f"{first.lower()}@{last.lower().replace('ö', 'oe')}.example",
        }
        greeting = rng.choice(["Guten Tag", "Hallo", "Moin"])
        text = f"{greeting},\n{rng.choice(questions).format(**slots)}\nFreundliche Grüße\n{first} {last}"
        reply = (
            f"Guten Tag {title} {last},\n\n{answer.format(**slots)}\n\n"
            "Freundliche Grüße\nTobias Krüger\nNordlicht Haustechnik GmbH"
        )
        opened = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=number)
        rows.append(LabelledText(f"V-{number:04d}", text, category, reply, opened))
    return rows
