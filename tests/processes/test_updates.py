"""Lena imports the helpdesk's export every month: into the same process, undone when it was the wrong one."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pilotwerk.audit.selectors import entries, lines
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.kpis.services import baseline_freeze
from pilotwerk.processes import selectors, services
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.quality import columns
from tests import migrated
from tests.cast import Cast
from tests.processes.files import EVENTS, HEADER, event_csv, table, write
from tests.processes.test_story import imported, page, post

ROOT = Path(__file__).resolve().parents[2]
State = ProcessImport.State
MAY = [("T-5", "Antwort", "02.05.2026 08:00", "Schulz"), ("T-6", "Eingang", "03.05.2026 08:00", "Meier")]


def test_the_next_export_is_understood_as_last_time_and_counts_nothing_twice(cast: Cast) -> None:
    lead, url = cast.client("lead"), cast.organisation.url

    def upload(address: str, data: dict[str, Any], rows: list[Any]) -> str:
        file = SimpleUploadedFile("export.csv", table([HEADER, *rows]).encode())
        return post(lead, address, {**data, "file": file})

    columns = upload(url("processes:new"), {"name": "Tickets"}, EVENTS)
    assert "Wie beim letzten Mal" not in page(lead, columns)
    assert "Was wird aus den früheren Daten?" not in page(lead, columns)
    # a person leaves a column out; that is remembered too
    chosen = {"kind": "event_log", "case": "Vorgangsnummer", "activity": "Schritt", "time": "Zeitpunkt"}
    post(lead, columns, chosen)
    jobs.run_due(kinds=[services.JOB])
    first = ProcessImport.objects.get()

    columns = upload(url("processes:upload", pk=first.process_id), {}, [*EVENTS, *MAY])
    second = ProcessImport.objects.exclude(pk=first.pk).get()
    assert second.mapping == first.mapping
    shown = page(lead, columns)
    assert "Die Spalten heißen wie beim letzten Mal." in shown
    assert shown.count("Wie beim letzten Mal.") == 3
    assert "Sie bleiben: Neue Vorgänge kommen hinzu" in shown
    state = post(lead, columns, {**chosen, "unite": "yes"})
    jobs.run_due(kinds=[services.JOB])
    told = page(lead, state)
    assert "Ein Vorgang ist neu, 1 geändert, 4 unverändert." in " ".join(told.split())
    second.refresh_from_db()
    assert (second.facts["cases"], second.facts["events"]) == (6, len(EVENTS) + 2)
    assert second.base == first
    assert "Ein Vorgang ist neu" in page(lead, url("processes:process", pk=first.process_id))


def test_of_several_tables_in_a_file_another_one_is_chosen_and_chosen_again_next_time(cast: Cast) -> None:
    lead, url = cast.client("lead"), cast.organisation.url

    def export(rows: list[Any]) -> SimpleUploadedFile:
        told = io.BytesIO()
        with zipfile.ZipFile(told, "w") as archive:
            archive.writestr("tickets.csv", table([HEADER, *rows]))
            archive.writestr("kunden.csv", table([("Nr", "Kunde"), *((i, f"Kunde {i}") for i in range(900))]))
        return SimpleUploadedFile("export.zip", told.getvalue())

    columns = post(lead, url("processes:new"), {"name": "Tickets", "file": export(EVENTS)})
    found = ProcessImport.objects.get()
    assert found.part == "kunden.csv"
    assert "Kunde 1" in page(lead, columns)
    assert lead.post(url("processes:part", pk=found.pk), {"part": "preise.csv"}).status_code == 422
    assert post(lead, url("processes:part", pk=found.pk), {"part": "tickets.csv"}) == columns
    assert "Technik fragen" in page(lead, columns)
    chosen = {"kind": "event_log", "case": "Vorgangsnummer", "activity": "Schritt", "time": "Zeitpunkt"}
    post(lead, columns, chosen)
    jobs.run_due(kinds=[services.JOB])
    found.refresh_from_db()
    assert (found.state, found.facts["cases"]) == (State.DONE, 5)
    post(lead, url("processes:upload", pk=found.process_id), {"file": export([*EVENTS, *MAY])})
    second = ProcessImport.objects.exclude(pk=found.pk).get()
    assert (second.part, second.mapping) == ("tickets.csv", found.mapping)
    # What is confirmed is no longer changed.
    assert lead.post(url("processes:part", pk=found.pk), {"part": "kunden.csv"}).status_code == 422


def test_undoing_the_latest_import_gives_the_state_before(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = imported(cast, event_csv(tmp_path / "a.csv"))
    before = selectors.case_values(first)
    second = imported(cast, write(tmp_path / "b.csv", table([HEADER, *MAY, ("T-7", "Ende", "gestern", "x")])))
    assert len(selectors.case_values(second)) == 6
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    with pytest.raises(Refused, match="Nur das letzte"):
        services.import_undo(**by, process_import=first)
    lead, url = cast.client("lead"), cast.organisation.url
    address = url("processes:undo", pk=second.pk)
    assert "Das Einlesen von b.csv zurücknehmen?" in page(lead, address)
    with django_capture_on_commit_callbacks(execute=True):
        assert lead.post(address).status_code == 302
    assert selectors.import_latest(cast.organisation, first.process) == first
    assert selectors.case_values(first) == before
    assert not second.folder.exists()
    assert not RejectedRow.objects.exists()
    assert "wurde zurückgenommen" in page(lead, url("processes:import", pk=second.pk))
    assert [line.sentence for line in lines(entries(cast.organisation.id)[:1])] == [
        "Lena Leitung hat das Einlesen von b.csv in den Prozess Kundenanfragen zurückgenommen"
    ]


def test_what_goals_rest_on_is_not_undone(cast: Cast, tmp_path: Path) -> None:
    many = [(f"{n}-{case}", *rest) for n in range(5) for case, *rest in EVENTS]
    found = imported(cast, write(tmp_path / "a.csv", table([HEADER, *many])))
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    baseline_freeze(**by, kpi="rework_share", process_import=found)
    with pytest.raises(Refused, match="Ziele oder Piloten"):
        services.import_undo(**by, process_import=found)
    assert found.cases_file.is_file()


def test_a_new_export_can_replace_what_was_known(cast: Cast, tmp_path: Path) -> None:
    first = imported(cast, event_csv(tmp_path / "a.csv"))
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    path = write(tmp_path / "b.csv", table([HEADER, *MAY]))
    with path.open("rb") as file:
        started = services.import_start(**by, process=first.process, file=file, filename="b.csv")
    done = services.import_confirm(**by, process_import=started, unite=False, run_now=True)
    assert (done.facts["cases"], done.facts["union"], done.base) == (2, None, None)


def test_cases_without_numbers_of_their_own_never_meet(cast: Cast, tmp_path: Path) -> None:
    """Row 2 of one file is not row 2 of the next."""
    rows = [("Beginn", "Text"), ("01.04.2026", "Heizung kalt"), ("02.04.2026", "Hahn tropft")]
    for name in ("a.csv", "b.csv"):
        done = imported(cast, write(tmp_path / name, table(rows)))
        assert (done.facts["cases"], done.base) == (2, None)


def confirmed(cast: Cast, path: Path, process: Process | None = None) -> ProcessImport:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process = process or services.process_create(**by, name="Anfragen")
    with path.open("rb") as file:
        started = services.import_start(**by, process=process, file=file, filename=path.name)
    return services.import_confirm(**by, process_import=started)


def test_a_waiting_import_is_cancelled_on_its_page(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    started = confirmed(cast, event_csv(tmp_path / "a.csv"))
    lead, url = cast.client("lead"), cast.organisation.url
    shown = page(lead, url("processes:import", pk=started.pk))
    assert "Einlesen abbrechen" in shown
    assert "Einlesen abbrechen" not in page(cast.client("clerk"), url("processes:import", pk=started.pk))
    with django_capture_on_commit_callbacks(execute=True):
        assert lead.post(url("processes:cancel", pk=started.pk)).status_code == 302
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert started.state == State.CANCELLED
    assert not started.folder.exists()
    assert "wurde abgebrochen" in page(lead, url("processes:import", pk=started.pk))
    assert lead.post(url("processes:cancel", pk=started.pk)).status_code == 422
    # the process is free for the next file
    assert confirmed(cast, event_csv(tmp_path / "b.csv"), started.process).state == State.QUEUED


@pytest.mark.parametrize("place", ["_report", "normalise", "quality_facts", "store"])
def test_a_running_import_stops_where_it_is_and_leaves_the_process_as_it_was(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    first = imported(cast, event_csv(tmp_path / "a.csv"), "Anfragen")
    started = confirmed(cast, write(tmp_path / "b.csv", table([HEADER, *MAY])), first.process)
    original = getattr(services, place)

    def cancelled_meanwhile(*args: Any, **kwargs: Any) -> Any:
        if ProcessImport.objects.filter(pk=started.pk, state=State.RUNNING).exists():
            services.import_cancel(
                organisation=cast.organisation, actor=cast.actor("lead"), process_import=started
            )
        return original(*args, **kwargs)

    monkeypatch.setattr(services, place, cancelled_meanwhile)
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert started.state == State.CANCELLED
    assert not started.folder.exists()
    assert selectors.import_latest(cast.organisation, first.process) == first
    assert not RejectedRow.objects.exists()
    sentences = [line.sentence for line in lines(entries(cast.organisation.id)[:1])]
    assert sentences == ["Lena Leitung hat das Einlesen von b.csv abgebrochen"]


def test_cancelling_ends_the_measuring_of_quality_after_the_column_at_hand(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = confirmed(
        cast, event_csv(tmp_path / "a.csv"), imported(cast, event_csv(tmp_path / "a.csv")).process
    )
    measured: list[str] = []
    original = columns.measure_column

    def counted(source: Any, name: str) -> Any:
        if not measured:
            services.import_cancel(
                organisation=cast.organisation, actor=cast.actor("lead"), process_import=started
            )
        measured.append(name)
        return original(source, name)

    monkeypatch.setattr(columns, "measure_column", counted)
    monkeypatch.setattr(services, "PROGRESS_SECONDS", 0)
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert (started.state, measured) == (State.CANCELLED, [HEADER[0]])


WORKER = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "pilotwerk.project.settings"
import django
django.setup()
from pilotwerk.core import jobs
from pilotwerk.processes import services

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(services, sys.argv[1], die)
jobs.run_due(kinds=[services.JOB])
"""


