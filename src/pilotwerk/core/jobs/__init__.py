"""Durable work: a row per piece of work, leased by one worker at a time, at least once.

The queue lies in core because imports, pilots and checkpoints all need it (docs/adr/0003). A job carries only a short
piece of work; the truth about a case is its own row with a state machine. Handlers must bear being run twice.
"""

from pilotwerk.core.jobs.registry import every, register
from pilotwerk.core.jobs.runner import LostLease, fence, run_due, run_worker
from pilotwerk.core.jobs.services import enqueue, progress

__all__ = ["LostLease", "enqueue", "every", "fence", "progress", "register", "run_due", "run_worker"]
