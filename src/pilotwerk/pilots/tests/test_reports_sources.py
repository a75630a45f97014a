"""Where a report's table comes from and where its mail goes: a process's imports, a mailbox's drafts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock
from pilotwerk.pilots import execution, intake, services
from pilotwerk.pilots.models import Case, Pilot, PilotTable
from pilotwerk.pilots.tests.mailservers import PASSWORD, Imap, Postbox, imap, smtp
from pilotwerk.pilots.tests.mailstage import plain_settings
from pilotwerk.pilots.tests.own_recipes import Own, begun, sales
from pilotwerk.pilots.tests.reportstage import MONDAY, READERS, SETTINGS, WEEK, kept, ready
from pilotwerk.processes import services as processes
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import process_named
from tests.cast import Cast

__all__ = ["kept", "ready"]
pytestmark = pytest.mark.django_db


def imported(own: Own, first: date, until: date, **changes: str) -> ProcessImport:
    """The process's next import: requests of the days named, as a ticket system writes them out."""
    lines = ["Vorgang;Eingang;Abschluss;Art;Minuten"]
    for offset in range((until - first).days + 1):
        day = first + timedelta(days=offset)
        for number in range(0 if day.weekday() > 4 else 3 + day.weekday()):
            kind = "Termin" if number % 2 else "Rechnung"
            closed = day + timedelta(days=1 + number % 2)
            lines.append(f"V{day:%y%m%d}{number};{day} 08:{number:02d};{closed} 10:00;{kind};{8 + number}")
    common: dict[str, Any] = {"organisation": own.cast.organisation, "actor": own.cast.actor("lead")}
    known = process_named(own.cast.organisation, "Anfragen")
    process = known or processes.process_create(**common, name="Anfragen")
    started = processes.import_start(
        **common, process=process, file=io.BytesIO("\n".join(lines).encode()), filename="anfragen.csv"
    )
    mapping = {
        "case": "Vorgang",
        "start": "Eingang",
        "end": "Abschluss",
        "handling": "Minuten",
        "category": "Art",
    }
    return processes.import_confirm(
        **common, process_import=started, mapping=mapping | changes, kind="case_table", run_now=True
    )


REQUESTS: dict[str, Any] = {
    **SETTINGS, "title": "Anfragen", "rows_name": "Anfragen", "time": "Eingang", "dimensions": ["Art"],
    "measures": [{"kind": "count"}, {"kind": "median", "column": "Minuten"}],
}  # fmt: skip


@pytest.fixture
def drawn(cast: Cast, ready: None, tmp_path: Path) -> Iterator[Own]:
    """A pilot whose table is an import of a process."""
    with clock.travel(MONDAY):
        own = begun(cast, "reports", tmp_path, **REQUESTS)
        first = imported(own, date(2026, 9, 7), date(2026, 11, 21))
        services.table_take(**own.by(), pilot=own.pilot, role="figures", process_import=first)
        own.start()
        yield own


def test_a_newer_import_of_the_process_is_the_table_of_the_next_report(drawn: Own) -> None:
    [first] = drawn.open_cases()
    assert drawn.proposal(first).body.startswith(
        "Anfragen: 25 in KW 47/2026, unverändert gegenüber KW 46/2026 (25)."
    )
    services.case_approve(**drawn.by("clerk"), **drawn.seen(first))
    drawn.send()
    with clock.travel(MONDAY + WEEK):
        imported(
            drawn, date(2026, 11, 23), date(2026, 11, 28), category=""
        )  # lacks the group: it cannot serve
        drawn.check()
        second = Case.objects.get(key="W:2026-W48")
        assert drawn.proposal(second).body.startswith("Für KW 48/2026 enthält die Tabelle keine Zeilen.")
    with clock.travel(MONDAY + WEEK + timedelta(hours=1)):
        # Only the new days come in; the process knows the ones before.
        newest = imported(drawn, date(2026, 11, 23), date(2026, 11, 28))
        Pilot.objects.update(looked_on=None)
        intake.watch_job(None)  # type: ignore[arg-type]
        assert PilotTable.objects.get().process_import == newest
        body = drawn.proposal(second).body
        assert body.startswith("Anfragen: 25 in KW 48/2026, unverändert gegenüber KW 47/2026 (25).")
        assert "ohne Angabe" not in body
        assert second.revision == 2
    assert not audit.check(drawn.cast.organisation.pk).findings


@pytest.fixture
def drafts(cast: Cast, ready: None, tmp_path: Path, settings: Any) -> Iterator[tuple[Own, Imap]]:
    """A pilot that saves its reports among the drafts of a mailbox."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with imap() as server, smtp(Postbox()) as port, clock.travel(MONDAY):
        server.create("Sent", "Entwürfe")
        own = begun(cast, "reports", tmp_path, **SETTINGS)
        connection = services.connection_create(
            **own.by(), kind="mailbox", name="Berichte", secrets={"password": PASSWORD},
            settings=plain_settings(server, port, answers="drafts"),
        )  # fmt: skip
        execution.connection_test(**own.by(), connection=connection)
        Pilot.objects.update(target_kind="mailbox", target_connection=connection)
        own.pilot.refresh_from_db()
        own.hand_in("figures", sales(date(2026, 11, 21)))
        own.start()
        yield own, server


def test_a_report_among_the_drafts_has_all_readers_and_both_files(drafts: tuple[Own, Imap]) -> None:
    own, server = drafts
    [case] = own.open_cases()
    services.case_approve(**own.by("clerk"), **own.seen(case))
    own.send()
    case.refresh_from_db()
    assert case.closed == "sent"
    [(mail, flags)] = server.holds("Entwürfe")
    assert "\\Draft" in flags
    assert [one.addr_spec for one in mail["To"].addresses] == READERS
    assert [one.get_filename() for one in mail.iter_attachments()] == [
        "Bericht-2026-W47.pdf",
        "Bericht-2026-W47.xlsx",
    ]
