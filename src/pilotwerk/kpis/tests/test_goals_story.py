"""Lena sets goals against baselines that come from the imported data."""

import hashlib
from datetime import timedelta
from typing import Any

import duckdb
import numpy
import pytest

from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.kpis import registry, selectors, services
from pilotwerk.kpis.catalogue import catalogue
from pilotwerk.kpis.domain.measures import COMPUTATIONS, Measure, TooLittle
from pilotwerk.kpis.models import Baseline, Goal
from pilotwerk.kpis.tests.imports import case_table, imported, imported_log
from tests.cast import Cast


def due(days: int = 60) -> Any:
    return clock.today() + timedelta(days=days)


def form(cast: Cast, target: str, days: int = 60) -> dict[str, str]:
    return {"target": target, "due": due(days).isoformat(), "owner": str(cast.membership("lead").pk)}


def test_a_goal_freezes_what_was_measured(cast: Cast) -> None:
    source = imported(cast)
    url = cast.organisation.url("kpis:goal_set", import_pk=source.pk, kpi="handling_minutes_mean")
    client = cast.client("lead")
    shown = client.get(url).content.decode()
    assert "Bearbeitungszeit pro Vorgang: 11,0 Minuten" in shown
    assert client.post(url, form(cast, "8")).status_code == 302

    goal = selectors.goals(cast.organisation).get()
    baseline = goal.baseline
    assert baseline.value == pytest.approx(11, abs=0.01)
    assert (baseline.n, baseline.unit) == (1000, "minutes")
    assert baseline.fingerprint == source.fingerprint
    assert baseline.period[0].isoformat() == "2026-03-02"
    assert goal.relative_change == pytest.approx(-0.27, abs=0.01)
    again = selectors.baseline_recompute(baseline)
    assert isinstance(again, Measure)
    assert again.value == baseline.value

    page = client.get(cast.organisation.url("kpis:goals")).content.decode()
    assert "höchstens 8,0 Minuten" in page
    assert "Ein Ziel ist gesetzt" in page
    detail = client.get(cast.organisation.url("kpis:goal", pk=goal.pk)).content.decode()
    assert "gleicher Wert" in detail
    # 1,000 cases carry minutes: the figure opens them
    behind = cast.organisation.url("processes:cases", pk=source.pk) + "?known=handling"
    assert f'<a href="{behind}">1.000 Vorgänge' in detail
    assert behind in page
    assert "1.000 von 1.000 Vorgängen" in client.get(behind).content.decode()


@pytest.mark.parametrize(
    ("target", "days", "says"),
    [
        ("14", 60, "Wählen Sie ein Ziel unter dem Ausgangswert"),
        ("8", 400, "Wählen Sie einen Tag nach dem"),
    ],
)
def test_a_goal_that_is_not_smart_is_not_set_and_says_what_to_change(
    cast: Cast, target: str, days: int, says: str
) -> None:
    source = imported(cast)
    url = cast.organisation.url("kpis:goal_set", import_pk=source.pk, kpi="handling_minutes_mean")
    response = cast.client("owner").post(url, form(cast, target, days))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Goal.objects.exists()
    assert not Baseline.objects.exists()


def test_the_service_holds_to_the_same_rule_as_the_page(cast: Cast) -> None:
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    source = imported(cast)
    baseline = services.baseline_freeze(**common, kpi="cycle_time_median", process_import=source)
    assert services.baseline_freeze(**common, kpi="cycle_time_median", process_import=source) == baseline
    owner = cast.membership("lead")
    with pytest.raises(Refused, match="Ausgangswert"):
        services.goal_set(**common, baseline=baseline, target=99.0, due=due(), owner=owner)
    with pytest.raises(Refused, match="Person"):
        services.goal_set(**common, baseline=baseline, target=1.0, due=due(), owner=None)
    with pytest.raises(Refused):
        services.baseline_freeze(**common, kpi="satisfaction", process_import=source)
    goal = services.goal_set(**common, baseline=baseline, target=1.0, due=due(), owner=owner)
    assert cast.client("lead").post(cast.organisation.url("kpis:goal_remove", pk=goal.pk)).status_code == 302
    assert Baseline.objects.get() == baseline


