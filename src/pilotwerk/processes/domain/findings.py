"""What was noticed about the data: facts for the page, never a verdict about people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pilotwerk.processes.domain.messages import Rejection, gettext_noop

# Below this share of rejected rows the figures are good enough to go on with.
TOLERABLE = 0.05
SHOWN_ROWS = 3

TITLES: dict[str, str] = {
    "row.missing": gettext_noop("The value is missing"),
    "row.time": gettext_noop("Not a date or time"),
    "row.number": gettext_noop("Not a number"),
    "row.negative": gettext_noop("The number is negative"),
    "row.end_before_start": gettext_noop("The end lies before the start"),
    "row.case_again": gettext_noop("The case occurred before"),
    "row.short": gettext_noop("Fewer cells than column names"),
    "row.long": gettext_noop("More cells than column names"),
    "duplicate": gettext_noop("The row equals an earlier one in every column"),
    "category_missing": gettext_noop("The category is missing"),
    "text_missing": gettext_noop("The text is missing"),
    "no_end": gettext_noop("The case has no end yet"),
    "equal_time": gettext_noop("Same time as the step before"),
    "future": gettext_noop("The time lies in the future"),
    "contact": gettext_noop("E-mail address or telephone number in the text"),
    "people": gettext_noop("The column names people"),
}
EFFECTS: dict[str, str] = {
    "rejected": gettext_noop("not imported"),
    "duplicate": gettext_noop("imported, counts as a row of its own"),
    "category_missing": gettext_noop("left out when a model learns"),
    "text_missing": gettext_noop("left out when a model learns"),
    "no_end": gettext_noop("not counted in the cycle time"),
    "equal_time": gettext_noop("the order of the rows counts"),
    "future": gettext_noop("imported, please check the file"),
    "contact": gettext_noop("personal data, stays inside this installation"),
    "people": gettext_noop("names are not stored"),
}
SEVERITY = {"no_end": "info", "equal_time": "info", "contact": "info", "people": "info"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows` holds the first rows of the file that it concerns, `count` how many there are; 0 means the
    column.
    """

    rule: str
    column: str | None
    count: int
    rows: tuple[int, ...] = ()

    @property
    def is_rejection(self) -> bool:
        return self.rule.startswith("row.")

    @property
    def severity(self) -> str:
        """info or warning: nothing here stops the work."""
        return SEVERITY.get(self.rule, "warning")

    @property
    def title(self) -> str:
        """The msgid of what was found."""
        return TITLES[self.rule]

    @property
    def effect(self) -> str:
        """The msgid of what follows from it."""
        return EFFECTS["rejected" if self.is_rejection else self.rule]

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "column": self.column,
            "count": self.count,
            "rows": list(self.rows),
        }


def finding_from(stored: dict[str, Any]) -> Finding:
    """A finding from what `as_json` gave."""
    return Finding(stored["rule"], stored["column"], stored["count"], tuple(stored["rows"]))


def of_rejections(rejected: Iterable[Rejection]) -> list[Finding]:
    """One finding for each reason and column, the most frequent first."""
    groups: dict[tuple[str, str | None], list[int]] = {}
    for one in rejected:
        groups.setdefault((one.code, one.column), []).append(one.row)
    found = [
        Finding(code, column, len(rows), tuple(rows[:SHOWN_ROWS])) for (code, column), rows in groups.items()
    ]
    return sorted(found, key=lambda finding: -finding.count)
