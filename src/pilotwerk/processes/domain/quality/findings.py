"""What was noticed about the data: facts with rows and what follows from them, never a verdict about people.

A finding travels as a rule with values, so that it can be stored and told in the reader's language later. Its
sentence is "title: consequence"; values named *share are shares 0..1, whole numbers are counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pilotwerk.processes.domain.messages import Rejection, gettext_noop

# Below this share of rejected rows the figures are good enough to go on with.
TOLERABLE = 0.05
SHOWN_ROWS = 5

INFO, WARNING, BLOCKER = "info", "warning", "blocker"
GRAVITY = {BLOCKER: 0, WARNING: 1, INFO: 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """Title and consequence as msgids with named values, the ISO/IEC 25012 dimension it belongs to."""

    title: str
    effect: str = ""
    severity: str = WARNING
    dimension: str = ""


_NOT_IMPORTED = gettext_noop("not imported")
_BY_HAND = gettext_noop("please check the file")
_NOT_LEARNT = gettext_noop("left out when a model learns")

RULES: dict[str, Rule] = {
    # rows that an import leaves out
    "row.missing": Rule(gettext_noop("The value is missing"), _NOT_IMPORTED),
    "row.time": Rule(gettext_noop("Not a date or time"), _NOT_IMPORTED),
    "row.number": Rule(gettext_noop("Not a number"), _NOT_IMPORTED),
    "row.negative": Rule(gettext_noop("The number is negative"), _NOT_IMPORTED),
    "row.end_before_start": Rule(gettext_noop("The end lies before the start"), _NOT_IMPORTED),
    "row.case_again": Rule(gettext_noop("The case occurred before"), _NOT_IMPORTED),
    "row.short": Rule(gettext_noop("Fewer cells than column names"), _NOT_IMPORTED),
    "row.long": Rule(gettext_noop("More cells than column names"), _NOT_IMPORTED),
    # completeness
    "empty_column": Rule(
        gettext_noop("The column is empty"), gettext_noop("it can be left out"), INFO, "completeness"
    ),
    "missing": Rule(
        gettext_noop("The value is missing in %(share)s of the rows"), "", WARNING, "completeness"
    ),
    "category_missing": Rule(
        gettext_noop("The category is missing in %(share)s of the rows"),
        gettext_noop("triage can learn from %(usable)s of %(total)s"),
        WARNING,
        "completeness",
    ),
    "text_missing": Rule(
        gettext_noop("The text is missing in %(share)s of the rows"), _NOT_LEARNT, WARNING, "completeness"
    ),
    "answer_missing": Rule(
        gettext_noop("The answer is missing in %(share)s of the rows"),
        gettext_noop("drafts can learn from %(usable)s of %(total)s"),
        WARNING,
        "completeness",
    ),
    "handling_missing": Rule(
        gettext_noop("The handling time is missing in %(share)s of the rows"),
        gettext_noop("effort can be measured on %(usable)s of %(total)s"),
        WARNING,
        "completeness",
    ),
    "time_missing": Rule(
        gettext_noop("The time is missing in %(share)s of the rows"),
        gettext_noop("volume and duration can be measured on %(usable)s of %(total)s"),
        WARNING,
        "completeness",
    ),
    "no_end": Rule(
        gettext_noop("The case has no end yet"),
        gettext_noop("not counted in the cycle time"),
        INFO,
        "completeness",
    ),
    # validity
    "invalid_number": Rule(
        gettext_noop("Not a number, in a column of numbers"), _BY_HAND, WARNING, "validity"
    ),
    "invalid_time": Rule(
        gettext_noop("Not a date that exists, in a column of dates"), _BY_HAND, WARNING, "validity"
    ),
    "invalid_email": Rule(
        gettext_noop("Not an e-mail address, in a column of them"), _BY_HAND, WARNING, "validity"
    ),
    "invalid_iban": Rule(
        gettext_noop("Not an IBAN: length or check digits are wrong"), _BY_HAND, WARNING, "validity"
    ),
    "invalid_shape": Rule(
        gettext_noop("Written in another way than the rest (mostly %(shape)s)"), _BY_HAND, INFO, "validity"
    ),
    "outlier": Rule(
        gettext_noop("Far outside the usual range (%(low)s to %(high)s)"),
        gettext_noop("bends means and forecasts, please check"),
        INFO,
        "validity",
    ),
    "placeholder_time": Rule(
        gettext_noop("A date that stands for nothing, such as 01.01.1900"), _BY_HAND, WARNING, "validity"
    ),
    "future": Rule(gettext_noop("The time lies in the future"), _BY_HAND, WARNING, "validity"),
    # uniqueness
    "duplicate": Rule(
        gettext_noop("The row equals an earlier one in every column"),
        gettext_noop("counts as a row of its own"),
        WARNING,
        "uniqueness",
    ),
    "identifier_again": Rule(
        gettext_noop("The identifier occurred before"),
        gettext_noop("the row may be counted twice"),
        WARNING,
        "uniqueness",
    ),
    "copied_column": Rule(
        gettext_noop("The column equals “%(other)s” in every row"),
        gettext_noop("one of them can be left out"),
        INFO,
        "uniqueness",
    ),
    "constant": Rule(
        gettext_noop("The column has the same value in every row"),
        gettext_noop("it tells nothing about a case"),
        INFO,
        "uniqueness",
    ),
    # consistency
    "end_before_start": Rule(
        gettext_noop("The end lies before the start (“%(other)s”)"),
        gettext_noop("no duration can be told"),
        WARNING,
        "consistency",
    ),
    "two_categories": Rule(
        gettext_noop("The same case has two categories"),
        gettext_noop("only one of them can be right"),
        WARNING,
        "consistency",
    ),
    "mixed_decimals": Rule(
        gettext_noop("Decimals with a comma and with a point are mixed"),
        gettext_noop("amounts may be read wrong by a factor of 100 or 1,000"),
        WARNING,
        "consistency",
    ),
    "mixed_units": Rule(
        gettext_noop("Units are mixed: %(units)s"),
        gettext_noop("figures cannot be added up"),
        WARNING,
        "consistency",
    ),
    "mixed_times": Rule(
        gettext_noop("Dates are written in more than one way"),
        gettext_noop("day and month may be mistaken"),
        INFO,
        "consistency",
    ),
    "spelling": Rule(
        gettext_noop("The same value in more than one spelling: %(variants)s"),
        gettext_noop("they count as different values"),
        WARNING,
        "consistency",
    ),
    # timeliness
    "equal_time": Rule(
        gettext_noop("Same time as the step before"), gettext_noop("the order of the rows counts"), INFO
    ),
    "stale": Rule(
        gettext_noop("The newest entry is %(days)s days old (%(last)s)"),
        gettext_noop("today's work may look different"),
        WARNING,
        "timeliness",
    ),
    "gap": Rule(
        gettext_noop("Nothing from %(first)s to %(last)s (%(days)s days)"),
        gettext_noop("is a part of the export missing?"),
        WARNING,
        "timeliness",
    ),
    # people
    "contact": Rule(
        gettext_noop("E-mail address, telephone number, IBAN, name or postal address in the text"),
        gettext_noop("personal data, stays inside this installation"),
        INFO,
    ),
    "personal": Rule(
        gettext_noop("The column holds personal data (%(kind)s)"),
        gettext_noop("count it in the data-protection risk"),
        INFO,
    ),
    "people": Rule(gettext_noop("The column names people"), gettext_noop("names are not stored"), INFO),
    # what a model would learn from
    "too_few": Rule(
        gettext_noop("Only %(usable)s rows have both a text and a category"),
        gettext_noop("too few to learn from, at least %(needed)s are needed"),
        BLOCKER,
    ),
    "rare_category": Rule(
        gettext_noop("Categories with fewer than %(needed)s examples: %(names)s"),
        gettext_noop("they cannot be learnt reliably"),
        INFO,
    ),
    "label_in_text": Rule(
        gettext_noop("The text contains the name of its category in %(share)s of the rows"),
        gettext_noop("was it added when the case was closed? Then the proposals look better than they are"),
        WARNING,
    ),
    "label_determined": Rule(
        gettext_noop("The column settles “%(label)s” in %(share)s of the rows"),
        gettext_noop("if it is filled in afterwards, it must not be learnt from"),
        WARNING,
    ),
    "label_conflict": Rule(
        gettext_noop("The same text has different categories"),
        gettext_noop("at most one can be right, no model can learn both"),
        WARNING,
    ),
    "split_duplicate": Rule(
        gettext_noop("%(share)s of the newest fifth repeat a text of the older rows"),
        gettext_noop("a test on them looks better than new cases will"),
        INFO,
    ),
    "drift": Rule(
        gettext_noop("The distribution has shifted between the first and the last third (PSI %(psi)s)"),
        gettext_noop("what is learnt from old cases fits new ones less, mostly: %(names)s"),
        INFO,
    ),
    "drift_strong": Rule(
        gettext_noop(
            "The distribution has shifted strongly between the first and the last third (PSI %(psi)s)"
        ),
        gettext_noop("what is learnt from old cases fits new ones less, mostly: %(names)s"),
        WARNING,
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows` holds the first rows of the file that it concerns, `count` how many there are; 0 means the
    column.
    """

    rule: str
    column: str | None
    count: int
    rows: tuple[int, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    grave: str | None = None

    @property
    def is_rejection(self) -> bool:
        return self.rule.startswith("row.")

    @property
    def severity(self) -> str:
        """info, warning or blocker."""
        return self.grave or RULES[self.rule].severity

    @property
    def title(self) -> str:
        """The msgid of what was found."""
        return RULES[self.rule].title

    @property
    def effect(self) -> str:
        """The msgid of what follows from it; may be empty."""
        return RULES[self.rule].effect

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "column": self.column,
            "count": self.count,
            "rows": list(self.rows),
            "params": dict(self.params),
        }


def finding_from(stored: Mapping[str, Any]) -> Finding:
    """A finding from what `as_json` gave."""
    usual = stored["severity"] == RULES[stored["rule"]].severity
    return Finding(
        stored["rule"],
        stored["column"],
        stored["count"],
        tuple(stored["rows"]),
        dict(stored.get("params") or {}),
        None if usual else stored["severity"],
    )


def of_rejections(rejected: Iterable[Rejection]) -> list[Finding]:
    """One finding for each reason and column, the most frequent first."""
    groups: dict[tuple[str, str | None], list[int]] = {}
    for one in rejected:
        groups.setdefault((one.code, one.column), []).append(one.row)
    found = [
        Finding(code, column, len(rows), tuple(rows[:SHOWN_ROWS])) for (code, column), rows in groups.items()
    ]
    return sorted(found, key=lambda finding: -finding.count)


def by_gravity(found: Iterable[Finding]) -> list[Finding]:
    """The gravest first, rejections before others, then as they were found."""
    return sorted(found, key=lambda one: (GRAVITY[one.severity], not one.is_rejection))
