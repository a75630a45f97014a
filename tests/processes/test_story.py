"""Lena imports what the ticket system gives her, sees what was understood, and reads the facts."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.processes import selectors, services
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.views.imports import harmless
from tests.cast import Cast
from tests.processes.files import EVENTS, HEADER, event_csv, table, workbook, write, xes

MESSY = "\ufeff" + table(
    [
        ("Ausfuhr Ticketsystem Nordlicht",),
        ("Stand: 20.10.2026",),
        (),
        ("Ticket-Nr.", "Eingegangen am", "Erledigt am", "Anfrage", "Kategorie", "Antwort", "Minuten", "Kunde"),
        ("1", "06.04.2026 08:00", "06.04.2026 20:00", "Heizung bleibt kalt", "Heizung", "Wir kommen.", "12,5", "Abel"),
        ("2", "07.04.2026", "09.04.2026", "Hahn tropft, Tel. 0431 1234567", "Select", "", "7,5", "Berg"),
        ("3", "31.02.2026", "09.04.2026", "Rohr undicht im Keller", "Sanitär", "Bitte Wasser abdrehen.", "3", "Cohn"),
        ("4", "", "09.04.2026", "Dusche wird nicht warm", "Sanitär", "Wir prüfen das.", "3", "Dorn"),
        ("5", "14.04.2026 09:00", "", "Angebot für Wärmepumpe", "Angebot", "", "", "Ernst"),
    ],
    tail=";",
)  # fmt: skip


def imported(cast: Cast, path: Path, name: str = "Kundenanfragen") -> ProcessImport:
    """A file imported through the services, at once."""
    organisation, actor = cast.organisation, cast.actor("lead")
    process = selectors.process_named(organisation, name) or services.process_create(
        organisation=organisation, actor=actor, name=name
    )
    with path.open("rb") as file:
        started = services.import_start(
            organisation=organisation, actor=actor, process=process, file=file, filename=path.name
        )
    return services.import_confirm(
        organisation=organisation, actor=actor, process_import=started, mapping=started.mapping, run_now=True
    )


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def post(client: Client, address: str, data: dict[str, Any]) -> str:
    """Post and answer where it leads."""
    response = client.post(address, data)
    assert response.status_code == 302, response.content.decode()[:3000]
    return str(response["Location"])


def test_from_an_empty_list_to_the_facts(cast: Cast) -> None:
    lead = cast.client("lead")
    url = cast.organisation.url
    assert "Noch kein Prozess ist gemessen" in page(lead, url("processes:list"))

    file = SimpleUploadedFile("anfragen.csv", MESSY.encode())
    columns = post(lead, url("processes:new"), {"name": "Kundenanfragen", "file": file})
    shown = page(lead, columns)
    assert "Sind die Spalten richtig verstanden?" in shown
    assert "Eingegangen am" in shown
    assert "Heizung bleibt kalt" in shown
    assert "Eine Zeile pro Vorgang" in shown

    found = ProcessImport.objects.get()
    assert found.mapping == {
        "case": "Ticket-Nr.",
        "start": "Eingegangen am",
        "end": "Erledigt am",
        "text": "Anfrage",
        "category": "Kategorie",
        "answer": "Antwort",
        "handling": "Minuten",
        "sender": "Kunde",
    }
    state = post(lead, columns, {**found.mapping, "kind": "case_table"})
    assert "wartet auf die Bearbeitung" in page(lead, state)
    assert 'hx-trigger="every 1s"' in page(lead, state)
    assert "wartet auf die Bearbeitung" in page(lead, url("processes:list"))

    assert jobs.run_due(kinds=[services.JOB]) == 1
    report = page(lead, state)
    assert "2 von 5 Zeilen wurden nicht übernommen" in report
    assert "hx-trigger" not in report

    rejected = page(lead, url("processes:rejected", pk=found.pk))
    assert "„31.02.2026“ ist kein lesbarer Zeitpunkt." in rejected
    download = lead.get(url("processes:rejected_csv", pk=found.pk)).content.decode("utf-8-sig")
    assert download.splitlines() == [
        "Zeile;Spalte;Grund",
        "7;Eingegangen am;„31.02.2026“ ist kein lesbarer Zeitpunkt.",
        "8;Eingegangen am;Der Wert fehlt.",
    ]

    facts = page(lead, url("processes:process", pk=found.process_id))
    assert "Die Hälfte der Vorgänge braucht höchstens 30,0" in facts
    assert "Hindernisse: 1" in facts
    assert "Mehr als 5\u00a0% der Zeilen" in facts
    assert "Abel" not in facts


def test_an_event_log_is_drawn_as_a_map_with_a_table_beside_it(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, xes(tmp_path / "tickets.xes.gz"), "Tickets")
    shown = page(cast.client("clerk"), cast.organisation.url("processes:process", pk=found.process_id))
    assert "Eingang → Zuordnung → Antwort" in shown
    assert "process-map-source" in shown
    assert "Technik fragen → Antwort" in shown
    assert "Neue Daten einlesen" not in shown
    assert "Meier" not in shown


def test_a_workbook_with_headings_gives_the_same_facts(cast: Cast, tmp_path: Path) -> None:
    csv = imported(cast, event_csv(tmp_path / "a.csv"), "Als CSV")
    book = imported(cast, workbook(tmp_path / "a.xlsx", [("Ausfuhr",), (), HEADER, *EVENTS]), "Als Excel")
    for key in ("cases", "variants", "duration_days", "bottlenecks"):
        assert csv.facts[key] == book.facts[key]


def test_the_rooms_above_read_cases_and_texts(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, write(tmp_path / "anfragen.csv", MESSY))
    assert selectors.import_latest(cast.organisation, found.process) == found
    assert selectors.imports_with_text(cast.organisation) == [found]
    rows = selectors.text_rows(found)
    assert [(row.case, row.category, row.answer) for row in rows] == [
        ("1", "Heizung", "Wir kommen."),
        ("2", None, None),
        ("5", "Angebot", None),
    ]
    assert rows[0].opened == dt.datetime(2026, 4, 6, 8, tzinfo=dt.UTC)
    values = selectors.case_values(found)
    assert len(values) == 3
    assert values.duration_days == [0.5, 2.0, None]
    assert values.handling_minutes == [12.5, 7.5, None]


def test_people_and_the_uploaded_file_are_not_kept(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, write(tmp_path / "anfragen.csv", MESSY))
    kept = {path.name for path in found.folder.iterdir()}
    tables = ("cases", "activities", "events", "teams", "resources", "topics")
    assert kept == {f"{name}.parquet" for name in tables}
    assert not any(b"Abel" in path.read_bytes() for path in found.folder.iterdir())
    assert "Abel" not in str(found.facts)


def test_what_cannot_be_read_is_said_at_the_field_and_nothing_stays(cast: Cast, tmp_path: Path) -> None:
    lead, address = cast.client("lead"), cast.organisation.url("processes:new")
    for name, content, says in [
        ("a.pdf", b"%PDF", "Diese Art von Datei ist nicht bekannt"),
        ("a.xlsx", b"a;b", "Der Inhalt ist nicht xlsx"),
        ("a.csv", b"a;b\r\n", "keine Zeile mit Daten"),
    ]:
        response = lead.post(address, {"name": name, "file": SimpleUploadedFile(name, content)})
        assert response.status_code == 422
        assert says in response.content.decode()
    assert not ProcessImport.objects.exists()
    # the process is there; the next file goes to it without a complaint about its name
    post(lead, address, {"name": "a.csv", "file": SimpleUploadedFile("a.csv", MESSY.encode())})
    assert Process.objects.filter(name="a.csv").count() == 1


def test_a_wrong_mapping_comes_back_with_the_reason(cast: Cast, tmp_path: Path) -> None:
    process = services.process_create(
        organisation=cast.organisation, actor=cast.actor("lead"), name="Anfragen"
    )
    path = event_csv(tmp_path / "a.csv")
    with path.open("rb") as file:
        started = services.import_start(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            process=process,
            file=file,
            filename=path.name,
        )
    lead, columns = cast.client("lead"), cast.organisation.url("processes:mapping", pk=started.pk)
    missing = lead.post(columns, {"kind": "event_log", "case": "Schritt", "activity": "Schritt"})
    assert missing.status_code == 422
    twice = lead.post(
        columns, {"kind": "event_log", "case": "Schritt", "activity": "Schritt", "time": "Zeitpunkt"}
    )
    assert twice.status_code == 422
    assert "hat zwei Bedeutungen" in twice.content.decode()

    wrong = {
        "kind": "event_log",
        "case": "Vorgangsnummer",
        "activity": "Schritt",
        "time": "Bearbeiter",
    }
    post(lead, columns, wrong)
    jobs.run_due(kinds=[services.JOB])
    assert "Keine Zeile konnte übernommen werden. Die erste: „Meier“ ist kein lesbarer Zeitpunkt." in page(
        lead, columns
    )
    post(lead, columns, {**wrong, "time": "Zeitpunkt"})
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert started.state == ProcessImport.State.DONE


def test_the_shape_of_the_table_can_be_corrected(cast: Cast, tmp_path: Path) -> None:
    lead = cast.client("lead")
    file = SimpleUploadedFile("a.csv", event_csv(tmp_path / "a.csv").read_bytes())
    columns = post(lead, cast.organisation.url("processes:new"), {"name": "A", "file": file})
    assert "Zeitpunkt des Schritts" in page(lead, columns)
    assert "Ende des Vorgangs" in page(lead, columns + "?kind=case_table")
    assert "Zeitpunkt des Schritts" in page(lead, columns + "?kind=nonsense")


def test_an_upload_can_be_discarded_and_a_running_import_is_left_alone(cast: Cast, tmp_path: Path) -> None:
    organisation, actor = cast.organisation, cast.actor("lead")
    process = services.process_create(organisation=organisation, actor=actor, name="Anfragen")

    def start() -> ProcessImport:
        with event_csv(tmp_path / "a.csv").open("rb") as file:
            return services.import_start(
                organisation=organisation, actor=actor, process=process, file=file, filename="a.csv"
            )

    first, second = start(), start()
    first.refresh_from_db()
    assert first.state == ProcessImport.State.DISCARDED  # an unconfirmed upload gives way
    services.import_confirm(organisation=organisation, actor=actor, process_import=second)
    with pytest.raises(Refused, match="gerade eine Datei"):
        start()
    with pytest.raises(Refused):
        services.import_discard(organisation=organisation, actor=actor, process_import=second)
    with pytest.raises(Refused):
        services.import_confirm(organisation=organisation, actor=actor, process_import=second)
    with pytest.raises(Refused):
        services.process_create(organisation=organisation, actor=actor, name=" Anfragen ")


def test_running_the_job_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, write(tmp_path / "anfragen.csv", MESSY))
    before = RejectedRow.objects.count()
    services.import_run(process_import_id=str(found.pk))
    assert RejectedRow.objects.count() == before == 2


def test_a_worker_that_died_is_followed_by_one_that_finishes(cast: Cast, tmp_path: Path) -> None:
    organisation, actor = cast.organisation, cast.actor("lead")
    process = services.process_create(organisation=organisation, actor=actor, name="Anfragen")
    with event_csv(tmp_path / "a.csv").open("rb") as file:
        started = services.import_start(
            organisation=organisation, actor=actor, process=process, file=file, filename="a.csv"
        )
    services.import_confirm(organisation=organisation, actor=actor, process_import=started)
    ProcessImport.objects.filter(pk=started.pk).update(state=ProcessImport.State.RUNNING, progress=7)
    assert "7 von etwa 15 Zeilen" in page(
        cast.client("lead"), organisation.url("processes:import", pk=started.pk)
    )
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert started.state == ProcessImport.State.DONE


def test_a_fault_of_ours_is_told_and_not_repeated_for_ever(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(services, "store", broken)
    found = imported(cast, event_csv(tmp_path / "a.csv"))
    assert found.state == ProcessImport.State.FAILED
    shown = page(cast.client("lead"), cast.organisation.url("processes:import", pk=found.pk))
    assert "wegen eines Fehlers in Pilotwerk" in shown
    assert not found.upload.exists()


def test_files_beyond_the_limit_are_not_even_kept(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.PILOTWERK_UPLOAD_MAX_BYTES = 1024 * 1024
    process = services.process_create(organisation=cast.organisation, actor=cast.actor("lead"), name="A")
    path = write(tmp_path / "a.csv", "a;b\n" + "1;2\n" * 300_000)
    with path.open("rb") as file, pytest.raises(Unreadable, match="larger than 1 MB"):
        services.import_start(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            process=process,
            file=file,
            filename="a.csv",
        )
    assert not list(tmp_path.rglob("upload"))


def test_every_step_is_in_the_audit_trail(cast: Cast, tmp_path: Path) -> None:
    from pilotwerk.audit.selectors import entries, lines

    imported(cast, write(tmp_path / "anfragen.csv", MESSY))
    sentences = [line.sentence for line in lines(entries(cast.organisation.id)[:4])]
    assert sentences == [
        "Pilotwerk (worker) hat 5 Zeilen aus anfragen.csv gelesen, 2 davon nicht übernommen",
        "Lena Leitung hat die Spalten von anfragen.csv bestätigt",
        "Lena Leitung hat anfragen.csv für den Prozess Kundenanfragen hochgeladen",
        "Lena Leitung hat den Prozess Kundenanfragen angelegt",
    ]


def test_clerks_see_but_do_not_import_and_strangers_find_nothing(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, event_csv(tmp_path / "a.csv"))
    url = cast.organisation.url
    shown = url("processes:process", pk=found.process_id)
    for role, expected in [("clerk", 200), ("auditor", 200), ("employee", 403), ("outsider", 404)]:
        assert cast.client(role).get(shown).status_code == expected
    assert cast.client("clerk").get(url("processes:new")).status_code == 403
    foreign = cast.other.url("processes:facts", pk=found.pk)
    assert cast.client("outsider").get(foreign).status_code == 404


def test_a_service_refuses_another_companys_import(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, event_csv(tmp_path / "a.csv"))
    stranger = Actor(kind="member", id="x", name="Otto Fremd")
    with pytest.raises(Refused):
        services.import_discard(organisation=cast.other, actor=stranger, process_import=found)
    assert selectors.import_latest(cast.other, found.process) is None


def test_downloads_hold_no_formulas() -> None:
    assert harmless("=1+1") == "'=1+1"
    assert harmless("Heizung") == "Heizung"


def test_a_row_that_was_not_taken_is_not_called_a_double_as_well(cast: Cast, tmp_path: Path) -> None:
    rows = [
        (f"{n}", f"0{n}.04.2026 08:00", f"0{n}.04.2026 20:00", f"Heizung {n} bleibt kalt")
        for n in range(1, 9)
    ]
    cases = [("Ticket-Nr.", "Eingegangen am", "Erledigt am", "Anfrage"), *rows, rows[0]]
    found = imported(cast, write(tmp_path / "cases.csv", table(cases)))
    rules = [one["rule"] for one in found.facts["quality"]["findings"]]
    assert "row.case_again" in rules
    assert not {"duplicate", "identifier_again"} & set(rules)

    step = ("1", "Annahme", "06.04.2026 08:00")
    events = [("Ticket-Nr.", "Schritt", "Zeitpunkt"), step, step, ("1", "Ende", "07.04.2026 08:00")]
    found = imported(cast, write(tmp_path / "events.csv", table(events)), name="Wege")
    [double] = [one for one in found.facts["quality"]["findings"] if one["rule"] == "duplicate"]
    assert (double["count"], double["rows"]) == (1, [3])
