"""Day 31 to 63: the pilot runs. Requests come in, the recipe proposes, clerks decide, an exercise stops it."""

from datetime import datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.demo.agenda import Act
from pilotwerk.demo.clerks import TAKEN_BACK, Choice, Seen, by_hand, decide
from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.requests import Request
from pilotwerk.demo.people import CLERKS
from pilotwerk.demo.stage import PILOT_FIRST, ZONE, Stage, after_hours, local, now
from pilotwerk.pilots import services
from pilotwerk.pilots.domain.handling import RULES
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.domain.stop_rules import DEFAULTS
from pilotwerk.pilots.models import Case, ModelState, Proposal

WORKER = System("worker")
BATCHES = (time(7, 45), time(10, 30), time(13, 30), time(15, 40))  # when the mailbox export is read
LOOK_AGAIN = timedelta(seconds=RULES.idle_cap * 0.9)  # a longer silence would not count as work
SECONDS_TO_STOP = 4
DESK = tuple(person.key for person in CLERKS)


def plan(stage: Stage) -> None:
    """Put the scene into the agenda: set up, trained, started; the rest follows from there."""
    stage.on(28, "09:40", partial(_set_up, stage))
    stage.on(28, "10:30", partial(_train, stage))
    stage.on(PILOT_FIRST, "07:20", partial(_start, stage))


def _set_up(stage: Stage) -> None:
    stage.pilot = services.pilot_setup(
        **stage.by("jana"),
        use_case=stage.use_cases["requests"],
        name="Kundenanfragen beantworten",
        share=0.5,
        stop_rules=DEFAULTS,
        send_delay_seconds=60,
        deadline_hours=24,
        urgent_categories=["Störung"],
        enough_decisions=max(round(30 * stage.scale), 5),
    )


def _train(stage: Stage) -> None:
    version = services.pilot_train(
        **stage.by("jana"), pilot=stage.pilot, process_import=stage.case_table, run_now=True
    )
    if version.state != ModelState.READY:
        raise Refused(f"The sample company's model was not trained: {version.reason}")
    stage.say(f"Model trained on {len(stage.past):,} past requests")


def _start(stage: Stage) -> None:
    services.pilot_start(**stage.by("jana"), pilot=stage.pilot)
    run = PilotRun(stage)
    run.receive(stage.coming)
    stage.on(PILOT_FIRST + 1, "10:15", run.exercise)


