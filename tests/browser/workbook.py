"""The list of work orders of a small company, as it is kept in Excel, with all that people do to such a file.

Whoever reads the rules of `_orders` can compute what the pages must show by hand; the figures stand below them.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HEADER = (
    "Auftragsnr", "Angelegt am", "Meldedatum", "Erledigt am", "Art", "Art", "Anliegen", "Aufwand (Std)",
    "Kundenname", "Techniker", "Betrag",
)  # fmt: skip
HEADER_ROW = 3
WEEKS = 26
FIRST = dt.date(2026, 1, 5)  # a Monday
MIDDLE = FIRST + dt.timedelta(weeks=13)
LAST = FIRST + dt.timedelta(weeks=WEEKS, days=-1)

# The ten orders of a week: four faults, three times maintenance, two offers, one bill.
KINDS = ("Störung",) * 4 + ("Wartung",) * 3 + ("Angebot",) * 2 + ("Rechnung",)
DAYS = {False: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10), True: (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)}
HOURS = ("0,25", "0,5", "0,75", "1", "1,25")
MATTERS = {
    "Störung": "Die Heizung im {place} bleibt kalt, der Brenner meldet eine Störung.",
    "Wartung": "Die jährliche Wartung der Anlage im {place} steht an, bitte um einen Termin.",
    "Angebot": "Wir brauchen ein Angebot für eine neue Wärmepumpe im {place}.",
    "Rechnung": "In der Rechnung für den Einsatz im {place} ist die Anfahrt doppelt berechnet.",
}
PLACES = ("Keller", "Dachgeschoss", "Nebenhaus", "Laden", "Werkraum", "Bad", "Altbau")
CUSTOMERS = ("Petersen, Jörg", "Yıldız, Ayşe", "Clausen, Wiebke")
TECHNICIANS = ("Holger Thomsen", "Merle Jessen", "Ole Brodersen")
NAMES = (*CUSTOMERS, *TECHNICIANS)

# 130 orders in each half. First half: 13 each of 1 to 10 days; the middle lies between the 5s and the 6s, and nine
# tenths of the way (place 116.1 of 0 to 129) between the last 9 and the first 10. Second half: 26 each of 1 to 5.
CASES, CASES_IN_HALF = 260, 130
MEDIANS, P90S = (5.5, 3.0), (9.1, 5.0)
# Together 39 each of 1 to 5 days and 13 each of 6 to 10: place 129.5 is a 4, place 233.1 a tenth after the last 8.
MEDIAN, P90 = 4.0, 8.1
# Orders that took 7 days and more: 13 each of 7, 8, 9 and 10, all in the first half.
WEEK_AND_MORE = 52
# Each of the five efforts 52 times but for one 45 that a formula leaves empty.
MINUTES_MEDIAN, MINUTES_KNOWN = 45.0, 259

# What is wrong, by row of the workbook: column, and what is written there.
WRONG: dict[int, tuple[str, Any]] = {
    40: ("Meldedatum", None),
    77: ("Meldedatum", "31.02.2026 09:15"),
    120: ("Erledigt am", dt.date(2026, 1, 2)),
    163: ("Auftragsnr", "A-1001"),
    201: ("Aufwand (Std)", "halber Tag"),
}
SUM_ROW = HEADER_ROW + CASES + len(WRONG) + 1
REJECTED = (*WRONG, SUM_ROW)
ROWS = CASES + len(REJECTED)


def write_workbook(path: Path) -> Path:
    """A cover sheet, the list below a title and an empty line, a sheet of abbreviations, and a sum at the end."""
    from openpyxl import Workbook

    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Deckblatt"
    cover.append(["Auswertung Kundendienst"])
    cover.append(["Bitte nicht umsortieren, sonst stimmen die Summen nicht mehr."])
    orders = book.create_sheet("Aufträge")
    orders.append(["Auftragsliste Kundendienst, 1. Halbjahr 2026"])
    orders.append([])
    orders.append([*HEADER, "", " "])
    for row in _rows():
        orders.append([*row, "", ""])
    orders.append(["Summe", *[None] * 6, f"=SUM(H{HEADER_ROW + 1}:H{SUM_ROW - 1})"])
    assert orders.max_row == SUM_ROW
    meaning = book.create_sheet("Abkürzungen")
    meaning.append(["HZ", "Heizung"])
    meaning.append(["SAN", "Sanitär"])
    book.save(path)
    return path


def _rows() -> Iterator[Sequence[Any]]:
    """The orders, with one more wherever `WRONG` says that there is one."""
    orders = _orders()
    for row in range(HEADER_ROW + 1, SUM_ROW):
        if row not in WRONG:
            yield next(orders)
            continue
        column, content = WRONG[row]
        cells = _order(row, number=9000 + row, day=FIRST, days=1, place=row % 10)
        cells[HEADER.index(column)] = content
        yield cells


def _orders() -> Iterator[list[Any]]:
    """Two orders each working day of 26 weeks."""
    for at in range(CASES):
        week, place = divmod(at, len(KINDS))
        day = FIRST + dt.timedelta(weeks=week, days=place // 2)
        days = DAYS[week >= WEEKS // 2][place]
        cells = _order(at, number=1001 + at, day=day, days=days, place=place)
        if at == 2:  # 0.75 hours, as a formula whose result no program has stored
            cells[HEADER.index("Aufwand (Std)")] = "=3/4"
        yield cells


def _order(at: int, *, number: int, day: dt.date, days: int, place: int) -> list[Any]:
    """Reported at eight, done at eight some days later, entered into the list an hour before that.

    Every second order has its dates as text, the others real date cells.
    """
    reported = dt.datetime.combine(day, dt.time(8))
    done = reported + dt.timedelta(days=days)
    entered = dt.datetime.combine(done, dt.time(7))
    dates: list[Any] = [entered, reported, done]
    if at % 2:
        dates = [moment.strftime("%d.%m.%Y %H:%M") for moment in dates]
    kind = KINDS[place]
    matter = MATTERS[kind].format(place=PLACES[at % len(PLACES)])
    customer, technician = CUSTOMERS[at % len(CUSTOMERS)], TECHNICIANS[at % len(TECHNICIANS)]
    channel, hours = ("Telefon", "E-Mail")[at % 2], HOURS[place % len(HOURS)]
    return [f"A-{number}", *dates, channel, kind, matter, hours, customer, technician, f"=H{at}*58"]
