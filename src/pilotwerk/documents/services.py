"""Creating documents. The file is written first, the row and the audit entry follow in one transaction."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.documents import selectors
from pilotwerk.documents.domain import Language, StrategyDocument
from pilotwerk.documents.layout import render_docx, render_pdf
from pilotwerk.documents.models import CreatedDocument, Format
from pilotwerk.governance.selectors import sources

RENDERERS: Mapping[Format, Callable[[StrategyDocument], bytes]] = {
    Format.PDF: render_pdf,
    Format.DOCX: render_docx,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file that nobody has kept yet."""

    content: bytes
    legal_state: date

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def strategy_render(*, organisation: Organisation, language: Language, file_format: str) -> Rendered:
    """The strategy as a file, from the records as they stand now."""
    document = selectors.strategy(organisation, language)
    return Rendered(RENDERERS[Format(file_format)](document), sources().legal_state)


def strategy_create(
    *, organisation: Organisation, actor: Actor, language: Language, file_format: str
) -> CreatedDocument:
    """Create the strategy, keep the file, and write its hash into the audit trail."""
    rendered = strategy_render(organisation=organisation, language=language, file_format=file_format)
    return document_keep(
        organisation=organisation,
        actor=actor,
        rendered=rendered,
        language=language,
        file_format=file_format,
    )


def document_keep(
    *, organisation: Organisation, actor: Actor, rendered: Rendered, language: Language, file_format: str
) -> CreatedDocument:
    """Keep a rendered file.

    A file without a row can be left behind by a crash; a row without a file cannot.
    """
    made = CreatedDocument(
        id=uuid.uuid4(),
        organisation=organisation,
        created_at=clock.now(),
        kind=CreatedDocument.Kind.STRATEGY,
        language=language,
        format=file_format,
        sha256=rendered.sha256,
        size=len(rendered.content),
        legal_state=rendered.legal_state,
        created_by=actor.name,
    )
    made.path.parent.mkdir(parents=True, exist_ok=True)
    made.path.write_bytes(rendered.content)
    with transaction.atomic():
        made.save(force_insert=True)
        record(
            organisation_id=organisation.id,
            actor=actor,
            action="documents.document_created",
            subject=("documents.CreatedDocument", str(made.id)),
            data={
                "filename": made.filename,
                "sha256": made.sha256,
                "size": made.size,
                "language": language,
                "format": file_format,
            },
        )
    return made
