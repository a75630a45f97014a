"""The way of a request through the house: steps and times, rework, and a bottleneck at the technicians."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pilotwerk.demo.corpus.days import add_hours

ARRIVAL, ASSIGNMENT, ASK_TECHNICIAN = "Eingang", "Zuordnung", "Technik fragen"
ASK_CUSTOMER, ANSWER, CLOSING = "Kunde fragen", "Antwort", "Abschluss"
_NEEDS_TECHNICIAN = {"Störung": 0.28, "Ersatzteil": 0.42, "Angebot": 0.38, "Termin": 0.12}
_NEEDS_CUSTOMER = {"Angebot": 0.3, "Störung": 0.12, "Rechnung": 0.14, "Termin": 0.16}
_SECOND_ANSWER, _SECOND_ASSIGNMENT, _ASK_AGAIN = 0.085, 0.065, 0.09


@dataclass(frozen=True)
class Step:
    """One activity: what, when (local time), by which team."""

    activity: str
    at: datetime
    team: str


def _plan(category: str, team: str, rng: Random) -> list[tuple[str, str, float]]:
    """Activity, team and waiting time before it in working hours."""
    plan = [(ASSIGNMENT, "Kundendienst", rng.expovariate(1 / 0.5))]
    if rng.random() < _SECOND_ASSIGNMENT:
        plan.append((ASSIGNMENT, "Kundendienst", rng.lognormvariate(0.6, 0.7)))
    wait = rng.lognormvariate(0.5, 0.9)  # median 1.6 hours
    draw = rng.random()
    technician = _NEEDS_TECHNICIAN.get(category, 0.06)
    if draw < technician:
        plan.append((ASK_TECHNICIAN, "Technik", rng.lognormvariate(0.7, 0.8)))
        if rng.random() < _ASK_AGAIN:
            plan.append((ASK_TECHNICIAN, "Technik", rng.lognormvariate(2.0, 0.6)))
        wait = rng.lognormvariate(2.5, 0.7)  # median 12 working hours: the bottleneck
    elif draw < technician + _NEEDS_CUSTOMER.get(category, 0.08):
        plan.append((ASK_CUSTOMER, team, rng.lognormvariate(0.1, 0.8)))
        if rng.random() < _ASK_AGAIN:
            plan.append((ASK_CUSTOMER, team, rng.lognormvariate(1.9, 0.6)))
        wait = rng.lognormvariate(2.1, 0.7)  # median 8 working hours
    plan.append((ANSWER, team, wait))
    if rng.random() < _SECOND_ANSWER:
        plan.append((ANSWER, team, rng.lognormvariate(1.6, 0.8)))
    plan.append((CLOSING, team, rng.lognormvariate(-0.6, 1.0)))
    return plan


def way(received: datetime, category: str, team: str, rng: Random) -> tuple[Step, ...]:
    """The steps of one request from arrival to closing, in order of time."""
    steps = [Step(ARRIVAL, received, "Kundendienst")]
    now = received
    for activity, who, hours in _plan(category, team, rng):
        now = add_hours(now, hours).replace(second=0) + timedelta(seconds=rng.randrange(60))
        steps.append(Step(activity, max(now, steps[-1].at), who))
    return tuple(steps)
