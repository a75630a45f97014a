"""What a recipe notices becomes rows: tables handed in, cases found, news about them, addresses that opted out."""

from __future__ import annotations

import hashlib
import logging
import shutil
import uuid
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.domain.incoming import Ingested
from pilotwerk.pilots.domain.states import CaseEvent, PilotState
from pilotwerk.pilots.models import Case, Closed, OptOut, Pilot, PilotTable
from pilotwerk.pilots.recipes.base import Noticed, Sheet
from pilotwerk.pilots.selectors.recipes import case_views, place_of, sheet_of, sheet_of_import
from pilotwerk.pilots.services.cases import case_ingest, case_revise
from pilotwerk.pilots.services.moves import case_recorded, move_if, pilot_lock, pilot_recorded
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import import_latest

log = logging.getLogger("pilotwerk.pilots")


def table_take(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    role: str,
    path: Path | None = None,
    filename: str = "",
    process_import: ProcessImport | None = None,
) -> PilotTable:
    """Take a file or an import as the table in this role; it replaces the one before. Raises BadInput."""
    kind = recipe.of(pilot.recipe)
    if role not in kind.about.tables:
        raise Refused(_("This kind of pilot has no use for such a table."))
    if path is not None:
        sheet = sheet_of(path, filename)
    elif process_import is not None:
        filename = process_import.filename
        sheet = sheet_of_import(process_import, filename)
    else:
        raise Refused(_("Choose a file or an import."))
    folder = place_of(pilot, organisation).folder if pilot.started_at else None
    kind.checked_table(role, sheet, pilot.options, folder)
    kept = _kept(pilot, path, filename) if path is not None else ""
    return _taken(actor, pilot, role, sheet, kept, process_import if path is None else None)


def _kept(pilot: Pilot, path: Path, filename: str) -> str:
    """Our own copy of the file, under a name of ours; its ending stays, because readers go by it."""
    folder = folders.tables(pilot)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{uuid.uuid4()}{''.join(Path(filename).suffixes[-2:]).lower()[-20:]}"
    shutil.copyfile(path, folder / name)
    return name


@transaction.atomic
def _taken(
    actor: Actor, pilot: Pilot, role: str, sheet: Sheet, kept: str, process_import: ProcessImport | None
) -> PilotTable:
    if pilot_lock(pilot.pk).state == PilotState.ENDED:
        raise Refused(_("This pilot has ended."))
    old = [
        folders.tables(pilot) / one.file
        for one in PilotTable.objects.filter(pilot=pilot, role=role)
        if one.file
    ]
    PilotTable.objects.filter(pilot=pilot, role=role).delete()
    table = PilotTable.objects.create(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        role=role,
        filename=sheet.file[:200],
        file=kept,
        process_import=process_import,
        columns=list(sheet.columns),
        rows=len(sheet.rows),
    )
    # The rows' own hash: what counted on a day can be told later from a file that somebody shows.
    digest = hashlib.sha256(repr((sheet.columns, list(sheet.rows))).encode()).hexdigest()
    pilot_recorded(
        actor=actor,
        action="pilots.table_taken",
        pilot=pilot,
        data={"table": sheet.file, "role": role, "rows": len(sheet.rows), "hash": digest},
    )
    transaction.on_commit(partial(_gone, old))
    return table


