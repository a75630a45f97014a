"""Numbers, dates and money read as people in each country write them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from pilotwerk.core.results import CannotTell
from pilotwerk.web.templatetags import pw

NB = "\u00a0"


@pytest.mark.parametrize(
    ("filtered", "german", "english"),
    [
        (lambda: pw.number(11229), "11.229", "11,229"),
        (lambda: pw.number(-4.84, 1), "−4,8", "−4.8"),
        (lambda: pw.percent(0.921), f"92{NB}%", "92%"),
        (lambda: pw.euro(-6736), f"−6.736{NB}€", "−€6,736"),
        (lambda: pw.signed(pw.euro(895)), f"+895{NB}€", "+€895"),
        (lambda: pw.short_date(date(2026, 12, 9)), "09.12.2026", "9 December 2026"),
        (lambda: pw.long_date(date(2026, 12, 9)), "Mittwoch, 9. Dezember 2026", "Wednesday, 9 December 2026"),
        (lambda: pw.clock_time(datetime(2026, 11, 17, 9, 5, tzinfo=UTC)), f"10:05{NB}Uhr", "10:05"),
        (lambda: pw.duration_days(1.6), f"38,4{NB}Std.", "38.4 h"),
        (lambda: pw.duration_days(7.55), f"7,6{NB}Tage", "7.6 days"),
        (lambda: pw.number(None), "offen", "open"),
        (lambda: pw.euro(CannotTell("no wage")), "offen", "open"),
    ],
)
def test_a_value_in_german_and_english(filtered: object, german: str, english: str) -> None:
    with translation.override("de"):
        assert filtered() == german  # type: ignore[operator]
    with translation.override("en"):
        assert filtered() == english  # type: ignore[operator]


def test_an_unknown_address_is_a_calm_page_in_german(client: object, db: None) -> None:
    answer = client.get("/gibt-es-nicht/", headers={"accept-language": "de"})  # type: ignore[attr-defined]
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
