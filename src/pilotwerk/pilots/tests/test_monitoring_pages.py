"""The monitoring page as people read it, and its figures as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from pilotwerk.core import clock
from pilotwerk.pilots.charts import nice_top
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.tests.crowd import crowd
from pilotwerk.pilots.tests.stage import Stage
from pilotwerk.pilots.tests.test_monitoring import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown(stage: Stage) -> Any:
    """A pilot with 600 decided cases, whose input has changed."""
    Pilot.objects.filter(pk=stage.pilot.pk).update(started_at=TODAY - timedelta(days=120))
    stage.pilot.refresh_from_db()
    with clock.travel(TODAY):
        crowd(stage.pilot, 600, until=TODAY, days=100, late_category=True, english_from=0.6, sure=0.2)
        yield stage


def _page(stage: Stage, role: str = "clerk", **query: Any) -> str:
    found = stage.cast.client(role).get(stage.cast.organisation.url("pilots:monitoring"), query)
    assert found.status_code == 200
    return found.content.decode()


def _rows(stage: Stage, **query: Any) -> list[dict[str, str]]:
    found = stage.cast.client("clerk").get(stage.cast.organisation.url("pilots:monitoring_csv"), query)
    assert found["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig")), delimiter=";"))


def test_the_page_says_what_is_the_case_before_it_draws(grown: Stage) -> None:
    page = _page(grown, days=90)
    assert "Vorschläge entschieden" in page
    assert "nie einzelnen Personen" in page
    assert "Nein: Sie ist zu hoch, um" in page
    assert "hat sich seit dem Anfang deutlich geändert" in page
    assert page.count('<svg class="chart') >= 4
    # A table for every picture over time.
    assert page.count("<figure>") <= page.count("<details>") + 3
    assert "Petra" not in page.split("<main", 1)[1]


@pytest.mark.parametrize("days", ["7", "30", "90", "365", "8", "x", ""])
def test_every_span_can_be_chosen_and_nonsense_is_the_usual_one(grown: Stage, days: str) -> None:
    page = _page(grown, days=days)
    chosen = days if days in ("7", "90", "365") else "30"
    assert f'<a href="?days={chosen}">' not in page
    assert page.count('<a href="?days=') == 3


def test_a_pilot_without_a_case_says_so(stage: Stage) -> None:
    page = _page(stage, role="auditor")
    assert "In dieser Zeit wurde kein Vorschlag entschieden" in page
    assert "Noch nicht zu sagen" in page
    assert "Nichts wartet" in page


def test_the_file_holds_the_figures_of_the_page(grown: Stage) -> None:
    rows = _rows(grown, days=90)
    assert len(rows) == 14
    assert rows[0]["from"] < rows[-1]["from"]
    assert sum(int(row["received"]) for row in rows) > 400
    full = rows[5]
    decided = int(full["approved"]) + int(full["edited"]) + int(full["rejected"])
    share = (decided - int(full["rejected"])) / decided
    assert float(full["acceptance"]) == pytest.approx(share, abs=1e-6)
    assert float(full["acceptance_low"]) < share < float(full["acceptance_high"])
    assert {row["reason"] for row in _rows(grown, days=90, part="reasons")} == {"content", "category", "tone"}
    assert sum(int(row["cases"]) for row in _rows(grown, days=90, part="calibration")) > 400
    drift = _rows(grown, days=90, part="drift")
    assert {row["kind"] for row in drift} == {"category", "language", "length"}
    assert float(next(row for row in drift if row["kind"] == "category")["psi"]) > 0.25


def test_what_is_open_stays_empty_in_the_file(stage: Stage) -> None:
    [row] = _rows(stage, days=7)
    assert row["received"] == "0"
    assert row["acceptance"] == row["hours_to_decision_median"] == ""
    assert _rows(stage, part="calibration") == []


def test_the_page_speaks_english_as_well(grown: Stage) -> None:
    with translation.override("en"):
        client = grown.cast.client("clerk")
        client.cookies["django_language"] = "en"
        page = client.get(grown.cast.organisation.url("pilots:monitoring")).content.decode()
    assert "No: it is too high, by" in page


def test_axes_end_at_round_figures() -> None:
    assert [nice_top(value) for value in (0, 0.03, 1, 1.1, 3, 7, 10, 42)] == [1, 0.05, 1, 2, 5, 10, 10, 50]
