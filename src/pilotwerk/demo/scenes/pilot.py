"""Day 31 to 63: the pilot runs. Requests come in, the recipe proposes, clerks decide, an exercise stops it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count, groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import PilotwerkError
from pilotwerk.demo.clerks import TAKEN_BACK, Choice, Seen, by_hand, decide
from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.requests import Request
from pilotwerk.demo.people import CLERKS
from pilotwerk.demo.stage import ZONE, Stage, local
from pilotwerk.pilots import services
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Pilot, Proposal

WORKER = System("worker")
BATCHES = (time(7, 45), time(10, 30), time(13, 30), time(15, 40))  # when the mailbox export is read
SIGN_EVERY = timedelta(minutes=9)  # the page's sign of activity while somebody works on a case
SECONDS_TO_STOP = 4
DESK = tuple(person.key for person in CLERKS)


@dataclass(order=True)
class _Event:
    at: datetime
    order: int
    act: Callable[[], None] = field(compare=False)


class PilotRun:
    """Plays the pilot's days event by event, in order of time, one transaction a day."""

    def __init__(self, stage: Stage, pilot: Pilot) -> None:
        self.stage, self.pilot = stage, pilot
        self.past = {request.case: request for request in stage.past}
        self.requests: dict[str, Request] = {}
        self.events: list[_Event] = []
        self.order = count()
        self.free: dict[str, datetime] = {}
        self.rng = stage.rng("pilot")
        self.deferred: set[UUID] = set()
        self.exercise_due = False
        self.resume_planned = False
        self.keeps: dict[UUID, str] = {}

    def plan(self, at: datetime, act: Callable[[], None]) -> None:
        """Let `act` happen at this moment."""
        heapq.heappush(self.events, _Event(at, next(self.order), act))

    def run(self) -> None:
        """Play everything that is planned. Each day is one transaction: nobody sees half a day."""
        while self.events:
            day = self.events[0].at.date()
            with transaction.atomic():
                while self.events and self.events[0].at.date() == day:
                    event = heapq.heappop(self.events)
                    with self.stage.at(event.at):
                        event.act()

    # Requests come in

    def receive(self, requests: list[Request]) -> None:
        """Plan the reading of the mailbox: several times a day, with what came since."""
        for request in requests:
            self.requests[request.case] = request

        def slot(request: Request) -> datetime:
            received = request.received
            later = next((at for at in BATCHES if at >= received.time()), None)
            day = received.date() if later else days.after(received.date(), 1)
            return local(day, later or BATCHES[0])

        for at, group in groupby(requests, key=slot):
            batch = list(group)
            self.plan(at, lambda batch=batch, at=at: self._ingest(batch, at))  # type: ignore[misc]

    def _ingest(self, batch: list[Request], at: datetime) -> None:
        if not self._runs():
            self.plan(at + timedelta(hours=1), lambda: self._ingest(batch, at + timedelta(hours=1)))
            return
        services.case_ingest(
            organisation=self.stage.organisation,
            actor=WORKER,
            pilot=self.pilot,
            cases=[_new_case(request) for request in batch],
            source=f"postfach_{at:%Y-%m-%d_%H%M}.csv",
        )
        jobs.run_due(kinds=["pilots.propose"])
        keys = [request.case for request in batch]
        for case in Case.objects.filter(pilot=self.pilot, key__in=keys).order_by("number"):
            self._hand_over(case, at)

    def _hand_over(self, case: Case, at: datetime) -> None:
        """A clerk gets to it: sooner where a draft is waiting, because that is quickly done."""
        quick = case.state == CaseState.WAITING
        hours = self.rng.lognormvariate(0.0 if quick else 0.9, 0.7)
        naive = days.add_hours(at.astimezone(ZONE).replace(tzinfo=None), hours)
        self.plan(naive.replace(tzinfo=ZONE), lambda: self._work_on(case.pk))

    def _runs(self) -> bool:
        """Whether the pilot runs. After a stop rule has stopped it, Jana looks into it by the next morning."""
        self.pilot.refresh_from_db()
        if self.pilot.stopped_by_rule and not self.resume_planned:
            self.resume_planned = True
            morning = local(days.after(clock.today(), 1), time(9, 30))
            reason = (
                "Die letzten Vorgänge einzeln angesehen: kein gemeinsamer Fehler, die Häufung war Zufall."
            )
            self.plan(morning, lambda: self._resume(reason))
        return self.pilot.is_running

    def _resume(self, reason: str) -> None:
        services.pilot_resume(**self.stage.by("jana"), pilot=self.pilot, reason=reason)
        self.resume_planned = False
        jobs.run_due(kinds=["pilots.propose"])

    # A clerk works on a case

    def _work_on(self, case_id: UUID) -> None:
        case = Case.objects.select_related("pilot", "organisation").get(pk=case_id)
        now = self._now(case_id)
        if now is None:
            return
        clerk = self.keeps.pop(case_id, None) or min(DESK, key=lambda key: self.free.get(key, now))
        begin = max(self.free.get(clerk, now), now)
        if begin > now:
            self.plan(begin, lambda: self._work_on(case_id))
            return
        if case.state not in (CaseState.WAITING, CaseState.WAITING_MANUAL):
            return
        request = self.requests[case.key]
        rng = self.stage.rng(f"{case.key}:{'again' if case_id in self.deferred else 'first'}")
        choice, proposal = self._choose(case, request, rng)
        end = now + timedelta(minutes=choice.minutes)
        self.free[clerk] = end + timedelta(seconds=40)
        self._sit(case, clerk, now, end)
        self.plan(end, lambda: self._act(case_id, clerk, choice, proposal))

    def _now(self, case_id: UUID) -> datetime | None:
        """The present moment, or None when the pilot stands and the case has to wait."""
        now = clock.now().astimezone(ZONE)
        if self._runs():
            return now
        naive = days.add_hours(now.replace(tzinfo=None), 1.0)
        self.plan(naive.replace(tzinfo=ZONE), lambda: self._work_on(case_id))
        return None

    def _choose(self, case: Case, request: Request, rng: Any) -> tuple[Choice, Proposal | None]:
        if case.state == CaseState.WAITING_MANUAL:
            return by_hand(request, rng), None
        proposal = Proposal.objects.get(case=case, revision=case.revision)
        choice = decide(request, self._seen(proposal), rng)
        if choice.kind == "defer" and case.pk in self.deferred:
            choice = Choice("edit", choice.minutes + 3, body=request.answer, category=request.true_category)
        return choice, proposal

    def _seen(self, proposal: Proposal) -> Seen:
        evidence = proposal.evidence
        sources = [self.past.get(origin["case"]) for origin in evidence.get("origin", [])]
        return Seen(
            category=proposal.category,
            body=proposal.body,
            placeholders=tuple(evidence.get("placeholders", [])),
            situations=frozenset(source.situation for source in sources if source),
        )

    def _sit(self, case: Case, clerk: str, begin: datetime, end: datetime) -> None:
        """Open the case, and show a sign of activity now and then, as the page does."""
        services.case_open(**self.stage.by(clerk), case=case)
        moment = begin + SIGN_EVERY
        while moment < end:
            with self.stage.at(moment):
                services.case_signal(**self.stage.by(clerk), case=case)
            moment += SIGN_EVERY

    def _act(self, case_id: UUID, clerk: str, choice: Choice, proposal: Proposal | None) -> None:
        case = Case.objects.select_related("pilot", "organisation").get(pk=case_id)
        try:
            with transaction.atomic():
                sent = self._decided(case, clerk, choice, proposal)
        except PilotwerkError:
            if self._runs():
                raise
            self._now(case_id)  # the pilot was stopped while the clerk worked: later again
            return
        if not sent:
            return
        if self.exercise_due:
            self.exercise_due = False
            self._exercise(case_id)
        elif self.rng.random() < TAKEN_BACK:
            self._take_back(case, clerk)
        else:
            self._send()

    def _decided(self, case: Case, clerk: str, choice: Choice, proposal: Proposal | None) -> bool:
        """Call the one service that this choice means. True when an answer is on its way out."""
        by = self.stage.by(clerk) | {"case": case}
        if proposal is None:
            services.case_answer_manually(**by, body=choice.body, category=choice.category)
            return True
        named = by | {"revision": proposal.revision, "content_hash": proposal.content_hash}
        if choice.kind == "approve":
            services.case_approve(**named)
        elif choice.kind == "edit":
            services.case_edit_and_approve(**named, body=choice.body, category=choice.category)
        elif choice.kind == "reject":
            services.case_reject(**named, reason=choice.reason, text=choice.text)
            self.keeps[case.pk] = clerk
            self.free[clerk] = clock.now().astimezone(ZONE)
            self._again(case.pk, timedelta(seconds=20))
            return False
        else:
            self._defer(case, by, choice)
            return False
        return True

    def _again(self, case_id: UUID, pause: timedelta) -> None:
        self.plan(clock.now().astimezone(ZONE) + pause, lambda: self._work_on(case_id))

    def _defer(self, case: Case, by: dict[str, Any], choice: Choice) -> None:
        until = local(days.after(clock.today(), 1), time(9, 0))
        services.case_defer(**by, until=until, text=choice.text)
        self.deferred.add(case.pk)
        organisation = self.stage.organisation

        def back() -> None:
            services.cases_return_due(organisation=organisation, actor=WORKER)
            self._again(case.pk, timedelta(minutes=self.rng.uniform(5, 90)))

        self.plan(until + timedelta(minutes=1), back)

    def _take_back(self, case: Case, clerk: str) -> None:
        """Something was forgotten: withdrawn within the minute, decided again."""
        case.refresh_from_db()
        services.approval_withdraw(**self.stage.by(clerk), case=case)
        self.deferred.add(case.pk)
        self._again(case.pk, timedelta(minutes=2))

    def _send(self) -> None:
        """A minute later the worker lets the answer out."""
        with self.stage.at(clock.now() + timedelta(seconds=self.pilot.send_delay_seconds + 1)):
            jobs.run_due(kinds=["pilots.execute"])

    # The exercise

    def exercise(self, at: datetime) -> None:
        """From this moment on, the next answer that is on its way out is stopped by the kill switch."""

        def due() -> None:
            self.exercise_due = True

        self.plan(at, due)

    def _exercise(self, case_id: UUID) -> None:
        now = clock.now()
        by, pilot = self.stage.by("tobias"), {"pilot": self.pilot}
        with self.stage.at(now + timedelta(seconds=SECONDS_TO_STOP)):
            services.pilot_stop(**by, **pilot)
        with self.stage.at(now + timedelta(minutes=3)):
            reason = "Probe wie im Fahrplan vorgesehen: Hält der Pilot sofort an?"
            services.stop_reason_add(**by, **pilot, reason=reason)

        def go_on() -> None:
            reason = "Probe bestanden: angehalten nach 4 Sekunden, eine Antwort zurückgehalten, nichts hinausgegangen."
            self._resume(reason)
            self.deferred.add(case_id)
            self._again(case_id, timedelta(minutes=4))

        self.plan(now.astimezone(ZONE) + timedelta(minutes=20), go_on)


def _new_case(request: Request) -> NewCase:
    return NewCase(
        key=request.case,
        text=request.text,
        subject=request.subject,
        sender_name=request.customer,
        sender_address=request.email,
        received_at=request.received.replace(tzinfo=ZONE),
    )
