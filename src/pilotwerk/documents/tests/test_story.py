"""The strategy is filled from the records, created, kept and downloaded."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from docx import Document
from pypdf import PdfReader

from pilotwerk.core import clock
from pilotwerk.documents import registers, selectors
from pilotwerk.documents.domain import STRATEGY_SECTIONS, Open
from pilotwerk.documents.models import CreatedDocument
from pilotwerk.evaluation import services as evaluation
from pilotwerk.evaluation.tests import stage
from pilotwerk.evaluation.tests.test_story import ASSUMPTIONS
from pilotwerk.pilots.models import Pilot
from tests.cast import Cast

REASON = "Die Zeit sinkt. #pagebreak() {{ 7*7 }} <b>Rechnungen</b> nehmen wir heraus."


@pytest.fixture
def decided(cast: Cast) -> Iterator[Pilot]:
    """A pilot that ran, with assumptions, a learning and a signed decision."""
    organisation, owner = cast.organisation, cast.actor("owner")
    with clock.travel(stage.PILOT_START - timedelta(days=30)):
        stage.plan(cast)
    pilot = stage.pilot(cast)
    stage.cases(pilot, ai=60, control=60)
    with clock.travel(stage.AFTER_THE_GATE):
        evaluation.assumptions_save(organisation=organisation, actor=owner, pilot=pilot, values=ASSUMPTIONS)
        evaluation.learning_add(
            organisation=organisation,
            actor=owner,
            pilot=pilot,
            topic="data",
            observation="Beträge fehlen im Export",
            consequence="Export erweitern",
        )
        evaluation.decision_draft(
            organisation=organisation, actor=owner, pilot=pilot, choice="change", reason=REASON
        )
        evaluation.decision_sign(organisation=organisation, actor=owner, pilot=pilot)
        yield pilot


def create(cast: Cast, role: str, **given: str) -> CreatedDocument:
    answer = cast.client(role).post(cast.organisation.url("documents:create"), given)
    assert answer.status_code == 302
    made: CreatedDocument = CreatedDocument.objects.latest("created_at")
    return made


def printed(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return text.replace("\u00a0", " ")


def test_a_new_company_gets_an_honest_strategy_in_which_nearly_all_is_open(cast: Cast) -> None:
    document = selectors.strategy(cast.organisation, "de")

    assert tuple(section.key for section in document.sections) == STRATEGY_SECTIONS
    still_open = [s.key for s in document.sections if any(isinstance(b, Open) for b in s.blocks)]
    assert {"why", "readiness", "process", "goals", "pilot", "effect", "decision", "roadmap"} <= set(
        still_open
    )
    assert document.sample_label == ""


def test_the_lead_creates_the_pdf_and_reads_the_result_in_it(cast: Cast, decided: Pilot) -> None:
    made = create(cast, "lead", language="de", file_format="pdf")

    answer = cast.client("lead").get(cast.organisation.url("documents:download", pk=made.pk))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(content).hexdigest() == made.sha256
    text = printed(content)
    assert "KI-Strategie" in text
    assert "Mit KI dauert ein Vorgang" in text
    assert "#pagebreak() {{ 7*7 }}" in " ".join(text.split())
    assert "Gerda Chefin" in text
    assert "Auftragsstatistik 2025" in text
    assert "Rechtsstand 27.07.2026" in text


def test_the_english_word_file_holds_the_same_records(cast: Cast, decided: Pilot) -> None:
    made = create(cast, "owner", language="en", file_format="docx")

    docx = Document(str(made.path))
    text = "\n".join(paragraph.text for paragraph in docx.paragraphs)
    assert "With AI a case takes" in text
    assert REASON in text
    origins = [row.cells[3].text for row in docx.tables[-1].rows]
    assert any("closed cases of the pilot" in origin for origin in origins)


def test_a_document_stays_as_it_was_and_its_hash_is_in_the_audit_trail(cast: Cast) -> None:
    from pilotwerk.audit.selectors import entries_about

    made = create(cast, "auditor", language="de", file_format="pdf")
    before = made.path.read_bytes()
    create(cast, "auditor", language="de", file_format="pdf")

    assert made.path.read_bytes() == before
    about = entries_about(cast.organisation.id, ("documents.CreatedDocument", str(made.id)))
    assert made.sha256 in about[0].sentence
    assert registers._strategy_exists(cast.organisation)


def test_the_page_lists_what_was_created_and_what_is_open(cast: Cast, decided: Pilot) -> None:
    create(cast, "lead", language="de", file_format="docx")

    text = cast.client("lead").get(cast.organisation.url("documents:documents")).content.decode()

    assert "Dokumente: 1 ist erstellt" in text
    assert "Was wir am Prozess gemessen haben" in text
    assert "Was wir gelernt haben" not in text


def test_every_figure_can_be_traced(cast: Cast, decided: Pilot) -> None:
    text = cast.client("auditor").get(cast.organisation.url("documents:figures")).content.decode()

    assert "Angaben und ihre Herkunft" in text
    assert "Lohnbuchhaltung" in text


def test_a_document_of_another_company_is_not_there(cast: Cast) -> None:
    made = create(cast, "lead", language="de", file_format="pdf")

    answer = cast.client("outsider").get(cast.other.url("documents:download", pk=made.pk))

    assert answer.status_code == 404


def test_a_format_that_is_not_offered_is_refused(cast: Cast) -> None:
    answer = cast.client("lead").post(
        cast.organisation.url("documents:create"), {"language": "fr", "file_format": "exe"}
    )

    assert answer.status_code == 422
    assert not CreatedDocument.objects.exists()
