"""Writes of language models and their rules. A key is sealed at once and never shown; switching on asks twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.core.secrets import seal
from pilotwerk.pilots.domain.breaker import Circuit
from pilotwerk.pilots.models import (
    Fallback,
    ModelPolicy,
    ModelUse,
    Pilot,
    Provider,
    ProviderKind,
    ProviderRegion,
)
from pilotwerk.pilots.providers import calling, prompts
from pilotwerk.pilots.providers.adapter import PURPOSE, Question
from pilotwerk.pilots.providers.address import CLOUD_REGION, check_base_url, claimed_region
from pilotwerk.pilots.providers.masking.own_pattern import BadPattern, checked
from pilotwerk.pilots.providers.prices import price_of
from pilotwerk.pilots.providers.selectors import policy_of
from pilotwerk.pilots.providers.typed import ShortAnswer

FIELDS: Final = (
    "name", "kind", "model", "base_url", "cloud_region", "api_version", "region", "contract_date",
    "contract_reference", "price_in_micro", "price_out_micro", "eur_per_usd", "data_allowed", "max_tokens",
    "timeout_seconds",
)  # fmt: skip
# What decides where the text goes and under which rules: a change of it must be confirmed anew.
DECISIVE: Final = ("kind", "model", "base_url", "cloud_region", "region", "contract_date", "contract_reference",
                   "data_allowed")  # fmt: skip
# A key is only good for the server for which it was entered.
SERVER: Final = ("kind", "base_url", "cloud_region")


def provider_save(
    *,
    organisation: Organisation,
    actor: Actor,
    provider: Provider | None = None,
    key: str = "",
    **values: Any,
) -> Provider:
    """A new language model, or a changed one. It stays off, and goes off when what was confirmed has changed.

    An empty key leaves the stored one, unless the server changed: a key goes to no other server than its own.
    """
    row = provider or Provider(organisation=organisation)
    if row.organisation_id != organisation.id:
        raise Refused(_("There is no such language model."))
    before = {name: getattr(row, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    row.name = " ".join(row.name.split())
    row.base_url = row.base_url.rstrip("/")
    _check(row)
    if key or any(before[name] != getattr(row, name) for name in SERVER):
        row.key = seal(key, purpose=PURPOSE) if key else ""
    went_off = row.is_on and any(before[name] != getattr(row, name) for name in DECISIVE)
    row.is_on = row.is_on and not went_off
    row.circuit, row.failures, row.retry_at = Circuit.CLOSED.value, 0, None
    try:
        with transaction.atomic():
            if provider:
                row.save(update_fields=[*FIELDS, "key", "is_on", "circuit", "failures", "retry_at"])
            else:
                row.save(force_insert=True)
            _record(row, actor, "pilots.provider_saved", {"went_off": went_off})
    except IntegrityError:
        raise Refused(_("There is a language model “%(name)s” already.") % {"name": row.name}) from None
    return row


def _check(row: Provider) -> None:
    """Settings that contradict each other or lead where they must not."""
    if row.kind == ProviderKind.BEDROCK:
        if not CLOUD_REGION.fullmatch(row.cloud_region):
            raise Refused(_("Name the AWS region, for example eu-central-1."))
        row.base_url = ""
    elif row.base_url or row.kind != ProviderKind.MISTRAL:
        check_base_url(row.base_url, kind=row.kind)
    if row.kind == ProviderKind.AZURE and not row.api_version:
        raise Refused(_("Name the version of the Azure interface, for example 2024-10-21."))
    if row.region == ProviderRegion.HOUSE and row.kind != ProviderKind.OPENAI:
        raise Refused(_("This kind of provider does not run in your own house."))
    says = claimed_region(row.kind, row.base_url, row.cloud_region, row.model)
    if says is not None and says != row.region:
        raise Refused(
            _("According to its address or name this model runs in: %(region)s. Choose that.")
            % {"region": says.label}
        )


def obstacles(provider: Provider) -> list[str]:
    """Why this language model cannot be switched on yet, as sentences."""
    policy = policy_of(provider.organisation)
    found = []
    if provider.region not in policy.regions:
        found.append(
            _("Your rules do not allow this region: %(region)s.") % {"region": provider.get_region_display()}
        )
    outside = provider.region != ProviderRegion.HOUSE
    if outside and not (provider.contract_date and provider.contract_reference):
        found.append(_("The data-processing agreement is missing: date and reference."))
    if isinstance(price_of(provider), CannotTell):
        found.append(_("The price is not known. Enter your own price, or the euro for one US dollar."))
    if not policy.day_micro or not policy.month_micro:
        found.append(_("No budget is set for language models."))
    if provider.kind != ProviderKind.OPENAI and not provider.key:
        found.append(_("The key is missing."))
    return found


@transaction.atomic
def provider_switch_on(*, organisation: Organisation, actor: Actor, provider: Provider, name: str) -> None:
    """Let texts go to this language model. The second step: the person has read where to, and types its name."""
    row = Provider.objects.select_for_update().of(organisation).filter(pk=provider.pk).first()
    if row is None:
        raise Refused(_("There is no such language model."))
    missing = obstacles(row)
    if missing:
        raise Refused(" ".join(missing))
    if " ".join(name.split()) != row.name:
        raise Refused(_("To switch it on, enter its name exactly: %(name)s.") % {"name": row.name})
    _check(row)
    if Provider.objects.filter(pk=row.pk, is_on=False).update(is_on=True) != 1:
        raise Refused(_("It is switched on already."))
    _record(row, actor, "pilots.provider_on", {})


@transaction.atomic
def provider_switch_off(*, organisation: Organisation, actor: Actor, provider: Provider) -> None:
    """At once and without a question: the next call sees it."""
    if Provider.objects.of(organisation).filter(pk=provider.pk, is_on=True).update(is_on=False) == 1:
        _record(provider, actor, "pilots.provider_off", {})


@transaction.atomic
def provider_delete(*, organisation: Organisation, actor: Actor, provider: Provider) -> None:
    """It goes with its key, and pilots that asked it use the built-in method again; its calls stay in the books."""
    deleted, _rows = Provider.objects.of(organisation).filter(pk=provider.pk).delete()
    if not deleted:
        raise Refused(_("There is no such language model."))
    _record(provider, actor, "pilots.provider_deleted", {})


def provider_test(
    *, organisation: Organisation, actor: Actor, provider: Provider
) -> calling.Called[ShortAnswer]:
    """Send one harmless sentence, within the organisation's budget. Raises NotAsked."""
    prompt = prompts.newest("test", "de")
    return calling.call(
        organisation=organisation,
        actor=actor,
        provider=provider,
        prompt=prompt.name,
        question=Question(prompt.text, "Wie viele Tage hat eine Woche?", 60, float(provider.timeout_seconds)),
        output=ShortAnswer,
        masked={},
        trial=True,
    )


