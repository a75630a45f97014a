"""What rooms above hand in: the plan lies above this room, but a goal's due date must lie inside it."""

from collections.abc import Callable
from datetime import date, timedelta

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock

DAYS = 90

PlanWindow = Callable[[Organisation], "tuple[date, date] | None"]

_windows: list[PlanWindow] = []


def register_plan_window(source: PlanWindow) -> None:
    """Name the function that answers first and last day of an organisation's plan, or None without a plan."""
    _windows.append(source)


def plan_window(organisation: Organisation) -> tuple[date, date]:
    """First and last day of the plan; without a plan the 90 days from today."""
    for source in _windows:
        window = source(organisation)
        if window is not None:
            return window
    today = clock.today(organisation.timezone)
    return (today, today + timedelta(days=DAYS))
