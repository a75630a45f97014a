"""When one pair of eyes is not enough: amounts, categories, low confidence, complaints, legal threats.

The words are lists, not a model: anyone can read why a case needs a second person. They look for whole words
in German and English and rather ask once too often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pilotwerk.core.results import CannotTell


class Limit(StrEnum):
    """Why a second person is asked."""

    AMOUNT = "amount"
    CATEGORY = "category"
    CONFIDENCE = "confidence"
    COMPLAINT = "complaint"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is set for a pilot; nothing set means that one person is enough, as before.

    ``amount``: in euro (or francs), from above it two people decide. ``confidence``: 0..1, below it.
    """

    amount: Decimal | None = None
    categories: tuple[str, ...] = ()
    confidence: float | None = None
    complaints: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What is looked at: request and answer, the category, and how sure the recipe was.

    ``by_hand``: a person wrote the answer, so there is no confidence to ask for. ``worth``: what is ordered or promised
    beside the text, in euro (or francs); CannotTell where it holds something without a price.
    """

    texts: tuple[str, ...]
    category: str = ""
    confidence: float | None = None
    by_hand: bool = False
    worth: Decimal | CannotTell | None = None


_COMPLAINT: Final = (
    r"beschwer\w*|reklam\w*|unzufrieden\w*|enttäuscht\w*|entt(?:ae)uscht\w*|unversch(?:ä|ae)mt\w*|frechheit|"
    r"unzumutbar\w*|zumutung|inakzeptabel\w*|empör\w*|verärgert\w*|mangelhaft\w*|schlechte\w* bewertung|"
    r"negative\w* bewertung|geld zurück|"
    r"complain\w*|unacceptable|disappoint\w*|outrag\w*|dissatisfied|unhappy with|disgust\w*|appalling|"
    r"bad review|negative review|money back"
)
_LEGAL: Final = (
    r"anwalt\w*|anwält\w*|rechtsanw\w*|rechtsbeistand|rechtliche\w* schritte\w*|gericht|amtsgericht\w*|"
    r"landgericht\w*|gerichtlich\w*|mahnbescheid\w*|klage|klagen|verklag\w*|einklag\w*|anzeige erstatten|"
    r"strafanzeige\w*|schadenersatz\w*|schadensersatz\w*|frist setz\w*|letzte frist|unterlassung\w*|"
    r"abmahn\w*|verbraucherzentrale\w*|schlichtungsstelle\w*|aufsichtsbehörde\w*|datenschutzbehörde\w*|"
    r"lawyer\w*|solicitor\w*|attorney\w*|legal action|legal steps|court|lawsuit\w*|sue|suing|sued|"
    r"damages|cease and desist|ombudsman|small claims|trading standards|data protection authority"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_WORDS: Final = {Limit.COMPLAINT: _words(_COMPLAINT), Limit.LEGAL: _words(_LEGAL)}

_CURRENCY: Final = r"(?:€|eur|euros?|chf|fr\.|sfr\.?|franken|francs?)"
_NUMBER: Final = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SCALE: Final = r"(?P<scale>tsd\.?|tausend|thousand|k|mio\.?|millionen?|million)?"
_AMOUNTS: Final = (
    re.compile(rf"(?<![\w.,])(?P<number>{_NUMBER})(?:,[-–]+)?\s*{_SCALE}\s*{_CURRENCY}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_CURRENCY}\s*(?P<number>{_NUMBER})(?![\d])\s*{_SCALE}(?!\w)", re.IGNORECASE),
)


def amounts(text: str) -> list[Decimal]:
    """Every amount of money that a text names: "1.234,50 €", "EUR 2,000.00", "5 Tsd. Euro"."""
    found = []
    for pattern in _AMOUNTS:
        for match in pattern.finditer(text):
            found.append(_value(match["number"]) * _factor(match["scale"]))
    return found


def _value(number: str) -> Decimal:
    """The number, whatever separates thousands: a last group of one or two digits is the fraction."""
    head, fraction = number, ""
    split = re.search(r"[.,](\d{1,2})$", number)
    if split:
        head, fraction = number[: split.start()], split[1]
    return Decimal(f"{re.sub(r'[^0-9]', '', head)}.{fraction or 0}")


def _factor(scale: str | None) -> int:
    if not scale:
        return 1
    return 1_000_000 if scale.lower().startswith(("mio", "million")) else 1_000


def recognised(texts: Iterable[str]) -> set[Limit]:
    """Whether the texts hold words of a complaint or of a legal threat."""
    joined = "\n".join(texts)
    return {limit for limit, words in _WORDS.items() if words.search(joined)}


def reached(limits: Limits, content: Content) -> list[Limit]:
    """Why two people are needed for this content; empty when one is enough. In the order of ``Limit``."""
    found: set[Limit] = recognised(content.texts) if limits.complaints else set()
    if limits.amount is not None:
        named = [amount for text in content.texts for amount in amounts(text)]
        # What has no price may be worth anything.
        unknown = isinstance(content.worth, CannotTell)
        if isinstance(content.worth, Decimal):
            named.append(content.worth)
        if unknown or any(amount > limits.amount for amount in named):
            found.add(Limit.AMOUNT)
    if content.category and content.category in limits.categories:
        found.add(Limit.CATEGORY)
    # Where the recipe cannot say how sure it is, it counts as not sure.
    if (
        limits.confidence is not None
        and not content.by_hand
        and (content.confidence or 0) < limits.confidence
    ):
        found.add(Limit.CONFIDENCE)
    return [limit for limit in Limit if limit in found]
