"""The plan itself: who ticks off which task on which day, and who signs at the gates."""

from contextlib import suppress
from datetime import time
from functools import partial

from pilotwerk.core.errors import Refused
from pilotwerk.demo.stage import Stage, local
from pilotwerk.journey.models import Gate, Task
from pilotwerk.journey.selectors import gate_row, plan_current, task_row
from pilotwerk.journey.services import gate_sign, task_done

REASONS = {
    1: "Hier kommt am meisten zusammen, und die Daten reichen. Bewerbungen lassen wir weg, der Nutzen ist zu klein.",
    2: "Jede Antwort trägt einen Namen, der Notaus hält in Sekunden an, und genug Vorschläge sind entschieden.",
    3: "Ein Vorgang dauert deutlich kürzer, ein Nachteil ist nicht belegt. Wir gehen weiter, vorerst ohne Rechnungen.",
}
PASSED_OVER = "Wir kennen den offenen Punkt. Jana Lorenz klärt ihn bis zum nächsten Tor."


def tasks_and_gates(stage: Stage) -> None:
    """Tasks are ticked off on their day in the afternoon, gates are signed half an hour later."""
    plan = plan_current(stage.organisation)
    assert plan is not None
    for task in plan.tasks.order_by("due", "position"):
        stage.agenda.plan(local(task.due, time(15, 30)), partial(_tick_off, stage, task))
    for gate in plan.gates.all():
        stage.agenda.plan(local(gate.due, time(16, 20)), partial(_sign, stage, gate))


def _tick_off(stage: Stage, task: Task) -> None:
    """By its owner, unless the data tells that it is done; what only the data can tell may be late."""
    task.refresh_from_db()
    if task_row(task).done or task.owner is None:
        return
    with suppress(Refused):
        task_done(organisation=stage.organisation, actor=task.owner.actor, task=task)


def _sign(stage: Stage, gate: Gate) -> None:
    gate.refresh_from_db()
    unmet = [one for one in gate_row(gate).criteria if one.result.state != "met"]
    for one in unmet:
        stage.say(f"    gate {gate.number}, not met: {one.id}: {one.result.measured}")
    gate_sign(
        **stage.by("maren"),
        gate=gate,
        decision="pass",
        reason=REASONS[gate.number],
        overridden={one.id: PASSED_OVER for one in unmet},
    )
    stage.say(f"Gate {gate.number} signed")
