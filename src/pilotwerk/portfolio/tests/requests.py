"""A helpdesk export with texts, categories and answers, imported as a person would."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from pilotwerk.processes import services
from pilotwerk.processes.models import ProcessImport
from tests.cast import Cast

KINDS = {
    "Rechnung": "der Betrag auf der Rechnung stimmt nicht, bitte Gutschrift",
    "Termin": "wann kommt der Monteur zur Wartung der Heizung",
    "Ersatzteil": "das Teil für die Pumpe ist defekt, was kostet ein neues",
}


def requests_table(rows: int = 300, *, hopeless: bool = False) -> bytes:
    """Requests of three kinds over 20 weeks; `hopeless`: the texts say nothing about the kind."""
    lines = ["Vorgang;Eingang;Anfrage;Kategorie;Antwort"]
    for n in range(rows):
        kind, text = list(KINDS.items())[(n * 7 + n // 5) % 3]
        opened = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(hours=n * 20 * 168 / rows)
        said = f"Guten Tag {n % 11}" if hopeless else f"Anfrage: {text} {n % 17}"
        lines.append(f"V{n};{opened:%Y-%m-%d %H:%M};{said};{kind};Gern, Nummer {n}")
    return "\n".join(lines).encode()


def imported_requests(
    cast: Cast, name: str = "Kundenanfragen", content: bytes | None = None
) -> ProcessImport:
    """A finished import with texts for a new process."""
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process = services.process_create(**common, name=name)
    started = services.import_start(
        **common, process=process, file=io.BytesIO(content or requests_table()), filename="anfragen.csv"
    )
    return services.import_confirm(
        **common,
        process_import=started,
        mapping={
            "case": "Vorgang",
            "start": "Eingang",
            "text": "Anfrage",
            "category": "Kategorie",
            "answer": "Antwort",
        },
        kind="case_table",
        run_now=True,
    )
