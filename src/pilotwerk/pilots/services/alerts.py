"""Rules for alerts are kept and looked at; an alert is raised once a crossing, and whoever is named is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.selectors import entries
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.core.secrets import seal
from pilotwerk.pilots.domain.monitoring.alerting import DEFAULTS, UNITS, Comparison, Measure, Move, move
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Alert, AlertNotice, AlertRule, Channel, Pilot, Turn
from pilotwerk.pilots.selectors.alerts import alert_test_stopped, value_of
from pilotwerk.pilots.services.moves import pilot_lock, pilot_recorded

PURPOSE: Final = "pilots.alert_rule"
MOST: Final = 20
# Between two test messages of one pilot.
TEST_PAUSE: Final = timedelta(seconds=30)
MONITORING: Final = System("monitoring")


@transaction.atomic
def alert_rule_save(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    rule: AlertRule | None,
    measure: Measure,
    comparison: Comparison,
    bound: float,
    days: int,
    emails: Sequence[str] = (),
    webhook: str = "",
    secret: str = "",
) -> AlertRule:
    """A rule is new or changed. A secret goes to no other address by itself; a changed rule begins without alert."""
    if rule is None and AlertRule.objects.of(organisation).filter(pilot=pilot).count() >= MOST:
        raise Refused(_("A pilot has at most %(most)s rules. Remove one first.") % {"most": MOST})
    row = AlertRule(organisation=organisation, pilot=pilot)
    if rule is not None:
        found = AlertRule.objects.of(organisation).select_for_update().filter(pk=rule.pk, pilot=pilot).first()
        if found is None:
            raise Refused(_("This rule is gone already."))
        row = found
    if not webhook:
        row.secret = ""
    elif secret:
        row.secret = seal(secret, purpose=PURPOSE)
    elif row.webhook != webhook or not row.secret:
        raise Refused(_("Enter the secret that signs the messages to this address."))
    row.measure, row.comparison, row.bound, row.days = measure.value, comparison.value, bound, days
    row.emails, row.webhook = list(emails), webhook
    row.last_value = row.looked_at = None
    row.save()
    Alert.objects.filter(rule=row, resolved_at=None).update(resolved_at=clock.now())
    _recorded(row, actor, "pilots.alert_rule_added" if rule is None else "pilots.alert_rule_changed")
    return row


def alert_rule_offered(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, place: int, email: str = ""
) -> AlertRule:
    """Take one of the usual rules over; mail goes to the person who did."""
    if not 0 <= place < len(DEFAULTS):
        raise Refused(_("There is no such rule."))
    one = DEFAULTS[place]
    return alert_rule_save(
        organisation=organisation,
        actor=actor,
        pilot=pilot,
        rule=None,
        measure=one.measure,
        comparison=one.comparison,
        bound=one.bound,
        days=one.days,
        emails=[email] if email else [],
    )


@transaction.atomic
def alert_rule_remove(*, organisation: Organisation, actor: Actor, rule: AlertRule) -> None:
    """The rule goes, with its alerts; the audit trail keeps that they were."""
    if AlertRule.objects.of(organisation).filter(pk=rule.pk).delete()[0] == 0:
        raise Refused(_("This rule is gone already."))
    _recorded(rule, actor, "pilots.alert_rule_removed")


@transaction.atomic
def alert_test_order(*, organisation: Organisation, actor: Actor, rule: AlertRule) -> None:
    """That a test message goes out is written down before it does. Refused without a webhook, after a stop, and
    again within `TEST_PAUSE`, so that nobody floods another server from here.
    """
    found = AlertRule.objects.of(organisation).select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise Refused(_("This rule is gone already."))
    if not found.webhook:
        raise Refused(_("This rule has no webhook. Enter its address and save first."))
    pilot_lock(rule.pilot_id)
    if alert_test_stopped(rule.pilot):
        raise Refused(_("The pilot is stopped: nothing goes out, no test either."))
    earlier = entries(
        organisation.pk,
        action="pilots.alert_test_ordered",
        subject_id=str(rule.pilot_id),
        since=clock.now() - TEST_PAUSE,
    )
    if earlier.exists():
        raise Refused(
            _("A test was sent a moment ago. Wait %(seconds)s seconds.") % {"seconds": TEST_PAUSE.seconds}
        )
    pilot_recorded(actor=actor, action="pilots.alert_test_ordered", pilot=rule.pilot, data={})


@transaction.atomic
def alert_tested(
    *, organisation: Organisation, actor: Actor, rule: AlertRule, host: str, result: str, status: str
) -> None:
    """What became of a test message: `result` is "ok" or a code of connectors/trouble.py."""
    pilot_recorded(
        actor=actor,
        action="pilots.alert_tested",
        pilot=rule.pilot,
        data={"host": host, "result": result, "status": status},
    )


def alerts_look(*, organisation: Organisation, pilot: Pilot) -> int:
    """Look at every rule of the pilot; answers how many alerts were raised or are over."""
    return sum(
        alert_look(organisation=organisation, rule=rule)
        for rule in AlertRule.objects.of(organisation).filter(pilot=pilot).select_related("pilot")
    )


def alert_look(*, organisation: Organisation, rule: AlertRule) -> bool:
    """Read the figure of one rule and raise or end its alert; whoever looks at the same time, it happens once."""
    measure = Measure(rule.measure)
    found = value_of(rule.pilot, measure, rule.days)
    value = None if isinstance(found, CannotTell) else float(found)
    with transaction.atomic():
        # The lock also lets a rule that was changed in the meantime win over the old reading.
        row = (
            AlertRule.objects.of(organisation)
            .select_for_update()
            .filter(
                pk=rule.pk, bound=rule.bound, days=rule.days, measure=rule.measure, comparison=rule.comparison
            )
            .first()
        )
        if row is None:
            return False
        AlertRule.objects.filter(pk=row.pk).update(last_value=value, looked_at=clock.now())
        alert = Alert.objects.filter(rule=row, resolved_at=None).first()
        step = move(
            raised=alert is not None,
            value=value,
            comparison=Comparison(row.comparison),
            bound=row.bound,
            unit=UNITS[measure],
        )
        if step is Move.STAY or value is None:
            return False
        if alert is None:
            alert = Alert.objects.create(organisation=organisation, rule=row, value=value)
            _tell(row, alert, Turn.RAISED)
            _recorded(row, MONITORING, "pilots.alert_raised", value=value)
        else:
            Alert.objects.filter(pk=alert.pk).update(resolved_at=clock.now(), resolved_value=value)
            _tell(row, alert, Turn.RESOLVED)
            _recorded(row, MONITORING, "pilots.alert_resolved", value=value)
    return True


@transaction.atomic
def alerts_end(*, organisation: Organisation) -> int:
    """Alerts of pilots that have ended are over: nobody looks at their figures any more. Answers how many."""
    count = 0
    left = Alert.objects.of(organisation).filter(resolved_at=None, rule__pilot__state=PilotState.ENDED.value)
    for alert in left.select_related("rule__pilot"):
        if Alert.objects.filter(pk=alert.pk, resolved_at=None).update(resolved_at=clock.now()) == 1:
            _recorded(alert.rule, MONITORING, "pilots.alert_resolved", value=alert.value)
            count += 1
    return count


def _tell(rule: AlertRule, alert: Alert, turn: Turn) -> None:
    """Order one message for each recipient."""
    places = [(Channel.MAIL, address) for address in rule.emails]
    places += [(Channel.WEBHOOK, rule.webhook)] if rule.webhook else []
    for channel, address in places:
        notice = AlertNotice.objects.create(
            organisation_id=rule.organisation_id, alert=alert, turn=turn, channel=channel, address=address
        )
        jobs.enqueue(
            kind="pilots.alert_tell",
            organisation_id=rule.organisation_id,
            payload={"notice": str(notice.pk)},
            key=f"pilots.alert_tell:{notice.pk}",
        )


def notice_sent(*, notice: AlertNotice, problem: str = "") -> None:
    """Keep that a message went out, or why it did not."""
    sent = None if problem else clock.now()
    AlertNotice.objects.filter(pk=notice.pk, sent_at=None).update(sent_at=sent, problem=problem[:300])


def _recorded(rule: AlertRule, actor: Actor, action: str, **data: Any) -> None:
    # Numbers as text: the audit trail holds no floats.
    numbers = {name: f"{value:.6g}" for name, value in {"bound": rule.bound, **data}.items()}
    pilot_recorded(
        actor=actor,
        action=action,
        pilot=rule.pilot,
        data={"measure": rule.measure, "comparison": rule.comparison, "days": rule.days, **numbers},
    )
