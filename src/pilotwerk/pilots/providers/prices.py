"""What a model costs: the organisation's own price, or the price list that comes with genai-prices (offline)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Final

from pilotwerk.core.money import MICRO
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.prices import TOKENS, Price
from pilotwerk.pilots.models import Provider, ProviderKind, ProviderRegion

# The price list's names of the services.
_LISTED: Final = {ProviderKind.AZURE: "azure", ProviderKind.BEDROCK: "aws", ProviderKind.MISTRAL: "mistral"}
UNKNOWN: Final = "unknown_price"


@dataclass(frozen=True, slots=True)
class ListPrice:
    """US dollars for a million tokens, as the list of this version says it. With tiers the dearest one."""

    usd_in: Decimal
    usd_out: Decimal
    version: str


@lru_cache(maxsize=64)
def list_price(kind: str, model: str, base_url: str) -> ListPrice | None:
    """What the price list says about the model; None when it does not know it. No network is touched."""
    import genai_prices

    usage = genai_prices.Usage(input_tokens=TOKENS, output_tokens=TOKENS)
    try:
        if kind == ProviderKind.OPENAI:
            found = genai_prices.calc_price(usage, model, provider_api_url=base_url)
        else:
            found = genai_prices.calc_price(usage, model, provider_id=_LISTED[ProviderKind(kind)])
    except LookupError:
        return None
    if not found.input_price and not found.output_price:
        return None
    return ListPrice(found.input_price, found.output_price, genai_prices.__version__)


def price_of(provider: Provider) -> Price | CannotTell:
    """The price in micro-euro that counts for this provider. CannotTell blocks every call.

    A price list in dollars needs the euro for a dollar that a person named. In the own house the price is what a person
    entered too, zero included: an empty field is never taken for free.
    """
    if provider.price_in_micro is not None and provider.price_out_micro is not None:
        return Price(provider.price_in_micro, provider.price_out_micro, "own")
    if provider.region == ProviderRegion.HOUSE or provider.eur_per_usd is None:
        return CannotTell(UNKNOWN)
    listed = list_price(provider.kind, provider.model, provider.base_url)
    if listed is None:
        return CannotTell(UNKNOWN)
    rate = provider.eur_per_usd
    return Price(
        _micro(listed.usd_in * rate), _micro(listed.usd_out * rate), f"genai-prices {listed.version}"
    )


def _micro(euro: Decimal) -> int:
    """Rounded up: a price list must not make anything cheaper."""
    return int((euro * MICRO).to_integral_value(rounding=ROUND_CEILING))
