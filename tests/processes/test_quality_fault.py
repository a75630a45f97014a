"""Lena's import goes through although its quality could not be measured; she reads why, and has it measured again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.processes import selectors
from pilotwerk.processes import services as processes
from pilotwerk.processes.databases import services as databases
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.quality import rows, services
from tests.cast import Cast
from tests.processes.test_databases import connected, helpdesk
from tests.processes.test_quality import csv, requests
from tests.processes.test_story import imported, page

__all__ = ["helpdesk"]  # a fixture


@contextmanager
def broken(error: Exception) -> Iterator[None]:
    """One of the rules about rows stops with an error, in the midst of the measurement."""

    def stop(table: Any) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "find_doubles", stop)
        yield


def faulty(cast: Cast, path: Path, error: Exception | None = None) -> ProcessImport:
    with broken(error or ZeroDivisionError("a rule divides by nothing")):
        return imported(cast, path)


def test_the_import_stands_and_its_quality_is_measured_afterwards(cast: Cast, tmp_path: Path) -> None:
    path, url = csv(tmp_path / "anfragen.csv", requests(120)), cast.organisation.url
    sound = imported(cast, path, "Vergleich").facts["quality"]
    found = faulty(cast, path)
    assert (found.state, found.facts["cases"], found.facts["quality"]) == ("done", 120, None)
    assert found.cases_file.is_file()

    lead = cast.client("lead")
    assert "Die Qualität der Daten ließ sich nicht messen." in page(
        lead, url("processes:import", pk=found.pk)
    )
    assert "Warum, und was Sie tun können" in page(lead, url("processes:facts", pk=found.pk))
    told = page(lead, url("processes:quality", pk=found.pk))
    assert "Kundenanfragen: Die Qualität dieser Daten ließ sich nicht messen" in told
    assert "Pilotwerk hat einen Fehler (ZeroDivisionError)." in told
    assert "die Zahlen zum Prozess gelten" in told
    assert "Die hochgeladene Datei wird dafür aufbewahrt." in told
    assert isinstance(selectors.personal_data_of(found), CannotTell)

    again = url("processes:quality_again", pk=found.pk)
    assert lead.post(again).status_code == 302
    running = page(lead, url("processes:quality", pk=found.pk))
    assert "wird gemessen" in running
    assert "hx-trigger" in running
    assert lead.post(again).status_code == 422, "one at a time"
    assert jobs.run_due(kinds=[services.JOB]) == 1

    found.refresh_from_db()
    assert found.facts["quality_fault"] is None
    assert without_time(found.facts["quality"]) == without_time(sound)
    assert "Was steht in den Spalten?" in page(lead, url("processes:quality", pk=found.pk))
    assert not found.upload.exists(), "nothing needs the file any more"
    assert lead.post(again).status_code == 422
    done = {entry.action for entry in audit.entries(cast.organisation.id)}
    assert {"processes.quality_ordered", "processes.quality_measured"} <= done


def without_time(profile: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in profile.items() if key != "as_of"}


def test_a_second_fault_is_told_as_well_and_can_be_tried_again(cast: Cast, tmp_path: Path) -> None:
    found = faulty(cast, csv(tmp_path / "anfragen.csv", requests(40)), MemoryError())
    quality = cast.organisation.url("processes:quality", pk=found.pk)
    assert "Der Arbeitsspeicher reichte nicht." in page(cast.client("lead"), quality)
    order(cast, found)
    with broken(KeyError("x")):
        assert jobs.run_due(kinds=[services.JOB]) == 1
    told = page(cast.client("lead"), quality)
    assert "Pilotwerk hat einen Fehler (KeyError)." in told
    assert "Noch einmal messen" in told
    assert "processes.quality_failed" in {one.action for one in audit.entries(cast.organisation.id)}
    order(cast, found)
    assert jobs.run_due(kinds=[services.JOB]) == 1
    found.refresh_from_db()
    assert found.facts["quality"]["rows"] == 40


def order(cast: Cast, found: ProcessImport) -> None:
    services.quality_again(organisation=cast.organisation, actor=cast.actor("lead"), process_import=found)


def test_the_file_is_kept_no_longer_than_until_the_next_import(cast: Cast, tmp_path: Path) -> None:
    path = csv(tmp_path / "anfragen.csv", requests(40))
    found = faulty(cast, path)
    assert found.upload.is_file()
    later = imported(cast, path)
    assert later.facts["quality"] is not None
    assert not found.upload.exists()
    assert not later.upload.exists()
    told = page(cast.client("lead"), cast.organisation.url("processes:quality", pk=found.pk))
    assert "Die Daten lassen sich nicht mehr lesen." in told
    with pytest.raises(Refused, match="nicht mehr aufbewahrt"):
        order(cast, found)


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("clerk", 403), ("outsider", 404)])
def test_only_who_may_import_orders_a_measurement(cast: Cast, tmp_path: Path, role: str, status: int) -> None:
    found = faulty(cast, csv(tmp_path / "anfragen.csv", requests(40)))
    url = cast.organisation.url
    assert cast.client(role).post(url("processes:quality_again", pk=found.pk)).status_code == status
    if role != "outsider":
        shown = page(cast.client(role), url("processes:quality", pk=found.pk))
        assert "Noch einmal messen" not in shown


def test_a_query_is_asked_again_and_the_page_says_so(cast: Cast, helpdesk: Path) -> None:
    row = connected(cast)
    process = processes.process_create(
        organisation=cast.organisation, actor=cast.actor("lead"), name="Tickets"
    )
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    started = databases.import_start_query(**common, process=process, connection=row, query="tickets")
    with broken(KeyError("x")):
        found = processes.import_confirm(**common, process_import=started, run_now=True)
    assert found.facts["quality"] is None
    quality = cast.organisation.url("processes:quality", pk=found.pk)
    assert "mit derselben Abfrage noch einmal gefragt" in page(cast.client("lead"), quality)
    order(cast, found)
    helpdesk.unlink()
    assert jobs.run_due(kinds=[services.JOB]) == 1
    assert "Die Daten lassen sich nicht noch einmal lesen:" in page(cast.client("lead"), quality)
