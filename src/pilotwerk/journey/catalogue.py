"""The tasks of the 90 days, read from `data/plan.yaml`."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.core.permissions import Role
from pilotwerk.journey.domain.schedule import PlannedTask, phase

DATA = Path(__file__).parent / "data"


class PhaseText(Strict):
    """Title of a phase, and what its gate states and asks."""

    number: Annotated[int, Field(ge=1, le=3)]
    title: Text
    gate: Text
    question: Text


class TaskText(Strict):
    """A task as the catalogue describes it."""

    key: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]
    phase: Annotated[int, Field(ge=1, le=3)]
    day: Annotated[int, Field(ge=1, le=90)]
    role: Role
    title: Text
    why: Text

    @model_validator(mode="after")
    def _lies_in_its_phase(self) -> Self:
        its_phase = phase(self.phase)
        if not its_phase.first <= self.day <= its_phase.last:
            raise ValueError(f"{self.key}: day {self.day} is not in phase {self.phase}")
        return self

    @property
    def planned(self) -> PlannedTask:
        """What the schedule needs to know about it."""
        return PlannedTask(self.key, self.phase, self.day)


class PlanCatalogue(Strict):
    """All tasks, in the order in which they are due."""

    version: str
    phases: tuple[PhaseText, PhaseText, PhaseText]
    tasks: tuple[TaskText, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [task.day for task in self.tasks]
        if days != sorted(days):
            raise ValueError("tasks must stand in the order of their days")
        if len({task.key for task in self.tasks}) != len(self.tasks):
            raise ValueError("a task key stands twice")
        return self

    @cached_property
    def tasks_by_key(self) -> dict[str, TaskText]:
        """Tasks by key."""
        return {task.key: task for task in self.tasks}

    def phase(self, number: int) -> PhaseText:
        """The texts of phase 1, 2 or 3."""
        return self.phases[number - 1]


def plan_catalogue() -> PlanCatalogue:
    """The catalogue in force."""
    return load(DATA / "plan.yaml", PlanCatalogue)
