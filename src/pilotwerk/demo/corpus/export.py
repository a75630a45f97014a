"""The files that the sample company's old ticket system would export, faults included."""

import csv
import io
from collections.abc import Sequence
from random import Random

from pilotwerk.demo.corpus.requests import Request

CASE_HEADER = (
    "Vorgang", "Eingegangen", "Abgeschlossen", "Team", "Kunde", "E-Mail", "Kategorie", "Betreff", "Anfrage",
    "Antwort", "Bearbeitungszeit (Min.)",
)  # fmt: skip
EVENT_HEADER = ("Vorgang", "Aktivität", "Zeitpunkt", "Team")
DUPLICATE_CASES, DUPLICATE_EVENTS, ROWS_WITHOUT_TIME = 9, 37, 12
_MOMENT = "%d.%m.%Y %H:%M"


def _file(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """As a German office program writes it: semicolons, CRLF, byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _damage(rows: list[list[str]], time_column: int, duplicates: int, rng: Random) -> list[list[str]]:
    """Take the time from some rows and repeat others, in small groups as it happens in practice."""
    places = rng.sample(range(len(rows)), k=min(ROWS_WITHOUT_TIME + duplicates, len(rows)))
    for place in places[:ROWS_WITHOUT_TIME]:
        rows[place] = [*rows[place][:time_column], "", *rows[place][time_column + 1 :]]
    for place in sorted(places[ROWS_WITHOUT_TIME:], reverse=True):
        rows.insert(place + 1, list(rows[place]))
    return rows


def case_table(requests: Sequence[Request], *, seed: int) -> bytes:
    """One row a request, with text, category, answer and handling time. UTF-8 with byte order mark."""
    rows = [
        [
            request.case,
            request.received.strftime(_MOMENT),
            request.closed.strftime(_MOMENT),
            request.team,
            request.customer,
            request.email,
            request.category or "",
            request.subject,
            request.text,
            request.answer if request.answer_kept else "",
            f"{request.minutes:.1f}".replace(".", ",") if request.minutes_kept else "",
        ]
        for request in requests
    ]
    return _file(CASE_HEADER, _damage(rows, 1, DUPLICATE_CASES, Random(f"{seed}:cases")))


def event_log(requests: Sequence[Request], *, seed: int) -> bytes:
    """One row an activity, ordered by case and time; times to the minute, so that some are equal."""
    rows = [
        [request.case, step.activity, step.at.strftime(_MOMENT), step.team]
        for request in requests
        for step in request.steps
    ]
    return _file(EVENT_HEADER, _damage(rows, 2, DUPLICATE_EVENTS, Random(f"{seed}:events")))
