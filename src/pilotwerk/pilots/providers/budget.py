"""Money is set aside before a model is asked, at the highest possible price, and settled after.

The sums of a day and a month, of the pilot and of the whole organisation, only change by conditional updates within
one transaction: either all of them hold the amount or none does, whoever else reserves at the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.pilots.domain.prices import warn_from
from pilotwerk.pilots.models import (
    CallOutcome,
    CallState,
    Case,
    ModelCall,
    ModelPolicy,
    ModelUse,
    Pilot,
    Provider,
    Spending,
)

# A reservation of a call that never came back lasts so much longer than the longest wait; then it is spent.
GRACE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Limit:
    """A budget: whose (None for the organisation), which period, how much in micro-euro."""

    pilot: Pilot | None
    period: str
    micro: int


class StillOpen(Exception):
    """An earlier call for this case has not come back and has not expired; nothing was reserved."""


class Exhausted(Exception):
    """The amount does not fit into this budget any more; nothing was reserved."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.period)
        self.limit = limit


def limits(organisation: Organisation, pilot: Pilot | None, day: str) -> list[Limit]:
    """Every budget that a call of this day must fit into. A budget that was never set is a budget of zero."""
    policy = ModelPolicy.objects.of(organisation).first()
    found = [
        Limit(None, day, (policy and policy.day_micro) or 0),
        Limit(None, day[:7], (policy and policy.month_micro) or 0),
    ]
    if pilot is not None:
        use = ModelUse.objects.of(organisation).filter(pilot=pilot).first()
        found += [
            Limit(pilot, day, use.day_micro if use else 0),
            Limit(pilot, day[:7], use.month_micro if use else 0),
        ]
    return found


def reserve(
    *,
    organisation: Organisation,
    provider: Provider,
    prompt: str,
    micro: int,
    masked: dict[str, int],
    pilot: Pilot | None = None,
    case: Case | None = None,
) -> ModelCall:
    """Set `micro` aside in every budget and write the call down before it is made. Raises Exhausted, StillOpen."""
    day = clock.today(organisation.timezone).isoformat()
    try:
        with transaction.atomic():
            for limit in limits(organisation, pilot, day):
                _take(organisation, limit, micro)
            return ModelCall.objects.create(
                organisation=organisation,
                provider=provider,
                provider_name=provider.name,
                pilot=pilot,
                case=case,
                model=provider.model,
                prompt=prompt,
                day=day,
                reserved_micro=micro,
                masked=masked,
                expires_at=clock.now() + timedelta(seconds=provider.timeout_seconds) + GRACE,
            )
    except IntegrityError:
        raise StillOpen from None
    except Exhausted as full:
        _exhausted(organisation, full.limit)
        raise


def _take(organisation: Organisation, limit: Limit, micro: int) -> None:
    """Add the amount where it fits. The sum and the limit are compared by the database, in the same statement."""
    spending = _spending(organisation, limit)
    fits = Spending.objects.filter(pk=spending.pk, used_micro__lte=limit.micro - micro)
    if limit.micro < micro or fits.update(used_micro=F("used_micro") + micro) != 1:
        raise Exhausted(limit)
    warn = Spending.objects.filter(
        pk=spending.pk, warned_at=None, used_micro__gte=warn_from(limit.micro), used_micro__gt=0
    )
    if warn.update(warned_at=clock.now()) == 1:
        _record(organisation, "pilots.model_budget_warning", limit)


def _spending(organisation: Organisation, limit: Limit) -> Spending:
    """The sum's row, made when the first call of a period comes; whoever is second takes the first one's."""
    mine = Spending.objects.of(organisation).filter(pilot=limit.pilot, period=limit.period)
    found: Spending | None = mine.first()
    if found is None:
        try:
            with transaction.atomic():
                found = Spending.objects.create(
                    organisation=organisation, pilot=limit.pilot, period=limit.period
                )
        except IntegrityError:
            found = mine.get()
    return found


