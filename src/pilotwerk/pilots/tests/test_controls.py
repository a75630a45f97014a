"""Every path on which an answer could leave the house, against every control that may stand in its way.

A table: each path is tried under each control, by one person who tries twice, before the control strikes and after.
Paths and controls are read from the program as well: one that is added without its row or column fails here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import pilotwerk
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import execution, services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import SENDING, Case, Decision
from pilotwerk.pilots.recipes.support.running import Support
from pilotwerk.pilots.services import deliveries
from pilotwerk.pilots.services.guards import unregister_guard
from pilotwerk.pilots.tests.stage import Stage
from pilotwerk.pilots.tests.ways_out import (
    BETWEEN,
    CELLS,
    CONTROLS,
    OTHER_CODES,
    PATHS,
    REFUSING,
    Line,
    Row,
    Seen,
    by_service,
    job_lost_and_swept,
    order_all,
    sent_again,
)

pytestmark = pytest.mark.django_db
ROOT = Path(pilotwerk.__file__).parent


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    found = Line()
    monkeypatch.setattr(execution, "connector_for", lambda pilot: found)
    return found


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
    below = [
        *pilots.glob("services/*.py"),
        pilots / "execution.py",
        pilots / "intake.py",
        pilots / "worker.py",
    ]
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
        inside = name.startswith(
            ("pilots/services/", "pilots/execution.py", "pilots/intake.py", "pilots/worker.py")
        )
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
