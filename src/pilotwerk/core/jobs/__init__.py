"""Durable work: stored with the change that it follows from, held by one worker at a time, done at least once.

The queue lies in core because imports, pilots and checkpoints all need it (docs/adr/0003). Which implementation
stands behind it is a setting (docs/adr/0022). Work carries only a short piece of work; the truth about a case is its
own row with a state machine. Handlers must bear being run twice.
"""

from pilotwerk.core.jobs.port import Counts, LostLease, Order, Work
from pilotwerk.core.jobs.registry import every, grouped, register
from pilotwerk.core.jobs.runner import run_due, run_worker
from pilotwerk.core.jobs.services import enqueue, enqueue_all, fence, forget, queue, schedule, waits

__all__ = [
    "Counts",
    "LostLease",
    "Order",
    "Work",
    "enqueue",
    "enqueue_all",
    "every",
    "fence",
    "forget",
    "grouped",
    "queue",
    "register",
    "run_due",
    "run_worker",
    "schedule",
    "waits",
]
