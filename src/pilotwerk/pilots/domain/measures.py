"""What one finished case tells the evaluation. Never a person: no field here says who worked on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class CaseMeasure:
    """Figures of one case; None means "not known", never zero.

    ``handling_seconds``: see ``domain.handling``. ``response_hours``: from arrival to sending, in hours.
    ``quality_ok``: verdict of a reviewer who did not know the arm. ``satisfaction``: 1 (bad) to 5 (good),
    said by the customer. ``recontacted``: the customer wrote again about it within 7 days.
    ``category_corrected``: the person chose another category than proposed (only with AI). ``edit_distance``:
    see ``domain.editing`` (only with AI, and only when the proposal was used).
    """

    case_id: str
    arm: Literal["ai", "control"]
    handling_seconds: float | None
    response_hours: float | None
    quality_ok: bool | None
    satisfaction: int | None
    category_corrected: bool | None
    received_at: datetime
    recontacted: bool | None = None
    edit_distance: float | None = None
    rejected: bool | None = None
