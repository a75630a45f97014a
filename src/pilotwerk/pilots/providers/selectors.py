"""Reads of language models, rules, calls and what is spent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.core.money import from_micro
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.prices import Price, warn_from
from pilotwerk.pilots.models import (
    DEFAULT_REGIONS,
    ModelCall,
    ModelPolicy,
    ModelUse,
    Pilot,
    Provider,
    Spending,
)
from pilotwerk.pilots.providers.budget import limits
from pilotwerk.pilots.providers.prices import ListPrice, list_price, price_of


@dataclass(frozen=True, slots=True)
class Used:
    """One budget: whose and for when, how much is used, and whether the warning is due. Amounts in euro."""

    pilot: Pilot | None
    period: str
    used: Decimal
    limit: Decimal
    warned: bool
    exhausted: bool

    @property
    def share(self) -> float:
        """Used share of the budget, 0 where there is none."""
        return float(self.used / self.limit) if self.limit else 0.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A language model with its price, or the reason why there is none."""

    provider: Provider
    price: Price | None

    @property
    def euro_in(self) -> Decimal | None:
        return from_micro(self.price.micro_in) if self.price else None

    @property
    def euro_out(self) -> Decimal | None:
        return from_micro(self.price.micro_out) if self.price else None


def policy_of(organisation: Organisation) -> ModelPolicy:
    """The organisation's rules; before anybody set them: all regions but "elsewhere", no budget."""
    found: ModelPolicy | None = ModelPolicy.objects.of(organisation).first()
    return found or ModelPolicy(organisation=organisation, regions=list(DEFAULT_REGIONS))


def provider_list(organisation: Organisation) -> list[Listed]:
    """All language models by name, each with the price that counts."""
    found = []
    for provider in Provider.objects.of(organisation):
        price = price_of(provider)
        found.append(Listed(provider, None if isinstance(price, CannotTell) else price))
    return found


def provider_get(organisation: Organisation, pk: UUID) -> Provider | None:
    found: Provider | None = Provider.objects.of(organisation).filter(pk=pk).first()
    return found


def listed_price(provider: Provider) -> ListPrice | None:
    """What the price list says, shown beside the own price."""
    return list_price(provider.kind, provider.model, provider.base_url) if provider.kind else None


def use_of(organisation: Organisation, pilot: Pilot) -> ModelUse | None:
    """Which language model the pilot asks; None for the built-in method."""
    found: ModelUse | None = (
        ModelUse.objects.of(organisation).select_related("provider").filter(pilot=pilot).first()
    )
    return found


def calls_newest(organisation: Organisation, provider: Provider | None = None) -> QuerySet[ModelCall]:
    """Calls, newest first, of one language model or of all."""
    found: QuerySet[ModelCall] = ModelCall.objects.of(organisation).select_related("case")
    return found.filter(provider=provider) if provider else found


def budgets(organisation: Organisation, pilot: Pilot | None) -> list[Used]:
    """Today's and this month's budgets of the organisation, and of the pilot where it asks a language model."""
    day = clock.today(organisation.timezone).isoformat()
    asks = pilot if pilot is not None and use_of(organisation, pilot) is not None else None
    found = []
    for limit in limits(organisation, asks, day):
        mine = Spending.objects.of(organisation).filter(pilot=limit.pilot, period=limit.period)
        used = mine.values_list("used_micro", flat=True).first() or 0
        exhausted = bool(limit.micro) and mine.exclude(exhausted_at=None).exists()
        found.append(
            Used(
                limit.pilot,
                limit.period,
                from_micro(used),
                from_micro(limit.micro),
                bool(limit.micro) and used >= warn_from(limit.micro),
                exhausted,
            )
        )
    return found
