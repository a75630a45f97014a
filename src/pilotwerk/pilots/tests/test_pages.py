"""The pages as the people use them."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pilotwerk.pilots import services
from pilotwerk.pilots.models import Case, CaseOutcome, Pilot
from pilotwerk.pilots.tests.stage import PLAIN, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def url(stage: Stage, name: str, **kwargs: object) -> str:
    return stage.cast.organisation.url(f"pilots:{name}", **kwargs)


def test_the_clerk_approves_with_an_edit_and_the_next_case_opens(stage: Stage) -> None:
    first, _second = stage.proposed(2)
    client = stage.cast.client("clerk")
    assert client.get(url(stage, "queue")).status_code == 200
    page = client.get(url(stage, "case", pk=first.pk))
    assert "Freigeben und senden" in page.content.decode()
    seen = stage.seen(first)
    answer = client.post(
        url(stage, "approve", pk=first.pk),
        {
            "revision": seen["revision"],
            "content_hash": seen["content_hash"],
            "body": PLAIN.replace("\n", "\r\n"),
        },
    )
    assert answer.status_code == 302
    assert "/queue/" in answer["Location"]
    assert str(first.pk) not in answer["Location"]
    following = client.get(answer["Location"]).content.decode()
    assert f"{first.label} ist freigegeben" in following
    client.post(url(stage, "withdraw", pk=first.pk))
    first.refresh_from_db()
    assert first.state == "waiting"
    again = client.get(url(stage, "case", pk=first.pk)).content.decode()
    assert "am Vorschlag" in again
    assert "<ins>" in again


def test_a_refusal_keeps_what_was_typed(stage: Stage) -> None:
    [case] = stage.proposed()
    seen = stage.seen(case)
    answer = stage.cast.client("clerk").post(
        url(stage, "approve", pk=case.pk),
        {"revision": 1, "content_hash": seen["content_hash"], "body": "Wir kommen am [Termin] zu Ihnen."},
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Wir kommen am [Termin] zu Ihnen." in text
    assert "Füllen Sie zuerst" in text


def test_rejecting_leaves_the_case_open_for_an_answer_by_hand(stage: Stage) -> None:
    [case] = stage.proposed()
    seen = stage.seen(case)
    client = stage.cast.client("clerk")
    values = {"revision": 1, "content_hash": seen["content_hash"]}
    assert client.post(url(stage, "reject", pk=case.pk), values).status_code == 422
    answer = client.post(url(stage, "reject", pk=case.pk), {**values, "reason": "content"}, follow=True)
    assert "Senden<kbd>" in answer.content.decode()
    assert client.post(url(stage, "answer", pk=case.pk), {"body": ""}).status_code == 422
    client.post(url(stage, "answer", pk=case.pk), {"body": PLAIN, "category": "Termin"})
    case.refresh_from_db()
    assert case.state == "answered"


def test_the_control_arm_shows_nothing_of_the_model(stage: Stage) -> None:
    case = stage.by_hand()
    text = stage.cast.client("clerk").get(url(stage, "case", pk=case.pk)).content.decode()
    assert "Vergleichsgruppe" in text
    assert "Woher der Vorschlag stammt" not in text
    assert "Ähnliche Anfragen" not in text


def test_the_changes_appear_while_typing(stage: Stage) -> None:
    [case] = stage.proposed()
    body = stage.proposal(case).body + "\n\nEs entstehen keine Kosten."
    answer = stage.cast.client("clerk").post(url(stage, "changes", pk=case.pk), {"body": body})
    assert "<ins>" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_kill_switch_is_in_the_bar_and_demands_nothing(stage: Stage) -> None:
    client = stage.cast.client("clerk")
    assert "Notaus" in client.get(url(stage, "pilot")).content.decode()
    client.post(url(stage, "stop"))
    assert Pilot.objects.get(pk=stage.pilot.pk).state == "stopped"
    text = client.get(url(stage, "queue")).content.decode()
    assert "Es geht nichts hinaus" in text
    assert client.post(url(stage, "resume"), {"reason": "Weiter"}).status_code == 403
    stage.cast.client("lead").post(url(stage, "resume"), {"reason": "Weiter"})
    assert Pilot.objects.get(pk=stage.pilot.pk).state == "running"


def test_a_file_of_requests_comes_in_by_upload(stage: Stage) -> None:
    lines = ["Nummer;Text", "T-1;Bitte um einen neuen Termin", "T-2;Die Rechnung ist falsch"]
    rows = "\n".join([*lines, lines[1]])
    file = SimpleUploadedFile("anfragen.csv", rows.encode())
    answer = stage.cast.client("lead").post(url(stage, "upload"), {"file": file}, follow=True)
    assert Case.objects.filter(pilot=stage.pilot).count() == 2, answer.content.decode()[:2000]


def test_customers_answers_come_in_by_upload_all_or_none(stage: Stage) -> None:
    [case] = stage.proposed()
    client = stage.cast.client("lead")
    bad = SimpleUploadedFile("z.csv", f"Vorgang;Zufriedenheit\n{case.label};4\n{case.label};9\n".encode())
    text = client.post(url(stage, "outcomes"), {"file": bad}, follow=True).content.decode()
    assert "ganze Zahl von 1 bis 5" in text
    assert not CaseOutcome.objects.exists()
    good = SimpleUploadedFile(
        "z.csv", f"Vorgang;Zufriedenheit;Rückfrage\n{case.label};4;nein\n".encode("cp1252")
    )
    client.post(url(stage, "outcomes"), {"file": good})
    outcome = CaseOutcome.objects.get()
    assert (outcome.satisfaction, outcome.recontacted) == (4, False)


def test_an_excel_table_works_as_well(stage: Stage) -> None:
    from openpyxl import Workbook

    [case] = stage.proposed()
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["case", "satisfaction"])
    sheet.append([case.label, 5])
    buffer = io.BytesIO()
    book.save(buffer)
    file = SimpleUploadedFile("z.xlsx", buffer.getvalue())
    stage.cast.client("lead").post(url(stage, "outcomes"), {"file": file})
    assert CaseOutcome.objects.get().satisfaction == 5


def test_the_reviewer_does_not_see_the_arm(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    client = stage.cast.client("lead")
    text = client.get(url(stage, "quality")).content.decode()
    assert "Wartung auf Dienstag" in text
    main = text.split("<main", 1)[1].split("</main", 1)[0]
    for tell in ("mit KI", "wie bisher", "Vergleichsgruppe"):
        assert tell not in main
    client.post(url(stage, "check", pk=case.pk), {"ok": "yes"})
    assert "Nichts zu prüfen" in client.get(url(stage, "quality")).content.decode()


@pytest.mark.parametrize("name", ["pilot", "monitoring", "cases", "quality", "queue"])
def test_every_page_opens_with_cases_on_it(stage: Stage, name: str) -> None:
    for case in stage.proposed(6):
        stage.approve(case)
    stage.send()
    services.case_reject(
        **stage.by("clerk"), **stage.seen(stage.proposed()[0]), reason="tone", text="Zu knapp"
    )
    assert stage.cast.client("lead").get(url(stage, name)).status_code == 200
    record = Case.objects.filter(closed="sent").first()
    assert record is not None
    assert stage.cast.client("auditor").get(url(stage, "record", pk=record.pk)).status_code == 200


@pytest.mark.parametrize("name", ["pilot", "setup", "queue", "quality"])
def test_every_page_opens_before_there_is_a_pilot(cast: Cast, name: str) -> None:
    client = cast.client("lead")
    assert client.get(cast.organisation.url(f"pilots:{name}"), follow=True).status_code == 200


def test_the_pilot_is_set_up_by_form_and_started(cast: Cast, registered: None) -> None:
    from pilotwerk.core import jobs
    from pilotwerk.pilots.tests.stage import past_import, use_case

    use_case(cast)
    data = past_import(cast)
    client = cast.client("lead")
    address = cast.organisation.url("pilots:setup")
    client.post(cast.organisation.url("pilots:train"), {"process_import": str(data.pk)})
    assert "Das Lernen läuft" in client.get(address).content.decode()
    jobs.run_due(kinds=["pilots.train"])
    page = client.get(address)
    assert "Die Prüfung ist ehrlich" in page.content.decode()
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values |= {"share": 60, "urgent_categories": ["Störung"]}
    assert client.post(address, {**values, "share": 0}).status_code == 422
    assert client.post(address, values).status_code == 302
    client.post(cast.organisation.url("pilots:start"))
    pilot = Pilot.objects.get()
    assert (pilot.state, pilot.share, pilot.urgent_categories) == ("running", 0.6, ["Störung"])
