"""Pages for language models: list and rules, form, test, switching on and off, and what would be sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.money import from_micro
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe
from pilotwerk.pilots import selectors as pilots
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Case, DataAllowed, Pilot, Proposal, Provider, Source
from pilotwerk.pilots.providers import selectors, services
from pilotwerk.pilots.providers.calling import NotAsked
from pilotwerk.pilots.providers.forms import PolicyForm, PreviewForm, ProviderForm, SwitchOnForm, UseForm
from pilotwerk.pilots.providers.outgoing import Outgoing, outgoing, outgoing_rewriting
from pilotwerk.pilots.providers.telling import reason_sentence
from pilotwerk.pilots.recipes.base import Proposed, Rewriting
from pilotwerk.web.render import page

CALLS_SHOWN = 50


def _provider(request: OrganisationRequest, pk: UUID) -> Provider:
    found = selectors.provider_get(request.organisation, pk)
    if found is None:
        raise Http404
    return found


@requires(permissions.MODELS_VIEW)
def models(request: OrganisationRequest) -> HttpResponse:
    """All language models, budgets, and the newest calls."""
    pilot = pilots.pilot_current(request.organisation)
    listed = selectors.provider_list(request.organisation)
    context = {
        "listed": listed,
        "policy": selectors.policy_of(request.organisation),
        "pilot": pilot,
        "use": selectors.use_of(request.organisation, pilot) if pilot else None,
        "budgets": selectors.budgets(request.organisation, pilot),
        "calls": _calls(request, None),
        "may_manage": request.membership.may(permissions.MODELS),
        "may_stop_all": request.membership.may(permissions.STOP_ALL)
        and any(one.provider.is_on for one in listed),
        "may_choose": _asks(pilot),
    }
    return page(request, "pilots/models/list.html", context)


def _asks(pilot: Pilot | None) -> bool:
    """Whether a language model can be chosen for the pilot: it is not over, and one may write in its recipe."""
    if pilot is None or pilot.state == PilotState.ENDED:
        return False
    return recipe.of(pilot.recipe).about.language_model


def _calls(request: OrganisationRequest, provider: Provider | None) -> list[dict[str, Any]]:
    return [
        {
            "call": one,
            "reserved": from_micro(one.reserved_micro),
            "cost": None if one.cost_micro is None else from_micro(one.cost_micro),
            "masked": sum(one.masked.values()),
        }
        for one in selectors.calls_newest(request.organisation, provider)[:CALLS_SHOWN]
    ]


@requires(permissions.MODELS)
def rules(request: OrganisationRequest) -> HttpResponse:
    """Regions, budget and pattern of the organisation."""
    initial = PolicyForm.initial_for(selectors.policy_of(request.organisation))
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.policy_save(organisation=request.organisation, actor=request.actor, **form.values())
        except Refused as refusal:
            form.add_error("customer_pattern", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request.organisation.url("pilots:models"))
    return page(request, "pilots/models/rules.html", {}, form=form)


@requires(permissions.MODELS)
def use(request: OrganisationRequest) -> HttpResponse:
    """Which language model the present pilot asks."""
    pilot = pilots.pilot_current(request.organisation)
    if pilot is None or not _asks(pilot):
        raise Http404
    form = UseForm(
        request.POST or None,
        providers=Provider.objects.of(request.organisation).filter(is_on=True),
        use=selectors.use_of(request.organisation, pilot),
    )
    if request.method == "POST" and form.is_valid():
        services.use_save(
            organisation=request.organisation, actor=request.actor, pilot=pilot, **form.values()
        )
        messages.success(request, _("Saved."))
        return redirect(request.organisation.url("pilots:models"))
    return page(request, "pilots/models/use.html", {"pilot": pilot}, form=form)


@requires(permissions.MODELS)
def model_new(request: OrganisationRequest) -> HttpResponse:
    """A new language model; it is off until it is switched on in a step of its own."""
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.provider_save(
                organisation=request.organisation, actor=request.actor, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The language model is off until you switch it on."))
            return redirect(request.organisation.url("pilots:model", pk=row.pk))
    return page(request, "pilots/models/edit.html", {"provider": None}, form=form)


@requires(permissions.MODELS)
def model_edit(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Change a language model; it goes off when what was confirmed changes."""
    provider = _provider(request, pk)
    was_on = provider.is_on
    form = ProviderForm(request.POST or None, instance=provider)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.provider_save(
                organisation=request.organisation, actor=request.actor, provider=provider, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            off = was_on and not row.is_on
            said = (
                _("Saved. It was switched off, because what was confirmed has changed.")
                if off
                else _("Saved.")
            )
            messages.success(request, said)
            return redirect(request.organisation.url("pilots:model", pk=row.pk))
    return page(request, "pilots/models/edit.html", {"provider": provider}, form=form)


@requires(permissions.MODELS_VIEW)
def model(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One language model: where texts go, under which contract, at which price, and its calls."""
    return page(request, "pilots/models/model.html", _context(request, _provider(request, pk)))


def _context(request: OrganisationRequest, provider: Provider) -> dict[str, Any]:
    listed = next(
        one for one in selectors.provider_list(request.organisation) if one.provider.pk == provider.pk
    )
    return {
        "provider": provider,
        "listed": listed,
        "price_list": selectors.listed_price(provider),
        "obstacles": [] if provider.is_on else services.obstacles(provider),
        "calls": _calls(request, provider),
        "may_manage": request.membership.may(permissions.MODELS),
    }


@requires(permissions.MODELS)
@require_POST
def model_test(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One harmless sentence out, the answer with tokens, cost and time back."""
    provider = _provider(request, pk)
    context: dict[str, Any] = {}
    status = 200
    try:
        called = services.provider_test(
            organisation=request.organisation, actor=request.actor, provider=provider
        )
    except NotAsked as none:
        context["fault"] = reason_sentence(none.reason)
        status = 422
    else:
        called.call.refresh_from_db()
        context["tested"] = {
            "answer": called.answer.output.answer,
            "call": called.call,
            "cost": from_micro(called.call.cost_micro or 0),
        }
    provider.refresh_from_db()
    response = page(request, "pilots/models/model.html", _context(request, provider) | context)
    response.status_code = status
    return response


@requires(permissions.MODELS)
def model_on(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """The first step shows where texts will go; the second types the name."""
    provider = _provider(request, pk)
    form = SwitchOnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.provider_switch_on(
                organisation=request.organisation,
                actor=request.actor,
                provider=provider,
                name=form.cleaned_data["name"],
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("%(name)s is switched on.") % {"name": provider.name})
            return redirect(request.organisation.url("pilots:model", pk=provider.pk))
    context = {"provider": provider, "obstacles": services.obstacles(provider)}
    return page(request, "pilots/models/switch_on.html", context, form=form)


@requires(permissions.MODELS)
@require_POST
def model_off(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Off at once, without a question."""
    provider = _provider(request, pk)
    services.provider_switch_off(organisation=request.organisation, actor=request.actor, provider=provider)
    messages.success(
        request, _("%(name)s is switched off. Nothing is sent any more.") % {"name": provider.name}
    )
    return redirect(request.organisation.url("pilots:model", pk=provider.pk))


@requires(permissions.MODELS)
@require_POST
def model_delete(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """The language model goes with its key; its calls stay in the books."""
    provider = _provider(request, pk)
    services.provider_delete(organisation=request.organisation, actor=request.actor, provider=provider)
    messages.success(request, _("%(name)s is deleted.") % {"name": provider.name})
    return redirect(request.organisation.url("pilots:models"))


@requires(permissions.MODELS_VIEW)
def preview(request: OrganisationRequest) -> HttpResponse:
    """What would be sent of a pasted text, or of a case that exists. Nothing is sent, nothing is stored."""
    form = PreviewForm(request.POST or None)
    context: dict[str, Any] = {}
    if request.method == "GET" and request.GET.get("case"):
        case = pilots.case_get(request.organisation, _uuid(request.GET["case"]))
        if case is None:
            raise Http404
        task = _rewriting(case)
        text = task.source if task else case.text
        form = PreviewForm(initial={"text": text, "sender_name": case.sender_name})
        context = _rewritten(request, task) if task else _sent(request, case.subject, text, case.sender_name)
    elif request.method == "POST" and form.is_valid():
        context = _sent(request, "", form.cleaned_data["text"], form.cleaned_data["sender_name"])
    return page(request, "pilots/models/preview.html", context, form=form)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _rewriting(case: Case) -> Rewriting | None:
    """The text of the case's last proposal, where a language model only puts it into other words."""
    proposal = Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()
    kind = recipe.of(case.pilot.recipe)
    if proposal is None or not kind.about.rewrites or pilots.blind(case):
        return None
    return kind.rewriting(Proposed(body=proposal.body, details=proposal.details))


def _rewritten(request: OrganisationRequest, task: Rewriting) -> dict[str, Any]:
    out = outgoing_rewriting(organisation=request.organisation, allowed=DataAllowed.MASKED, task=task)
    return _shown(task.source, out)


def _shown(original: str, out: Outgoing) -> dict[str, Any]:
    return {
        "original": original,
        "masked": out.masked.text,
        "replaced": sorted(out.masked.originals.items()),
        "instructions": out.instructions,
        "data": out.data,
    }


def _sent(request: OrganisationRequest, subject: str, text: str, sender_name: str) -> dict[str, Any]:
    pilot = pilots.pilot_current(request.organisation)
    out = outgoing(
        organisation=request.organisation,
        allowed=DataAllowed.MASKED,
        subject=subject,
        text=text,
        sender_name=sender_name,
        categories=pilots.categories(pilot) if pilot else [],
        template="",
        language="en" if (get_language() or "de").startswith("en") else "de",
    )
    return _shown(f"{subject}\n\n{text}" if subject else text, out)
