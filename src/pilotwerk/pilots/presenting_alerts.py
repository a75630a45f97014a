"""Rules for alerts, put into words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.pilots.domain.monitoring.alerting import (
    NOW,
    UNITS,
    Comparison,
    Default,
    Measure,
    Unit,
    release,
)
from pilotwerk.pilots.models import Alert, AlertRule, Pilot
from pilotwerk.pilots.models.alerts import MEASURES
from pilotwerk.pilots.presenting_monitoring import hours, money
from pilotwerk.pilots.selectors.alerts import alert_rules, alerts_open, alerts_recent, offered
from pilotwerk.web.templatetags.pw import number, percent

_NAMES = dict(MEASURES)


def measure_name(rule: AlertRule) -> str:
    """The measure without its unit."""
    return str(_NAMES[rule.measure]).rpartition(" (")[0]


def value_words(unit: Unit, value: float | None) -> str:
    """A figure with its unit."""
    if value is None:
        return _("open")
    if unit is Unit.SHARE:
        return percent(value, 1)
    if unit is Unit.HOURS:
        return hours(value)
    if unit is Unit.EURO:
        return money(value)
    return number(value, 2 if unit is Unit.INDEX else 0)


def _sentence(measure: str, comparison: str, bound: float, days: int) -> str:
    unit = UNITS[Measure(measure)]
    values = {
        "measure": str(_NAMES[measure]).rpartition(" (")[0],
        "bound": value_words(unit, bound),
    }
    above = comparison == Comparison.ABOVE
    if Measure(measure) in NOW:
        text = _("%(measure)s: above %(bound)s") if above else _("%(measure)s: below %(bound)s")
        return text % values
    text = (
        ngettext(
            "%(measure)s: above %(bound)s in the last day",
            "%(measure)s: above %(bound)s in the last %(days)s days",
            days,
        )
        if above
        else ngettext(
            "%(measure)s: below %(bound)s in the last day",
            "%(measure)s: below %(bound)s in the last %(days)s days",
            days,
        )
    )
    return text % {**values, "days": days}


def alert_sentence(rule: AlertRule) -> str:
    """The rule as a person would say it."""
    return _sentence(rule.measure, rule.comparison, rule.bound, rule.days)


def offered_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """The usual rules that are not there yet."""
    return [{"place": place, "sentence": _default(one)} for place, one in offered(pilot)]


def _default(one: Default) -> str:
    return _sentence(one.measure.value, one.comparison.value, one.bound, one.days)


def rule_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """The rules with what they saw last, for whoever leads the pilot."""
    raised = {alert.rule_id for alert in alerts_open(pilot)}
    return [
        {
            "rule": rule,
            "sentence": alert_sentence(rule),
            "value": value_words(rule.unit, rule.last_value) if rule.looked_at else _("not looked at yet"),
            "ends": value_words(rule.unit, release(Comparison(rule.comparison), rule.bound, rule.unit)),
            "raised": rule.pk in raised,
            "mails": len(rule.emails),
        }
        for rule in alert_rules(pilot)
    ]


def alert_rows(alerts: list[Alert]) -> list[dict[str, Any]]:
    """Alerts with their figures."""
    return [
        {
            "alert": alert,
            "sentence": alert_sentence(alert.rule),
            "value": value_words(alert.rule.unit, alert.value),
            "resolved": value_words(alert.rule.unit, alert.resolved_value)
            if alert.resolved_value is not None
            else "",
        }
        for alert in alerts
    ]


def open_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """What is raised now."""
    return alert_rows(list(alerts_open(pilot)))


def recent_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """The newest alerts, with how many messages went out."""
    return alert_rows(alerts_recent(pilot))
