"""The evaluation in words, in the active language. Figures come with unit, range and number of cases."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain import effect
from pilotwerk.evaluation.domain.decision import Obstacle
from pilotwerk.evaluation.domain.effect import Comparison, Difference, Verdict, Warn
from pilotwerk.evaluation.domain.goals import NOT_IN_PILOT, GoalState
from pilotwerk.evaluation.domain.grade import Evidence, Grade, Point
from pilotwerk.evaluation.domain.metrics import Metric, Outcome, Unit
from pilotwerk.evaluation.domain.picture import Positions, positions
from pilotwerk.web.templatetags.pw import NBSP, number, percent, signed

METRICS: Mapping[str, Promise] = {
    "handling_time": gettext_lazy("Handling time"),
    "response_time": gettext_lazy("Time to the reply"),
    "quality": gettext_lazy("Reply without a mistake"),
    "recontacted": gettext_lazy("Customer writes again within 7 days"),
    "satisfaction": gettext_lazy("Satisfaction of customers"),
}
VERDICTS: Mapping[Verdict, tuple[str, Promise]] = {
    Verdict.BETTER: ("ok", gettext_lazy("better")),
    Verdict.WORSE: ("bad", gettext_lazy("worse")),
    Verdict.OPEN: ("open", gettext_lazy("still open")),
}
GRADES: Mapping[Grade, Promise] = {
    Grade.A: gettext_lazy("Very well supported"),
    Grade.B: gettext_lazy("Well supported"),
    Grade.C: gettext_lazy("Weakly supported"),
    Grade.D: gettext_lazy("Cannot be proven"),
    Grade.INCONCLUSIVE: gettext_lazy("Still open"),
}
GOALS: Mapping[GoalState, tuple[str, Promise]] = {
    GoalState.REACHED: ("ok", gettext_lazy("reached")),
    GoalState.BETTER: ("warn", gettext_lazy("on the way")),
    GoalState.NOT_REACHED: ("bad", gettext_lazy("not reached")),
    GoalState.OPEN: ("open", gettext_lazy("still open")),
}
OBSTACLES: Mapping[Obstacle, Promise] = {
    Obstacle.TOO_EARLY: gettext_lazy("Before gate 3 you can only sign “Stop”."),
    Obstacle.WEAK_EVIDENCE: gettext_lazy("“Scale” needs evidence of grade A or B."),
    Obstacle.NOT_BETTER: gettext_lazy("“Scale” needs a handling time that is better than before."),
    Obstacle.GUARDRAIL_WORSE: gettext_lazy("“Scale” is not possible while quality or satisfaction is worse."),
}
_WARNINGS: Mapping[Warn, Promise] = {
    Warn.SMALL_AND_UNBALANCED: gettext_lazy(
        "The groups are small and of very different size: the true range may be somewhat wider."
    ),
    Warn.MUCH_MISSING: gettext_lazy("That is much: the missing cases may be different from the others."),
}
_REASONS: Mapping[str, Promise] = {
    effect.MISSING_ARM: gettext_lazy("One of the two groups has no cases with a known value yet."),
    effect.TOO_FEW: gettext_lazy("One of the two groups has too few cases with a known value."),
    effect.NO_SPREAD: gettext_lazy("All values of a group are the same, so no range can be computed."),
    NOT_IN_PILOT: gettext_lazy("The pilot's cases do not hold what this figure needs."),
}

NARROW = 0.2
"""Share of the row's width below which the texts of both ends would overlap on a phone."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the picture of effects. Ends are texts at their places; None where it cannot be told."""

    key: str
    label: str
    compared: str
    effect: str
    low: str
    high: str
    state: str
    verdict: str
    sentence: str
    notes: tuple[str, ...]
    places: Positions | None
    better_is_left: bool

    @property
    def summary(self) -> str:
        """Effect with its range, as one text."""
        if self.places is None:
            return self.verdict
        return f"{self.effect} ({self.range})"

    @property
    def range(self) -> str:
        """Both ends in words, kept on one line."""
        return (_("%(low)s to %(high)s") % {"low": self.low, "high": self.high}).replace(" ", NBSP)

    @property
    def is_narrow(self) -> bool:
        """Too narrow for a text at each end: both stand together below the middle."""
        return self.places is not None and self.places.high - self.places.low < NARROW

    @property
    def css(self) -> Mapping[str, str]:
        """The places as lengths that a style attribute takes, with a point as decimal sign in every language."""
        if self.places is None:
            return {}
        low, point, high, zero = (f"{100 * place:.1f}%" for place in self.places)
        width = f"{100 * (self.places.high - self.places.low):.1f}%"
        return {"low": low, "point": point, "high": high, "zero": zero, "width": width}


def row(outcome: Outcome) -> Row:
    """One measured figure as a line."""
    metric, comparison = outcome.metric, outcome.comparison
    state, verdict = VERDICTS[outcome.verdict]
    known = comparison.difference if isinstance(comparison.difference, Difference) else None
    return Row(
        key=metric.key,
        label=str(METRICS[metric.key]),
        compared=compared(metric, comparison),
        effect=amount(metric.unit, known.effect, plus=True) if known else "",
        low=bare(metric.unit, known.low) if known else "",
        high=bare(metric.unit, known.high) if known else "",
        state=state,
        verdict=str(verdict),
        sentence=sentence(outcome),
        notes=notes(comparison),
        places=positions(known.low, known.effect, known.high) if known else None,
        better_is_left=metric.lower_is_better,
    )


