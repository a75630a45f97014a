"""The figures of the monitoring page as rows for a table program. Numbers are plain: point, no unit, empty if open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import selectors
from pilotwerk.pilots.domain.monitoring.drift import Drift
from pilotwerk.pilots.domain.monitoring.quantiles import Spread
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors.monitoring import Course, Stretch

PARTS: Final = [
    ("course", _("Course over time")),
    ("reasons", _("Reasons for rejecting")),
    ("calibration", _("Confidence")),
    ("drift", _("Changes of the input")),
]
_COURSE: Final = (
    "from", "to", "received", "approved", "edited", "rejected", "by_itself", "acceptance", "acceptance_low",
    "acceptance_high", "edit_distance_median", "edit_distance_p90", "hours_to_decision_median",
    "hours_to_decision_p90", "hours_to_sending_median", "hours_to_sending_p90", "model_calls", "model_cost_euro",
    "model_cost_euro_each",
)  # fmt: skip


def rows_of(pilot: Pilot, course: Course, part: str) -> Iterator[tuple[Any, ...]]:
    """Heading and rows of one part."""
    if part == "course":
        yield _COURSE
        yield from (_stretch(one) for one in course.periods)
    elif part == "reasons":
        yield ("reason", "count", "share")
        yield from ((one.reason, one.count, _plain(one.share)) for one in course.reasons)
    elif part == "calibration":
        yield ("stated", "right_share", "low", "high", "right", "cases")
        found = selectors.calibration(pilot, course.span)
        if not isinstance(found, CannotTell):
            for one in found.bins:
                yield (*map(_plain, (one.stated, one.share, one.low, one.high)), one.right, one.n)
    else:
        yield (
            "kind",
            "from",
            "to",
            "group",
            "before",
            "now",
            "psi",
            "psi_by_chance",
            "cases_before",
            "cases_now",
        )
        for kind, shift in selectors.shifts(pilot, course.span).items():
            if not isinstance(shift.whole, CannotTell):
                yield from _drift(kind, course, shift.whole)


def _stretch(one: Stretch) -> tuple[Any, ...]:
    decided = one.decided
    known = not isinstance(decided.acceptance, CannotTell)
    low, high = decided.interval
    return (
        one.period.first,
        one.period.last,
        one.received,
        decided.approved,
        decided.edited,
        decided.rejected,
        decided.by_itself,
        *(_plain(value) if known else "" for value in (decided.acceptance, low, high)),
        *_spread(one.edits),
        *_spread(one.to_decision),
        *_spread(one.to_sending),
        one.cost.calls,
        _plain(one.cost.euro),
        _plain(one.cost.each),
    )


def _spread(found: Spread | CannotTell) -> tuple[str, str]:
    return (_plain(found.median), _plain(found.high)) if isinstance(found, Spread) else ("", "")


def _drift(kind: str, course: Course, found: Drift) -> Iterator[tuple[Any, ...]]:
    same = (_plain(found.index), _plain(found.by_chance), found.n_before, found.n_now)
    for one in found.groups:
        name = _harmless(one.name)
        yield (kind, course.span.first, course.span.last, name, _plain(one.before), _plain(one.now), *same)


def _plain(value: Any) -> str:
    return "" if isinstance(value, CannotTell) else f"{float(value):.6f}"


def _harmless(text: str) -> str:
    """A text that a table program does not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
