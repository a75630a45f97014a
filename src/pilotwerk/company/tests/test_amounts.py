"""People type amounts as they are used to."""

import pytest

from pilotwerk.company.domain.amounts import parse_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("48", 48),
        ("48,5", 48.5),
        ("46.50 €", 46.5),
        ("1.500", 1500),
        ("8.200.000", 8_200_000),
        ("8,200,000", 8_200_000),
        ("1.480,50", 1480.5),
        ("1,480.50", 1480.5),
        ("8,2 Mio", 8_200_000),
        ("8.2 million", 8_200_000),
        ("1,250 Mio. €", 1_250_000),
        ("2 Mrd", 2e9),
        ("1 Milliarde", 1e9),
        ("350 Tsd", 350_000),
        ("8'200'000 CHF", 8_200_000),
        ("€1,480", 1480),
    ],
)
def test_what_people_type_is_understood(text: str, amount: float) -> None:
    assert parse_amount(text) == pytest.approx(amount)


@pytest.mark.parametrize("text", ["", "knapp 50", "-3", "1,2,3", "1.2.3,4,5", "viel", "nan"])
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is the input itself)
        parse_amount(text)