STORY = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "pilotwerk.project.settings"
import django
django.setup()
from datetime import timedelta
from pathlib import Path
from pilotwerk.core import clock, jobs
from pilotwerk.processes import services
from pilotwerk.processes.models import ProcessImport
if sys.argv[1] == "begin":
    from tests.cast import make_cast
    from tests.processes.test_updates import confirmed
    cast = make_cast()
    for name in sys.argv[3:]:
        process = services.process_create(organisation=cast.organisation, actor=cast.actor("lead"), name=name)
        confirmed(cast, Path(sys.argv[2]), process)
else:
    with clock.travel(clock.now() + timedelta(minutes=5)):
        jobs.run_due(kinds=[services.JOB])
    for found in ProcessImport.objects.all():
        print(found.state, found.facts.get("cases"), *sorted(path.name for path in found.folder.iterdir()))
"""


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_an_import_that_the_next_one_finishes(tmp_path: Path) -> None:
    """On a database file of its own, since the dead worker is a real process."""
    migrated.copy(tmp_path / "own.sqlite3")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PILOTWERK_DATA_DIR": str(tmp_path / "own"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
        "PILOTWERK_LOG_LEVEL": "ERROR",
    }

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    places = ["normalise", "store", "_finish"]
    begun = run(STORY, "begin", str(event_csv(tmp_path / "a.csv")), *places)
    assert begun.returncode == 0, begun.stderr
    for place in places:  # each leaves its import leased and half done; the next takes another one
        assert run(WORKER, place).returncode == -signal.SIGKILL
    ended = run(STORY, "end")
    names = "activities.parquet cases.parquet events.parquet resources.parquet teams.parquet topics.parquet"
    assert ended.stdout.splitlines() == [f"done 5 {names}"] * len(places), ended.stderr