@transaction.atomic
def policy_save(
    *,
    organisation: Organisation,
    actor: Actor,
    regions: list[str],
    day_micro: int | None,
    month_micro: int | None,
    customer_pattern: str = "",
) -> ModelPolicy:
    """The organisation's rules. Language models in a region that is no longer allowed go off at once."""
    if customer_pattern:
        try:
            checked(customer_pattern)
        except BadPattern as bad:
            raise Refused(_pattern_refusal(str(bad.args[0]))) from None
    if not set(regions) <= set(ProviderRegion.values):
        raise Refused(_("Choose the regions from the list."))
    values = {
        "regions": sorted(regions),
        "day_micro": day_micro,
        "month_micro": month_micro,
        "customer_pattern": customer_pattern,
    }
    row, _made = ModelPolicy.objects.update_or_create(organisation=organisation, defaults=values)
    for provider in Provider.objects.of(organisation).filter(is_on=True).exclude(region__in=regions):
        provider_switch_off(organisation=organisation, actor=actor, provider=provider)
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.model_policy_saved",
        subject=("pilots.ModelPolicy", str(row.pk)),
        data=values,
    )
    return row


def _pattern_refusal(code: str) -> str:
    if code == "repeat":
        return _("A repeated group is not possible in the pattern: it could take for ever on some texts.")
    if code == "variable":
        return _("At most three parts of the pattern may be of variable length.")
    if code == "empty":
        return _("This pattern also matches nothing at all.")
    return _("This pattern cannot be read. Example: KD-[0-9]{6}")


@transaction.atomic
def use_save(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    provider: Provider | None,
    day_micro: int = 0,
    month_micro: int = 0,
    fallback: str = Fallback.EMBEDDED,
) -> None:
    """Let the pilot ask this language model within its budget; None for the built-in method."""
    if pilot.organisation_id != organisation.id or (provider and provider.organisation_id != organisation.id):
        raise Refused(_("There is no such language model."))
    if provider is None:
        ModelUse.objects.of(organisation).filter(pilot=pilot).delete()
    else:
        if not provider.is_on:
            raise Refused(_("Switch the language model on first."))
        ModelUse.objects.update_or_create(
            organisation=organisation,
            pilot=pilot,
            defaults={
                "provider": provider,
                "day_micro": day_micro,
                "month_micro": month_micro,
                "fallback": fallback,
            },
        )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.model_use_saved",
        subject=("pilots.Pilot", str(pilot.pk)),
        data={
            "pilot": pilot.name,
            "name": provider.name if provider else _("built-in method"),
            "day_micro": day_micro,
            "month_micro": month_micro,
            "fallback": str(fallback),
        },
    )


def _record(row: Provider, actor: Actor, action: str, more: dict[str, Any]) -> None:
    """What is recorded says where texts go and under which contract, and never the key."""
    record(
        organisation_id=row.organisation_id,
        actor=actor,
        action=action,
        subject=("pilots.Provider", str(row.pk)),
        data={
            "name": row.name,
            "kind": row.kind,
            "model": row.model,
            "base_url": row.base_url,
            "cloud_region": row.cloud_region,
            "region": row.region,
            "data": row.data_allowed,
            "contract": _plain(row.contract_date),
            "contract_reference": row.contract_reference,
            **more,
        },
    )


def _plain(value: date | Decimal | None) -> str:
    return str(value) if value is not None else ""
