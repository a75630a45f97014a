"""What the page of a case offers fits the kind of pilot that it belongs to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots.recipes.stock import learning
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests.own_recipes import begun, demand, items, remember_learning
from pilotwerk.pilots.tests.stage import Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WRONG_CATEGORY = "Kategorie ist falsch"


def test_a_request_can_be_rejected_because_of_its_category(stage: Stage) -> None:
    [case] = stage.proposed()
    page = stage.cast.client("clerk").get(stage.cast.organisation.url("pilots:case", pk=case.pk))
    assert WRONG_CATEGORY in page.content.decode()


def test_where_there_are_no_categories_none_can_be_wrong(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    remember_learning(monkeypatch, learning, tmp_path / "kept")
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)
    with clock.travel(datetime(2026, 11, 24, 7, 0, tzinfo=UTC)):
        own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="xlsx")
        own.hand_in("items", items(F=20, D=0))
        own.hand_in("demand", demand())
        own.start()
        case = own.open_cases()[0]
        page = cast.client("clerk").get(cast.organisation.url("pilots:case", pk=case.pk)).content.decode()
    assert "Inhalt ist falsch" in page
    assert WRONG_CATEGORY not in page
