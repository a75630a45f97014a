"""The one way in which a case or a pilot changes its state: a conditional update, or a refusal in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.states import MOVES, PILOT_MOVES, CaseEvent, PilotState
from pilotwerk.pilots.models import Case, Pilot


def pilot_lock(pilot_id: UUID) -> Pilot:
    """The pilot's row, held until the transaction ends: a stop and a step of a case never overlap."""
    return Pilot.objects.select_for_update().get(pk=pilot_id)


def _runs(pilot_id: UUID) -> bool:
    """Whether the pilot runs, with its row held like by `pilot_lock`; reads one column of it."""
    held = Pilot.objects.select_for_update().filter(pk=pilot_id).values_list("state", flat=True)
    return list(held) == [PilotState.RUNNING.value]


def move_if(case: Case, event: CaseEvent, **fields: Any) -> bool:
    """Move the case when the machine allows it now; False when somebody else was faster or the pilot stands."""
    rule = MOVES[event]
    if rule.needs_running and not _runs(case.pilot_id):
        return False
    values = {"state": rule.target.value, "state_since": clock.now(), **fields}
    sources = [state.value for state in rule.sources]
    if Case.objects.filter(pk=case.pk, state__in=sources).update(**values) != 1:
        return False
    for name, value in values.items():
        setattr(case, name, value)
    return True


def move(case: Case, event: CaseEvent, **fields: Any) -> None:
    """Move the case, or refuse with the reason."""
    if move_if(case, event, **fields):
        return
    case.refresh_from_db()
    if MOVES[event].needs_running and not Pilot.objects.get(pk=case.pilot_id).is_running:
        raise Refused(_("The pilot does not run. Nothing was decided and nothing goes out."))
    raise Refused(
        _("%(case)s has changed in the meantime (%(state)s). Please look at it again.")
        % {"case": case.label, "state": case.get_state_display()}
    )


def pilot_move(pilot: Pilot, verb: str, **fields: Any) -> None:
    """Move the pilot ("start", "stop", "resume", "end"), or refuse with the reason."""
    sources, target = PILOT_MOVES[verb]
    values = {"state": target.value, **fields}
    found = Pilot.objects.filter(pk=pilot.pk, state__in=[state.value for state in sources])
    if found.update(**values) != 1:
        pilot.refresh_from_db()
        raise Refused(
            _("That is not possible now: the pilot is in the state “%(state)s”.")
            % {"state": pilot.get_state_display()}
        )
    for name, value in values.items():
        setattr(pilot, name, value)


def case_recorded(
    *,
    organisation: Organisation,
    actor: Actor,
    action: str,
    case: Case,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """One audit entry about a case; always with its short number."""
    record(
        organisation_id=organisation.id,
        actor=actor,
        action=action,
        subject=("pilots.Case", str(case.pk)),
        data={"case": case.label, **(data or {})},
        personal=personal or {},
    )


def pilot_recorded(
    *, actor: Actor, action: str, pilot: Pilot, data: dict[str, Any], personal: dict[str, str] | None = None
) -> None:
    """One audit entry about a pilot; always with its name."""
    record(
        organisation_id=pilot.organisation_id,
        actor=actor,
        action=action,
        subject=("pilots.Pilot", str(pilot.pk)),
        data={"pilot": pilot.name, **data},
        personal=personal or {},
    )


def propose_later(*cases: Case) -> None:
    """Let the worker assign the cases and propose answers."""
    jobs.enqueue_all(
        jobs.Order(
            "pilots.propose",
            case.organisation_id,
            {"case": str(case.pk)},
            key=f"pilots.propose:{case.pk}",
        )
        for case in cases
    )


def execute_later(case: Case, *, decision_id: UUID, attempt: int = 0) -> None:
    """Let the worker send the approved answer at ``case.execute_at``."""
    jobs.enqueue(
        kind="pilots.execute",
        organisation_id=case.organisation_id,
        payload={"case": str(case.pk), "decision": str(decision_id)},
        run_at=case.execute_at,
        key=f"pilots.execute:{decision_id}:{attempt}",
    )