@transaction.atomic
def _exhausted(organisation: Organisation, limit: Limit) -> None:
    """Said once a period. The configuration stays as it is: the next day or month goes on by itself.

    A budget that was never set cannot be used up.
    """
    if not limit.micro:
        return
    spending = _spending(organisation, limit)
    said = Spending.objects.filter(pk=spending.pk, exhausted_at=None)
    if said.update(exhausted_at=clock.now()) == 1:
        _record(organisation, "pilots.model_budget_exhausted", limit)


def _record(organisation: Organisation, action: str, limit: Limit) -> None:
    subject = ("accounts.Organisation", str(organisation.pk))
    if limit.pilot:
        subject = ("pilots.Pilot", str(limit.pilot.pk))
    record(
        organisation_id=organisation.id,
        actor=System("budget"),
        action=action,
        subject=subject,
        data={
            "period": limit.period,
            "limit_micro": limit.micro,
            "whose": limit.pilot.name if limit.pilot else organisation.name,
        },
    )


@transaction.atomic
def settle(
    *,
    organisation: Organisation,
    actor: Actor,
    call: ModelCall,
    outcome: CallOutcome,
    cost_micro: int,
    tokens_in: int | None = None,
    tokens_out: int | None = None,
    milliseconds: int | None = None,
    tries: int = 1,
) -> bool:
    """Put the real cost in place of the reservation, in the budgets of the day on which it was made.

    False when the reservation was settled or had expired before: what counts then is what was written first.
    """
    mine = ModelCall.objects.filter(pk=call.pk, state=CallState.RESERVED)
    changed = mine.update(
        state=CallState.SETTLED,
        outcome=outcome,
        cost_micro=cost_micro,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        milliseconds=milliseconds,
        tries=tries,
    )
    if changed != 1:
        return False
    # In the order in which they were taken, so that two calls never wait for each other.
    for pilot in [None, call.pilot] if call.pilot_id else [None]:
        for period in (call.day, call.day[:7]):
            Spending.objects.of(organisation).filter(pilot=pilot, period=period).update(
                used_micro=F("used_micro") - call.reserved_micro + cost_micro
            )
    call.refresh_from_db()
    call_recorded(organisation, actor, "pilots.model_called", call)
    return True


@transaction.atomic
def unanswered(*, call: ModelCall, outcome: CallOutcome, milliseconds: int, tries: int) -> None:
    """Nobody can know whether it cost: the reservation stays until it expires."""
    ModelCall.objects.filter(pk=call.pk, state=CallState.RESERVED).update(
        outcome=outcome, milliseconds=milliseconds, tries=tries
    )


def expire(*, limit: int = 500) -> int:
    """Reservations whose time is over count as spent in full; answers how many. The sums hold them already."""
    count = 0
    due = ModelCall.objects.filter(state=CallState.RESERVED, expires_at__lt=clock.now())
    for call in due.select_related("organisation")[:limit]:
        with transaction.atomic():
            mine = ModelCall.objects.filter(pk=call.pk, state=CallState.RESERVED)
            if mine.update(state=CallState.LOST, cost_micro=F("reserved_micro")) == 1:
                call.refresh_from_db()
                call_recorded(call.organisation, System("budget"), "pilots.model_call_lost", call)
                count += 1
    return count


def call_recorded(organisation: Organisation, actor: Actor, action: str, call: ModelCall) -> None:
    """The audit entry of a call: figures and names of models, never a word of what was said."""
    record(
        organisation_id=organisation.id,
        actor=actor,
        action=action,
        subject=("pilots.ModelCall", str(call.pk)),
        data={
            "provider": call.provider_name,
            "model": call.model,
            "prompt": call.prompt,
            "outcome": call.outcome,
            "reserved_micro": call.reserved_micro,
            "cost_micro": call.cost_micro,
            "tokens_in": call.tokens_in,
            "tokens_out": call.tokens_out,
            "milliseconds": call.milliseconds,
            "masked": call.masked,
            "case": str(call.case_id) if call.case_id else "",
        },
    )
