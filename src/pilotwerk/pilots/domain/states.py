"""The states of a case and of a pilot, and every move between them, as plain data.

Two arms share one machine. With AI: received, assigned, waiting (a proposal waits for a person), approved,
executing, done. As before: received, waiting_manual (a person writes the answer), answered, executing, done.
A rejected proposal continues on the second way. Both ways meet before anything leaves the house, so one piece
of code delivers for both arms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Arm(StrEnum):
    AI = "ai"
    CONTROL = "control"


class CaseState(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    WAITING_MANUAL = "waiting_manual"
    WAITING_SECOND = "waiting_second"
    DEFERRED = "deferred"
    APPROVED = "approved"
    ANSWERED = "answered"
    EXECUTING = "executing"
    STOPPED = "stopped"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    DONE = "done"


class PilotState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


class CaseEvent(StrEnum):
    """What may happen to a case. A person or the worker causes each of them, and the audit trail names it."""

    ASSIGN_AI = "assign_ai"
    ASSIGN_CONTROL = "assign_control"
    PROPOSE = "propose"
    PROPOSE_BLIND = "propose_blind"
    CANNOT_PROPOSE = "cannot_propose"
    APPROVE_FIRST = "approve_first"
    GIVE_BACK_PROPOSAL = "give_back_proposal"
    GIVE_BACK_MANUAL = "give_back_manual"
    APPROVE = "approve"
    REJECT = "reject"
    ANSWER = "answer"
    DEFER = "defer"
    RETURN_PROPOSAL = "return_proposal"
    RETURN_MANUAL = "return_manual"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    WITHDRAW_MANUAL = "withdraw_manual"
    CLAIM = "claim"
    DELIVERED = "delivered"
    RETRY_PROPOSAL = "retry_proposal"
    RETRY_MANUAL = "retry_manual"
    FAIL = "fail"
    LOSE_TRACK = "lose_track"
    STOP = "stop"
    STOP_AT_THE_DOOR = "stop_at_the_door"
    CLOSE = "close"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed change of state. ``needs_running`` moves are refused unless the pilot runs."""

    sources: frozenset[CaseState]
    target: CaseState
    needs_running: bool = field(default=True)


_S = CaseState
OPEN_FOR_DECISION: Final = frozenset({_S.WAITING, _S.WAITING_MANUAL})
ON_THE_WAY_OUT: Final = frozenset({_S.APPROVED, _S.ANSWERED})
NEEDS_A_LOOK: Final = frozenset({_S.FAILED, _S.OUTCOME_UNKNOWN})
FINAL: Final = frozenset({_S.DONE})

