"""Amounts of money: Decimal, rounded half up to cents only when shown or stored."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_cents(amount: Decimal | float | int | str) -> Decimal:
    """The amount rounded half up to two decimals. Floats go through their shortest text, so 0.1 stays 0.1."""
    return Decimal(str(amount)).quantize(CENT, rounding=ROUND_HALF_UP)
