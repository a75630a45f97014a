"""Every path on which an answer could leave the house, against every control that may stand in its way.

A table: each path is tried under each control, by one person who tries twice, before the control strikes and after.
Paths and controls are read from the program as well: one that is added without its row or column fails here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import pilotwerk
from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import execution, services, worker
from pilotwerk.pilots.connectors.base import Delivered, HeldBack, Message, NotDelivered, Outcome
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import AUTONOMY, SENDING, Case, Decision, Pilot, Proposal
from pilotwerk.pilots.recipes.support.running import Support
from pilotwerk.pilots.services import deliveries
from pilotwerk.pilots.services.guards import register_guard, unregister_guard
from pilotwerk.pilots.tests.stage import PLAIN, Stage

pytestmark = pytest.mark.django_db
ROOT = Path(pilotwerk.__file__).parent
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


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    found = Line()
    monkeypatch.setattr(execution, "connector_for", lambda pilot: found)
    return found


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


def named(one: object) -> str:
    return getattr(getattr(one, "use", one), "__name__", "")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Support, "refusal", lambda self, content, place: "".join(REFUSING))
    yield
    REFUSING.clear()
    unregister_guard("test.budget")


def opened(stage: Stage) -> tuple[Case, Seen]:
    """A proposal that waits, with a body that has no open place, and what Lena sees of it."""
    [case] = stage.proposed()
    proposal = stage.proposal(case)
    return case, {
        "revision": proposal.revision,
        "content_hash": proposal.content_hash,
        "body": proposal.body,
    }


def tried(stage: Stage, row: Row, case: Case, seen: Seen, line: Line) -> None:
    line.refuses = row.use is sent_again
    case.refresh_from_db()
    with suppress(Refused):
        row.use(stage, case, seen)
    stage.send()


@pytest.mark.parametrize(("row", "control"), CELLS, ids=named)
def test_no_path_gets_around_a_control(stage: Stage, line: Line, row: Row, control: Any) -> None:
    case, seen = opened(stage)
    control(stage, case)
    for _time in range(2):
        tried(stage, row, case, seen, line)
        order_all(case)
        stage.send()
    assert line.out == []


@pytest.mark.parametrize(("row", "control"), BETWEEN, ids=named)
def test_a_control_that_strikes_after_the_approval_still_holds(
    stage: Stage, line: Line, row: Row, control: Any
) -> None:
    """Approved, by whatever path; then the control strikes, before the worker comes to it."""
    case, seen = opened(stage)
    line.refuses = row.use is sent_again
    waiting = row.use is not job_lost_and_swept  # that path brings its own worker
    with suppress(Refused):
        (row.use if waiting else by_service)(stage, case, seen)
    case.refresh_from_db()
    assert case.state in (CaseState.APPROVED, CaseState.ANSWERED)
    control(stage, case)
    stage.send()
    if not waiting:
        tried(stage, row, case, seen, line)
    order_all(case)
    stage.send()
    assert line.out == []


@pytest.mark.parametrize("row", PATHS, ids=named)
def test_where_nothing_stands_against_it_each_path_sends_once_or_never(
    stage: Stage, line: Line, row: Row
) -> None:
    """Otherwise the tables above would prove nothing."""
    case, seen = opened(stage)
    for _time in range(2):
        tried(stage, row, case, seen, line)
    order_all(case)
    stage.send()
    assert line.out == ([case.label] if row.lets_out else [])
    assert Decision.objects.filter(case=case, kind__in=SENDING, withdrawn_at=None).count() == row.lets_out


# The table is complete: read from the program's text.


def names_in(node: ast.AST) -> set[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def letting_out() -> set[str]:
    """Every function below the pages from which a call leads to an order for the worker, or to the claim itself."""
    pilots = ROOT / "pilots"
    below = [*pilots.glob("services/*.py"), pilots / "execution.py", pilots / "worker.py"]
    calls: dict[str, set[str]] = {}
    for function in (one for path in below for one in functions(path)):
        calls.setdefault(function.name, set()).update(names_in(function))
    found = {"execute_later", "deliveries_claim", "delivery_retake"}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return {name for name in found if not name.startswith("_")}


def test_every_place_that_lets_an_answer_out_is_in_the_table() -> None:
    """A page, command or interface that calls such a service is found by its file and function."""
    letting = letting_out()
    assert {"case_approve", "cases_approve", "case_answer_manually", "delivery_again"} <= letting
    places = set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        inside = name.startswith(("pilots/services/", "pilots/execution.py", "pilots/worker.py"))
        # The sample company plays people with the same services.
        if inside or "tests" in path.parts or name.startswith("demo/"):
            continue
        text = path.read_text(encoding="utf-8")
        for function in functions(path) if any(one in text for one in letting) else ():
            if names_in(function) & letting:
                places.add(f"{name}:{function.name}")
        if name == "pilots/registers.py":
            places |= {f"{name}:{kind}" for kind in jobs_of(path, letting)}
    assert places == {place for row in PATHS for place in row.places}


def jobs_of(path: Path, letting: set[str]) -> set[str]:
    """The kinds of jobs whose handler lets answers out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "jobs.register":
            kind, handler = node.args
            assert isinstance(kind, ast.Constant)
            if names_in(handler) & letting:
                found.add(str(kind.value))
    return found


def test_every_reason_of_the_last_look_is_in_the_table() -> None:
    """The codes with which the door says no, as they stand in the program."""
    path = ROOT / "pilots" / "services" / "deliveries.py"
    [looked] = [one for one in functions(path) if one.name == "_objection"]
    values = [one.value for one in ast.walk(looked) if isinstance(one, ast.Return) and one.value]
    found = [one for value in values for one in ast.walk(value)]
    codes = {str(one.value) for one in found if isinstance(one, ast.Constant) and one.value}
    codes |= {
        str(getattr(deliveries, one.id)) for one in found if isinstance(one, ast.Name) and one.id.isupper()
    }
    assert codes == set(CONTROLS.values()) | OTHER_CODES


def test_only_one_service_lets_answers_out() -> None:
    """Nobody else writes a decision that sends or moves a case to "approved" or "answered"."""
    folder = Path(services.__file__).parent.parent
    found = set()
    for path in folder.rglob("*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "CaseEvent.APPROVE",
                "CaseEvent.ANSWER",
            ):
                found.add(path.relative_to(folder).as_posix())
    assert found == {"services/decisions.py", "domain/states.py"}
