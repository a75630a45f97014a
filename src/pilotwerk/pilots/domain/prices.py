"""What a call of a language model costs, in whole micro-euro (millionths of a euro)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

TOKENS: Final = 1_000_000
# What a service puts around the messages (roles, marks of beginning and end), generously.
FRAME_TOKENS: Final = 512
# From this share of a budget on a warning is given.
WARN_SHARE: Final = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-euro for a million tokens in and out. `source` says who named it: "own" or the price list."""

    micro_in: int
    micro_out: int
    source: str

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Micro-euro for these tokens, rounded up: nothing is cheaper in the books than on the bill."""
        exact = tokens_in * self.micro_in + tokens_out * self.micro_out
        return -(-exact // TOKENS)


def most_tokens(*texts: str) -> int:
    """No more tokens than this can be in the texts: a token of a byte-level vocabulary holds at least one byte
    (Sennrich et al. 2016; Radford et al. 2019), so the bytes in UTF-8 bound them from above.
    """
    return sum(len(text.encode()) for text in texts) + FRAME_TOKENS


def highest_cost(price: Price, *, texts: tuple[str, ...], max_tokens: int) -> int:
    """What a call can cost at most: every byte of the question a token, and the whole answer used up."""
    return price.cost(most_tokens(*texts), max_tokens)


def warn_from(limit: int) -> int:
    """From which sum on, in micro-euro, a budget of `limit` gives its warning."""
    return int(limit * WARN_SHARE)
