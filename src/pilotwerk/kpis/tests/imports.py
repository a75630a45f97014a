"""A company's imported process, made through the services as a person would."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from pilotwerk.processes import services
from pilotwerk.processes.models import Process, ProcessImport
from tests.cast import Cast

FIRST = datetime(2026, 3, 2, 8, tzinfo=UTC)


def case_table(*, weeks: int = 20, a_day: int = 10) -> bytes:
    """Requests on five days a week: 1 to 4 days until closed, 8 to 14 minutes of work."""
    lines = ["Vorgang;Eingang;Abschluss;Minuten"]
    number = 0
    for day in range(weeks * 7):
        if day % 7 > 4:
            continue
        for _n in range(a_day):
            number += 1
            opened = FIRST + timedelta(days=day, minutes=7 * (number % 50))
            closed = opened + timedelta(days=1 + number % 4)
            lines.append(f"V{number};{opened:%Y-%m-%d %H:%M};{closed:%Y-%m-%d %H:%M};{8 + number % 7}")
    return "\n".join(lines).encode()


def imported(cast: Cast, name: str = "Kundenanfragen", content: bytes | None = None) -> ProcessImport:
    """A finished import of a case table for a new process."""
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process: Process = services.process_create(**common, name=name)
    started = services.import_start(
        **common, process=process, file=io.BytesIO(content or case_table()), filename="anfragen.csv"
    )
    return services.import_confirm(
        **common,
        process_import=started,
        mapping={"case": "Vorgang", "start": "Eingang", "end": "Abschluss", "handling": "Minuten"},
        kind="case_table",
        run_now=True,
    )


def imported_log(cast: Cast, name: str = "Weg der Anfragen") -> ProcessImport:
    """A finished import of an event log: 90 cases in three ways, a third of them with a step done twice."""
    lines = ["Vorgang;Schritt;Zeit"]
    for number in range(90):
        opened = FIRST + timedelta(days=number, minutes=number)
        ways = (
            ["Eingang", "Antwort"],
            ["Eingang", "Rückfrage", "Antwort"],
            ["Eingang", "Antwort", "Antwort"],
        )
        for hours, step in enumerate(ways[number % 3]):
            lines.append(f"V{number};{step};{opened + timedelta(hours=5 * hours):%Y-%m-%d %H:%M}")
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process: Process = services.process_create(**common, name=name)
    started = services.import_start(
        **common, process=process, file=io.BytesIO("\n".join(lines).encode()), filename="wege.csv"
    )
    return services.import_confirm(
        **common,
        process_import=started,
        mapping={"case": "Vorgang", "activity": "Schritt", "time": "Zeit"},
        kind="event_log",
        run_now=True,
    )
