"""The table of test_controls.py: every path on which an answer could leave, every control that may stand against it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import services, worker
from pilotwerk.pilots.connectors.base import Delivered, HeldBack, Message, NotDelivered, Outcome
from pilotwerk.pilots.models import AUTONOMY, Case, Decision, Pilot, Proposal
from pilotwerk.pilots.services.guards import register_guard
from pilotwerk.pilots.tests.stage import PLAIN, Stage

Seen = dict[str, Any]
Use = Callable[[Stage, Case, Seen], None]
_attempts = count(100)


class Line:
    """The way out: what really went through, case by case. It can refuse the first try."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.refuses = False

    def deliver(self, message: Message, key: str) -> Outcome:
        if self.refuses:
            self.refuses = False
            return NotDelivered("no such recipient", retry=False)
        if not message.may_go():
            return HeldBack()
        self.out.append(message.case)
        return Delivered(key)


# The paths. Each is used by Lena, who has `seen` the case before the control struck.


def post(stage: Stage, name: str, case: Case | None = None, **values: Any) -> None:
    address = stage.cast.organisation.url(f"pilots:{name}", **({"pk": case.pk} if case else {}))
    stage.cast.client("lead").post(address, values)


def words(seen: Seen) -> Seen:
    return {name: seen[name] for name in ("revision", "content_hash")}


def by_service(stage: Stage, case: Case, seen: Seen) -> None:
    services.case_approve(**stage.by("lead"), case=case, **words(seen))


def by_page(stage: Stage, case: Case, seen: Seen) -> None:
    post(stage, "approve", case, body=seen["body"], **words(seen))


def edited(stage: Stage, case: Case, seen: Seen) -> None:
    services.case_edit_and_approve(
        **stage.by("lead"), case=case, body=f"{seen['body']}\n\nP.S.", **words(seen)
    )


def edited_by_page(stage: Stage, case: Case, seen: Seen) -> None:
    post(stage, "approve", case, body=f"{seen['body']}\n\nP.S.", **words(seen))


def together(stage: Stage, case: Case, seen: Seen) -> None:
    services.cases_approve(
        **stage.by("lead"), items=[(case, int(seen["revision"]), str(seen["content_hash"]))]
    )


def together_by_page(stage: Stage, case: Case, seen: Seen) -> None:
    post(stage, "together_approve", item=f"{case.pk} {seen['revision']} {seen['content_hash']}")


def rejected_and_written(stage: Stage, case: Case, seen: Seen) -> None:
    post(stage, "reject", case, reason="content", **words(seen))
    post(stage, "answer", case, body=PLAIN)


def first_approved(stage: Stage, case: Case, seen: Seen) -> None:
    """Approved if that is possible; whatever the answer, the path goes on."""
    with suppress(Refused):
        by_service(stage, case, seen)


def taken_back(stage: Stage, case: Case) -> None:
    with suppress(Refused):
        services.approval_withdraw(**stage.by("lead"), case=case)


def undone_and_approved_again(stage: Stage, case: Case, seen: Seen) -> None:
    first_approved(stage, case, seen)
    taken_back(stage, case)
    by_service(stage, case, seen)


def given_back_to_oneself(stage: Stage, case: Case, seen: Seen) -> None:
    first_approved(stage, case, seen)
    with suppress(Refused):
        services.case_give_back(**stage.by("lead"), case=case)
    by_service(stage, case, seen)


def deferred_and_taken_back(stage: Stage, case: Case, seen: Seen) -> None:
    with suppress(Refused):
        services.case_defer(**stage.by("lead"), case=case, until=clock.now() + timedelta(days=1))
        services.case_take_back(**stage.by("lead"), case=case)
    by_service(stage, case, seen)


def as_deputy(stage: Stage, case: Case, seen: Seen) -> None:
    """Being somebody's deputy does not make two of one."""
    first_approved(stage, case, seen)
    services.absence_add(
        **stage.by("lead"),
        member=stage.cast.membership("clerk"),
        deputy=stage.cast.membership("lead"),
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 30),
    )
    by_service(stage, case, seen)


def sent_again(stage: Stage, case: Case, seen: Seen) -> None:
    """The first try fails; a person orders a second one, on the old decision."""
    first_approved(stage, case, seen)
    stage.send()
    post(stage, "again", case)


def job_lost_and_swept(stage: Stage, case: Case, seen: Seen) -> None:
    """The job of an approved answer is gone; the regular sweep orders it again."""
    first_approved(stage, case, seen)
    jobs.forget(organisation_id=stage.cast.organisation.pk)
    with clock.travel(clock.now() + timedelta(minutes=30)):
        worker.sweep_job(None)  # type: ignore[arg-type]
        jobs.run_due(kinds=["pilots.execute"])


def job_run_twice(stage: Stage, case: Case, seen: Seen) -> None:
    first_approved(stage, case, seen)
    order_all(case)
    order_all(case)


def order_all(case: Case) -> None:
    """A job for every decision that there ever was about the case, valid or not, and for one that never was."""
    for decision in [*Decision.objects.filter(case=case).values_list("pk", flat=True), case.pk]:
        jobs.enqueue(
            kind="pilots.execute",
            organisation_id=case.organisation_id,
            payload={"case": str(case.pk), "decision": str(decision)},
            key=f"test:{next(_attempts)}",
        )


