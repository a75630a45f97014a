"""Criteria of the gates that the plan itself, and the rooms below it, can answer."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Organisation
from pilotwerk.company import selectors as company
from pilotwerk.company.domain.readiness import RESPONDENTS_NEEDED
from pilotwerk.company.domain.size import SizeUnknown
from pilotwerk.company.models import WorksCouncil
from pilotwerk.journey import selectors
from pilotwerk.journey.domain.gates import CheckResult, State
from pilotwerk.kpis import selectors as kpis
from pilotwerk.portfolio import selectors as portfolio
from pilotwerk.processes import selectors as processes
from pilotwerk.processes.models import Process
from pilotwerk.web.templatetags.pw import number, short_date

CASES_NEEDED = 100
INFORM = "inform_works_council"


def tasks_done(phase: int) -> Callable[[Organisation], CheckResult]:
    """A criterion for the gate of this phase: how many of its tasks are done."""

    def check(organisation: Organisation) -> CheckResult:
        plan = selectors.plan_current(organisation)
        rows = selectors.task_rows(plan, phase=phase) if plan else []
        done = sum(row.done for row in rows)
        return CheckResult(
            State.MET if rows and done == len(rows) else State.OPEN,
            required=_("all %(total)s tasks") % {"total": len(rows)},
            measured=_("%(done)s of %(total)s done") % {"done": done, "total": len(rows)},
            evidence_url=f"{organisation.url('journey:plan')}#phase{phase}",
        )

    return check


def profile_complete(organisation: Organisation) -> CheckResult:
    """Size class and works council decide which duties apply."""
    profile = company.profile(organisation)
    missing = []
    if isinstance(company.size(organisation), SizeUnknown):
        missing.append(_("size class open"))
    if profile.works_council == WorksCouncil.UNKNOWN:
        missing.append(_("works council open"))
    return CheckResult(
        State.OPEN if missing else State.MET,
        required=_("size class and works council known"),
        measured=", ".join(missing) or _("both known"),
        evidence_url=organisation.url("company:profile"),
    )


def readiness_answered(organisation: Organisation) -> CheckResult:
    """One person's view is an opinion; two show where they agree."""
    people = company.readiness_result(organisation).respondents
    return CheckResult(
        State.MET if people >= RESPONDENTS_NEEDED else State.OPEN,
        required=_people(RESPONDENTS_NEEDED),
        measured=_people(people),
        evidence_url=organisation.url("company:readiness"),
    )


def _people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}


def enough_cases(organisation: Organisation) -> CheckResult:
    """Fewer cases than this say little about a process."""
    most = max((_cases(organisation, one) for one in processes.process_list(organisation)), default=0)
    return CheckResult(
        State.MET if most >= CASES_NEEDED else State.OPEN,
        required=_("one process with at least %(cases)s cases") % {"cases": number(CASES_NEEDED)},
        measured=_("%(cases)s cases") % {"cases": number(most)} if most else _("nothing imported yet"),
        evidence_url=organisation.url("processes:list"),
    )


def _cases(organisation: Organisation, process: Process) -> int:
    latest = processes.import_latest(organisation, process)
    return int((latest.facts or {}).get("cases", 0)) if latest else 0


def use_case_chosen(organisation: Organisation) -> CheckResult:
    """One pilot at a time, and one whose benefit was assessed."""
    chosen = portfolio.usecase_chosen(organisation)
    return CheckResult(
        State.MET if chosen and chosen.is_assessed else State.OPEN,
        required=_("one, with its benefit assessed"),
        measured=chosen.name if chosen else _("none chosen yet"),
        evidence_url=organisation.url("portfolio:usecases"),
    )


def goal_set(organisation: Organisation) -> CheckResult:
    """What the pilot is measured against is frozen before it starts."""
    goals = list(kpis.goals(organisation))
    first = goals[0] if goals else None
    return CheckResult(
        State.MET if first else State.OPEN,
        required=_("a goal against a frozen baseline"),
        measured=_("%(kpi)s until %(day)s") % {"kpi": first.baseline.name, "day": short_date(first.due)}
        if first
        else _("no goal yet"),
        evidence_url=organisation.url("kpis:goals"),
    )


def staff_informed(organisation: Organisation) -> CheckResult:
    """A works council must be informed in good time (§ 90 BetrVG); employees should be in any case."""
    council = company.profile(organisation).works_council
    done = selectors.task_done(organisation, INFORM)
    required = {
        WorksCouncil.YES: _("works council informed"),
        WorksCouncil.ELECTING: _("works council informed once elected, until then the employees"),
        WorksCouncil.NO: _("employees informed"),
    }.get(WorksCouncil(council), _("works council or employees informed"))
    return CheckResult(
        State.MET if done else State.OPEN,
        required=required,
        measured=_("marked as done on %(day)s") % {"day": short_date(done.done_at)} if done else _("not yet"),
        evidence_url=f"{organisation.url('journey:plan')}#{INFORM}",
    )
