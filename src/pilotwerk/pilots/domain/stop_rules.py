"""When a pilot stops by itself. Evaluated after each decision and delivery, on the newest happenings only.

A rule looks at the last ``window`` happenings of its kind and trips when the share of bad ones is above
``limit``. Below ``minimum`` happenings it cannot tell and never trips: three rejections on the first morning
say nothing. A plain threshold watched continuously trips more often by chance than one look would; for a
brake that is the safe side, and a person may start again with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pilotwerk.core.results import CannotTell


class RuleKind(StrEnum):
    """What is counted. True in the history means that the bad thing happened."""

    REJECTED = "rejected"
    CORRECTED = "corrected"
    REWRITTEN = "rewritten"
    NOT_DELIVERED = "not_delivered"
    NOT_OK = "not_ok"


@dataclass(frozen=True, slots=True)
class StopRule:
    """Trips when more than ``limit`` (0..1) of the last ``window`` (at least ``minimum``) are bad.

    Raises ValueError for limits that could never trip or would always.
    """

    kind: RuleKind
    limit: float
    window: int
    minimum: int

    def __post_init__(self) -> None:
        if not 0 < self.limit < 1:
            raise ValueError("limit must lie between 0 and 1")
        if not 1 <= self.minimum <= self.window:
            raise ValueError("minimum must lie between 1 and window")


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule's present figure: ``bad`` of the last ``of``; ``share`` is CannotTell below the minimum."""

    rule: StopRule
    bad: int
    of: int
    share: float | CannotTell

    @property
    def tripped(self) -> bool:
        return not isinstance(self.share, CannotTell) and self.share > self.rule.limit

    @property
    def missing(self) -> int:
        """How many happenings are missing until the rule can tell."""
        return max(self.rule.minimum - self.of, 0)


# An edit counts as rewritten from here on: more than half of the tokens of both texts were changed.
REWRITTEN_FROM: Final = 0.5

DEFAULTS: Final = (
    StopRule(RuleKind.REJECTED, limit=0.40, window=30, minimum=15),
    StopRule(RuleKind.CORRECTED, limit=0.40, window=30, minimum=15),
    StopRule(RuleKind.REWRITTEN, limit=0.60, window=30, minimum=15),
    StopRule(RuleKind.NOT_DELIVERED, limit=0.20, window=10, minimum=5),
    StopRule(RuleKind.NOT_OK, limit=0.15, window=20, minimum=10),
)

# Where nobody corrects a category, because a case has none.
WITHOUT_CATEGORIES: Final = tuple(rule for rule in DEFAULTS if rule.kind is not RuleKind.CORRECTED)


def read(rule: StopRule, newest_first: Sequence[bool]) -> Reading:
    """The rule's figure for a history, newest first."""
    seen = newest_first[: rule.window]
    bad = sum(seen)
    if len(seen) < rule.minimum:
        return Reading(rule, bad, len(seen), CannotTell(f"{rule.minimum - len(seen)} more are needed"))
    return Reading(rule, bad, len(seen), bad / len(seen))


def readings(
    rules: Iterable[StopRule], histories: Mapping[RuleKind, Sequence[bool]] = MappingProxyType({})
) -> list[Reading]:
    """All rules on their histories (newest first); a kind without history reads zero happenings."""
    return [read(rule, histories.get(rule.kind, ())) for rule in rules]


def first_tripped(found: Iterable[Reading]) -> Reading | None:
    """The rule that stops the pilot, or None."""
    return next((reading for reading in found if reading.tripped), None)


def to_plain(rules: Iterable[StopRule]) -> list[dict[str, object]]:
    """Rules as plain data for the database and the audit trail."""
    return [{"kind": r.kind.value, "limit": r.limit, "window": r.window, "minimum": r.minimum} for r in rules]


def from_plain(stored: Iterable[Mapping[str, object]]) -> list[StopRule]:
    """Rules from plain data. Raises ValueError or KeyError for anything that is not a rule."""
    return [
        StopRule(
            RuleKind(str(item["kind"])),
            limit=float(str(item["limit"])),
            window=int(str(item["window"])),
            minimum=int(str(item["minimum"])),
        )
        for item in stored
    ]
