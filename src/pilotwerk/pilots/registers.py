"""What the pilots hand to others: navigation, the bar with the kill switch, gate checks, steps, work for the
worker.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock, jobs
from pilotwerk.journey.registry import (
    Attention,
    CheckResult,
    State,
    register_attention,
    register_check,
    register_panel,
    register_step,
)
from pilotwerk.pilots import (
    alerting,
    execution,
    intake,
    permissions,
    recipe,
    selectors,
    tracing,
    trials,
    worker,
)
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.providers import registers as models
from pilotwerk.portfolio.registry import register_recipes, register_trial
from pilotwerk.web import bar, navigation
from pilotwerk.web.templatetags.pw import short_date

# A checkpoint counts as recent for a week: the worker makes one a day.
RECENT = timedelta(days=7)

navigation.register(
    group="today",
    order=20,
    label=gettext_lazy("Approvals"),
    view="pilots:queue",
    right=permissions.DECIDE,
    count=selectors.waiting_count,
)
navigation.register(
    group="days", order=60, label=gettext_lazy("Pilot"), view="pilots:pilot", right=permissions.VIEW
)

navigation.register(
    group="days",
    order=61,
    label=gettext_lazy("Language models"),
    view="pilots:models",
    right=permissions.MODELS_VIEW,
)


def _bar(request: HttpRequest) -> dict[str, Any] | None:
    membership: Membership = request.membership  # type: ignore[attr-defined]
    if not membership.may(permissions.VIEW):
        return None
    pilot = selectors.pilot_current(membership.organisation)
    if pilot is None or pilot.state not in ("running", "stopped"):
        return None
    return {
        "pilot": pilot,
        "may_stop": membership.may(permissions.STOP),
        "may_stop_all": membership.may(permissions.STOP_ALL),
        "open": selectors.waiting_count(membership),
    }


bar.register(order=50, template="pilots/parts/bar.html", context=_bar)

# The rooms through which the way to a pilot leads; its own pages name their next step themselves.
ON_THE_WAY = ("portfolio", "processes", "governance", "kpis", "company")


def _way(request: HttpRequest) -> dict[str, Any] | None:
    """What comes next on the way to the pilot, on the pages of the rooms through which it leads."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    match = request.resolver_match
    if match is None or not membership.may(permissions.MANAGE):
        return None
    if match.app_name not in ON_THE_WAY and not (match.url_name or "").startswith("connection"):
        return None
    found = selectors.way(membership.organisation)
    if found is None:
        return None
    return {"way": found, "steps": selectors.WAY_STEPS, "here": found.next.url.split("#")[0] == request.path}


bar.register(order=50, template="pilots/parts/way.html", context=_way, place="page")


def _no_pilot(organisation: Organisation, required: str) -> CheckResult:
    return CheckResult(State.OPEN, required, _("There is no pilot yet."), organisation.url("pilots:pilot"))


def _only_approved(organisation: Organisation) -> CheckResult:
    required = _(
        "Everything was approved or written by a person, or went out at a level that two people signed"
    )
    pilot = selectors.pilot_current(organisation)
    if pilot is None:
        return _no_pilot(organisation, required)
    sent, covered = selectors.approval_coverage(pilot)
    url = organisation.url("pilots:cases") + "?show=sent"
    if not sent:
        return CheckResult(State.OPEN, required, _("Nothing was sent yet."), url)
    measured = _("%(covered)s of %(sent)s cases") % {"covered": covered, "sent": sent}
    return CheckResult(State.MET if covered == sent else State.NOT_MET, required, measured, url)


def _stop_tried(organisation: Organisation) -> CheckResult:
    required = _("The kill switch was used once, to see that it works")
    pilot = selectors.pilot_current(organisation)
    if pilot is None:
        return _no_pilot(organisation, required)
    url = organisation.url("pilots:pilot")
    if pilot.stop_tried_at is None:
        return CheckResult(State.NOT_MET, required, _("Not used yet."), url)
    day = short_date(pilot.stop_tried_at)
    return CheckResult(State.MET, required, _("Used on %(day)s.") % {"day": day}, url)


def _enough(organisation: Organisation) -> CheckResult:
    pilot = selectors.pilot_current(organisation)
    needed = pilot.enough_decisions if pilot else Pilot().enough_decisions
    required = _("At least %(count)s decided proposals") % {"count": needed}
    if pilot is None:
        return _no_pilot(organisation, required)
    decided = selectors.pilot_summary(pilot).decided
    measured = ngettext("%(count)s decided", "%(count)s decided", decided) % {"count": decided}
    state = State.MET if decided >= needed else State.NOT_MET
    return CheckResult(state, required, measured, organisation.url("pilots:monitoring"))


