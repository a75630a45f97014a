"""Tables with a known truth, for the stories of this recipe."""

from __future__ import annotations

import random
from datetime import date, timedelta

from pilotwerk.pilots.recipes.reports import Facts, Table, compute, prepare

COLUMNS = ("Datum", "Region", "Warengruppe", "Umsatz EUR", "Reklamation")
MEASURES = [
    {"kind": "sum", "column": "Umsatz EUR"},
    {"kind": "count"},
    {"kind": "share", "column": "Reklamation", "value": "ja"},
    {"kind": "median", "column": "Umsatz EUR"},
]
START = date(2024, 1, 1)


def sales(
    weeks: int = 60,
    seed: int = 1,
    *,
    growth: float = 0.0,
    skip: tuple[date, ...] = (),
    peak: date | None = None,
) -> Table:
    """Orders from Monday to Saturday from 2024-01-01 on; the week of `peak` has three times as many."""
    chance = random.Random(seed)
    rows = []
    for step in range(7 * weeks):
        day = START + timedelta(days=step)
        if day.weekday() == 6 or day in skip:
            continue
        busy = 3 if peak and day.isocalendar()[:2] == peak.isocalendar()[:2] else 1
        for _ in range(busy * chance.randint(4, 9)):
            region = chance.choice(["Nord", "Süd", "West", "Ost"])
            amount = chance.gauss(200, 40) * (1.5 if region == "Nord" else 1) * (1 + growth * step / 7)
            text = f"{amount:.2f}".replace(".", ",")
            group = chance.choice(["Pumpen", "Kessel", "Service"])
            rows.append(
                (day.strftime("%d.%m.%Y"), region, group, text, chance.choice(["ja", "nein", "nein"]))
            )
    return Table.of("verkauf.csv", COLUMNS, [(2 + place, row) for place, row in enumerate(rows)])


def week(year: int, number: int) -> int:
    """The number of an ISO week as `Frequency` counts."""
    return (date.fromisocalendar(year, number, 1).toordinal() - 1) // 7


def facts_of(table: Table, frequency: str = "W", period: int | None = None, **given: object) -> Facts:
    """The facts with four kinds of measures and two dimensions."""
    spec = prepare(
        table,
        {"title": "Verkaufsbericht", "rows_name": "Aufträge", "frequency": frequency, "measures": MEASURES,
         "dimensions": ["Region", "Warengruppe"]},
    )  # fmt: skip
    return compute(table, spec, period, **given)  # type: ignore[arg-type]
