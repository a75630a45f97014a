"""What a stop of everything reaches."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Delivery, DeliveryState, Pilot, Provider


def pilots_running(organisation: Organisation) -> QuerySet[Pilot]:
    """The pilots that run."""
    return Pilot.objects.of(organisation).filter(state=PilotState.RUNNING.value)


def models_on(organisation: Organisation) -> QuerySet[Provider]:
    """The language models that are switched on."""
    return Provider.objects.of(organisation).filter(is_on=True)


def answers_in_flight(organisation: Organisation) -> int:
    """Answers whose sending has begun and not ended."""
    return Delivery.objects.of(organisation).filter(state=DeliveryState.TRYING).count()


def pilot_named(organisation: Organisation, name: str) -> Pilot | None:
    """The pilot with this name or id; of several with one name the one that has not ended."""
    try:
        which = Q(pk=UUID(name))
    except ValueError:
        which = Q(name=name)
    found = Pilot.objects.of(organisation).filter(which)
    return found.exclude(state=PilotState.ENDED.value).first() or found.first()


def organisations_at_work() -> QuerySet[Organisation]:
    """Every organisation that has a running pilot or a language model switched on."""
    running = Pilot.objects.filter(state=PilotState.RUNNING.value).values("organisation_id")
    on = Provider.objects.filter(is_on=True).values("organisation_id")
    return Organisation.objects.filter(Q(pk__in=running) | Q(pk__in=on)).order_by("slug")
