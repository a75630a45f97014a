"""Many cases of a running pilot as rows, for figures over time; made up, with a seed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from pilotwerk.core import clock
from pilotwerk.pilots.models import (
    Case,
    Decision,
    ModelCall,
    Pilot,
    Proposal,
)

GERMAN = "Guten Tag, können wir den Termin für die Wartung der Heizung auf nächste Woche verschieben?"
ENGLISH = "Hello, could we please move the appointment for the maintenance of the heating to next week?"
PERSON = {"actor_id": "00000000-0000-0000-0000-000000000001", "actor_name": "Petra"}


def crowd(
    pilot: Pilot, count: int, *, until: datetime, days: int, seed: int = 1, **changes: Any
) -> list[dict[str, Any]]:
    """``count`` decided cases spread evenly over ``days`` up to ``until``; answers what was put in, case by case.

    ``changes``: `late_category` and `english_from` (share of the way 0..1) let the input change, `sure` adds to each
    stated confidence.
    """
    rng = random.Random(seed)
    facts = [_fact(rng, number, count, until, days, changes) for number in range(1, count + 1)]
    own = {"organisation_id": pilot.organisation_id}
    cases = [_case(pilot, fact) for fact in facts]
    proposals = [
        Proposal(
            **own, case=case, revision=1, source="model", category=fact["proposed"], content_hash="0" * 64,
            body="Guten Tag", created_at=fact["received"] + timedelta(minutes=1),
        )
        for case, fact in zip(cases, facts, strict=True)
    ]  # fmt: skip
    decisions = [
        Decision(
            **own, **PERSON, case=case, proposal=proposal, kind=fact["kind"], content_hash="0" * 64,
            reason=fact["reason"], edit_distance=fact["edit"], category_corrected=not fact["right"],
            decided_at=fact["decided"],
        )
        for case, proposal, fact in zip(cases, proposals, facts, strict=True)
    ]  # fmt: skip
    calls = [
        ModelCall(
            **own, provider_name="M", pilot=pilot, case=case, model="m", prompt="p", day="", state="settled",
            outcome="ok", reserved_micro=fact["micro"], cost_micro=fact["micro"], expires_at=until,
            created_at=fact["received"],
        )
        for case, fact in zip(cases, facts, strict=True)
        if fact["micro"]
    ]  # fmt: skip
    Case.objects.bulk_create(cases, batch_size=2000)
    Proposal.objects.bulk_create(proposals, batch_size=2000)
    Decision.objects.bulk_create(decisions, batch_size=2000)
    ModelCall.objects.bulk_create(calls, batch_size=2000)
    return facts


def _fact(
    rng: random.Random, number: int, count: int, until: datetime, days: int, changes: dict[str, Any]
) -> dict[str, Any]:
    way = number / count
    received = until - timedelta(days=days) * (1 - way) - timedelta(hours=30)
    decided = received + timedelta(seconds=rng.randint(70, 90_000))
    kind = rng.choices(["approve", "edit", "reject"], [6, 3, 1])[0]
    confidence = rng.uniform(0.5, 1)
    late = way > 0.5 and changes.get("late_category", False)
    return {
        "number": number,
        "received": received,
        "decided": decided,
        "sent": None if kind == "reject" else decided + timedelta(seconds=rng.randint(60, 600)),
        "kind": kind,
        "reason": rng.choice(["content", "category", "tone"]) if kind == "reject" else "",
        "edit": {"approve": 0.0, "edit": rng.random(), "reject": None}[kind],
        "confidence": min(confidence + changes.get("sure", 0), 1.0),
        "right": rng.random() < confidence,
        "proposed": "Beschwerde"
        if late and rng.random() < 0.6
        else rng.choice(["Termin", "Rechnung", "Störung"]),
        "text": (ENGLISH if way > changes.get("english_from", 2) else GERMAN)
        + " Danke." * rng.randint(0, 20),
        "micro": rng.randint(1, 5000) if rng.random() < 0.3 else 0,
    }


def _case(pilot: Pilot, fact: dict[str, Any]) -> Case:
    sent = fact["sent"] is not None
    return Case(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        key=f"K-{fact['number']}",
        number=fact["number"],
        text=fact["text"],
        received_at=fact["received"],
        created_at=fact["received"],
        deadline=fact["received"] + timedelta(hours=24),
        arm="ai",
        state="done" if sent else "waiting_manual",
        closed="sent" if sent else "",
        sent_at=fact["sent"],
        state_since=fact["sent"] or clock.now() - timedelta(hours=fact["number"] % 100),
        category=fact["proposed"],
        confidence=fact["confidence"],
        revision=1,
        level="suggest",
    )
