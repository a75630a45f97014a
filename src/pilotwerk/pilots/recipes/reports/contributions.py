"""Which parts made a change: contributions that add up exactly, for sums and counts as well as for means and shares.

Of a sum each part contributes its own change. Of a mean M = sum w_i m_i (w_i share of the known rows) part i
contributes (w1 + w0) / 2 (m1 - m0) + (w1 - w0) ((m1 + m0) / 2 - (M1 + M0) / 2): its own change, and
that it weighs more or less than before (Kitagawa 1955). A part without rows in one of the periods
keeps the mean of the other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.cube import EMPTY, Cell
from pilotwerk.pilots.recipes.reports.spec import Kind, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping


def contributions(
    measure: Measure, now: Mapping[int, Cell], before: Mapping[int, Cell]
) -> dict[int, Fraction] | None:
    """Part to its contribution; None for a median, which has no parts, and for a mean of nothing."""
    places = sorted(set(now) | set(before))
    if measure.additive:
        found = {}
        for one in places:
            figures = [cells.get(one, EMPTY).figure(measure) or Fraction(0) for cells in (now, before)]
            found[one] = figures[0] - figures[1]
        return found
    if measure.kind is Kind.MEDIAN:
        return None
    known_now = sum(cell.known for cell in now.values())
    known_before = sum(cell.known for cell in before.values())
    if not known_now or not known_before:
        return None
    scale = 100 if measure.kind is Kind.SHARE else 1
    whole_now = sum((cell.total for cell in now.values()), Fraction(0)) / known_now
    whole_before = sum((cell.total for cell in before.values()), Fraction(0)) / known_before
    centre = (whole_now + whole_before) / 2
    result = {}
    for one in places:
        new, old = now.get(one, EMPTY), before.get(one, EMPTY)
        if not new.known and not old.known:
            result[one] = Fraction(0)
            continue
        mean_new = new.total / new.known if new.known else old.total / old.known
        mean_old = old.total / old.known if old.known else mean_new
        weight_new, weight_old = Fraction(new.known, known_now), Fraction(old.known, known_before)
        own = (weight_new + weight_old) / 2 * (mean_new - mean_old)
        mix = (weight_new - weight_old) * ((mean_new + mean_old) / 2 - centre)
        result[one] = (own + mix) * scale
    return result
