"""The one way in which a case or a pilot changes its state: a conditional update, or a refusal in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record, record_all
from pilotwerk.audit.store import Event
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.prepared import Prepared
from pilotwerk.core.rows import update_where
from pilotwerk.pilots.domain.states import MOVES, PILOT_MOVES, CaseEvent
from pilotwerk.pilots.models import Case, HumanControl, Pilot
from pilotwerk.pilots.selectors.autonomy import UNSET

Step = tuple[Case, Mapping[str, Any]]
"""A case and the fields that change with its state."""


_LOCK = Prepared(
    lambda pilot: Pilot.objects.filter(pk=pilot).order_by().select_for_update(), pilot=UUID(int=1)
)
_CONTROL = Prepared(lambda pilot: HumanControl.objects.filter(pilot=pilot).order_by(), pilot=UUID(int=1))


def pilot_lock(pilot_id: UUID) -> Pilot:
    """The pilot's row with its settings of human control, held until the transaction ends: a stop and a step of a
    case never overlap. Pilot.DoesNotExist when it is gone.
    """
    found = _LOCK.objects(pilot=pilot_id)
    if not found:
        raise Pilot.DoesNotExist(pilot_id)
    [pilot] = found
    pilot.control_held = next(iter(_CONTROL.objects(pilot=pilot_id)), UNSET)
    return pilot


def move_all(event: CaseEvent, steps: Sequence[Step], *, pilot: Pilot | None = None) -> list[Case]:
    """Move cases of one pilot; answers those that the machine allowed to move now, in the order given.

    None of them when the move needs a running pilot and it stands. ``pilot`` is its row, where this transaction
    holds it already.
    """
    rule, moment = MOVES[event], clock.now()
    if not steps or (rule.needs_running and not (pilot or pilot_lock(steps[0][0].pilot_id)).is_running):
        return []
    values = {
        case.pk: {"state": rule.target.value, "state_since": moment, **fields} for case, fields in steps
    }
    moved = update_where(Case, values, column="state", among=sorted(state.value for state in rule.sources))
    found = [case for case, _fields in steps if case.pk in moved]
    for case in found:
        for name, value in values[case.pk].items():
            setattr(case, name, value)
    return found


def move_if(case: Case, event: CaseEvent, **fields: Any) -> bool:
    """Move the case when the machine allows it now; False when somebody else was faster or the pilot stands."""
    return bool(move_all(event, [(case, fields)]))


def move(case: Case, event: CaseEvent, **fields: Any) -> None:
    """Move the case, or refuse with the reason."""
    if not move_if(case, event, **fields):
        raise refusal(case, event)


def refusal(case: Case, event: CaseEvent) -> Refused:
    """Why the case did not move, in words."""
    case.refresh_from_db()
    if MOVES[event].needs_running and not Pilot.objects.get(pk=case.pilot_id).is_running:
        return Refused(_("The pilot does not run. Nothing was decided and nothing goes out."))
    return Refused(
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


def case_event(
    action: str, case: Case, data: dict[str, Any] | None = None, personal: dict[str, str] | None = None
) -> Event:
    """What is written down about a case; always with its short number."""
    return Event(action, ("pilots.Case", str(case.pk)), {"case": case.label, **(data or {})}, personal or {})


def case_recorded(
    *,
    organisation: Organisation,
    actor: Actor,
    action: str,
    case: Case,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """One audit entry about a case."""
    record_all(
        organisation_id=organisation.id, actor=actor, events=[case_event(action, case, data, personal)]
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


def execute_later(*approved: tuple[Case, UUID], attempt: int = 0) -> None:
    """Let the worker send the answers that these decisions let out, at the cases' ``execute_at``."""
    jobs.enqueue_all(
        jobs.Order(
            "pilots.execute",
            case.organisation_id,
            {"case": str(case.pk), "decision": str(decision_id)},
            run_at=case.execute_at,
            key=f"pilots.execute:{decision_id}:{attempt}",
        )
        for case, decision_id in approved
    )
