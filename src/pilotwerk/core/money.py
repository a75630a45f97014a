"""Amounts of money: Decimal, rounded half up to cents only when shown or stored."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MICRO = 1_000_000


def to_cents(amount: Decimal | float | int | str) -> Decimal:
    """The amount rounded half up to two decimals. Floats go through their shortest text, so 0.1 stays 0.1."""
    return Decimal(str(amount)).quantize(CENT, rounding=ROUND_HALF_UP)


def to_micro(euro: Decimal | float | int | str) -> int:
    """Euro as whole micro-euro (millionths), rounded half up: sums of tiny prices stay exact."""
    return int((Decimal(str(euro)) * MICRO).to_integral_value(rounding=ROUND_HALF_UP))


def from_micro(micro: int) -> Decimal:
    """Micro-euro as euro, exact."""
    return Decimal(micro) / MICRO
