"""Tables as small companies keep them: what was sold and what lies on the shelf, and which leads were won."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.browser.steps import write

WEEKS = 60
SUPPLIERS = ("Filter Müller GmbH", "Dichtwerk AG")


def _csv(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> bytes:
    """As a German spreadsheet writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def _today() -> date:
    return datetime.now(UTC).date()


def demand(folder: Path, items: int = 3) -> Path:
    """Sales by working day up to yesterday; each item sells a little faster than the one before."""
    chance, rows = random.Random(4), []
    first = _today() - timedelta(weeks=WEEKS)
    for day in range(WEEKS * 7):
        moment = first + timedelta(days=day)
        if moment.weekday() < 5:
            rows += [(f"F-{n}", f"{moment:%d.%m.%Y}", 1 + n % 4 + chance.randint(0, 2)) for n in range(items)]
    return write(folder / "verkauf.csv", _csv(("Artikelnummer", "Datum", "Menge"), rows))


def orders(folder: Path) -> Path:
    """Orders of a year and a quarter with branch and amount."""
    chance, rows = random.Random(5), []
    for day in range(1, WEEKS * 7):
        moment = _today() - timedelta(days=day)
        for branch in ("Nord", "Süd"):
            rows.append((f"{moment:%d.%m.%Y}", branch, f"{chance.randint(80, 900)},{chance.randint(10, 99)}"))
    return write(folder / "auftraege.csv", _csv(("Datum", "Filiale", "Umsatz"), rows))


def items(folder: Path, items: int = 3, suppliers: int = 2) -> Path:
    """Hardly anything on the shelf; the items go round the suppliers."""
    head = ("Artikelnummer", "Bezeichnung", "Bestand", "Unterwegs", "Lieferzeit Tage", "Preis", "Mindestmenge", "VPE",
            "Lieferant", "Lieferant E-Mail")  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for n in range(items):
        name = SUPPLIERS[n] if suppliers == 2 and n < 2 else f"Lieferant {n % suppliers}"
        rows.append(
            (
                f"F-{n}",
                f"Filter Größe {n}",
                2,
                0,
                14,
                "12,50",
                10,
                5,
                name,
                f"bestellung{n % suppliers}@lieferant.example",
            )
        )
    return write(folder / "artikel.csv", _csv(head, rows))


LEAD_HEAD = (
    "Lead ID",
    "Firma",
    "Ansprechpartner",
    "E-Mail",
    "Datum",
    "Quelle",
    "Mitarbeiter Anzahl",
    "Ergebnis",
)


def _lead(number: int, day: date, source: str, size: int, outcome: str) -> tuple[object, ...]:
    name = f"Petra Wulff{number}"
    return (
        f"L{number}",
        f"Firma {number}",
        name,
        f"k{number}@firma{number}.example",
        f"{day:%d.%m.%Y}",
        source,
        size,
        outcome,
    )


def past_leads(folder: Path, count: int = 400) -> Path:
    """Recommendations of large firms are won often, bought addresses hardly ever."""
    chance, rows = random.Random(7), []
    for number in range(count):
        source, size = chance.choice(["Empfehlung", "Messe", "Adresskauf"]), chance.randint(1, 200)
        odds = {"Empfehlung": 0.65, "Messe": 0.35, "Adresskauf": 0.08}[source] + (0.15 if size > 100 else 0)
        outcome = "gewonnen" if chance.random() < odds else "verloren"
        rows.append(_lead(number, _today() - timedelta(days=count + 20 - number), source, size, outcome))
    return write(folder / "interessenten.csv", _csv(LEAD_HEAD, rows))


def new_leads(folder: Path, count: int) -> Path:
    """Leads of these days, without an outcome yet."""
    kinds = ("Empfehlung", "Messe", "Adresskauf")
    rows = [
        _lead(900 + n, _today() - timedelta(days=1), kinds[n % 3], 20 + 30 * (n % 6), "")
        for n in range(count)
    ]
    return write(folder / "neu.csv", _csv(LEAD_HEAD, rows))
