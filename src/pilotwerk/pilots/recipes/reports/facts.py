"""The facts of one report: each is a number with its subject, so that a text can be held against them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pilotwerk.pilots.recipes.reports.spec import Spec

REST = "\x00rest"
"""Stands for the parts of a dimension that are not named one by one."""
NOT_GIVEN = ""
"""The part of the rows that say nothing in the dimension's column."""

Part = tuple[str, str]


class Role(StrEnum):
    """What the number says about its subject."""

    VALUE = "value"
    CHANGE = "change"  # of a share in percentage points
    PERCENT = "percent"
    RATIO = "ratio"
    CONTRIBUTION = "contribution"
    PART_OF_WHOLE = "part_of_whole"
    RANK = "rank"
    USUAL_LOW = "usual_low"
    USUAL_HIGH = "usual_high"
    LOWEST = "lowest"
    HIGHEST = "highest"
    TYPICAL = "typical"
    SLOPE = "slope"
    STREAK = "streak"
    NUMBER = "number"  # a count of days, rows, parts, periods; `what` says of which


PERCENT, POINTS = "%", "pp"


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is exact; shares and percentages are stored times 100. `decimals` is what the report shows.

    `period` is the number of the period it is about, `base` the one it is compared with, `part` the dimension's value
    that it is about (None: the whole). Of a NUMBER `what` names what is counted.
    """

    id: str
    role: Role
    value: Fraction
    unit: str = ""
    decimals: int = 0
    measure: str = ""
    part: Part | None = None
    period: int | None = None
    base: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Outlier:
    """A figure outside of its usual range. `seasonal`: compared with the change over a year, not with the level."""

    measure: str
    part: Part | None
    value: str
    low: str
    high: str
    history: int
    seasonal: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a period, and what is remarkable about them (by the ids of the facts)."""

    spec: Spec
    period: int
    facts: tuple[Fact, ...]
    complete: bool
    data_until: str
    """The last day with a row, ISO 8601."""
    whole: tuple[int, ...] = ()
    """Periods that the data cover whole."""
    outliers: tuple[Outlier, ...] = ()
    tested: int = 0
    missing_days: tuple[str, ...] = ()
    trends: tuple[tuple[str, int], ...] = ()
    """Measures with a trend over the last 13 periods, and its direction: 1 or -1."""

    def by_id(self) -> dict[str, Fact]:
        return {one.id: one for one in self.facts}

    def find(self, role: Role, **given: Any) -> Fact | None:
        """The fact with this role and these fields; None where there is none."""
        for one in self.facts:
            if one.role is role and all(getattr(one, name) == value for name, value in given.items()):
                return one
        return None

    def all(self, role: Role, **given: Any) -> list[Fact]:
        """All facts with this role and these fields, in their order."""
        return [
            one
            for one in self.facts
            if one.role is role and all(getattr(one, name) == value for name, value in given.items())
        ]

    def as_json(self) -> dict[str, Any]:
        """Plain data; numbers as exact texts ("7/3")."""
        facts = []
        for one in self.facts:
            kept = asdict(one)
            facts.append(
                {
                    **kept,
                    "role": one.role.value,
                    "value": str(one.value),
                    "part": list(one.part) if one.part else None,
                }
            )
        outliers = [{**asdict(one), "part": list(one.part) if one.part else None} for one in self.outliers]
        return {
            "spec": self.spec.as_json(),
            "period": self.period,
            "facts": facts,
            "complete": self.complete,
            "data_until": self.data_until,
            "whole": list(self.whole),
            "outliers": outliers,
            "tested": self.tested,
            "missing_days": list(self.missing_days),
            "trends": [list(one) for one in self.trends],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Facts:
        facts = tuple(
            Fact(
                **{
                    **one,
                    "role": Role(one["role"]),
                    "value": Fraction(one["value"]),
                    "part": tuple(one["part"]) if one["part"] else None,
                }
            )
            for one in kept["facts"]
        )
        outliers = tuple(
            Outlier(**{**one, "part": tuple(one["part"]) if one["part"] else None})
            for one in kept["outliers"]
        )
        return cls(
            spec=Spec.from_json(kept["spec"]),
            period=kept["period"],
            facts=facts,
            complete=kept["complete"],
            data_until=kept["data_until"],
            whole=tuple(kept["whole"]),
            outliers=outliers,
            tested=kept["tested"],
            missing_days=tuple(kept["missing_days"]),
            trends=tuple((str(key), int(sign)) for key, sign in kept["trends"]),
        )
