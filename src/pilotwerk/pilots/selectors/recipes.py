"""What a recipe is handed: its place, its tables, and cases as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, ModelVersion, OptOut, Pilot, PilotTable, Proposal, Source
from pilotwerk.pilots.recipes.base import CaseView, Figure, Place, Request, Sheet
from pilotwerk.processes.reading import Source as FileSource
from pilotwerk.processes.reading import open_source
from pilotwerk.processes.selectors import import_source, upload_limits


def request_of(case: Case) -> Request:
    """The case as its recipe sees it."""
    return Request(
        key=case.key,
        text=case.text,
        subject=case.subject,
        sender_name=case.sender_name,
        sender_address=case.sender_address,
        payload=case.payload,
    )


def place_of(pilot: Pilot, organisation: Organisation, *, version: ModelVersion | None = None) -> Place:
    """Where the pilot's recipe works now."""
    return Place(
        organisation=organisation.name,
        country=organisation.country,
        subdivision=organisation.region,
        today=clock.today(organisation.timezone),
        options=pilot.options,
        learned=partial(_learned, pilot, version),
        table=partial(table_read, pilot),
        taken_at=partial(table_taken_at, pilot),
        opted_out=partial(opted_out, organisation),
    )


def _learned(pilot: Pilot, version: ModelVersion | None) -> Path | None:
    used = version or pilot.model_version
    return folders.models(pilot) / used.version if used is not None else None


def opted_out(organisation: Organisation, address: str) -> bool:
    """Whether the address asked not to be written to."""
    found: bool = OptOut.objects.of(organisation).filter(address=address.strip().lower()).exists()
    return found


def tables_of(pilot: Pilot) -> dict[str, PilotTable]:
    """The present table of each role."""
    return {one.role: one for one in PilotTable.objects.filter(pilot=pilot).select_related("process_import")}


def tables_missing(pilot: Pilot) -> list[str]:
    """The labels of tables that the recipe needs and that were not handed in."""
    kind = recipe.of(pilot.recipe)
    known, labels = tables_of(pilot), kind.roles()
    return [
        str(labels[role][0])
        for role in kind.about.tables
        if role not in known and role not in kind.about.optional
    ]


def table_taken_at(pilot: Pilot, role: str) -> datetime | None:
    found: datetime | None = (
        PilotTable.objects.filter(pilot=pilot, role=role).values_list("created_at", flat=True).first()
    )
    return found


def table_read(pilot: Pilot, role: str) -> Sheet | None:
    """The rows of the table in this role; None where there is none or its import is gone."""
    found = tables_of(pilot).get(role)
    if found is None:
        return None
    if found.file:
        return sheet_of(folders.tables(pilot) / found.file, found.filename)
    if found.process_import is None:
        return None
    with import_source(found.process_import) as source:
        return _sheet(source, found.filename)


def sheet_of(path: object, filename: str) -> Sheet:
    """A file as a table of texts. Raises BadInput for one that cannot be read."""
    with open_source(path, filename=filename, limits=upload_limits()) as source:  # type: ignore[arg-type]
        return _sheet(source, filename)


def _sheet(source: FileSource, filename: str) -> Sheet:
    return Sheet(filename, tuple(source.columns), list(source.first_rows(source.rows)))


def proposal_current(case: Case) -> Proposal | None:
    """The present revision, whoever wrote it."""
    return Proposal.objects.filter(case=case, revision=case.revision).first()


def proposal_of(case: Case, revision: int) -> Proposal | None:
    """The proposal with this number."""
    return Proposal.objects.filter(case=case, revision=revision).first()


def optouts(organisation: Organisation) -> list[OptOut]:
    """All addresses that must not be written to."""
    return list(OptOut.objects.of(organisation))


def recipe_figures(pilot: Pilot, organisation: Organisation) -> Sequence[Figure]:
    """The recipe's own figures for the pilot's page; none where its table cannot be read any more."""
    kind = recipe.of(pilot.recipe)
    if not kind.about.tables:
        return ()
    try:
        return kind.figures(place_of(pilot, organisation), case_views(pilot))
    except (BadInput, OSError):
        return ()


def case_views(pilot: Pilot) -> list[CaseView]:
    """All cases of the pilot as its recipe remembers them, oldest first."""
    cases = list(Case.objects.filter(pilot=pilot).order_by("number"))
    proposals: dict[object, dict[int, Proposal]] = {}
    for one in Proposal.objects.filter(case__pilot=pilot).order_by("revision"):
        proposals.setdefault(one.case_id, {})[one.revision] = one
    return [_view(case, proposals.get(case.pk, {})) for case in cases]


def _view(case: Case, proposals: dict[int, Proposal]) -> CaseView:
    current = proposals.get(case.revision)
    model = next((p for _, p in sorted(proposals.items(), reverse=True) if p.source == Source.MODEL), None)
    return CaseView(
        key=case.key,
        received_at=case.received_at,
        open=case.state != CaseState.DONE,
        undecided=case.state == CaseState.WAITING and current is not None and current.source == Source.MODEL,
        closed=case.closed,
        sent_at=case.sent_at,
        payload=case.payload,
        details=current.details if current else {},
        proposed=model.details if model else {},
        subject=case.subject,
        sender_name=case.sender_name,
        sender_address=case.sender_address,
        changed_at=case.state_since,
    )