@pytest.mark.parametrize("kpi", [one.id for one in catalogue().kpis if one.computable])
def test_every_baseline_follows_from_its_stored_data_to_the_last_bit(cast: Cast, kpi: str) -> None:
    source = imported(cast)
    if isinstance(selectors.measure(kpi, source), TooLittle):
        source = imported_log(cast)
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    frozen = services.baseline_freeze(**common, kpi=kpi, process_import=source)
    later = Baseline.objects.get(pk=frozen.pk)
    again = selectors.baseline_recompute(later)
    assert isinstance(again, Measure)
    assert again.value.hex() == later.value.hex()
    assert selectors.baseline_check(later) is selectors.Recomputed.SAME
    assert later.data_fingerprint == hashlib.sha256(source.cases_file.read_bytes()).hexdigest()
    # Another program, reading the stored Parquet by the frozen definition.
    if kpi == "handling_minutes_mean":
        with duckdb.connect(":memory:") as con:
            minutes = con.execute(
                "SELECT handling FROM read_parquet(?) WHERE handling IS NOT NULL", [str(source.cases_file)]
            ).fetchall()
        assert float(numpy.mean([row[0] for row in minutes])) == pytest.approx(later.value, abs=1e-12)


def test_a_baseline_tells_changed_data_from_a_changed_computation(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = imported(cast)
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    frozen = services.baseline_freeze(**common, kpi="handling_minutes_mean", process_import=source)
    computations: Any = COMPUTATIONS
    with monkeypatch.context() as changed:
        changed.setitem(
            computations,
            "handling_minutes_mean",
            lambda cases: Measure(frozen.value + 1e-12, frozen.n, *frozen.period),
        )
        assert selectors.baseline_check(frozen) is selectors.Recomputed.DEFINITION
    other = imported(cast, "Andere", content=case_table(a_day=5))
    other.cases_file.replace(source.cases_file)
    assert selectors.baseline_check(frozen) is selectors.Recomputed.DATA
    owner = cast.membership("lead")
    goal = services.goal_set(**common, baseline=frozen, target=8.0, due=due(), owner=owner)
    page = cast.client("lead").get(cast.organisation.url("kpis:goal", pk=goal.pk)).content.decode()
    assert "gespeicherten Daten" in page


def test_shares_are_typed_and_shown_in_percent(cast: Cast) -> None:
    source = imported(cast)
    url = cast.organisation.url("kpis:goal_set", import_pk=source.pk, kpi="closed_within_two_days")
    assert cast.client("lead").post(url, form(cast, "75")).status_code == 302
    assert selectors.goals(cast.organisation).get().target == 0.75
    page = cast.client("lead").get(cast.organisation.url("kpis:goals")).content.decode()
    assert "mindestens 75\u00a0%" in page


def test_what_cannot_be_measured_says_why(cast: Cast) -> None:
    source = imported(cast, content=b"\n".join(case_table().splitlines()[:11]))
    assert isinstance(selectors.measure("cycle_time_median", source), TooLittle)
    page = cast.client("auditor").get(cast.organisation.url("kpis:goals")).content.decode()
    assert "Bisher 10 Vorgänge mit Eröffnung und Abschluss, nötig sind mindestens 20" in page
    assert "Braucht ein Ereignisprotokoll" in page
    url = cast.organisation.url("kpis:goal_set", import_pk=source.pk, kpi="cycle_time_median")
    assert cast.client("lead").get(url).status_code == 422


def test_without_an_import_the_page_leads_to_the_processes(cast: Cast) -> None:
    page = cast.client("lead").get(cast.organisation.url("kpis:goals")).content.decode()
    assert "Es gibt noch nichts zu messen" in page
    assert cast.organisation.url("processes:list") in page


def test_the_due_date_follows_the_plan_where_there_is_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_windows", [])
    today = clock.today()
    assert registry.plan_window(cast.organisation) == (today, today + timedelta(days=90))
    registry.register_plan_window(lambda organisation: (due(5), due(95)))
    assert registry.plan_window(cast.organisation) == (due(5), due(95))


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("clerk", 403), ("outsider", 404)])
def test_only_owner_and_lead_set_goals(cast: Cast, role: str, status: int) -> None:
    source = imported(cast)
    url = cast.organisation.url("kpis:goal_set", import_pk=source.pk, kpi="cycle_time_median")
    assert cast.client(role).get(url).status_code == status


def test_every_definition_is_complete_in_both_languages() -> None:
    for kpi in catalogue().kpis:
        for text in (kpi.name, kpi.formula, kpi.needs, catalogue().source_of(kpi)):
            assert text.de.strip()
            assert text.en.strip()
