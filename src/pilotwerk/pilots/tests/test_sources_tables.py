"""Stock and leads come over an interface or in files, and what was decided goes out as a table."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pilotwerk.pilots import folders, intake, services
from pilotwerk.pilots.models import Case, Connection, Pilot, PilotTable
from pilotwerk.pilots.recipes.leads import learning as leads_learning
from pilotwerk.pilots.recipes.stock import learning as stock_learning
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.own_recipes import (
    LEAD_HEAD,
    begun,
    demand,
    items,
    lead_row,
    past_leads,
    remember_learning,
    table,
)
from pilotwerk.pilots.tests.sourcestage import choose, connected, kept, look, ready, server, travel, write
from pilotwerk.pilots.tests.webserver import Asked, Says, Web
from tests.cast import Cast

__all__ = ["kept", "server", "travel"]
pytestmark = pytest.mark.django_db


def test_stock_comes_over_the_interface_and_orders_lie_in_a_folder(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, stock_learning, kept)
    stock = {"F-100": 500.0, "D-20": 200.0, "P-7": 300.0}

    def behave(_asked: Asked) -> Says:
        return Says(
            [
                {
                    "sku": sku, "have": have, "days": 14, "price": 12.5, "min": 20, "pack": 10,
                    "vendor": {"name": "Filter Müller GmbH", "mail": "order@filter.example"},
                }
                for sku, have in stock.items()
            ]
        )  # fmt: skip

    server.behave = behave
    columns = [
        ["Artikelnummer", "sku"], ["Bestand", "have"], ["Lieferzeit Tage", "days"], ["Preis", "price"],
        ["Mindestmenge", "min"], ["VPE", "pack"], ["Lieferant", "vendor.name"], ["Lieferant E-Mail", "vendor.mail"],
    ]  # fmt: skip
    source = connected(
        cast,
        "rest",
        "Lager",
        {"url": server.url, "auth": "none", "use": "rows", "columns": columns, "minutes": 5},
    )
    target = connected(cast, "files", "Bestellungen", {"folder": "orders", "format": "xlsx"})
    own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="")
    choose(own, source_kind="rest", source_connection=source, target_kind="files", target_connection=target)
    own.hand_in("items", items())
    own.hand_in("demand", demand())
    own.start()
    assert own.open_cases() == []
    stock["F-100"] = 20.0
    look(travel)
    own.work()
    taken = PilotTable.objects.get(pilot=own.pilot, role="items")
    assert taken.filename == "Lager.csv"
    [case] = own.open_cases()
    look(travel)
    assert (
        PilotTable.objects.get(pilot=own.pilot, role="items").pk == taken.pk
    )  # nothing changed, nothing taken
    services.case_approve(**own.by("clerk"), **own.seen(case))
    own.send()
    [written] = [one for one in (folders.exchange(target) / "out").iterdir() if one.is_file()]
    head, row = load_workbook(written).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert head == ("Lieferant", "Artikel", "Bezeichnung", "Menge", "Preis je Stück", "Wert")
    assert row[:2] == ("Filter Müller GmbH", "F-100")
    assert row[3] % 10 == 0  # type: ignore[operator]


def test_a_table_that_cannot_serve_is_told_and_the_present_one_stays(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, stock_learning, kept)
    server.behave = lambda _asked: Says([{"Artikelnummer": "F-100", "Bestand": "viel"}] * 1)
    source = connected(
        cast, "rest", "Lager", {"url": server.url, "auth": "none", "use": "rows", "minutes": 5}
    )
    own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="")
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("items", items())
    own.hand_in("demand", demand())
    own.start()
    before = PilotTable.objects.get(pilot=own.pilot, role="items").pk
    look(travel)
    source.refresh_from_db()
    assert (source.state, source.problem["code"]) == ("broken", "file")
    page = cast.client("lead").get(cast.organisation.url("pilots:connection", pk=source.pk)).content.decode()
    assert "„viel“ ist keine Stückzahl" in page
    assert PilotTable.objects.get(pilot=own.pilot, role="items").pk == before


def test_leads_come_as_files_each_read_once_and_follow_ups_go_out(
    cast: Cast, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    both = connected(cast, "files", "Leads", {"folder": "leads", "format": "csv_de"})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="files", source_connection=both, target_kind="files", target_connection=both)
    own.hand_in("past", past_leads())
    own.start()
    inbox = folders.exchange(both) / "in"
    day = stages.MORNING.date()
    row = lead_row(901, "", source="Empfehlung", size=180, day=day)
    broken = lead_row(902, "", source="Messe", size=20, day=day, mail="keine")
    write(inbox / "neu.csv", table(LEAD_HEAD, [row, broken]))
    look(travel)
    assert Case.objects.count() == 0  # seen for the first time: it may still be written
    write(
        inbox / "neu.csv", table(LEAD_HEAD, [row, broken, lead_row(903, "", source="Messe", size=5, day=day)])
    )
    look(travel)
    assert Case.objects.count() == 0  # it was: its size changed
    look(travel)
    assert [case.key for case in Case.objects.order_by("key")] == ["L901", "L903"]
    assert (inbox / "done" / "neu.csv").exists()
    [rejected] = Connection.objects.get().rejected
    assert (rejected["file"], rejected["row"], rejected["column"]) == ("neu.csv", 3, "E-Mail")
    page = cast.client("lead").get(cast.organisation.url("pilots:connection", pk=both.pk)).content.decode()
    assert "neu.csv, Zeile 3" in page
    look(travel)
    assert Case.objects.count() == 2
    case = Case.objects.select_related("pilot", "organisation").get(key="L901")
    services.case_approve(**own.by("clerk"), **own.seen(case))
    own.send()
    [written] = [one for one in (folders.exchange(both) / "out").iterdir() if one.is_file()]
    lines = written.read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0] == "E-Mail;Priorität;Nächster Kontakt;Betreff;Text"
    assert lines[1].startswith("kontakt901@firma901.example;high;20")


def test_leads_come_over_the_interface_and_news_about_them_too(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    leads = [
        {"Lead ID": "L901", "E-Mail": "a@firma.example", "Quelle": "Messe", "Ergebnis": None},
        {"Lead ID": "L902", "E-Mail": "b@firma.example", "Quelle": "Empfehlung", "Ergebnis": None},
    ]
    server.behave = lambda _asked: Says(leads)
    rows = {"url": server.url, "auth": "none", "use": "rows", "id_field": "Lead ID", "minutes": 5}
    source = connected(cast, "rest", "CRM", rows)
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("past", past_leads())
    own.start()
    look(travel)
    look(travel)
    assert sorted(case.key for case in own.open_cases()) == ["L901", "L902"]
    leads[0]["Ergebnis"] = "gewonnen"
    look(travel)
    assert [case.key for case in own.open_cases()] == ["L902"]


def test_a_file_waits_while_the_pilot_is_stopped_in_the_middle(
    cast: Cast, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    both = connected(cast, "files", "Leads", {"folder": "leads", "format": "csv_de"})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="files", source_connection=both)
    own.hand_in("past", past_leads())
    own.start()
    inbox = folders.exchange(both) / "in"
    row = lead_row(901, "", source="Messe", size=18, day=stages.MORNING.date())
    write(inbox / "neu.csv", table(LEAD_HEAD, [row]))
    look(travel)
    # The kill switch is pressed while the worker has the pilot in its hands.
    held = Pilot.objects.select_related("source_connection__organisation", "organisation").get()
    services.pilot_stop(**own.by(), pilot=own.pilot, reason="Pause")
    intake.source_ingest(pilot=held)
    assert (inbox / "neu.csv").exists()
    services.pilot_resume(**own.by(), pilot=own.pilot, reason="weiter")
    look(travel)
    look(travel)
    assert [case.key for case in Case.objects.all()] == ["L901"]


def test_somebody_who_opted_out_without_an_address_holds_up_nobody(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    leads = [
        {"Lead ID": "L1", "E-Mail": "keine", "Opt-out": "ja"},
        {"Lead ID": "L2", "E-Mail": "b@firma.example", "Opt-out": ""},
    ]
    server.behave = lambda _asked: Says(leads)
    source = connected(cast, "rest", "CRM", {"url": server.url, "auth": "none", "use": "rows", "minutes": 5})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("past", past_leads())
    own.start()
    look(travel)
    assert [case.key for case in own.open_cases()] == ["L2"]