def amount(unit: Unit, value: float, *, plus: bool = False) -> str:
    """A difference with its unit. Shares are told in percentage points."""
    text = bare(unit, value) if plus else bare(unit, value).lstrip("+")
    if unit == "minutes":
        return _("%(number)s minutes") % {"number": text}
    if unit == "hours":
        return _("%(number)s hours") % {"number": text}
    if unit == "share":
        return _("%(number)s percentage points") % {"number": text}
    return _("%(number)s points") % {"number": text}


def bare(unit: Unit, value: float) -> str:
    """A difference with its sign and without its unit."""
    digits, shown = (0, round(100 * value)) if unit == "share" else (1, round(value, 1))
    return signed(number(shown, digits)) if shown else number(0)


def compared(metric: Metric, comparison: Comparison) -> str:
    """Both groups: "6.1 instead of 10.9 minutes, 58 and 61 cases"."""
    ai, control = comparison.ai, comparison.control
    cases = _("%(ai)s and %(control)s cases") % {"ai": number(ai.n), "control": number(control.n)}
    if ai.value is None or control.value is None:
        return cases
    if metric.is_rate:
        return _("%(ai)s of %(ai_cases)s instead of %(control)s of %(control_cases)s cases") % {
            "ai": number(ai.successes),
            "ai_cases": number(ai.n),
            "control": number(control.successes),
            "control_cases": number(control.n),
        }
    values = _("%(ai)s instead of %(control)s") % {
        "ai": number(ai.value, 1),
        "control": amount(metric.unit, control.value),
    }
    return f"{values}, {cases}"


def sentence(outcome: Outcome) -> str:
    """What the verdict rests on."""
    difference = outcome.comparison.difference
    if isinstance(difference, CannotTell):
        return reason(difference, outcome.comparison)
    if outcome.verdict is Verdict.OPEN:
        return _("The range contains zero: both groups may be equal.")
    relative = outcome.comparison.relative
    if relative is None or outcome.metric.is_rate:
        return _("The whole range lies on one side of zero.")
    middle, ends = abs(relative[0]), sorted(abs(part) for part in relative[1:])
    values = {"middle": percent(middle), "low": percent(ends[0]), "high": percent(ends[1])}
    if difference.effect < 0:
        return _("%(middle)s less than before, at least %(low)s, at most %(high)s.") % values
    return _("%(middle)s more than before, at least %(low)s, at most %(high)s.") % values


def reason(cannot: CannotTell, comparison: Comparison | None = None) -> str:
    """Why something cannot be told, and what is missing."""
    if cannot.reason == effect.TOO_FEW and comparison is not None:
        fewest = min(comparison.ai.n, comparison.control.n)
        return _("The smaller group has %(have)s cases with a known value, %(need)s are needed.") % {
            "have": number(fewest),
            "need": number(effect.MINIMUM_PER_ARM),
        }
    return str(_REASONS.get(cannot.reason, cannot.reason))


def notes(comparison: Comparison) -> tuple[str, ...]:
    """How many values are missing, and what else a reader should know before trusting the range."""
    found = []
    missing = comparison.ai.missing + comparison.control.missing
    if missing:
        text = ngettext(
            "The value of one case is missing.", "The values of %(missing)s cases are missing.", missing
        )
        found.append(text % {"missing": number(missing)})
    return (*found, *(str(_WARNINGS[warn]) for warn in comparison.warnings))


def grade_reasons(evidence: Evidence) -> list[str]:
    return [_point(point) for point in evidence.reasons]


def grade_missing(evidence: Evidence) -> list[str]:
    return [_point(point) for point in evidence.missing]


def _point(point: Point) -> str:
    values = {"have": number(point.have or 0), "need": number(point.need or 0)}
    match point.code:
        case "randomised":
            return _("Which cases go with AI was drawn by lot.")
        case "before_after":
            return _("The only comparison is the time before the pilot. Whatever else changed is in it.")
        case "zero_excluded":
            return _("The range of the handling time does not contain zero.")
        case "zero_inside":
            return _("The range of the handling time contains zero.")
        case "no_interval":
            return _("For the handling time no range can be computed yet.")
        case "nothing_to_compare":
            return _("There are no cases to compare with, neither as before nor from before the pilot.")
        case "comparison":
            return _("cases to compare with: a group without AI, or handling times from before the pilot")
        case "cases":
            return _("%(need)s cases in each group, so far %(have)s in the smaller one") % values
        case "spread":
            return _("handling times that differ from each other")
        case "zero_outside":
            return _("a range without zero: more cases make it narrower")
        case "random_assignment":
            return _("a group as before, drawn by lot")
        case "guardrail_worse":
            return _("no figure that is worse than before; worse is: %(name)s") % {
                "name": METRICS[point.metric]
            }
        case "guardrails":
            return _("Neither quality nor satisfaction is measurably worse.")
        case "days" if (point.have or 0) >= (point.need or 0):
            return _("The pilot ran for %(have)s days.") % values
        case "days":
            return _("%(need)s days of pilot, so far %(have)s") % values
        case "checked" if (point.have or 0) >= (point.need or 0):
            return _("The quality of %(have)s cases was checked.") % values
        case _:
            return _("%(need)s cases with checked quality, so far %(have)s") % values
