"""Everything of an organisation stands still at once: its pilots and its language models."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.providers.services import provider_switch_off
from pilotwerk.pilots.selectors.standstill import answers_in_flight, models_on
from pilotwerk.pilots.services.moves import pilot_lock
from pilotwerk.pilots.services.stopping import pilot_stop


@dataclass(frozen=True, slots=True)
class Standstill:
    """What was stopped. `in_flight`: answers that were being sent at that moment; each ends before its next step
    outside of the house, or has left it already.
    """

    pilots: tuple[str, ...]
    models: tuple[str, ...]
    held_back: int
    in_flight: int


@transaction.atomic
def organisation_stop(*, organisation: Organisation, actor: Actor, reason: str = "") -> Standstill:
    """Stop every pilot and switch off every language model, in one transaction and without a condition.

    From then on only the managing director lets a pilot go on, one by one; a language model is switched on as for
    the first time.
    """
    held, stopped = 0, []
    for pk in Pilot.objects.of(organisation).order_by("pk").values_list("pk", flat=True):
        pilot = pilot_lock(pk)
        if pilot.is_running:
            held += pilot_stop(organisation=organisation, actor=actor, pilot=pilot, reason=reason)
            stopped.append(pilot.name)
    Pilot.objects.of(organisation).filter(state=PilotState.STOPPED.value).update(stopped_with_all=True)
    models = list(models_on(organisation))
    for model in models:
        provider_switch_off(organisation=organisation, actor=actor, provider=model)
    in_flight = answers_in_flight(organisation)
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.everything_was_stopped",
        subject=("accounts.Organisation", str(organisation.pk)),
        data={"pilots": len(stopped), "models": len(models), "held_back": held, "in_flight": in_flight},
        personal={"reason": reason.strip()},
    )
    return Standstill(tuple(stopped), tuple(model.name for model in models), held, in_flight)
