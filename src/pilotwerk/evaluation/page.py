"""What the page "Evaluation" shows, put together from the selectors and into words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Membership
from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation import permissions, selectors, wording
from pilotwerk.evaluation.domain.acceptance import standing_out, total
from pilotwerk.evaluation.domain.decision import Choice
from pilotwerk.evaluation.domain.effect import Difference, Verdict
from pilotwerk.evaluation.domain.goals import GoalResult
from pilotwerk.evaluation.domain.grade import Grade
from pilotwerk.evaluation.domain.report import Effect
from pilotwerk.evaluation.money import Money, money
from pilotwerk.kpis.domain.measures import TooLittle
from pilotwerk.kpis.models import Goal
from pilotwerk.kpis.words import too_little_text, value_text
from pilotwerk.pilots.models import Pilot
from pilotwerk.portfolio.selectors import known_inputs
from pilotwerk.web.templatetags.pw import number, short_date


def report_context(pilot: Pilot, *, membership: Membership) -> dict[str, Any]:
    """Everything the template needs; figures are texts already."""
    organisation = pilot.organisation
    found = selectors.effect_report(pilot)
    decision = selectors.decision(pilot)
    accepted = selectors.acceptance(pilot)
    standing = selectors.obstacle(organisation, Choice(decision.choice), found) if decision else None
    return {
        "pilot": pilot,
        "heading": heading(found, preliminary=selectors.is_preliminary(organisation)),
        "lead": lead(found),
        "preliminary": selectors.is_preliminary(organisation),
        "gate_day": selectors.deciding_day(organisation),
        "report": found,
        "rows": [wording.row(outcome) for outcome in found.outcomes],
        "grade": grade_letter(found.evidence.grade),
        "grade_name": wording.GRADES[found.evidence.grade],
        "next_grade": found.evidence.next_grade,
        "grade_reasons": wording.grade_reasons(found.evidence),
        "grade_missing": wording.grade_missing(found.evidence),
        "goals": [goal_row(goal, result) for goal, result in selectors.goal_results(pilot)],
        "money": money_report(pilot, found),
        "assumptions": selectors.assumptions(pilot),
        "acceptance": accepted,
        "totals": total(accepted),
        "standing_out": standing_out(accepted),
        "learnings": selectors.learnings(pilot),
        "decision": decision,
        "obstacle": wording.OBSTACLES[standing] if standing else None,
        "may_edit": membership.may(permissions.EDIT),
        "may_decide": membership.may(permissions.DECIDE),
    }


def suggested(pilot: Pilot) -> dict[str, Any]:
    """What the records already say about the assumptions; the person may change all of it."""
    known = known_inputs(pilot.organisation, pilot.use_case.process)
    found: dict[str, Any] = {}
    if cases := known.get("cases_per_year"):
        found |= {
            "cases_per_year": round(cases.value.likely),
            "cases_basis": _("imported data, %(cases)s cases") % {"cases": number(cases.n)},
        }
    if hourly := known.get("hourly_cost"):
        found |= {"euro_per_hour": hourly.value.likely, "wage_basis": _("company profile")}
    return found


def heading(found: Effect, *, preliminary: bool) -> str:
    """What this page is, with the days that it covers."""
    if preliminary:
        text = ngettext(
            "Evaluation: interim state after %(days)s day",
            "Evaluation: interim state after %(days)s days",
            found.days,
        )
    else:
        text = ngettext("Evaluation after %(days)s day", "Evaluation after %(days)s days", found.days)
    return text % {"days": number(found.days)}


def lead(found: Effect) -> str:
    """The result in one or two sentences: time first, then at what price."""
    primary = found.primary
    difference = primary.comparison.difference if primary else None
    if primary is None or not isinstance(difference, Difference) or primary.verdict is Verdict.OPEN:
        first = _("Whether a case takes less time with AI is still open.")
    else:
        low, high = sorted((abs(difference.low), abs(difference.high)))
        values = {
            "effect": wording.amount(primary.metric.unit, abs(difference.effect)),
            "low": number(low, 1),
            "high": number(high, 1),
        }
        if primary.verdict is Verdict.BETTER:
            first = _("With AI a case takes %(effect)s less (%(low)s to %(high)s).") % values
        else:
            first = _("With AI a case takes %(effect)s more (%(low)s to %(high)s).") % values
    if worse := _named(found, Verdict.WORSE):
        return f"{first} " + _("Worse than before: %(names)s.") % {"names": worse}
    if better := _named(found, Verdict.BETTER):
        first += " " + _("Better as well: %(names)s.") % {"names": better}
    if any(isinstance(each.comparison.difference, CannotTell) for each in found.guardrails):
        return f"{first} " + _("Whether quality and satisfaction stay the same is still open.")
    if better:
        return f"{first} " + _("Nothing is measurably worse.")
    return f"{first} " + _("For quality and satisfaction no difference is proven.")


def _named(found: Effect, verdict: Verdict) -> str:
    """The figures beside the handling time with this verdict; "" for none."""
    return ", ".join(
        str(wording.METRICS[each.metric.key]) for each in found.guardrails if each.verdict is verdict
    )


def grade_letter(grade: Grade) -> str:
    """The letter in the box; a dash where no grade can be given yet."""
    return "–" if grade is Grade.INCONCLUSIVE else grade.value


def goal_row(goal: Goal, result: GoalResult) -> dict[str, str]:
    """One goal in words: baseline, target, what the pilot reached, and the verdict."""
    baseline = goal.baseline
    state, word = wording.GOALS[result.state]
    now = result.now
    why = ""
    if isinstance(now, TooLittle):
        why = too_little_text(now)
    elif isinstance(now, CannotTell):
        why = wording.reason(now)
    return {
        "name": baseline.name,
        "baseline": value_text(baseline.value, baseline.unit),
        "target": value_text(goal.target, baseline.unit),
        "due": short_date(goal.due),
        "now": _("open") if isinstance(now, CannotTell) else value_text(now.value, baseline.unit),
        "why": why,
        "state": state,
        "word": str(word),
    }


def money_report(pilot: Pilot, found: Effect) -> Money | None:
    """The calculation in words; None while assumptions or the range of the saving are missing."""
    given = selectors.assumptions(pilot)
    result = selectors.roi_report(pilot, report=found)
    if given is None or result is None or isinstance(result, CannotTell):
        return None
    return money(result, given)