class PilotRun:
    """The pilot's days: who gets to which case when, and what they do with it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.pilot, self.plan = stage, stage.pilot, stage.agenda.plan
        self.past = {request.case: request for request in stage.past}
        self.requests: dict[str, Request] = {}
        self.free: dict[str, datetime] = {}
        self.rng = stage.rng("pilot")
        self.deferred: set[UUID] = set()
        self.exercise_due = False
        self.resume_planned = False
        self.keeps: dict[UUID, str] = {}

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
            self.plan(at, partial(self._ingest, batch))

    def _ingest(self, batch: list[Request]) -> None:
        at = now()
        if not self._runs():
            self.plan(at + timedelta(hours=1), partial(self._ingest, batch))
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
        self.plan(after_hours(at, hours), partial(self._work_on, case.pk))

    def _runs(self) -> bool:
        """Whether the pilot runs. After a stop rule has stopped it, Jana looks into it by the next morning."""
        self.pilot.refresh_from_db()
        if self.pilot.stopped_by_rule and not self.resume_planned:
            self.resume_planned = True
            morning = local(days.after(clock.today(), 1), time(9, 30))
            reason = (
                "Die letzten Vorgänge einzeln angesehen: kein gemeinsamer Fehler, die Häufung war Zufall."
            )
            self.plan(morning, partial(self._resume, reason))
        return self.pilot.is_running

    def _resume(self, reason: str) -> None:
        services.pilot_resume(**self.stage.by("jana"), pilot=self.pilot, reason=reason)
        self.resume_planned = False
        jobs.run_due(kinds=["pilots.propose"])

    # A clerk works on a case

    def _work_on(self, case_id: UUID) -> None:
        case = Case.objects.select_related("pilot", "organisation").get(pk=case_id)
        if not self._runs():
            self.plan(after_hours(now(), 1.0), partial(self._work_on, case_id))
            return
        present = now()
        clerk = self.keeps.pop(case_id, None) or min(DESK, key=lambda key: self.free.get(key, present))
        begin = self.free.get(clerk, present)
        if begin > present:
            self.plan(begin, partial(self._work_on, case_id))
            return
        if case.state not in (CaseState.WAITING, CaseState.WAITING_MANUAL):
            return
        request = self.requests[case.key]
        rng = self.stage.rng(f"{case.key}:{'again' if case_id in self.deferred else 'first'}")
        choice, proposal = self._choose(case, request, rng)
        end = present + timedelta(minutes=choice.minutes)
        self.free[clerk] = end + timedelta(seconds=40)
        self._sit(case, clerk, present, end)
        self.plan(end, partial(self._act, case_id, clerk, choice, proposal))

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
        """Open the case, and come back to it now and then, so that the time counts to its end."""
        services.case_open(**self.stage.by(clerk), case=case)
        moment = begin + LOOK_AGAIN
        while moment < end:
            with clock.travel(moment):
                services.case_open(**self.stage.by(clerk), case=case)
            moment += LOOK_AGAIN

    def _act(self, case_id: UUID, clerk: str, choice: Choice, proposal: Proposal | None) -> None:
        case = Case.objects.select_related("pilot", "organisation").get(pk=case_id)
        try:
            with transaction.atomic():
                sent = self._decided(case, clerk, choice, proposal)
        except PilotwerkError:
            if self._runs():
                raise
            self._again(case_id, timedelta(hours=1))  # the pilot was stopped while the clerk worked
            return
        if not sent:
            return
        if self.exercise_due:
            self.exercise_due = False
            self._later(timedelta(seconds=SECONDS_TO_STOP), partial(self._stop, case_id))
        elif self.rng.random() < TAKEN_BACK:
            self._later(timedelta(seconds=20), partial(self._take_back, case_id, clerk))
        else:
            delay = timedelta(seconds=self.pilot.send_delay_seconds + 1)
            self._later(delay, partial(jobs.run_due, kinds=["pilots.execute"]))

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
            self.free[clerk] = now()
            self._again(case.pk, timedelta(seconds=20))
            return False
        else:
            self._defer(case, by, choice)
            return False
        return True

    def _again(self, case_id: UUID, pause: timedelta) -> None:
        self._later(pause, partial(self._work_on, case_id))

    def _later(self, pause: timedelta, act: Act) -> None:
        self.plan(now() + pause, act)

    def _defer(self, case: Case, by: dict[str, Any], choice: Choice) -> None:
        until = local(days.after(clock.today(), 1), time(9, 0))
        services.case_defer(**by, until=until, text=choice.text)
        self.deferred.add(case.pk)
        organisation = self.stage.organisation

        def back() -> None:
            services.cases_return_due(organisation=organisation, actor=WORKER)
            self._again(case.pk, timedelta(minutes=self.rng.uniform(5, 90)))

        self.plan(until + timedelta(minutes=1), back)

    def _take_back(self, case_id: UUID, clerk: str) -> None:
        """Something was forgotten: withdrawn within the minute, decided again."""
        case = Case.objects.select_related("pilot", "organisation").get(pk=case_id)
        services.approval_withdraw(**self.stage.by(clerk), case=case)
        self.deferred.add(case_id)
        self._again(case_id, timedelta(minutes=2))

    # The exercise

    def exercise(self) -> None:
        """From this moment on, the next answer that is on its way out is stopped by the kill switch."""
        self.exercise_due = True

    def _stop(self, case_id: UUID) -> None:
        services.pilot_stop(**self.stage.by("tobias"), pilot=self.pilot)
        self._later(timedelta(minutes=3), self._say_why)
        self._later(timedelta(minutes=20), partial(self._go_on, case_id))

    def _say_why(self) -> None:
        reason = "Probe wie im Fahrplan vorgesehen: Hält der Pilot sofort an?"
        services.stop_reason_add(**self.stage.by("tobias"), pilot=self.pilot, reason=reason)

    def _go_on(self, case_id: UUID) -> None:
        self._resume(f"Probe bestanden: angehalten nach {SECONDS_TO_STOP} Sekunden, nichts ging hinaus.")
        self.deferred.add(case_id)
        self._again(case_id, timedelta(minutes=4))


def _new_case(request: Request) -> NewCase:
    return NewCase(
        key=request.case,
        text=request.text,
        subject=request.subject,
        sender_name=request.customer,
        sender_address=request.email,
        received_at=request.received.replace(tzinfo=ZONE),
    )