def _rules_set(organisation: Organisation) -> CheckResult:
    required = _("Stop rules are set and none has tripped")
    pilot = selectors.pilot_current(organisation)
    if pilot is None:
        return _no_pilot(organisation, required)
    rules = selectors.stop_readings(pilot)
    url = organisation.url("pilots:monitoring")
    if not rules:
        return CheckResult(State.NOT_MET, required, _("No stop rule is set."), url)
    if pilot.stopped_by_rule:
        return CheckResult(State.NOT_MET, required, _("A stop rule has stopped the pilot."), url)
    measured = ngettext("%(count)s rule is set", "%(count)s rules are set", len(rules)) % {
        "count": len(rules)
    }
    return CheckResult(State.MET, required, measured, url)


def _checkpoint(organisation: Organisation) -> CheckResult:
    required = _("The audit trail has a checkpoint from the last 7 days")
    last = audit.state(organisation.pk).last_checkpoint_at
    url = organisation.url("audit:log")
    if last is None:
        return CheckResult(State.NOT_MET, required, _("No checkpoint yet."), url)
    state = State.MET if clock.now() - last <= RECENT else State.NOT_MET
    return CheckResult(state, required, _("Last one on %(day)s.") % {"day": short_date(last)}, url)


def _undecided(organisation: Organisation) -> CheckResult:
    required = _("No case whose arrival is unclear is left undecided")
    pilot = selectors.pilot_current(organisation)
    if pilot is None:
        return _no_pilot(organisation, required)
    unclear = selectors.pilot_summary(pilot).unclear
    measured = _("None is open.") if not unclear else _("%(count)s open.") % {"count": unclear}
    return CheckResult(
        State.NOT_MET if unclear else State.MET,
        required,
        measured,
        organisation.url("pilots:cases") + "?show=fault",
    )


register_check("pilots.approved", 2, 10, gettext_lazy("Nothing went out without approval"), _only_approved)
register_check("pilots.kill_switch", 2, 20, gettext_lazy("The kill switch works"), _stop_tried)
register_check("pilots.enough", 2, 30, gettext_lazy("Enough proposals were decided"), _enough)
register_check("pilots.stop_rules", 2, 40, gettext_lazy("Stop rules are set"), _rules_set)
register_check("pilots.unclear", 2, 50, gettext_lazy("No open faults"), _undecided)
register_check("pilots.checkpoint", 2, 60, gettext_lazy("The audit trail is secured"), _checkpoint)


def _attention(organisation: Organisation, membership: Membership) -> list[Attention]:
    """What this member should look at in the pilot."""
    pilot = selectors.pilot_current(organisation)
    if pilot is None or not membership.may(permissions.DECIDE):
        return []
    found: list[Attention] = []
    queue = organisation.url("pilots:queue")
    if pilot.is_stopped:
        why = _("A stop rule has stopped the pilot.") if pilot.stopped_by_rule else _("The pilot is stopped.")
        found.append(Attention("bad", _("stopped"), why, organisation.url("pilots:pilot")))
    summary = selectors.pilot_summary(pilot)
    if summary.unclear:
        text = ngettext(
            "For %(count)s case it is unclear whether it arrived.",
            "For %(count)s cases it is unclear whether they arrived.",
            summary.unclear,
        )
        found.append(Attention("bad", _("unclear"), text % {"count": summary.unclear}, queue))
    if summary.failed:
        text = ngettext(
            "%(count)s case could not be sent.", "%(count)s cases could not be sent.", summary.failed
        )
        found.append(Attention("bad", _("fault"), text % {"count": summary.failed}, queue))
    for broken in selectors.connections_broken(organisation):
        text = _("The connection “%(name)s” does not work.") % {"name": broken.name}
        url = organisation.url("pilots:connection", pk=broken.pk)
        found.append(Attention("bad", _("fault"), text, url))
    raised = selectors.alerts_open(pilot).count()
    if raised:
        text = ngettext("%(count)s alert is raised.", "%(count)s alerts are raised.", raised)
        url = organisation.url("pilots:alerts")
        found.append(Attention("warn", _("alert"), text % {"count": raised}, url))
    found += _control_attention(pilot, membership)
    late = selectors.overdue(pilot).count() if pilot.is_running else 0
    if late:
        text = ngettext(
            "%(count)s case waits beyond its deadline.",
            "%(count)s cases wait beyond their deadline.",
            late,
        )
        found.append(Attention("warn", _("overdue"), text % {"count": late}, queue))
    return found


