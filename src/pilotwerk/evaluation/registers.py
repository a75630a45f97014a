"""What the evaluation hands to navigation and plan."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation import permissions, selectors, wording
from pilotwerk.evaluation.page import lead, money_report
from pilotwerk.journey.registry import (
    Attention,
    CheckResult,
    Outcome,
    State,
    register_attention,
    register_check,
    register_outcome,
    register_step,
)
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors import pilot_current
from pilotwerk.web import navigation
from pilotwerk.web.templatetags.pw import number

PAGE = "evaluation:report"


def _pilot(organisation: Organisation) -> Pilot | None:
    found = pilot_current(organisation)
    return found if found is not None and found.started_at is not None else None


def effect_check(organisation: Organisation) -> CheckResult:
    """Met by a range for the handling time, or by a decision that was prepared although it cannot be told."""
    required = _("The effect is evaluated, or it is said plainly that it cannot be told")
    pilot = _pilot(organisation)
    if pilot is None:
        return CheckResult(State.OPEN, required, _("no pilot has started"))
    found = selectors.effect_report(pilot)
    url = organisation.url(PAGE) + "#effect"
    if found.primary is None or isinstance(found.primary.comparison.difference, CannotTell):
        state = State.MET if selectors.decision(pilot) else State.OPEN
        why = "; ".join(wording.grade_missing(found.evidence))
        return CheckResult(state, required, _("cannot be told; missing: %(why)s") % {"why": why}, url)
    measured = _("%(figure)s: %(range)s. %(grade)s (grade %(letter)s)") % {
        "figure": wording.METRICS[found.primary.metric.key],
        "range": wording.row(found.primary).summary,
        "grade": wording.GRADES[found.evidence.grade],
        "letter": found.evidence.grade.value,
    }
    return CheckResult(State.MET, required, measured, url)


def return_check(organisation: Organisation) -> CheckResult:
    """Met once the assumptions are set; the result may be a loss."""
    required = _("Costs and benefits are worked out with named assumptions")
    pilot = _pilot(organisation)
    given = selectors.assumptions(pilot) if pilot else None
    if given is None:
        return CheckResult(State.OPEN, required, _("no assumptions are set"), organisation.url(PAGE) + "#roi")
    return CheckResult(State.MET, required, _("assumptions are set"), organisation.url(PAGE) + "#roi")


def learnings_check(organisation: Organisation) -> CheckResult:
    """Met by at least one learning."""
    required = _("At least one learning is written down")
    pilot = _pilot(organisation)
    count = selectors.learnings(pilot).count() if pilot else 0
    measured = ngettext("%(count)s learning", "%(count)s learnings", count) % {"count": number(count)}
    state = State.MET if count else State.OPEN
    return CheckResult(state, required, measured, organisation.url(PAGE) + "#learnings")


def decision_check(organisation: Organisation) -> CheckResult:
    """Met by a draft; the gate itself is signed in the plan."""
    required = _("The decision to scale, change or stop is prepared with a reason")
    pilot = _pilot(organisation)
    found = selectors.decision(pilot) if pilot else None
    url = organisation.url(PAGE) + "#decision"
    if found is None:
        return CheckResult(State.OPEN, required, _("not prepared"), url)
    values = {"choice": found.get_choice_display()}
    measured = _("signed: %(choice)s") if found.signed_at else _("draft: %(choice)s")
    return CheckResult(State.MET, required, measured % values, url)


def _done_effect(organisation: Organisation) -> bool:
    return effect_check(organisation).state is State.MET


def _done_return(organisation: Organisation) -> bool:
    return return_check(organisation).state is State.MET


def _done_learnings(organisation: Organisation) -> bool:
    return learnings_check(organisation).state is State.MET


def attention(organisation: Organisation, membership: Membership) -> list[Attention]:
    """From the day of gate 3 on, a draft waits for the person who may sign it."""
    if not membership.may(permissions.DECIDE):
        return []
    pilot = _pilot(organisation)
    found = selectors.decision(pilot) if pilot else None
    if found is None or found.signed_at or selectors.is_preliminary(organisation):
        return []
    return [
        Attention(
            state="open",
            label=_("open"),
            text=_("The decision about the pilot is prepared and waits for your signature."),
            url=organisation.url(PAGE) + "#decision",
            who=membership.user.name,
            due=selectors.deciding_day(organisation),
        )
    ]


def outcome(organisation: Organisation) -> Outcome | None:
    """The signed decision, with the effect and the money it rests on."""
    pilot = _pilot(organisation)
    found = selectors.decision(pilot) if pilot else None
    if pilot is None or found is None or found.signed_at is None:
        return None
    report = selectors.effect_report(pilot)
    money = money_report(pilot, report)
    title = _("Decided after 90 days: %(choice)s") % {"choice": found.get_choice_display()}
    return Outcome(title, " ".join(part for part in (lead(report), money.sentence if money else "") if part))


navigation.register(
    group="days", order=70, label=gettext_lazy("Evaluation"), view=PAGE, right=permissions.VIEW
)
register_check("evaluation.effect", 3, 10, gettext_lazy("Effect"), effect_check)
register_check("evaluation.return", 3, 20, gettext_lazy("Costs and benefits"), return_check)
register_check("evaluation.learnings", 3, 30, gettext_lazy("Learnings"), learnings_check)
register_check("evaluation.decision", 3, 40, gettext_lazy("Decision prepared"), decision_check)
register_step("effect", PAGE, _done_effect)
register_step("roi", PAGE, _done_return)
register_step("learnings", PAGE, _done_learnings)
register_attention(attention)
register_outcome(outcome)
