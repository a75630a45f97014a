"""The stage for the pilot's stories: a trained, running pilot of the sample people, and what happens on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.pilots import services
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import Case, Delivery, ModelVersion, Pilot, Proposal
from pilotwerk.pilots.services.deliveries import deliveries_claim
from pilotwerk.portfolio.models import UseCase
from pilotwerk.processes.models import Process, ProcessImport
from pilotwerk.processes.selectors import TextRow
from tests.cast import Cast

MORNING = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
WORKER = System("worker")
PLAIN = "Guten Tag,\n\ngern verschieben wir die Wartung auf Dienstag.\n\nFreundliche Grüße\nProbe GmbH"

_REQUESTS = {
    "Termin": (
        "Können wir den Termin für die Wartung der Heizung auf nächste Woche verschieben?",
        "Guten Tag,\n\ngern verschieben wir Ihre Wartung. Wir melden uns mit einem neuen Termin.\n\nFreundliche Grüße",
    ),
    "Rechnung": (
        "Auf der Rechnung für die Reparatur fehlt der Rabatt, bitte prüfen Sie den Betrag.",
        "Guten Tag,\n\nwir prüfen die Rechnung und senden Ihnen eine berichtigte Fassung.\n\nFreundliche Grüße",
    ),
    "Störung": (
        "Die Heizung ist ausgefallen und es kommt nur noch kaltes Wasser aus der Leitung.",
        "Guten Tag,\n\nunser Notdienst meldet sich bei Ihnen.\n\nFreundliche Grüße",
    ),
}
_EXTRAS = ["Danke", "Bitte um Antwort", "Es eilt", "Mit freundlichen Grüßen", "Wir sind tagsüber erreichbar"]


def past_requests(each: int = 25) -> list[TextRow]:
    """A short history in which three kinds of requests are easy to tell apart."""
    return [
        TextRow(
            case=f"A-{category}-{number}",
            text=request_text(category, number),
            category=category,
            answer=answer,
            opened=MORNING - timedelta(days=100 - number),
        )
        for category, (_text, answer) in _REQUESTS.items()
        for number in range(each)
    ]


def request_text(category: str, number: int = 0) -> str:
    """A request of this kind; the history holds the first ones word for word, so that they are recognised."""
    return f"{_REQUESTS[category][0]} {_EXTRAS[number % len(_EXTRAS)]} {number}."


@dataclass
class Stage:
    """A pilot and the people around it; ``at`` is the story's clock."""

    cast: Cast
    pilot: Pilot

    def by(self, role: str) -> dict[str, Any]:
        """Organisation and actor, as every service wants them first."""
        return {"organisation": self.cast.organisation, "actor": self.cast.actor(role)}

    def receive(self, count: int = 1, *, category: str = "Termin", prefix: str = "M") -> list[Case]:
        """Requests come in and the worker has done its part."""
        start = Case.objects.filter(pilot=self.pilot).count()
        done = services.case_ingest(
            **self.by("lead"),
            pilot=self.pilot,
            cases=[
                NewCase(
                    key=f"{prefix}-{start + n}",
                    text=request_text(category, n),
                    sender_name="Petra Wulff",
                    sender_address="petra.wulff@beispiel.example",
                )
                for n in range(count)
            ],
            source="anfragen.csv",
        )
        jobs.run_due(kinds=["pilots.propose"])
        return [self.case(label) for label in done.new]

    def case(self, label: str) -> Case:
        return Case.objects.select_related("pilot", "organisation").get(
            pilot=self.pilot, number=int(label.removeprefix("V-"))
        )

    def proposed(self, count: int = 1) -> list[Case]:
        """Requests of the arm with AI, each with a proposal waiting."""
        found: list[Case] = []
        while len(found) < count:
            found += [case for case in self.receive(count) if case.arm == Arm.AI]
        return found[:count]

    def by_hand(self) -> Case:
        """A request of the control arm."""
        while True:
            for case in self.receive(3):
                if case.arm == Arm.CONTROL:
                    return case

    def seen(self, case: Case) -> dict[str, Any]:
        """What the person has in front of them: the case and which words exactly."""
        proposal = self.proposal(case)
        return {"case": case, "revision": proposal.revision, "content_hash": proposal.content_hash}

    def proposal(self, case: Case) -> Proposal:
        case.refresh_from_db()
        return Proposal.objects.get(case=case, revision=case.revision)

    def approve(self, case: Case, role: str = "clerk") -> None:
        """Approve with a text that has no open place, whatever the draft was."""
        services.case_edit_and_approve(**self.by(role), **self.seen(case), body=PLAIN)

    def send(self) -> None:
        """The delay is over and the worker has sent what was approved."""
        with clock.travel(clock.now() + timedelta(seconds=self.pilot.send_delay_seconds + 1)):
            jobs.run_due(kinds=["pilots.execute"])


def use_case(cast: Cast) -> UseCase:
    """The chosen use case, as the first phase leaves it."""
    return UseCase.objects.create(
        organisation=cast.organisation, name="Anfragen beantworten", recipe="support", state="chosen"
    )


def past_import(cast: Cast) -> ProcessImport:
    """An import with texts, as the first phase leaves it."""
    process = Process.objects.create(organisation=cast.organisation, name="Kundenanfragen")
    return ProcessImport.objects.create(
        organisation=cast.organisation,
        process=process,
        filename="anfragen.csv",
        kind="case_table",
        state=ProcessImport.State.DONE,
        mapping={"text": "text"},
        fingerprint="0" * 64,
    )


def trained(cast: Cast, **settings: Any) -> tuple[Pilot, ModelVersion]:
    """A pilot that has learned and is not started."""
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    pilot = services.pilot_setup(**by, use_case=use_case(cast), **settings)
    version = services.pilot_train(**by, pilot=pilot, process_import=past_import(cast), run_now=True)
    pilot.refresh_from_db()
    return pilot, version


def delivery_claim(*, case_id: UUID, decision_id: UUID) -> Delivery | None:
    """Claim one answer as a worker does, and stop there; None when there is nothing to send."""
    claimed = deliveries_claim(approved=[(Case.objects.get(pk=case_id), decision_id)])
    return claimed[0] if claimed else None
