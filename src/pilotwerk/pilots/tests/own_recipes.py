"""The stage for recipes with tables of their own: a small shop's stock, and a small sales office's leads."""

from __future__ import annotations

import csv
import io
import random
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pilotwerk.core import clock, jobs
from pilotwerk.pilots import services
from pilotwerk.pilots.models import Case, Pilot, Proposal
from pilotwerk.portfolio.models import UseCase
from tests.cast import Cast

ITEM_HEAD = (
    "Artikelnummer", "Bezeichnung", "Bestand", "Unterwegs", "Lieferzeit Tage", "Preis", "Mindestmenge", "VPE",
    "Lieferant", "Lieferant E-Mail",
)  # fmt: skip
WEEKS = 60
_LEARNED: dict[str, Any] = {}


def table(head: tuple[str, ...] | list[str], rows: list[tuple[Any, ...]]) -> bytes:
    """A CSV file as a German spreadsheet writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def demand() -> bytes:
    """A year of sales by week: filters sell steadily, seals now and then, the old valve not any more."""
    chance, rows = random.Random(4), []
    for week in range(WEEKS):
        day = date(2025, 9, 22) + timedelta(weeks=week)
        for offset in range(5):
            rows.append(("F-100", f"{day + timedelta(days=offset):%d.%m.%Y}", 3 + chance.randint(0, 2)))
            if chance.random() < 0.3:
                rows.append(("D-20", f"{day + timedelta(days=offset):%d.%m.%Y}", chance.randint(1, 4)))
            rows.append(("P-7", f"{day + timedelta(days=offset):%d.%m.%Y}", 1 + chance.randint(0, 1)))
    return table(("Artikelnummer", "Datum", "Menge"), rows)


def items(**stock: int | tuple[int, int]) -> bytes:
    """The table of items; keywords F, D, P give the stock, or stock and what is on its way."""
    usual: dict[str, int | tuple[int, int]] = {"F": 500, "D": 200, "P": 300, **stock}
    rows = []
    for key, item, name, lead, price, minimum, pack, supplier in (
        ("F", "F-100", "Luftfilter", 14, "12,50", 20, 10, "Filter Müller GmbH"),
        ("D", "D-20", "Dichtung", 7, "1,20", 50, 25, "Dichtwerk AG"),
        ("P", "P-7", "Pumpe klein", 21, "80", 1, 1, "Filter Müller GmbH"),
    ):
        given = usual[key]
        have, coming = given if isinstance(given, tuple) else (given, 0)
        mail = f"bestellung@{supplier.split()[0].lower()}.example"
        rows.append((item, name, have, coming, lead, price, minimum, pack, supplier, mail))
    return table(ITEM_HEAD, rows)


def sales(until: date, *, weeks: int = 10, busy: date | None = None) -> bytes:
    """Orders from Monday to Saturday of the weeks up to a day; on the day `busy` one is worth a fortune."""
    chance, rows = random.Random(11), []
    monday = date(2026, 11, 16) - timedelta(weeks=weeks - 1)
    for offset in range((until - monday).days + 1):
        day = monday + timedelta(days=offset)
        for number in range(0 if day.weekday() == 6 else 3):
            amount = 9000 if day == busy and not number else chance.randint(80, 240)
            region, late = chance.choice(["Nord", "Süd"]), chance.choice(["ja", "nein", "nein"])
            rows.append((f"{day:%d.%m.%Y}", region, f"{amount},50", late))
    return table(("Datum", "Region", "Umsatz EUR", "Reklamation"), rows)


LEAD_HEAD = (
    "Lead ID", "Firma", "Ansprechpartner", "E-Mail", "Datum", "Quelle", "Branche", "Mitarbeiter Anzahl", "Bearbeiter",
    "Auftragswert", "Ergebnis",
)  # fmt: skip


def lead_row(
    number: int, outcome: str, *, source: str, size: int, day: date, **other: str
) -> tuple[Any, ...]:
    """One lead. The value of the order is only there when it was won: a column that knows the outcome."""
    order = 1000 + 37 * (number % 50) if outcome == "gewonnen" else ""
    mail = other.get("mail", f"kontakt{number}@firma{number}.example")
    staff = "Anna" if number % 3 else "Bernd"
    return (
        f"L{number}", f"Firma {number}", other.get("name", f"Petra Wulff{number}"), mail, f"{day:%d.%m.%Y}", source,
        "Bau" if number % 2 else "Handel", size, staff, order, outcome,
    )  # fmt: skip


def past_leads(count: int = 400) -> bytes:
    """Leads of a year and more: recommendations of large firms are won often, bought addresses hardly ever."""
    chance, rows = random.Random(7), []
    for number in range(count):
        source = chance.choice(["Empfehlung", "Messe", "Adresskauf"])
        size = chance.randint(1, 200)
        odds = {"Empfehlung": 0.65, "Messe": 0.35, "Adresskauf": 0.08}[source] + (0.15 if size > 100 else 0)
        outcome = "gewonnen" if chance.random() < odds else "verloren"
        rows.append(
            lead_row(number, outcome, source=source, size=size, day=date(2025, 9, 1) + timedelta(days=number))
        )
    return table(LEAD_HEAD, rows)


@dataclass
class Own:
    """A pilot with tables of its own, and the people around it."""

    cast: Cast
    pilot: Pilot
    folder: Path

    def by(self, role: str = "lead") -> dict[str, Any]:
        return {"organisation": self.cast.organisation, "actor": self.cast.actor(role)}

    def file(self, content: bytes, name: str = "tabelle.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def hand_in(self, role: str, content: bytes) -> None:
        path = self.file(content)
        services.table_take(**self.by(), pilot=self.pilot, role=role, path=path, filename=path.name)

    def start(self) -> None:
        services.pilot_train(**self.by(), pilot=self.pilot, run_now=True)
        self.pilot.refresh_from_db()
        services.pilot_start(**self.by(), pilot=self.pilot)
        self.pilot.refresh_from_db()
        self.work()

    def work(self) -> None:
        """The worker does what is due: checks, proposals."""
        jobs.run_due(kinds=["pilots.watch_one"])
        jobs.run_due(kinds=["pilots.propose"])

    def check(self) -> None:
        """The daily check, and what follows from it."""
        services.pilot_watch(**self.by(), pilot=self.pilot)
        jobs.run_due(kinds=["pilots.propose"])

    def send(self) -> None:
        with clock.travel(clock.now() + timedelta(seconds=self.pilot.send_delay_seconds + 1)):
            jobs.run_due(kinds=["pilots.execute"])

    def open_cases(self) -> list[Case]:
        return list(
            Case.objects.filter(pilot=self.pilot)
            .exclude(state="done")
            .select_related("pilot", "organisation")
            .order_by("number")
        )

    def seen(self, case: Case) -> dict[str, Any]:
        proposal = self.proposal(case)
        return {"case": case, "revision": proposal.revision, "content_hash": proposal.content_hash}

    def proposal(self, case: Case) -> Proposal:
        case.refresh_from_db()
        return Proposal.objects.get(case=case, revision=case.revision)


def remember_learning(monkeypatch: Any, module: Any, folder: Path) -> None:
    """What was learned once from the same tables is not learned again for each story, only put in place."""
    real = module.learn

    def learn(*given: Any, **more: Any) -> Any:
        *material, target = given
        key = repr((material, more))
        if key not in _LEARNED:
            _LEARNED[key] = (real(*material, folder, **more), folder)
        found, kept = _LEARNED[key]
        shutil.copytree(kept / found.version, target / found.version)
        return found

    monkeypatch.setattr(module, "learn", learn)


def begun(cast: Cast, kind: str, folder: Path, **options: Any) -> Own:
    """A pilot of this kind that is being set up; all its cases get a proposal."""
    chosen = UseCase.objects.create(organisation=cast.organisation, name="Probe", recipe=kind, state="chosen")
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    pilot = services.pilot_setup(**by, use_case=chosen, share=1.0, options=options)
    return Own(cast, pilot, folder)