def old_decision(stage: Stage, case: Case, seen: Seen) -> None:
    """Approved, taken back, and the job of then is run all the same."""
    first_approved(stage, case, seen)
    taken_back(stage, case)
    order_all(case)


def stopped_and_resumed(stage: Stage, case: Case, seen: Seen) -> None:
    """What a stop held back does not go out by going on."""
    first_approved(stage, case, seen)
    pilot = Pilot.objects.get()
    if pilot.is_running:
        services.pilot_stop(**stage.by("lead"), pilot=pilot)
        services.pilot_resume(**stage.by("lead"), pilot=pilot, reason="weiter")
    order_all(case)


def by_level(stage: Stage, case: Case, seen: Seen) -> None:
    """The program itself, where no level lets it."""
    jobs.enqueue(kind="pilots.release", organisation_id=case.organisation_id, payload={"case": str(case.pk)})
    jobs.run_due(kinds=["pilots.release"])


def by_a_part_of_the_program(stage: Stage, case: Case, seen: Seen) -> None:
    for actor in (System("worker"), AUTONOMY, System("command line")):
        with suppress(Refused):
            services.case_approve(organisation=stage.cast.organisation, actor=actor, case=case, **words(seen))
        with suppress(Refused):
            services.case_answer_manually(
                organisation=stage.cast.organisation, actor=actor, case=case, body=PLAIN
            )


@dataclass(frozen=True)
class Row:
    """A path; where in the program it goes through; whether it lets out what nothing stands against."""

    use: Use
    places: tuple[str, ...] = ()
    lets_out: bool = True


APPROVE = "pilots/views/queue.py:approve"
PATHS = [
    Row(by_service),
    Row(by_page, (APPROVE,)),
    Row(edited),
    Row(edited_by_page, (APPROVE,)),
    Row(together),
    Row(together_by_page, ("pilots/views/bulk.py:approve",)),
    Row(rejected_and_written, ("pilots/views/queue.py:answer",)),
    Row(undone_and_approved_again),
    Row(given_back_to_oneself),
    Row(deferred_and_taken_back),
    Row(as_deputy),
    Row(sent_again, ("pilots/views/queue.py:again",)),
    Row(job_lost_and_swept, ("pilots/registers.py:pilots.sweep",)),
    Row(job_run_twice, ("pilots/registers.py:pilots.execute",)),
    Row(old_decision, ("pilots/registers.py:pilots.execute",), lets_out=False),
    Row(stopped_and_resumed, ("pilots/registers.py:pilots.execute",), lets_out=False),
    Row(by_level, ("pilots/registers.py:pilots.release",), lets_out=False),
    Row(by_a_part_of_the_program, lets_out=False),
]


# The controls. Each strikes with what it needs, and is known by the code with which the last look says no.


def four_eyes(stage: Stage, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(text="Bitte erstatten Sie mir 900 Euro.")
    services.control_set(**stage.by("owner"), pilot=stage.pilot, amount_limit=Decimal(500))


def words_changed(stage: Stage, case: Case) -> None:
    """Somebody changes the rows behind the program's back."""
    Proposal.objects.filter(case=case).update(body="Sie erhalten ein Geschenk.")


def another_revision(stage: Stage, case: Case) -> None:
    """Kai has changed the text since it was opened, and has taken his approval back."""
    stage.approve(case)
    services.approval_withdraw(**stage.by("clerk"), case=case)


def budget_used_up(stage: Stage, case: Case) -> None:
    def refuse(case: Case, proposal: Proposal) -> None:
        raise Refused("The budget is used up.")

    register_guard("test.budget", refuse)


def pilot_stopped(stage: Stage, case: Case) -> None:
    with suppress(Refused):
        services.pilot_stop(**stage.by("clerk"), pilot=Pilot.objects.get())


def everything_stopped(stage: Stage, case: Case) -> None:
    services.organisation_stop(**stage.by("owner"))


def stop_found_by_the_last_look_only(stage: Stage, case: Case) -> None:
    """As if the stop had not reached the cases: the pilot's state alone must be enough."""
    Pilot.objects.filter(pk=stage.pilot.pk).update(state="stopped")


def recipe_refuses(stage: Stage, case: Case) -> None:
    """The address has opted out since."""
    REFUSING.append("opted out")


def planted_mistake(stage: Stage, case: Case) -> None:
    Proposal.objects.filter(case=case).update(source="planted")


REFUSING: list[str] = []
CONTROLS = {
    four_eyes: "second",
    words_changed: "content",
    another_revision: "content",
    budget_used_up: "guard",
    pilot_stopped: "stopped",
    everything_stopped: "stopped",
    stop_found_by_the_last_look_only: "stopped",
    recipe_refuses: "refused",
    planted_mistake: "planted",
}
# Stands against the program's own decisions only; its stories are in test_autonomy.py.
OTHER_CODES = {"level"}
# A text of one's own instead of the planted one is what planting wants to see.
FREE = {(rejected_and_written, planted_mistake), (edited, planted_mistake), (edited_by_page, planted_mistake)}
CELLS = [(row, control) for row in PATHS for control in CONTROLS if (row.use, control) not in FREE]
# Not after an approval: it is part of this control that the approval was taken back.
BETWEEN = [
    (row, control)
    for row, control in CELLS
    if row.lets_out and control not in (another_revision, planted_mistake)
]
