"""A case as a trace: intake, proposal, calls of a language model, the wait for a person, execution.

Wraps handlers of jobs and reads the times from the rows, so that nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pilotwerk.core import clock, jobs, tracing
from pilotwerk.pilots.models import CallOutcome, CallState, Case, Decision, ModelCall, Proposal, Source

Handler = Callable[[jobs.Work], None]
GroupHandler = Callable[[Sequence[jobs.Work]], Sequence[jobs.Work]]
_BAD_STATES: Final = frozenset({"failed", "outcome_unknown"})


def proposing(handler: Handler) -> Handler:
    """The handler of pilots.propose, traced."""

    def handle(work: jobs.Work) -> None:
        if not tracing.active():
            return handler(work)
        begun = clock.now()
        try:
            handler(work)
        except Exception:
            _step(_case_id(work), "case.propose", begun, failed=True)
            raise
        _proposed(_case_id(work), begun, together=1)
        return None

    return handle


def proposing_together(handler: GroupHandler) -> GroupHandler:
    """The handler of a group of pilots.propose; every case that is done gets the time of the group."""

    def handle(works: Sequence[jobs.Work]) -> Sequence[jobs.Work]:
        if not tracing.active():
            return handler(works)
        begun = clock.now()
        done = handler(works)
        for work in done:
            _proposed(_case_id(work), begun, together=len(works))
        return done

    return handle


def executing(handler: Handler) -> Handler:
    """The handler of pilots.execute, traced, with the wait for the decision before it."""

    def handle(work: jobs.Work) -> None:
        if not tracing.active():
            return handler(work)
        begun, case_id = clock.now(), _case_id(work)
        _decided(case_id, UUID(work.payload["decision"]))
        try:
            handler(work)
        except Exception:
            _step(case_id, "case.execute", begun, failed=True)
            raise
        _step(case_id, "case.execute", begun)
        return None

    return handle


def executing_together(handler: GroupHandler) -> GroupHandler:
    """The handler of a group of pilots.execute; every case that is done gets the time of the group."""

    def handle(works: Sequence[jobs.Work]) -> Sequence[jobs.Work]:
        if not tracing.active():
            return handler(works)
        begun = clock.now()
        done = handler(works)
        for work in done:
            _decided(_case_id(work), UUID(work.payload["decision"]))
            _step(_case_id(work), "case.execute", begun, together=len(works))
        return done

    return handle


def _case_id(work: jobs.Work) -> UUID:
    return UUID(work.payload["case"])


def _proposed(case_id: UUID, begun: datetime, *, together: int) -> None:
    case = _case(case_id)
    if case is None:
        return
    tracing.emit(
        trace=case_id,
        name="case.intake",
        start=case.created_at,
        end=begun,
        attributes=_words(case),
        root=True,
    )
    _step(case_id, "case.propose", begun, case=case, together=together)
    for call in ModelCall.objects.filter(case=case, created_at__gte=begun).exclude(state=CallState.RESERVED):
        tracing.emit(
            trace=case_id,
            name="model.call",
            start=call.created_at,
            end=call.created_at + timedelta(milliseconds=call.milliseconds or 0),
            attributes={
                "gen_ai.request.model": call.model,
                "gen_ai.usage.input_tokens": call.tokens_in or 0,
                "gen_ai.usage.output_tokens": call.tokens_out or 0,
                "pilotwerk.outcome": call.outcome,
                "pilotwerk.tries": call.tries,
            },
            failed=call.outcome != CallOutcome.OK,
        )


def _decided(case_id: UUID, decision_id: UUID) -> None:
    decision = Decision.objects.filter(pk=decision_id).only("kind", "decided_at").first()
    proposed = (
        Proposal.objects.filter(case=case_id, source=Source.MODEL)
        .order_by("revision")
        .values_list("created_at", flat=True)
        .first()
    )
    if decision is not None:
        tracing.emit(
            trace=case_id,
            name="case.decide",
            start=proposed or decision.decided_at,
            end=decision.decided_at,
            attributes={"pilotwerk.decision": decision.kind},
        )


def _step(
    case_id: UUID, name: str, begun: datetime, *, case: Case | None = None, failed: bool = False, **more: Any
) -> None:
    case = case or _case(case_id)
    if case is None:
        return
    words = {**_words(case), **{f"pilotwerk.{key}": value for key, value in more.items()}}
    tracing.emit(
        trace=case_id,
        name=name,
        start=begun,
        end=clock.now(),
        attributes=words,
        failed=failed or case.state in _BAD_STATES,
    )


def _case(case_id: UUID) -> Case | None:
    found = Case.objects.select_related("pilot").filter(pk=case_id)
    return found.only("created_at", "state", "arm", "pilot__recipe").first()


def _words(case: Case) -> dict[str, str]:
    """What a trace says about a case: nothing that a person wrote."""
    return {"pilotwerk.recipe": case.pilot.recipe, "pilotwerk.arm": case.arm, "pilotwerk.state": case.state}
