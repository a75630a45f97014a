"""Files as they come out of ticket systems, workbooks and process tools, made for the tests."""

import datetime as dt
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

# The running story: five tickets of a heating company. Hand-computed facts stand in test_facts.py.
EVENTS: list[tuple[str, str, str, str]] = [
    ("T-1", "Eingang", "06.04.2026 08:00", "Meier"),
    ("T-1", "Zuordnung", "06.04.2026 09:00", "Meier"),
    ("T-1", "Antwort", "06.04.2026 12:00", "Schulz"),
    ("T-2", "Eingang", "07.04.2026 08:00", "Meier"),
    ("T-2", "Zuordnung", "07.04.2026 10:00", "Meier"),
    ("T-2", "Technik fragen", "07.04.2026 12:00", "Meier"),
    ("T-2", "Antwort", "09.04.2026 12:00", "Schulz"),
    ("T-3", "Eingang", "08.04.2026 08:00", "Schulz"),
    ("T-3", "Zuordnung", "08.04.2026 08:30", "Schulz"),
    ("T-3", "Antwort", "08.04.2026 10:00", "Schulz"),
    ("T-3", "Antwort", "10.04.2026 08:00", "Schulz"),
    ("T-4", "Eingang", "20.04.2026 08:00", "Meier"),
    ("T-4", "Zuordnung", "20.04.2026 08:00", "Meier"),
    ("T-4", "Antwort", "20.04.2026 20:00", "Meier"),
    ("T-5", "Eingang", "21.04.2026 08:00", "Meier"),
]
HEADER = ("Vorgangsnummer", "Schritt", "Zeitpunkt", "Bearbeiter")


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Text as bytes, line ends untouched; a name that ends in .gz is packed."""
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def table(rows: Iterable[Sequence[object]], separator: str = ";", end: str = "\r\n", tail: str = "") -> str:
    """Rows as CSV without quotes; `tail` is put behind every row, as careless programs do."""
    return "".join(separator.join(map(str, row)) + tail + end for row in rows)


def event_csv(path: Path) -> Path:
    """The event log as a German ticket system writes it."""
    return write(path, table([HEADER, *EVENTS]))


def xes(path: Path) -> Path:
    """The event log as XES, with a nested attribute and a list that must not be taken for the event's own."""
    traces: dict[str, list[str]] = {}
    for case, activity, time, person in EVENTS:
        moment = dt.datetime.strptime(time, "%d.%m.%Y %H:%M").isoformat() + ".000+02:00"  # noqa: DTZ007
        traces.setdefault(case, []).append(
            f'<event><string key="concept:name" value={quoteattr(activity)}>'
            '<string key="concept:name" value="nested"/></string>'
            f'<date key="time:timestamp" value="{moment}"/><string key="org:resource" value="{person}"/>'
            '<list key="parts"><string key="concept:name" value="inner"/></list></event>'
        )
    body = "".join(
        f'<trace><string key="concept:name" value="{case}"/>{"".join(events)}</trace>'
        for case, events in traces.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">'
    return write(path, f'{head}<string key="concept:name" value="log"/>{body}</log>')


def workbook(path: Path, rows: Iterable[Sequence[object]], *, cover: bool = False) -> Path:
    """Rows as a workbook; with a cover sheet that holds no table where asked for."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if cover:
        sheet.title = "Deckblatt"
        sheet.append(["Bericht"])
        sheet = book.create_sheet("Daten")
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def team_csv(path: Path) -> Path:
    """Ten cases that go from six people ("Annahme") to five ("Technik"), four of them on to a team of one."""
    rows: list[Sequence[object]] = [("Vorgangsnummer", "Schritt", "Zeitpunkt", "Bearbeiter", "Team")]
    for number in range(10):
        day = f"{number + 1:02d}.04.2026"
        rows.append((f"T-{number}", "Eingang", f"{day} 08:00", f"Anna {number % 6}", "Annahme"))
        rows.append((f"T-{number}", "Prüfung", f"{day} 09:00", f"Theo {number % 5}", "Technik"))
        if number < 4:
            rows.append((f"T-{number}", "Freigabe", f"{day} 10:00", "Lena", "Meisterei"))
        rows.append((f"T-{number}", "Antwort", f"{day} 11:00", f"Theo {(number + 1) % 5}", "Technik"))
    return write(path, table(rows))
