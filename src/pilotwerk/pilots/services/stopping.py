"""The kill switch and the stop rules: two ways to the same standstill."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain import stop_rules
from pilotwerk.pilots.domain.states import ON_THE_WAY_OUT, CaseState, PilotState
from pilotwerk.pilots.domain.stop_rules import RuleKind
from pilotwerk.pilots.models import SENDING, Case, Decision, DecisionKind, Pilot
from pilotwerk.pilots.selectors.stop import readings
from pilotwerk.pilots.services.moves import pilot_lock, pilot_move, pilot_recorded, propose_later


def _hold_back(pilot: Pilot) -> int:
    """Take back every approval whose answer has not gone out; it needs a new decision after the stop."""
    moment = clock.now()
    on_the_way = Case.objects.filter(pilot=pilot, state__in=[state.value for state in ON_THE_WAY_OUT])
    Decision.objects.filter(
        case__in=on_the_way, kind__in=[*SENDING, DecisionKind.FIRST], withdrawn_at=None
    ).update(withdrawn_at=moment)
    return on_the_way.update(state=CaseState.STOPPED.value, state_since=moment, execute_at=None)


@transaction.atomic
def pilot_stop(*, organisation: Organisation, actor: Actor, pilot: Pilot, reason: str = "") -> int:
    """Stop at once and without a reason: nothing goes out from this moment on. Answers how many were held
    back.
    """
    pilot_lock(pilot.pk)
    tried = pilot.stop_tried_at or clock.now()
    pilot_move(
        pilot,
        "stop",
        stopped_at=clock.now(),
        stop_reason=reason.strip(),
        stopped_by_rule="",
        stop_tried_at=tried,
    )
    held = _hold_back(pilot)
    pilot_recorded(
        actor=actor,
        action="pilots.pilot_stopped",
        pilot=pilot,
        data={"held_back": held},
        personal={"reason": reason.strip()},
    )
    return held


@transaction.atomic
def stop_reason_add(*, organisation: Organisation, actor: Actor, pilot: Pilot, reason: str) -> None:
    """Why it was stopped, told later."""
    if not reason.strip():
        raise Refused(_("Write why the pilot was stopped."))
    found = Pilot.objects.filter(pk=pilot.pk, state=PilotState.STOPPED.value)
    if found.update(stop_reason=reason.strip()) != 1:
        raise Refused(_("The pilot is not stopped."))
    pilot_recorded(
        actor=actor,
        action="pilots.stop_reason_added",
        pilot=pilot,
        data={},
        personal={"reason": reason.strip()},
    )


@transaction.atomic
def pilot_resume(*, organisation: Organisation, actor: Actor, pilot: Pilot, reason: str) -> None:
    """Go on after a stop, with a reason. What was held back waits for a new decision."""
    if not reason.strip():
        raise Refused(_("Write why the pilot may go on."))
    moment = clock.now()
    pilot_move(pilot, "resume", watched_since=moment, stop_reason="", stopped_by_rule="", stopped_at=None)
    held = Case.objects.filter(pilot=pilot, state=CaseState.STOPPED.value)
    held.filter(by_hand=True).update(state=CaseState.WAITING_MANUAL.value, state_since=moment)
    held.filter(by_hand=False).update(state=CaseState.WAITING.value, state_since=moment)
    for case in Case.objects.filter(pilot=pilot, state__in=[CaseState.RECEIVED, CaseState.ASSIGNED]):
        propose_later(case)
    pilot_recorded(
        actor=actor, action="pilots.pilot_resumed", pilot=pilot, data={}, personal={"reason": reason.strip()}
    )


def stop_rules_apply(
    pilot_id: UUID, kinds: frozenset[RuleKind], *, held: Pilot | None = None
) -> stop_rules.Reading | None:
    """Look at the stop rules that what just happened concerns; the first that tripped stops the pilot.

    Inside the running transaction, so that the stop and its cause are one. ``held`` is the pilot's row, where this
    transaction holds it.
    """
    watched = ("state", "stop_rules", "watched_since", "name", "organisation_id")
    pilot = held or Pilot.objects.only(*watched).get(pk=pilot_id)
    tripped = stop_rules.first_tripped(readings(pilot, kinds)) if pilot.is_running else None
    if tripped is None or isinstance(tripped.share, CannotTell):
        return None
    kind = tripped.rule.kind.value
    pilot_move(pilot, "stop", stopped_at=clock.now(), stop_reason="", stopped_by_rule=kind)
    held_back = _hold_back(pilot)
    pilot_recorded(
        actor=System("stop rules"),
        action="pilots.pilot_stopped_by_rule",
        pilot=pilot,
        data={
            "rule": kind,
            "bad": tripped.bad,
            "of": tripped.of,
            "limit": tripped.rule.limit,
            "held_back": held_back,
        },
    )
    return tripped