MOVES: Final = MappingProxyType(
    {
        CaseEvent.ASSIGN_AI: Move(frozenset({_S.RECEIVED}), _S.ASSIGNED),
        CaseEvent.ASSIGN_CONTROL: Move(frozenset({_S.RECEIVED}), _S.WAITING_MANUAL),
        CaseEvent.PROPOSE: Move(frozenset({_S.ASSIGNED}), _S.WAITING),
        CaseEvent.CANNOT_PROPOSE: Move(frozenset({_S.ASSIGNED}), _S.WAITING_MANUAL),
        # Shadow: the proposal is kept and nobody sees it before answering.
        CaseEvent.PROPOSE_BLIND: Move(frozenset({_S.ASSIGNED}), _S.WAITING_MANUAL),
        # Four eyes: one person has approved; a changed text begins again with whoever changed it.
        CaseEvent.APPROVE_FIRST: Move(OPEN_FOR_DECISION | {_S.WAITING_SECOND}, _S.WAITING_SECOND),
        CaseEvent.GIVE_BACK_PROPOSAL: Move(frozenset({_S.WAITING_SECOND}), _S.WAITING, needs_running=False),
        CaseEvent.GIVE_BACK_MANUAL: Move(
            frozenset({_S.WAITING_SECOND}), _S.WAITING_MANUAL, needs_running=False
        ),
        CaseEvent.APPROVE: Move(frozenset({_S.WAITING, _S.WAITING_SECOND}), _S.APPROVED),
        CaseEvent.REJECT: Move(frozenset({_S.WAITING}), _S.WAITING_MANUAL),
        CaseEvent.ANSWER: Move(frozenset({_S.WAITING_MANUAL, _S.WAITING_SECOND}), _S.ANSWERED),
        CaseEvent.DEFER: Move(OPEN_FOR_DECISION, _S.DEFERRED, needs_running=False),
        # Back in the queue: the day has come, or a person takes it.
        CaseEvent.RETURN_PROPOSAL: Move(frozenset({_S.DEFERRED}), _S.WAITING, needs_running=False),
        CaseEvent.RETURN_MANUAL: Move(frozenset({_S.DEFERRED}), _S.WAITING_MANUAL, needs_running=False),
        # Back in the queue, and the decision is void.
        CaseEvent.WITHDRAW_PROPOSAL: Move(
            frozenset({_S.APPROVED, _S.STOPPED}), _S.WAITING, needs_running=False
        ),
        CaseEvent.WITHDRAW_MANUAL: Move(
            frozenset({_S.ANSWERED, _S.STOPPED}), _S.WAITING_MANUAL, needs_running=False
        ),
        CaseEvent.CLAIM: Move(ON_THE_WAY_OUT, _S.EXECUTING),
        # Proof that it arrived counts whenever it comes, also after we had lost track or had been stopped.
        CaseEvent.DELIVERED: Move(
            frozenset({_S.EXECUTING, _S.OUTCOME_UNKNOWN}), _S.DONE, needs_running=False
        ),
        # Nothing left the house, that is certain: try again later. After lost track only a person may say so.
        CaseEvent.RETRY_PROPOSAL: Move(
            frozenset({_S.EXECUTING, _S.FAILED, _S.OUTCOME_UNKNOWN}), _S.APPROVED, needs_running=False
        ),
        CaseEvent.RETRY_MANUAL: Move(
            frozenset({_S.EXECUTING, _S.FAILED, _S.OUTCOME_UNKNOWN}), _S.ANSWERED, needs_running=False
        ),
        CaseEvent.FAIL: Move(frozenset({_S.EXECUTING}), _S.FAILED, needs_running=False),
        CaseEvent.LOSE_TRACK: Move(frozenset({_S.EXECUTING}), _S.OUTCOME_UNKNOWN, needs_running=False),
        # A mail server says, perhaps days later, that the answer did not arrive: the only way out of "done".
        CaseEvent.BOUNCE: Move(
            frozenset({_S.EXECUTING, _S.OUTCOME_UNKNOWN, _S.DONE}), _S.FAILED, needs_running=False
        ),
        CaseEvent.STOP: Move(ON_THE_WAY_OUT, _S.STOPPED, needs_running=False),
        # Its worker looked once more directly before the effect: nothing left the house, that is certain.
        CaseEvent.STOP_AT_THE_DOOR: Move(frozenset({_S.EXECUTING}), _S.STOPPED, needs_running=False),
        # The team answered outside of Pilotwerk, or no answer is needed.
        CaseEvent.CLOSE: Move(
            OPEN_FOR_DECISION
            | NEEDS_A_LOOK
            | {_S.RECEIVED, _S.ASSIGNED, _S.DEFERRED, _S.STOPPED, _S.WAITING_SECOND},
            _S.DONE,
            needs_running=False,
        ),
    }
)

PILOT_MOVES: Final = MappingProxyType(
    {
        "start": (frozenset({PilotState.DRAFT}), PilotState.RUNNING),
        "stop": (frozenset({PilotState.RUNNING}), PilotState.STOPPED),
        "resume": (frozenset({PilotState.STOPPED}), PilotState.RUNNING),
        "end": (frozenset({PilotState.RUNNING, PilotState.STOPPED}), PilotState.ENDED),
    }
)


def allowed(event: CaseEvent, state: CaseState, pilot: PilotState) -> bool:
    """Whether ``event`` may happen to a case in ``state`` while its pilot is in state ``pilot``."""
    move = MOVES[event]
    return state in move.sources and (pilot is PilotState.RUNNING or not move.needs_running)


def events_from(state: CaseState, pilot: PilotState) -> frozenset[CaseEvent]:
    """Every event that may happen next; for a final state only a returned answer."""
    return frozenset(event for event in CaseEvent if allowed(event, state, pilot))
