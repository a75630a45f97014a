"""Rules for alerts and the daily mail about overdue cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core import notify
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import alerting, permissions, selectors, services
from pilotwerk.pilots.forms.alerts import AlertRuleForm, PlaceForm, SwitchForm
from pilotwerk.pilots.models import AlertRule
from pilotwerk.pilots.presenting_alerts import alert_sentence, offered_rows, open_rows, recent_rows, rule_rows
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


def _rule_or_404(request: OrganisationRequest, pk: UUID) -> AlertRule:
    found = selectors.alert_rule_get(request.organisation, pilot_or_404(request), pk)
    if found is None:
        raise Http404
    return found


@requires(permissions.VIEW)
def alerts(request: OrganisationRequest) -> HttpResponse:
    """What is raised, the rules, the usual rules, and the newest alerts."""
    pilot, manages = pilot_or_404(request), request.membership.may(permissions.MANAGE)
    context = {
        "pilot": pilot,
        "may_manage": manages,
        "may_decide": request.membership.may(permissions.DECIDE),
        "open": open_rows(pilot),
        "rules": rule_rows(pilot),
        "offered": offered_rows(pilot) if manages else [],
        "recent": recent_rows(pilot),
        "mail_possible": notify.possible(),
        "to_deciders": selectors.digest_to_deciders(pilot),
    }
    return page(request, "pilots/alerts.html", context)


@requires(permissions.MANAGE)
def alert_new(request: OrganisationRequest) -> HttpResponse:
    """A rule of one's own."""
    return _edited(request, None)


@requires(permissions.MANAGE)
def alert_change(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Change a rule; it begins anew without an alert."""
    return _edited(request, _rule_or_404(request, pk))


def _edited(request: OrganisationRequest, rule: AlertRule | None) -> HttpResponse:
    pilot = pilot_or_404(request)
    form = AlertRuleForm(request.POST or None, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            services.alert_rule_save(
                organisation=request.organisation,
                actor=request.actor,
                pilot=pilot,
                rule=rule,
                **form.values(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The rule is looked at within five minutes."))
            return redirect(request.organisation.url("pilots:alerts"))
    return page(request, "pilots/alert_rule.html", _shown(rule), form=form)


def _shown(rule: AlertRule | None) -> dict[str, Any]:
    return {
        "rule": rule,
        "sentence": alert_sentence(rule) if rule else "",
        "host": rule.webhook_host if rule else "",
        "mail_possible": notify.possible(),
    }


@requires(permissions.MANAGE)
@require_POST
def alert_test(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One message to the webhook as it is kept, marked as a test; the page says what became of it."""
    rule = _rule_or_404(request, pk)
    context = {**_shown(rule), "tested": True}
    try:
        found = alerting.alert_test(organisation=request.organisation, actor=request.actor, rule=rule)
    except Refused as refusal:
        context["problem"] = str(refusal)
    else:
        context |= {"problem": str(found)} if isinstance(found, Exception) else {"status": found}
    response = page(request, "pilots/alert_rule.html", context | {"form": AlertRuleForm(rule=rule)})
    response.status_code = 422 if "problem" in context else 200
    return response


@requires(permissions.MANAGE)
@require_POST
def alert_remove(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take a rule away."""
    rule = _rule_or_404(request, pk)
    services.alert_rule_remove(organisation=request.organisation, actor=request.actor, rule=rule)
    messages.success(request, _("The rule is removed."))
    return redirect(request.organisation.url("pilots:alerts"))


@requires(permissions.MANAGE)
@require_POST
def alert_offered(request: OrganisationRequest) -> HttpResponse:
    """Take one of the usual rules over; mail goes to whoever takes it."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    services.alert_rule_offered(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot_or_404(request),
        place=form.cleaned_data["place"],
        email=request.membership.user.email,
    )
    messages.success(request, _("Saved. The rule is looked at within five minutes."))
    return redirect(request.organisation.url("pilots:alerts"))


@requires(permissions.MANAGE)
@require_POST
def digest_all(request: OrganisationRequest) -> HttpResponse:
    """Switch the daily mail on or off for everybody who decides."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise Http404
    services.digest_set(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot_or_404(request),
        to_deciders=form.cleaned_data["on"],
    )
    return redirect(request.organisation.url("pilots:alerts"))


@requires(permissions.DECIDE)
def digest(request: OrganisationRequest) -> HttpResponse:
    """One's own daily mail about overdue cases."""
    member = request.membership
    if request.method == "POST":
        form = SwitchForm(request.POST)
        if not form.is_valid():
            raise Http404
        services.digest_choose(
            organisation=request.organisation,
            actor=request.actor,
            member=member,
            wanted=form.cleaned_data["on"],
        )
        return redirect(request.organisation.url("pilots:digest"))
    pilot = selectors.pilot_current(request.organisation)
    choice = selectors.digest_choice(member)
    usual = pilot is not None and selectors.digest_to_deciders(pilot)
    context = {
        "wanted": usual if choice is None else choice,
        "usual": usual and choice is None,
        "address": member.user.email,
        "mail_possible": notify.possible(),
    }
    return page(request, "pilots/digest.html", context)