def _control_attention(pilot: Pilot, membership: Membership) -> list[Attention]:
    """A level that fell, a signature or a second approval that is waited for, and what this member was told."""
    organisation, found = pilot.organisation, []
    if selectors.fallen_recently(pilot):
        text = _("Quality fell, so the autonomy level was lowered. A person decides about each case again.")
        found.append(Attention("bad", _("lowered"), text, organisation.url("pilots:autonomy")))
    if membership.may(permissions.MANAGE) and selectors.signature_missing(pilot, str(membership.user_id)):
        text = _("A higher autonomy level waits for a second signature.")
        found.append(Attention("warn", _("open"), text, organisation.url("pilots:autonomy")))
    told = selectors.reminded(membership).values("case_id").distinct().count()
    if told:
        text = ngettext(
            "You were reminded of %(count)s case that waits.",
            "You were reminded of %(count)s cases that wait.",
            told,
        )
        found.append(Attention("warn", _("waits"), text % {"count": told}, organisation.url("pilots:queue")))
    return found


register_attention(_attention)
register_attention(models.attention)


def _panel(organisation: Organisation, membership: Membership) -> dict[str, Any] | None:
    """The pilot on the overview, once it has begun."""
    pilot = selectors.pilot_current(organisation)
    if pilot is None or pilot.started_at is None or not membership.may(permissions.VIEW):
        return None
    summary = selectors.pilot_summary(pilot)
    sent, covered = selectors.approval_coverage(pilot)
    return {
        "pilot": pilot,
        "summary": summary,
        "rest": max(summary.with_ai - summary.decided, 0),
        "sent": sent,
        "covered": covered,
        "by_level": selectors.sent_by_level(pilot),
    }


register_panel(20, "pilots/parts/overview.html", _panel)


def _has_model(organisation: Organisation) -> bool:
    pilot = selectors.pilot_current(organisation)
    return pilot is not None and (pilot.model_version_id is not None or bool(pilot.untrained_reason))


def _has_rules(organisation: Organisation) -> bool:
    pilot = selectors.pilot_current(organisation)
    return pilot is not None and bool(pilot.stop_rules)


def _started(organisation: Organisation) -> bool:
    pilot = selectors.pilot_current(organisation)
    return pilot is not None and pilot.started_at is not None


def _tried(organisation: Organisation) -> bool:
    pilot = selectors.pilot_current(organisation)
    return pilot is not None and pilot.stop_tried_at is not None


def _decided_enough(organisation: Organisation) -> bool:
    pilot = selectors.pilot_current(organisation)
    return pilot is not None and selectors.pilot_summary(pilot).decided >= pilot.enough_decisions


register_step("recipe", "pilots:setup", _has_model)
register_step("stop_rules", "pilots:setup", _has_rules)
register_step("pilot_start", "pilots:pilot", _started)
register_step("kill_switch", "pilots:pilot", _tried)
register_step("approvals", "pilots:queue", _decided_enough)

register_recipes(recipe.kinds)
register_trial("support", needs=trials.SUPPORT_NEEDS, run=trials.support)

jobs.register("pilots.train", worker.train_job)
jobs.register("pilots.propose", tracing.proposing(worker.propose_job))
jobs.register("pilots.release", worker.release_job)
jobs.register("pilots.escalate", worker.escalate_job)
jobs.register("pilots.sweep", worker.sweep_job)
jobs.register("pilots.execute", tracing.executing(execution.execute_job))
jobs.register("pilots.alerts", alerting.alerts_job)
jobs.register("pilots.alerts_one", alerting.alerts_one_job)
jobs.register("pilots.alert_tell", alerting.alert_tell_job)
jobs.register("pilots.digests", alerting.digests_job)
jobs.register("pilots.digest_tell", alerting.digest_tell_job)
jobs.every("pilots.alerts", 300)
jobs.every("pilots.digests", 900)
jobs.register("pilots.ingest", intake.ingest_job)
jobs.register("pilots.watch", intake.watch_job)
jobs.register("pilots.watch_one", intake.watch_one_job)
jobs.register("pilots.mailboxes", intake.mailboxes_job)
jobs.register("pilots.mailbox", intake.mailbox_job)
jobs.register("pilots.sources", intake.sources_job)
jobs.register("pilots.source", intake.source_job)
jobs.every("pilots.sources", 60)
jobs.every("pilots.escalate", 300)
jobs.register("pilots.expire_calls", models.expire_job)
jobs.every("pilots.expire_calls", 300)
jobs.grouped("pilots.propose", most=50, handler=tracing.proposing_together(worker.propose_together))
jobs.grouped("pilots.execute", most=50, handler=tracing.executing_together(execution.execute_together))
jobs.every("pilots.sweep", 60)
jobs.every("pilots.mailboxes", 60)
jobs.every("pilots.ingest", 30)
jobs.every("pilots.watch", 900)
