"""The profile of a table: columns, dimensions, findings, and what the data are enough for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilotwerk.processes.domain.messages import gettext_noop
from pilotwerk.processes.domain.quality.columns import Column, column_from
from pilotwerk.processes.domain.quality.findings import BLOCKER, INFO, WARNING, Finding, finding_from

# From this share of usable rows on nothing needs to be said, below the other one the use is in doubt.
ENOUGH, DOUBTFUL = 0.95, 0.5

USES: dict[str, str] = {
    "triage": gettext_noop("Triage of requests can learn from %(usable)s of %(total)s rows"),
    "answers": gettext_noop("Drafts of answers can learn from %(usable)s of %(total)s rows"),
    "effort": gettext_noop("The effort a case can be measured on %(usable)s of %(total)s rows"),
    "duration": gettext_noop("The cycle time can be measured on %(usable)s of %(total)s rows"),
    "way": gettext_noop("The ways of the cases can be measured on %(usable)s of %(total)s rows"),
    "volume": gettext_noop("Volume over time can be measured on %(usable)s of %(total)s rows"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """What the data could be used for, and how many rows have all that it takes."""

    use: str
    usable: int
    total: int

    @property
    def share(self) -> float:
        return self.usable / self.total if self.total else 0.0

    @property
    def severity(self) -> str:
        """info: enough; warning: a part; blocker: less than half."""
        return INFO if self.share >= ENOUGH else WARNING if self.share >= DOUBTFUL else BLOCKER

    def as_json(self) -> dict[str, Any]:
        return {"use": self.use, "usable": self.usable, "total": self.total, "severity": self.severity}


@dataclass
class Profile:
    """A measured table. `dimensions` are shares 0..1 or None; `as_of` is the ISO time it was measured at;
    `roles` name the columns by what they were taken for.
    """

    rows: int
    columns: list[Column]
    dimensions: dict[str, float | None]
    findings: list[Finding]
    uses: list[Use]
    as_of: str
    roles: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "columns": [column.as_json() for column in self.columns],
            "dimensions": {
                name: None if value is None else round(value, 6) for name, value in self.dimensions.items()
            },
            "findings": [finding.as_json() for finding in self.findings],
            "uses": [use.as_json() for use in self.uses],
            "as_of": self.as_of,
            "roles": dict(self.roles),
        }

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def counts(self) -> dict[str, int]:
        """Findings by severity."""
        return {
            grave: sum(one.severity == grave for one in self.findings) for grave in (BLOCKER, WARNING, INFO)
        }


def profile_from(stored: Mapping[str, Any]) -> Profile:
    """A profile from what `as_json` gave."""
    uses: Sequence[Mapping[str, Any]] = stored["uses"]
    return Profile(
        rows=stored["rows"],
        columns=[column_from(one) for one in stored["columns"]],
        dimensions=dict(stored["dimensions"]),
        findings=[finding_from(one) for one in stored["findings"]],
        uses=[Use(one["use"], one["usable"], one["total"]) for one in uses],
        as_of=stored["as_of"],
        roles=dict(stored["roles"]),
    )


def profile_of(facts: Mapping[str, Any]) -> Profile | None:
    """The profile among the stored facts of an import; None for those made before profiles were measured."""
    stored = facts.get("quality")
    return profile_from(stored) if stored else None
