"""A report for every week: due once, approved by a reader, sent with PDF and workbook, and no number without a fact."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from pypdf import PdfReader

from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots import folders, intake, recipe, services
from pilotwerk.pilots.domain.content import content_hash
from pilotwerk.pilots.models import Case, Decision, Delivery, ModelVersion, Pilot, Proposal
from pilotwerk.pilots.recipes.reports.kept import packed, unpacked
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.selectors import place_of, recipe_figures
from pilotwerk.pilots.tests.mailservers import Postbox
from pilotwerk.pilots.tests.own_recipes import Own, begun, sales
from pilotwerk.pilots.tests.reportstage import (
    HOW,
    MONDAY,
    READERS,
    SETTINGS,
    WEEK,
    form,
    kept,
    post,
    postbox,
    ready,
    trail,
    upload,
)
from tests.cast import Cast

__all__ = ["kept", "postbox", "ready"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast: Cast, ready: None, tmp_path: Path) -> Iterator[Own]:
    """A pilot that runs since this Monday; its first report is about calendar week 47."""
    with clock.travel(MONDAY):
        own = begun(cast, "reports", tmp_path, **SETTINGS)
        own.hand_in("figures", sales(date(2026, 11, 21)))
        own.start()
        yield own


def test_from_the_wizard_to_a_mail_with_pdf_and_workbook(cast: Cast, ready: None, postbox: Postbox) -> None:
    from pilotwerk.portfolio.models import UseCase

    UseCase.objects.create(
        organisation=cast.organisation, name="Wochenbericht", recipe="reports", state="chosen"
    )
    client, url = cast.client("lead"), cast.organisation.url
    with clock.travel(MONDAY):
        first = {"language": "de", "wait_days": "0", "rows_name": "Aufträge", "readers": READERS[0]}
        file = SimpleUploadedFile("verkauf.csv", sales(date(2026, 11, 21)))
        assert client.post(url("pilots:train"), {**first, "file_figures": file}).status_code == 302
        jobs.run_due(kinds=["pilots.train"])
        guessed = client.get(url("pilots:setup")).content.decode()
        assert "Umsatz · Aufträge" in guessed
        assert "Anteil „ja“ in Reklamation" in guessed
        chosen = {
            **first, "title": "Verkaufsbericht", "frequency": "W", "time": "Datum", "readers": " ; ".join(READERS),
            "measure_1": json.dumps(["sum", "Umsatz EUR", ""]), "measure_2": json.dumps(["count", "", ""]),
            "measure_3": json.dumps(["share", "Reklamation", "ja"], ensure_ascii=False), "dimension_1": "Region",
        }  # fmt: skip
        twice = client.post(url("pilots:train"), {**chosen, "measure_3": chosen["measure_2"]})
        assert (twice.status_code, "zweimal gewählt" in twice.content.decode()) == (422, True)
        wrong = client.post(url("pilots:train"), {**chosen, "readers": "leitung"})
        assert (wrong.status_code, "keine E-Mail-Adresse" in wrong.content.decode()) == (422, True)
        assert client.post(url("pilots:train"), chosen).status_code == 302
        jobs.run_due(kinds=["pilots.train"])
        version = ModelVersion.objects.order_by("-number")[0]
        assert (version.state, version.facts["mutated_through"], version.facts["sentences_refused"]) == (
            "ready",
            0,
            0,
        )
        page = client.get(url("pilots:setup")).content.decode()
        assert "Anteil „ja“ bei Reklamation" in page
        assert client.post(url("pilots:setup"), {**HOW, "target_kind": "smtp"}).status_code == 302
        assert client.post(url("pilots:start")).status_code == 302
        pilot = Pilot.objects.get()
        assert pilot.is_running
        own = Own(cast, pilot, Path())
        own.work()
        [case] = own.open_cases()
        shown = cast.client("clerk").get(url("pilots:case", pk=case.pk)).content.decode()
        for word in ("KW 47/2026", "<svg", "Text des Berichts", READERS[1], "Umsatz nach Region"):
            assert word in shown
        assert post(own, case, "approve", form(own, case)).status_code == 302
        own.send()
        own.send()
    [mail], [to] = postbox.mails, postbox.recipients
    assert to == READERS
    assert str(mail["Subject"]) == "Verkaufsbericht, KW 47/2026"
    text = mail.get_body(("plain",)).get_content()
    assert "- Umsatz: " in text
    assert "weniger als in KW 46/2026" in text or "mehr als in KW 46/2026" in text
    pdf, book = mail.iter_attachments()
    assert (pdf.get_filename(), book.get_filename()) == ("Bericht-2026-W47.pdf", "Bericht-2026-W47.xlsx")
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.get_content())).pages)
    figures = recipe.of("reports").outgoing(own.proposal(case).content(), place_of(pilot, cast.organisation))
    assert "Verkaufsbericht, KW 47/2026" in " ".join(read.split())
    rows = list(load_workbook(io.BytesIO(book.get_content())).worksheets[1].iter_rows(values_only=True))
    assert rows[1][0] == "KW 47/2026"
    assert f"{rows[1][1]:,.2f}".translate(str.maketrans(",.", ".,")) in text
    assert figures.recipients == tuple(READERS)
    assert READERS[0].encode() not in trail(cast)


def test_the_second_week_is_compared_with_the_first_and_names_what_changed_since(office: Own) -> None:
    [first] = office.open_cases()
    services.case_approve(**office.by("clerk"), **office.seen(first))
    office.send()
    with clock.travel(MONDAY + WEEK):
        upload(office, sales(date(2026, 11, 28), busy=date(2026, 11, 21)))
        [second] = office.open_cases()
        assert second.key == "W:2026-W48"
        body = office.proposal(second).body
        assert "KW 48/2026" in body
        assert "weniger als in KW 47/2026" in body
        assert "im letzten Bericht" in body
        services.case_approve(**office.by("clerk"), **office.seen(second))
        office.send()
    figures = {one.label: one.value for one in recipe_figures(office.pilot, office.cast.organisation)}
    assert figures == {"Berichte": "2", "Pünktlich": "2", "Von Menschen geändert": "0"}
    out = folders.outbox(office.pilot)
    assert sorted(path.suffix for path in out.iterdir()) == [".json"] * 2 + [".pdf"] * 2 + [".xlsx"] * 2


def test_however_often_the_job_runs_a_period_has_one_report(office: Own) -> None:
    for hours in (0, 1, 24, 72):
        with clock.travel(MONDAY + timedelta(hours=hours)):
            Pilot.objects.update(looked_on=None)
            intake.watch_job(None)  # type: ignore[arg-type]
            office.check()
    assert [case.key for case in Case.objects.all()] == ["W:2026-W47"]
    with clock.travel(MONDAY + 3 * WEEK):
        intake.watch_job(None)  # type: ignore[arg-type]
        office.check()
    assert [case.key for case in Case.objects.order_by("number")] == ["W:2026-W47", "W:2026-W50"]
    late = Case.objects.get(key="W:2026-W50")
    assert "KW 48/2026, KW 49/2026" in late.text


def test_a_week_without_rows_says_so_and_is_worked_out_when_they_come(office: Own) -> None:
    with clock.travel(MONDAY + WEEK):
        office.check()
        case = Case.objects.get(key="W:2026-W48")
        said = "Für KW 48/2026 enthält die Tabelle keine Zeilen. Die Daten reichen bis zum 21. November 2026."
        assert office.proposal(case).body == said
        page = office.cast.client("clerk").get(office.cast.organisation.url("pilots:case", pk=case.pk))
        assert "neuere Tabelle" in page.content.decode()
        old = office.seen(case)
        with pytest.raises(Refused, match="12"):
            services.case_edit_and_approve(**office.by("clerk"), **old, body=f"{said} Umsatz: 12 €.")
        upload(office, sales(date(2026, 11, 28)))
        case.refresh_from_db()
        assert case.revision == 2
        assert "Umsatz: " in office.proposal(case).body
        with pytest.raises(Refused, match="geändert"):
            services.case_approve(**office.by("clerk"), **old)


def test_an_invented_number_is_refused_on_every_path(office: Own) -> None:
    [case] = office.open_cases()
    true = office.proposal(case).body
    invented = true + "\n\nDer Umsatz stieg um 77,7 %."
    answer = post(office, case, "approve", form(office, case, body=invented))
    assert answer.status_code == 422
    assert "„77,7" in answer.content.decode()
    assert "Der Umsatz stieg um 77,7" in answer.content.decode()  # what was typed is not lost
    live = post(office, case, "changes", {"body": invented}).content.decode()
    assert "„77,7" in live
    with pytest.raises(Refused, match="77,7"):
        services.case_edit_and_approve(**office.by("clerk"), **office.seen(case), body=invented)
    details = forged(office.proposal(case))
    with pytest.raises(Refused, match="nicht von Hand"):
        services.case_edit_and_approve(**office.by("clerk"), **office.seen(case), body=true, details=details)
    assert not Decision.objects.filter(case=case).exists()
    seen = office.seen(case)
    services.case_reject(**office.by("clerk"), **seen, reason="content")
    with pytest.raises(Refused, match="77,7"):
        services.case_answer_manually(**office.by("clerk"), case=case, body="Umsatz: plus 77,7 %.")
    with pytest.raises(Refused, match="nicht von Hand"):
        services.case_answer_manually(**office.by("clerk"), case=case, body=true, details=details)
    by_hand = office.cast.client("clerk").get(office.cast.organisation.url("pilots:case", pk=case.pk))
    assert "<svg" in by_hand.content.decode()  # the figures stay in sight of whoever writes
    own_words = {"body": true.split("\n")[0], "report": "1", "reader-1": "on"}
    assert post(office, case, "answer", {**own_words, "body": "Umsatz: plus 77,7 %."}).status_code == 422
    assert post(office, case, "answer", own_words).status_code == 302
    proposal = office.proposal(case)
    assert proposal.details["readers"] == READERS[1:]
    tampered(proposal, Decision.objects.get(case=case, kind="answer"), body=invented)
    office.send()
    case.refresh_from_db()
    assert (case.state, Delivery.objects.filter(case=case).exists()) == ("waiting_manual", False)


def forged(proposal: Proposal) -> dict[str, Any]:
    """The details with a figure that somebody made up."""
    facts = unpacked(proposal.details["facts"])
    plain = facts.as_json()
    plain["facts"][3]["value"] = "777"
    return {**proposal.details, "facts": packed(type(facts).from_json(plain))}


def tampered(proposal: Proposal, decision: Decision, **values: str) -> None:
    """Somebody with the database in hand changes what was approved, and its hash with it."""
    for name, value in values.items():
        setattr(proposal, name, value)
    proposal.content_hash = content_hash(proposal.content())
    proposal.save()
    Decision.objects.filter(pk=decision.pk).update(content_hash=proposal.content_hash)


def test_words_may_be_changed_and_a_reader_left_out(office: Own) -> None:
    [case] = office.open_cases()
    kept = office.proposal(case).body.split("\n\n")[0]
    values = form(office, case, body=f"Guten Morgen zusammen.\n\n{kept}")
    del values["reader-1"]
    assert post(office, case, "approve", values).status_code == 302
    office.send()
    [written] = folders.outbox(office.pilot).glob("*.json")
    message = json.loads(written.read_text("utf-8"))
    assert message["recipient"] == READERS[0]
    assert "also" not in message
    assert "- Guten Morgen zusammen." in message["body"]
    record = office.cast.client("clerk").get(office.cast.organisation.url("pilots:record", pk=case.pk))
    assert "Guten Morgen zusammen." in record.content.decode()
    book = office.cast.client("clerk").get(office.cast.organisation.url("pilots:case_file", case.pk, 1))
    assert load_workbook(io.BytesIO(book.content)).worksheets[0]["A4"].value == "Guten Morgen zusammen."
    for who, status in (("outsider", 404), ("clerk", 404)):
        gone = office.cast.client(who).get(office.cast.organisation.url("pilots:case_file", case.pk, 9))
        assert gone.status_code == status


def test_a_mail_without_readers_is_not_started_nor_sent(office: Own, postbox: Postbox) -> None:
    Pilot.objects.update(target_kind="smtp", options={**SETTINGS, "readers": []}, state="draft")
    office.pilot.refresh_from_db()
    assert "kein Empfänger" in " ".join(one.text for one in pilot_selectors.start_obstacles(office.pilot))
    Pilot.objects.update(state="running")
    [case] = office.open_cases()
    values = {name: value for name, value in form(office, case).items() if not name.startswith("reader-")}
    answer = post(office, case, "approve", values)
    assert (answer.status_code, "mindestens einen Empfänger" in answer.content.decode()) == (422, True)


def test_one_reader_that_the_server_refuses_holds_the_mail_back_from_all(
    office: Own, postbox: Postbox
) -> None:
    Pilot.objects.update(target_kind="smtp")

    async def refuse(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == READERS[1]:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    postbox.handle_RCPT = refuse  # type: ignore[attr-defined]
    [case] = office.open_cases()
    services.case_approve(**office.by("clerk"), **office.seen(case))
    office.send()
    case.refresh_from_db()
    assert (case.state, postbox.mails) == ("failed", [])
    assert "no such mailbox" in Delivery.objects.get(case=case).problem


def test_readers_may_change_while_it_runs_and_the_trail_names_nobody(office: Own) -> None:
    client, url = office.cast.client("lead"), office.cast.organisation.url
    assert "Newer" not in client.get(url("pilots:pilot")).content.decode()
    assert client.post(url("pilots:people"), {"readers": "neu@probe.example"}).status_code == 302
    office.pilot.refresh_from_db()
    assert office.pilot.options["readers"] == ["neu@probe.example"]
    assert office.pilot.options["title"] == "Verkaufsbericht"
    assert client.post(url("pilots:people"), {"readers": "kaputt"}).status_code == 422
    assert b"pilots.options_set" in trail(office.cast)
    assert b"neu@" not in trail(office.cast)


def test_what_stands_in_the_table_is_text_on_the_page_and_in_the_files(office: Own) -> None:
    hostile = b"<script>alert(1)</script>"
    rows = sales(date(2026, 11, 21)).replace("Süd".encode(), hostile).replace(b"Nord", b"=2+5")
    with clock.travel(MONDAY + timedelta(hours=1)):
        upload(office, rows)
    [case] = office.open_cases()
    page = office.cast.client("clerk").get(office.cast.organisation.url("pilots:case", pk=case.pk))
    assert hostile not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content
    services.case_approve(**office.by("clerk"), **office.seen(case))
    office.send()
    [path] = folders.outbox(office.pilot).glob("*.xlsx")
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=2+5" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_a_table_that_lacks_a_column_is_sent_back_with_its_name(office: Own) -> None:
    content = sales(date(2026, 11, 28)).replace(b"Umsatz EUR", b"Betrag")
    with pytest.raises(BadInput) as caught:
        upload(office, content)
    assert "Umsatz EUR" in recipe.of("reports").reason(str(caught.value), "de")
    Pilot.objects.update(source_kind="folder")
    inbox = folders.inbox(office.pilot)
    inbox.mkdir(parents=True)
    past = time.time() - 60
    for name, rows in (("kaputt.csv", content), ("gut.csv", sales(date(2026, 11, 28)))):
        (inbox / name).write_bytes(rows)
        os.utime(inbox / name, (past, past))
    intake.ingest_job(None)  # type: ignore[arg-type]
    assert (inbox / "done" / "gut.csv").exists()
    assert (inbox / "rejected" / "kaputt.csv").exists()
