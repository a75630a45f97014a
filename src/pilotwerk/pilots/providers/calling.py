"""One call of a language model from the first check to the settled bill.

In this order: switched on, price known, circuit closed, money set aside, asked, settled. Whoever calls gets a typed
answer or NotAsked with a reason; what happens then (built-in method, manual work) is decided in proposing.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.breaker import Breaker, Circuit, asked, failed, succeeded
from pilotwerk.pilots.domain.prices import Price, highest_cost
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import CallOutcome, Case, ModelCall, Pilot, Provider
from pilotwerk.pilots.providers import adapter, budget
from pilotwerk.pilots.providers.adapter import Answer, Fault, ModelFault, Question
from pilotwerk.pilots.providers.prices import price_of

log = logging.getLogger("pilotwerk.pilots")
Output = TypeVar("Output", bound=BaseModel)

# Pauses before asking again, in seconds; only where the service did nothing and nothing was charged.
PAUSES: Final = (0.5, 2.0)
OFF, STOPPED, CIRCUIT, BUDGET = "model_off", "pilot_stopped", "model_circuit", "budget_exhausted"
UNSET: Final = "budget_unset"
OPEN: Final = "model_open_call"


class NotAsked(Exception):
    """There is no answer. `reason` is a code: why it was not asked, or "model_" and how the call failed."""

    def __init__(self, reason: str, call: ModelCall | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.call = call


@dataclass(frozen=True, slots=True)
class Called(Generic[Output]):
    """A typed answer and the row that says what it cost."""

    answer: Answer[Output]
    call: ModelCall


def call(
    *,
    organisation: Organisation,
    actor: Actor,
    provider: Provider,
    prompt: str,
    question: Question,
    output: type[Output],
    masked: dict[str, int],
    pilot: Pilot | None = None,
    case: Case | None = None,
    trial: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> Called[Output]:
    """Ask within budget. Raises NotAsked. With `trial` a model that is switched off may be asked (the test button).

    Never called inside a transaction: a slow model must not hold the database.
    """
    provider.refresh_from_db()
    if not _may_go_out(provider, None, trial):
        raise NotAsked(OFF)
    if pilot is not None and not _may_go_out(provider, pilot.pk, trial):
        raise NotAsked(STOPPED)
    price = price_of(provider)
    if isinstance(price, CannotTell):
        raise NotAsked(price.reason)
    before = provider_breaker(provider)
    admitted = _admit(provider, before)
    texts = (question.instructions, question.data, str(output.model_json_schema()))
    try:
        row = budget.reserve(
            organisation=organisation,
            provider=provider,
            prompt=prompt,
            micro=highest_cost(price, texts=texts, max_tokens=question.max_tokens),
            masked=masked,
            pilot=pilot,
            case=case,
        )
    except (budget.Exhausted, budget.StillOpen) as full:
        # A trial that was never made must not keep the circuit half open.
        _put(provider, admitted, before)
        if isinstance(full, budget.StillOpen):
            raise NotAsked(OPEN) from None
        raise NotAsked(BUDGET if full.limit.micro else UNSET) from None
    return _asked(organisation, actor, provider, price, row, question, output, pause, trial)


def _may_go_out(provider: Provider, pilot_id: UUID | None, trial: bool) -> bool:
    """Whether the model is switched on (or tried by the test button) and the pilot runs, as the database says now."""
    on = trial or Provider.objects.filter(pk=provider.pk, is_on=True).exists()
    runs = pilot_id is None or Pilot.objects.filter(pk=pilot_id, state=PilotState.RUNNING.value).exists()
    return on and runs


def _asked(
    organisation: Organisation,
    actor: Actor,
    provider: Provider,
    price: Price,
    row: ModelCall,
    question: Question,
    output: type[Output],
    pause: Callable[[float], None],
    trial: bool,
) -> Called[Output]:
    """Ask, again where that is free, and settle."""
    began = time.perf_counter()
    tries = 0
    try:
        while True:
            tries += 1
            try:
                answer = adapter.ask(
                    provider,
                    question,
                    output,
                    wanted=lambda: _may_go_out(provider, row.pilot_id, trial),
                )
                break
            except ModelFault as fault:
                if not fault.again or tries > len(PAUSES):
                    raise
                pause(PAUSES[tries - 1])
                # Switched off or stopped in the meantime: nothing more goes out.
                if not _may_go_out(provider, row.pilot_id, trial):
                    raise
    except ModelFault as fault:
        _ended(organisation, actor, provider, price, row, fault, began, tries)
        raise NotAsked(f"model_{fault.fault.value}", row) from None
    except Refused:
        # The stored key cannot be opened: nothing was sent.
        budget.settle(
            organisation=organisation, actor=actor, call=row, outcome=CallOutcome.REFUSED, cost_micro=0
        )
        raise
    circuit_note(organisation=organisation, provider=provider, good=True)
    budget.settle(
        organisation=organisation,
        actor=actor,
        call=row,
        outcome=CallOutcome.OK,
        cost_micro=price.cost(answer.tokens_in, answer.tokens_out),
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        milliseconds=answer.milliseconds,
        tries=tries,
    )
    return Called(answer, row)


def _ended(
    organisation: Organisation,
    actor: Actor,
    provider: Provider,
    price: Price,
    row: ModelCall,
    fault: ModelFault,
    began: float,
    tries: int,
) -> None:
    """What a failed call costs: nothing, what was counted, or nobody knows."""
    milliseconds = round((time.perf_counter() - began) * 1000)
    outcome = CallOutcome(fault.fault.value)
    if fault.fault is not Fault.ABANDONED:
        circuit_note(organisation=organisation, provider=provider, good=False)
    if fault.charged is None:
        budget.unanswered(call=row, outcome=outcome, milliseconds=milliseconds, tries=tries)
        return
    # An answer without a count of tokens is charged at what was set aside.
    counted = fault.tokens_in or fault.tokens_out
    cost = price.cost(fault.tokens_in or 0, fault.tokens_out or 0) if counted else row.reserved_micro
    budget.settle(
        organisation=organisation,
        actor=actor,
        call=row,
        outcome=outcome,
        cost_micro=cost if fault.charged else 0,
        tokens_in=fault.tokens_in,
        tokens_out=fault.tokens_out,
        milliseconds=milliseconds,
        tries=tries,
    )


def provider_breaker(provider: Provider) -> Breaker:
    """The stored circuit breaker."""
    return Breaker(Circuit(provider.circuit), provider.failures, provider.retry_at)


def _admit(provider: Provider, before: Breaker) -> Breaker:
    """May a call go out now? Of many that ask at the end of a pause exactly one becomes the trial."""
    after = asked(before, clock.now())
    if after is None or (after != before and not _put(provider, before, after)):
        raise NotAsked(CIRCUIT)
    return after


def _put(provider: Provider, before: Breaker, after: Breaker) -> bool:
    """Move the stored breaker from one state to another, unless somebody else has moved it."""
    mine = Provider.objects.filter(
        pk=provider.pk, circuit=before.circuit.value, failures=before.failures, retry_at=before.retry_at
    )
    return mine.update(**_fields(after)) == 1


def _fields(breaker: Breaker) -> dict[str, Any]:
    return {
        "circuit": breaker.circuit.value,
        "failures": breaker.failures,
        "retry_at": breaker.retry_at,
    }


@transaction.atomic
def circuit_note(*, organisation: Organisation, provider: Provider, good: bool) -> None:
    """Write down how a call ended; opening and closing the circuit stand in the audit trail."""
    row = Provider.objects.select_for_update().of(organisation).get(pk=provider.pk)
    before = provider_breaker(row)
    after = succeeded(before) if good else failed(before, clock.now())
    if after == before:
        return
    Provider.objects.filter(pk=row.pk).update(**_fields(after))
    if after.circuit is before.circuit or (before.circuit, after.circuit) == (
        Circuit.HALF_OPEN,
        Circuit.OPEN,
    ):
        return
    action = "pilots.model_circuit_opened" if after.circuit is Circuit.OPEN else "pilots.model_circuit_closed"
    record(
        organisation_id=organisation.id,
        actor=System("breaker"),
        action=action,
        subject=("pilots.Provider", str(row.pk)),
        data={"name": row.name, "failures": after.failures},
    )