def _gone(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


@transaction.atomic
def options_set(*, organisation: Organisation, actor: Actor, pilot: Pilot, options: dict[str, Any]) -> None:
    """Keep the recipe's own part of the set-up, while the pilot has not started."""
    draft = Pilot.objects.filter(pk=pilot.pk, state=PilotState.DRAFT.value)
    if draft.update(options=options) != 1:
        raise Refused(_("The pilot has started. What decides about its measurement cannot change now."))
    pilot.options = options
    _options_recorded(actor, pilot)


@transaction.atomic
def people_set(*, organisation: Organisation, actor: Actor, pilot: Pilot, options: dict[str, Any]) -> None:
    """Change those options that name people, also while the pilot runs: who reads a report is no measurement."""
    if pilot_lock(pilot.pk).state == PilotState.ENDED:
        raise Refused(_("This pilot has ended."))
    names = recipe.of(pilot.recipe).about.personal
    pilot.refresh_from_db(fields=["options"])
    pilot.options = {**pilot.options, **{name: options[name] for name in names if name in options}}
    pilot.save(update_fields=["options"])
    _options_recorded(actor, pilot)


def _options_recorded(actor: Actor, pilot: Pilot) -> None:
    """What names people goes into the audit trail as a commitment only (docs/adr/0008)."""
    names = recipe.of(pilot.recipe).about.personal
    plain = {name: value for name, value in pilot.options.items() if name not in names}
    if not names:
        pilot_recorded(actor=actor, action="pilots.pilot_set_up", pilot=pilot, data={"options": plain})
        return
    people = ", ".join(str(one) for name in names for one in pilot.options.get(name) or ())
    pilot_recorded(
        actor=actor,
        action="pilots.options_set",
        pilot=pilot,
        data={"options": plain},
        personal={"people": people},
    )


def pilot_watch(*, organisation: Organisation, actor: Actor, pilot: Pilot) -> Ingested:
    """Let the recipe look for new cases by itself. Running it twice changes nothing the second time."""
    kind = recipe.of(pilot.recipe)
    if not kind.about.watches or not pilot.is_running:
        return Ingested()
    _follow_import(organisation, actor, pilot)
    noticed = kind.watch(place_of(pilot, organisation), case_views(pilot))
    return cases_noticed(
        organisation=organisation, actor=actor, pilot=pilot, noticed=noticed, source=_("the daily check")
    )


def _follow_import(organisation: Organisation, actor: Actor, pilot: Pilot) -> None:
    """Where the table came from an import and its process has a newer one, take that one; one that cannot serve
    leaves the table as it is.
    """
    role = recipe.of(pilot.recipe).about.renewed
    table = (
        PilotTable.objects.filter(pilot=pilot, role=role).select_related("process_import__process").first()
    )
    if table is None or table.process_import is None:
        return
    newest = import_latest(organisation, table.process_import.process)
    if newest is None or newest.pk == table.process_import_id:
        return
    try:
        table_take(organisation=organisation, actor=actor, pilot=pilot, role=role, process_import=newest)
    except BadInput as error:
        log.warning("import %s cannot serve pilot %s: %s", newest.pk, pilot.pk, error)


def cases_noticed(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, noticed: Noticed, source: str
) -> Ingested:
    """Keep what a recipe noticed: opt-outs first, then what settled itself, news, and new cases."""
    for address in noticed.opted_out:
        optout_add(organisation=organisation, actor=actor, address=address)
    for key in noticed.settled:
        _settle(organisation, actor, Case.objects.filter(pilot=pilot, key=key).first())
    for key, payload in noticed.news.items():
        Case.objects.filter(pilot=pilot, key=key).update(payload=dict(payload))
        case = Case.objects.select_related("pilot", "pilot__model_version").get(pilot=pilot, key=key)
        case_revise(organisation=organisation, actor=actor, case=case)
    if not noticed.new:
        return Ingested()
    return case_ingest(organisation=organisation, actor=actor, pilot=pilot, cases=noticed.new, source=source)


@transaction.atomic
def _settle(organisation: Organisation, actor: Actor, case: Case | None) -> None:
    # Without an arm a case may only be settled elsewhere; it gets one with the next step of the worker.
    if (
        case is not None
        and case.arm
        and move_if(case, CaseEvent.CLOSE, closed=Closed.NO_ANSWER, deferred_until=None)
    ):
        case_recorded(organisation=organisation, actor=actor, action="pilots.case_settled", case=case)


@transaction.atomic
def optout_add(*, organisation: Organisation, actor: Actor, address: str) -> None:
    """Note that an address must not be written to, and close what waits for it. Known ones stay as they are."""
    plain = address.strip().lower()[:320]
    if "@" not in plain:
        raise Refused(_("Enter an e-mail address, for example name@firma.example."))
    _row, created = OptOut.objects.get_or_create(organisation=organisation, address=plain)
    if not created:
        return
    for case in Case.objects.of(organisation).filter(sender_address__iexact=plain):
        _settle(organisation, actor, case)
    pilot = Pilot.objects.of(organisation).exclude(state=PilotState.ENDED.value).first()
    if pilot is not None:
        pilot_recorded(
            actor=actor, action="pilots.optout_added", pilot=pilot, data={}, personal={"address": plain}
        )


@transaction.atomic
def optout_remove(*, organisation: Organisation, actor: Actor, address: str) -> None:
    """Take an address off the list, for example after it gave its consent again."""
    plain = address.strip().lower()
    gone, _rows = OptOut.objects.of(organisation).filter(address=plain).delete()
    pilot = Pilot.objects.of(organisation).exclude(state=PilotState.ENDED.value).first()
    if gone and pilot is not None:
        pilot_recorded(
            actor=actor, action="pilots.optout_removed", pilot=pilot, data={}, personal={"address": plain}
        )


def watch_later(pilot: Pilot) -> None:
    """Let the worker look now: new figures came in."""
    jobs.enqueue(
        kind="pilots.watch_one",
        organisation_id=pilot.organisation_id,
        payload={"pilot": str(pilot.pk)},
        key=f"pilots.watch_one:{pilot.pk}:{clock.now().isoformat()}",
    )
