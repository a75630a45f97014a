"""A customer rings up: the clerk finds their case by what they say."""

from __future__ import annotations

import pytest

from pilotwerk.pilots.models import Case
from pilotwerk.pilots.tests.stage import Stage

pytestmark = pytest.mark.django_db


def found(stage: Stage, words: str, **more: str) -> tuple[int, str]:
    """Status and text of the list of cases that a clerk gets for these words."""
    answer = stage.cast.client("clerk").get(stage.cast.organisation.url("pilots:cases"), {"q": words, **more})
    return answer.status_code, answer.content.decode()


def test_a_case_is_found_by_number_subject_name_and_address(stage: Stage) -> None:
    first, second = stage.proposed(2)
    Case.objects.filter(pk=first.pk).update(
        subject="Kalte Heizung", sender_name="Zelda Quast", sender_address="zelda@quast.example", key="T-77"
    )
    Case.objects.filter(pk=second.pk).update(
        subject="Rechnung", sender_name="Jens", sender_address="j@x.example"
    )
    for words in (
        first.label,
        first.label.lower(),
        str(first.number),
        "t-77",
        "kalte heiz",
        "QUAST",
        "zelda@",
    ):
        _status, page = found(stage, words)
        assert (words, first.label in page, "1 Vorgang" in page or "Ein Vorgang" in page) == (
            words,
            True,
            True,
        )
        assert f">{second.label}<" not in page, words


def test_a_search_stays_with_the_filters_and_says_when_nothing_fits(stage: Stage) -> None:
    [case] = stage.proposed()
    status, page = found(stage, "gibt es nicht & <b>")
    assert status == 200
    assert "Kein Vorgang hat diese Nummer" in page
    assert "gibt%20es%20nicht%20%26%20%3Cb%3E" in page
    assert "<b>" not in page
    assert case.label not in page
    _status, page = found(stage, case.label, show="sent")
    assert f">{case.label}<" not in page
    _status, page = found(stage, "%")
    assert "Kein Vorgang hat diese Nummer" in page
