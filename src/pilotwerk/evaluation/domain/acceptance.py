"""In which categories proposals fit less well than elsewhere. Categories of cases, never people."""

from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.evaluation.domain.effect import wilson

ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How the proposals of one category were decided."""

    category: str
    approved: int
    edited: int
    rejected: int

    @property
    def decided(self) -> int:
        return self.approved + self.edited + self.rejected


def total(rows: Sequence[Acceptance]) -> Acceptance:
    """All categories together."""
    return Acceptance(
        "",
        sum(row.approved for row in rows),
        sum(row.edited for row in rows),
        sum(row.rejected for row in rows),
    )


def standing_out(rows: Sequence[Acceptance]) -> frozenset[str]:
    """Categories with at least ENOUGH proposals that people left unchanged clearly less often than all others.

    Clearly: the upper end of Wilson's interval for the category lies below the share of the other categories.
    """
    everything = total(rows)
    found = set()
    for row in rows:
        others = everything.decided - row.decided
        if row.decided < ENOUGH or others < ENOUGH:
            continue
        elsewhere = (everything.approved - row.approved) / others
        if wilson(row.approved, row.decided)[1] < elsewhere:
            found.add(row.category)
    return frozenset(found)
