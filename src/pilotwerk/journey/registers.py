"""What the plan hands to the frame, to the rooms below, and to its own gates."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.selectors import last_check
from pilotwerk.company import selectors as company
from pilotwerk.company.domain.size import SizeUnknown
from pilotwerk.journey import checks, permissions, selectors
from pilotwerk.journey.domain.gates import State
from pilotwerk.journey.domain.schedule import LENGTH, day_date, phase
from pilotwerk.journey.registry import register_check, register_step
from pilotwerk.kpis import selectors as kpis
from pilotwerk.kpis.registry import register_plan_window
from pilotwerk.portfolio import selectors as portfolio
from pilotwerk.web import bar, navigation

navigation.register(
    group="today", order=10, label=_("Overview"), view="journey:overview", right=permissions.VIEW
)
navigation.register(group="days", order=10, label=_("Plan"), view="journey:plan", right=permissions.VIEW)


def _day(request: Any) -> dict[str, Any] | None:
    plan = selectors.plan_current(request.organisation)
    if plan is None or selectors.is_over(plan):
        return None
    day = selectors.plan_day(plan)
    return {"day": day} if day >= 1 else None


bar.register(order=10, template="journey/bar_day.html", context=_day)


def _window(organisation: Organisation) -> tuple[date, date] | None:
    plan = selectors.plan_current(organisation)
    return (plan.start, day_date(plan.start, LENGTH)) if plan else None


register_plan_window(_window)


def _profile_done(organisation: Organisation) -> bool:
    return not isinstance(company.size(organisation), SizeUnknown)


def _readiness_done(organisation: Organisation) -> bool:
    return checks.readiness_answered(organisation).state is State.MET


def _trail_is_intact(organisation: Organisation) -> bool:
    """A check from before the pilot says nothing about it."""
    plan, checked = selectors.plan_current(organisation), last_check(organisation.id)
    if plan is None or checked is None:
        return False
    return checked.intact and checked.at.date() >= phase(2).begins(plan.start)


def _import_done(organisation: Organisation) -> bool:
    return checks.enough_cases(organisation).state is State.MET


register_step("profile", "company:profile", _profile_done)
register_step("tools", "company:tools", lambda one: company.tools(one).exists(), by_hand=True)
register_step("readiness", "company:readiness", _readiness_done)
register_step("import", "processes:list", _import_done)
register_step("facts", "processes:list", lambda one: False, by_hand=True)
register_step("usecases", "portfolio:usecases", lambda one: bool(portfolio.usecases_ranked(one)))
register_step("choose", "portfolio:usecases", lambda one: portfolio.usecase_chosen(one) is not None)
register_step("goal", "kpis:goals", lambda one: kpis.goals(one).exists())

register_step("audit_check", "audit:log", _trail_is_intact, by_hand=True)

register_check("company.profile", 1, 10, _("Company profile is complete"), checks.profile_complete)
register_check(
    "company.readiness", 1, 20, _("Readiness is assessed by several people"), checks.readiness_answered
)
register_check("processes.cases", 1, 30, _("Process data is imported"), checks.enough_cases)
register_check("portfolio.chosen", 1, 40, _("One use case is chosen"), checks.use_case_chosen)
register_check("kpis.goal", 1, 50, _("A goal is set"), checks.goal_set)
register_check("journey.informed", 1, 60, _("The people concerned are informed"), checks.staff_informed)
for _number in (1, 2, 3):
    register_check(
        f"journey.tasks{_number}", _number, 90, _("Tasks of the phase are done"), checks.tasks_done(_number)
    )
