"""A pilot with closed cases, put in place as rows: its own stories are told in the room of the pilots."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pilotwerk.journey.services import plan_start
from pilotwerk.pilots.models import (
    Case,
    CaseOutcome,
    Closed,
    Decision,
    DecisionKind,
    Pilot,
    Proposal,
    QualityCheck,
    Sitting,
    Source,
)
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.processes.models import Process
from tests.cast import Cast

PLAN_START = date(2026, 9, 28)
PILOT_START = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
AFTER_NINE_DAYS = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
AFTER_THE_GATE = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
CATEGORIES = ("Termin", "Störung", "Rechnung")


def plan(cast: Cast) -> None:
    """The 90 days; gate 3 lies at the end of December."""
    plan_start(organisation=cast.organisation, actor=cast.actor("lead"), start=PLAN_START)


def use_case(cast: Cast, name: str = "Kundenanfragen beantworten", **fields: Any) -> UseCase:
    process, _created = Process.objects.get_or_create(organisation=cast.organisation, name="Kundenanfragen")
    made: UseCase = UseCase.objects.create(
        organisation=cast.organisation, name=name, process=process, recipe="support", **fields
    )
    return made


def pilot(cast: Cast, *, share: float = 0.5) -> Pilot:
    """A running pilot of the chosen use case."""
    made: Pilot = Pilot.objects.create(
        organisation=cast.organisation,
        use_case=use_case(cast, state=State.CHOSEN),
        name="Kundenanfragen",
        recipe="support",
        state="running",
        share=share,
        seed="s",
        seed_commitment="c",
        started_at=PILOT_START,
    )
    return made


def cases(
    running: Pilot, *, ai: int, control: int, ai_minutes: float = 6.0, control_minutes: float = 11.0
) -> None:
    """Closed cases with scattered handling times around the given means, one check of quality each."""
    draw = random.Random(7)
    for number, arm in enumerate(["ai"] * ai + ["control"] * control, start=1):
        minutes = draw.lognormvariate(0, 0.4) * (ai_minutes if arm == "ai" else control_minutes)
        _closed(running, number, arm, minutes, draw)


def _closed(running: Pilot, number: int, arm: str, minutes: float, draw: random.Random) -> None:
    received = PILOT_START + timedelta(hours=2 * number)
    owned: dict[str, Any] = {"organisation": running.organisation}
    case = Case.objects.create(
        **owned,
        pilot=running,
        key=f"k{number}",
        number=number,
        text="Wann kommen Sie?",
        received_at=received,
        deadline=received + timedelta(hours=24),
        arm=arm,
        state="done",
        closed=Closed.SENT,
        sent_at=received + timedelta(hours=3 if arm == "ai" else 8, minutes=draw.randrange(60)),
        category=CATEGORIES[number % 3],
    )
    Sitting.objects.create(
        **owned,
        case=case,
        opened_at=received,
        last_signal_at=received,
        ended_at=received,
        seconds=60 * minutes,
    )
    QualityCheck.objects.create(**owned, case=case, ok=draw.random() < 0.9)
    CaseOutcome.objects.create(
        **owned, case=case, satisfaction=draw.choice([3, 4, 5]), recontacted=draw.random() < 0.1
    )
    if arm == "ai":
        _decided(case, number)


def _decided(case: Case, number: int) -> None:
    proposal = Proposal.objects.create(
        organisation=case.organisation,
        case=case,
        revision=1,
        source=Source.MODEL,
        body="Am Dienstag.",
        content_hash="h",
    )
    kind = DecisionKind.EDIT if number % 3 == 2 and number % 2 else DecisionKind.APPROVE
    Decision.objects.create(
        organisation=case.organisation,
        case=case,
        proposal=proposal,
        kind=kind,
        content_hash="h",
        actor_id="1",
        actor_name="Kai",
        decided_at=case.received_at,
    )
