"""Jobs around alerts: look at the rules, tell whoever is named, and the daily mail about overdue cases."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock, jobs, notify
from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import unseal
from pilotwerk.pilots.connectors.signed import post_signed, try_signed
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Alert, AlertNotice, AlertRule, Channel, Pilot, Turn
from pilotwerk.pilots.presenting_alerts import alert_sentence, measure_name, value_words
from pilotwerk.pilots.selectors.alerts import alert_test_stopped, overdue_labels
from pilotwerk.pilots.services.alerts import (
    PURPOSE,
    alert_test_order,
    alert_tested,
    alerts_end,
    alerts_look,
    notice_sent,
)
from pilotwerk.pilots.services.digests import digests_order

# The daily mail goes out from this hour on, where the company is.
FROM_HOUR: Final = 7
_LISTED: Final = 20
# A person waits for the answer to a test, and a web process with them.
TEST_SECONDS: Final = 10.0


def alerts_job(job: jobs.Work) -> None:
    """Handler of pilots.alerts, run every five minutes: order a look for each running pilot that has rules."""
    running = Pilot.objects.filter(
        state=PilotState.RUNNING.value, pk__in=AlertRule.objects.values("pilot_id")
    )
    for pilot in running:
        jobs.enqueue(
            kind="pilots.alerts_one",
            organisation_id=pilot.organisation_id,
            payload={"pilot": str(pilot.pk)},
            key=f"pilots.alerts_one:{pilot.pk}",
        )
    ended = Alert.objects.filter(resolved_at=None, rule__pilot__state=PilotState.ENDED.value)
    for organisation in Organisation.objects.filter(pk__in=ended.values("organisation_id")):
        alerts_end(organisation=organisation)


def alerts_one_job(job: jobs.Work) -> None:
    """Handler of pilots.alerts_one: look at the rules of one pilot."""
    pilot = Pilot.objects.select_related("organisation").filter(pk=UUID(job.payload["pilot"])).first()
    if pilot is not None and pilot.is_running:
        alerts_look(organisation=pilot.organisation, pilot=pilot)


def alert_tell_job(job: jobs.Work) -> None:
    """Handler of pilots.alert_tell: one message to one recipient. What fails is tried again by the queue."""
    notice = (
        AlertNotice.objects.select_related("alert__rule__pilot__organisation")
        .filter(pk=UUID(job.payload["notice"]), sent_at=None)
        .first()
    )
    if notice is None:
        return
    if notice.channel == Channel.MAIL and not notify.possible():
        with translation.override("de"):
            notice_sent(notice=notice, problem=_("No mail server is set up."))
        return
    try:
        if notice.channel == Channel.MAIL:
            with translation.override("de"):
                notify.mail(to=notice.address, **alert_mail(notice))
        else:
            secret = _secret_of(notice.alert.rule)
            post_signed(notice.address, secret=secret, key=str(notice.pk), body=alert_body(notice))
    except Exception as error:
        with translation.override("de"):
            notice_sent(notice=notice, problem=str(error))
        raise
    notice_sent(notice=notice)


def alert_mail(notice: AlertNotice) -> dict[str, str]:
    """Subject and text of a message: the figure and a link, nothing about a person."""
    alert, rule = notice.alert, notice.alert.rule
    raised = notice.turn == Turn.RAISED
    values = {"pilot": rule.pilot.name, "measure": measure_name(rule)}
    subject = _("Alert: %(measure)s (%(pilot)s)") if raised else _("Alert is over: %(measure)s (%(pilot)s)")
    value = alert.value if raised else alert.resolved_value
    return {
        "subject": subject % values,
        "body": "\n\n".join(
            [
                alert_sentence(rule),
                _("Now: %(value)s") % {"value": value_words(rule.unit, value)},
                _address(rule.pilot, "pilots:monitoring"),
                _(
                    "You get this mail because your address stands in the rule. Whoever leads the pilot can change it."
                ),
            ]
        ),
    }


def alert_body(notice: AlertNotice) -> bytes:
    """The webhook's JSON: figures in the measure's unit (shares 0..1, hours, cases, euro, index)."""
    alert, rule = notice.alert, notice.alert.rule
    raised = notice.turn == Turn.RAISED
    moment = alert.raised_at if raised else alert.resolved_at
    data = {
        "alert": str(alert.pk),
        **_of(rule),
        "comparison": rule.comparison,
        "bound": rule.bound,
        "unit": rule.unit.value,
        "days": rule.days,
        "value": alert.value if raised else alert.resolved_value,
        "url": _address(rule.pilot, "pilots:monitoring"),
    }
    return _message(f"alert.{notice.turn}", moment, data)


def _of(rule: AlertRule) -> dict[str, Any]:
    """What every message says of its rule."""
    return {
        "organisation": rule.pilot.organisation.slug,
        "pilot": str(rule.pilot_id),
        "measure": rule.measure,
    }


def _message(kind: str, moment: datetime | None, data: dict[str, Any]) -> bytes:
    body = {"type": kind, "timestamp": moment.isoformat() if moment else None, "data": data}
    return json.dumps(body, separators=(",", ":")).encode()


def alert_test(*, organisation: Organisation, actor: Actor, rule: AlertRule) -> int | Trouble:
    """One signed message to the rule's webhook that says that it is a test: the status of the answer, or what was
    wrong. Refused as `alert_test_order` says. The stop is looked at once more directly before it leaves.
    """
    alert_test_order(organisation=organisation, actor=actor, rule=rule)
    found: int | Trouble
    try:
        found = try_signed(
            rule.webhook,
            secret=_secret_of(rule),
            key=str(uuid4()),
            body=alert_test_body(rule),
            seconds=TEST_SECONDS,
            may_go=lambda: not alert_test_stopped(rule.pilot),
        )
    except Trouble as trouble:
        found = trouble
    alert_tested(
        organisation=organisation,
        actor=actor,
        rule=rule,
        host=rule.webhook_host,
        result=found.code if isinstance(found, Trouble) else "ok",
        status=found.values.get("status", "") if isinstance(found, Trouble) else str(found),
    )
    return found


def _secret_of(rule: AlertRule) -> str:
    try:
        return unseal(rule.secret, purpose=PURPOSE)
    except Refused:
        raise Trouble("secret") from None


def alert_test_body(rule: AlertRule) -> bytes:
    """The JSON of a test message: named as one in its type and in words, without any figure."""
    data = {
        "note": "This is a test. No alert is raised.",
        **_of(rule),
        "url": _address(rule.pilot, "pilots:alerts"),
    }
    return _message("alert.test", clock.now(), data)


def digests_job(job: jobs.Work) -> None:
    """Handler of pilots.digests, run every 15 minutes: order the daily mails of running pilots from seven on."""
    if not notify.possible():
        return
    for pilot in Pilot.objects.filter(state=PilotState.RUNNING.value).select_related("organisation"):
        here = clock.now().astimezone(ZoneInfo(pilot.organisation.timezone))
        if here.hour >= FROM_HOUR:
            digests_order(organisation=pilot.organisation, pilot=pilot, today=here.date())


def digest_tell_job(job: jobs.Work) -> None:
    """Handler of pilots.digest_tell: one mail to one member, if something is still overdue."""
    pilot = Pilot.objects.select_related("organisation").filter(pk=UUID(job.payload["pilot"])).first()
    member = Membership.objects.select_related("user").filter(pk=UUID(job.payload["member"])).first()
    if pilot is None or member is None or not member.user.is_active or not notify.possible():
        return
    labels = overdue_labels(pilot)
    if labels:
        with translation.override("de"):
            notify.mail(to=member.user.email, **digest_mail(pilot, labels))


def digest_mail(pilot: Pilot, labels: list[str]) -> dict[str, str]:
    """Subject and text: how many are overdue, their short numbers, and where to decide."""
    count = len(labels)
    head = ngettext(
        "%(count)s case waits beyond its deadline", "%(count)s cases wait beyond their deadline", count
    ) % {"count": count}
    listed = ", ".join(labels[:_LISTED])
    more = _(" and %(count)s more") % {"count": count - _LISTED} if count > _LISTED else ""
    return {
        "subject": f"{head} ({pilot.name})",
        "body": "\n\n".join(
            [
                f"{head}: {listed}{more}.",
                _address(pilot, "pilots:queue"),
                _("You can switch this daily mail off here:") + "\n" + _address(pilot, "pilots:digest"),
            ]
        ),
    }


def _address(pilot: Pilot, view: str) -> str:
    return f"{settings.PILOTWERK_PUBLIC_URL}{pilot.organisation.url(view)}"
