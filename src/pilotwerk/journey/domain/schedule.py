"""From a start day to dated tasks and gates.

The rule for dates: a task is due on its day of the plan. If nobody works on that day, it moves to the next
working day. Nothing moves beyond the end of its phase: what would, and every gate, falls on the last working
day of the phase instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from pilotwerk.journey.domain.workdays import Region, next_workday, previous_workday

LENGTH = 90  # days


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the three phases; `first` and `last` are days of the plan, counted from 1."""

    number: int
    first: int
    last: int

    def begins(self, start: date) -> date:
        """The calendar day on which the phase begins."""
        return day_date(start, self.first)

    def ends(self, start: date) -> date:
        """The calendar day on which the phase ends, working day or not."""
        return day_date(start, self.last)


PHASES = (Phase(1, 1, 21), Phase(2, 22, 56), Phase(3, 57, 90))


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task of the catalogue: its phase, and the day of the plan on which it should be done."""

    key: str
    phase: int
    day: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A task or gate with its date. `key` is the task's key, or "gate1" to "gate3"."""

    key: str
    phase: int
    due: date


Task = TypeVar("Task", bound=PlannedTask)


def day_date(start: date, day: int) -> date:
    """The calendar day of day `day` (1 = the start day itself)."""
    return start + timedelta(days=day - 1)


def day_number(start: date, on: date) -> int:
    """Which day of the plan `on` is: 1 on the start day, below 1 before it, above 90 after the end."""
    return (on - start).days + 1


def phase_of(day: int) -> Phase | None:
    """The phase of a day of the plan, or None before day 1 and after day 90."""
    return next((phase for phase in PHASES if phase.first <= day <= phase.last), None)


def phase(number: int) -> Phase:
    """Phase 1, 2 or 3. Raises IndexError for any other number."""
    if not 1 <= number <= len(PHASES):
        raise IndexError(number)
    return PHASES[number - 1]


def due_on(day: int, *, phase_number: int, start: date, region: Region) -> date:
    """The due date of something planned for day `day` of its phase, after the rule above."""
    return fit(day_date(start, day), phase_number=phase_number, start=start, region=region)


def fit(wanted: date, *, phase_number: int, start: date, region: Region) -> date:
    """The working day for a wanted date: the next one, but within the phase."""
    its_phase = phase(phase_number)
    earliest = max(wanted, its_phase.begins(start))
    return min(next_workday(earliest, region), gate_on(phase_number, start=start, region=region))


def gate_on(phase_number: int, *, start: date, region: Region) -> date:
    """The day of the gate: the last working day of the phase."""
    return previous_workday(phase(phase_number).ends(start), region)


def schedule(tasks: Iterable[PlannedTask], *, start: date, region: Region) -> tuple[list[Dated], list[Dated]]:
    """Dated tasks in the order given, and the three dated gates."""
    dated = [
        Dated(task.key, task.phase, due_on(task.day, phase_number=task.phase, start=start, region=region))
        for task in tasks
    ]
    gates = [
        Dated(f"gate{p.number}", p.number, gate_on(p.number, start=start, region=region)) for p in PHASES
    ]
    return dated, gates
