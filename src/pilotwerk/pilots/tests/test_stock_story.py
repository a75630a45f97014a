"""A small shop lets the stock be watched: warnings by supplier, orders that a person changes, figures that settle."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots import folders, intake, recipe, services
from pilotwerk.pilots.models import Case, ModelVersion, Pilot, Proposal
from pilotwerk.pilots.recipes.stock import learning
from pilotwerk.pilots.selectors import limits_reached, place_of, recipe_figures
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests.own_recipes import Own, begun, demand, items, remember_learning, table
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stock")


@pytest.fixture
def shop(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path) -> Iterator[Own]:
    """A running pilot; filters and seals are short, pumps are not."""
    remember_learning(monkeypatch, learning, kept)
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)
    with clock.travel(MORNING):
        own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="xlsx")
        own.hand_in("items", items(F=20, D=0))
        own.hand_in("demand", demand())
        own.start()
        yield own


def lines(own: Own, case: Case) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = own.proposal(case).details["lines"]
    return found


def test_what_is_short_becomes_one_order_for_each_supplier(shop: Own) -> None:
    cases = shop.open_cases()
    assert [case.sender_name for case in cases] == ["Dichtwerk AG", "Filter Müller GmbH"]
    assert {case.state for case in cases} == {"waiting"}
    [seal] = lines(shop, cases[0])
    [filters] = lines(shop, cases[1])
    assert (seal["item"], filters["item"]) == ("D-20", "F-100")
    assert seal["quantity"] >= 50
    assert seal["quantity"] % 25 == 0
    assert filters["quantity"] % 10 == 0
    for line in (seal, filters):
        # What the sentence names leads to the quantity.
        gap = line["reorder_point"] - line["stock"] - line["in_transit"] - line["under_way"]
        wanted = max(line["economic"], gap, line["minimum"])
        assert line["quantity"] == ceil(wanted / line["pack"]) * line["pack"]
    assert filters["stock"] == 20 <= filters["reorder_point"]
    assert shop.proposal(cases[1]).subject == "Bestellung Probe GmbH 2026-11-24"
    version = ModelVersion.objects.get(pilot=shop.pilot)
    assert version.facts["items"] == 3
    assert version.facts["inventory"]["sentence_de"]


def test_the_next_morning_brings_no_second_warning(shop: Own) -> None:
    before = list(Proposal.objects.values_list("pk", flat=True))
    with clock.travel(MORNING + timedelta(days=1)):
        shop.check()
    assert len(shop.open_cases()) == 2
    assert list(Proposal.objects.values_list("pk", flat=True)) == before


def test_new_figures_change_what_nobody_has_decided_and_close_what_is_settled(shop: Own) -> None:
    seals, filters = shop.open_cases()
    old = shop.seen(filters)
    path = shop.file(items(F=(-900, 0), D=400), "neu.csv")
    intake.upload_ingest(pilot=shop.pilot, actor=shop.cast.actor("lead"), path=path, filename="neu.csv")
    shop.work()
    seals.refresh_from_db()
    filters.refresh_from_db()
    assert (seals.state, seals.closed) == ("done", "no_answer")
    assert filters.revision == 2
    assert lines(shop, filters)[0]["stock"] == -900
    with pytest.raises(Refused, match="geändert"):
        services.case_approve(**shop.by("clerk"), **old)
    services.case_approve(**shop.by("clerk"), **shop.seen(filters))


def test_a_person_changes_a_quantity_and_takes_a_line_out(shop: Own) -> None:
    path = shop.file(items(F=20, P=2, D=300), "neu.csv")
    intake.upload_ingest(pilot=shop.pilot, actor=shop.cast.actor("lead"), path=path, filename="neu.csv")
    shop.work()
    [case] = shop.open_cases()
    assert [line["item"] for line in lines(shop, case)] == ["F-100", "P-7"]
    seen = shop.seen(case)
    client = shop.cast.client("clerk")
    page = client.get(shop.cast.organisation.url("pilots:case", pk=case.pk)).content.decode()
    assert "Meldebestand" in page
    form = {
        "revision": seen["revision"],
        "content_hash": seen["content_hash"],
        "body": shop.proposal(case).body,
        "lines": "1",
        "line-0-order": "on",
        "line-0-quantity": "45",
        "line-1-quantity": "7",
    }
    approve = shop.cast.organisation.url("pilots:approve", pk=case.pk)
    refused = client.post(approve, form)
    assert refused.status_code == 422
    assert "in Packungen zu 10" in refused.content.decode()
    assert 'value="45"' in refused.content.decode()
    assert client.post(approve, {**form, "line-0-quantity": "60"}).status_code == 302
    assert [line["order"] for line in lines(shop, case)] == [True, False]
    shop.send()
    out = folders.outbox(shop.pilot)
    [written] = out.glob("*.json")
    message = json.loads(written.read_text("utf-8"))
    assert "60 × F-100 (Luftfilter)" in message["body"]
    assert "P-7" not in message["body"]
    assert (out / message["files"][0]).suffix == ".xlsx"
    from openpyxl import load_workbook

    rows = list(load_workbook(out / message["files"][0]).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1] == ("F-100", "Luftfilter", 60, 12.5, 750)
    figures = {one.label: one.value for one in recipe_figures(shop.pilot, shop.cast.organisation)}
    assert figures["Zeilen, die Menschen geändert haben"] == "2"
    with clock.travel(MORNING + timedelta(days=2)):
        shop.check()
    assert shop.open_cases() == []  # ordered, and what was taken out stays out while the figures say the same
    path = shop.file(items(F=(10, 60), P=1), "spaeter.csv")
    with clock.travel(MORNING + timedelta(days=3)):
        intake.upload_ingest(pilot=shop.pilot, actor=shop.cast.actor("lead"), path=path, filename="x.csv")
        shop.work()
        assert any(line["item"] == "P-7" for one in shop.open_cases() for line in lines(shop, one))


def test_the_worker_looks_once_a_day_and_into_the_folder(shop: Own) -> None:
    Pilot.objects.update(source_kind="folder")
    inbox = folders.inbox(shop.pilot)
    inbox.mkdir(parents=True)
    job = jobs.Work(id="", kind="", organisation_id=None, payload={}, key=None, attempts=1, holder="")
    intake.watch_job(job)
    assert Pilot.objects.get().looked_on == MORNING.date()
    (inbox / "bestand.csv").write_bytes(items(F=600, D=600, P=0))
    (inbox / "kaputt.csv").write_bytes(b"Artikel;Bestand\nF-100;viel\n")
    (inbox / "bedarf.csv").write_bytes(demand())
    past = time.time() - 60
    for path in inbox.iterdir():
        os.utime(path, (past, past))
    intake.ingest_job(job)
    assert (inbox / "done" / "bestand.csv").exists()
    assert "Zeile 2, Spalte „Bestand“" in (inbox / "rejected" / "kaputt.csv.txt").read_text("utf-8")
    assert ModelVersion.objects.filter(pilot=shop.pilot).count() == 2  # newer demand is learned from
    shop.work()
    [case] = shop.open_cases()
    assert [line["item"] for line in lines(shop, case)] == ["P-7"]
    intake.watch_job(job)
    with clock.travel(MORNING + timedelta(hours=20)):  # four in the morning: too early
        intake.watch_job(job)
        assert Pilot.objects.get().looked_on == MORNING.date()
    with clock.travel(MORNING + timedelta(days=1)):
        intake.watch_job(job)
        assert Pilot.objects.get().looked_on == MORNING.date() + timedelta(days=1)
    assert len(shop.open_cases()) == 1


def test_what_is_not_sold_any_more_or_never_was_is_not_ordered(shop: Own) -> None:
    months = [f"{2024 + month // 12}-{month % 12 + 1:02d}" for month in range(30)]
    steady = ["0", *["8"] * 29]
    gone = ["0", *["9"] * 20, *[""] * 9]
    wide = [("F-100", *steady), ("D-20", *gone), ("P-7", *steady)]
    shop.hand_in("demand", table(("Artikel", *months), wide))
    shop.hand_in("items", items(F=0, D=0, P=0).replace(b"P-7", b"NEU-1"))
    services.pilot_train(**shop.by(), pilot=shop.pilot, run_now=True)
    shop.pilot.refresh_from_db()
    shop.check()
    assert {line["item"] for case in shop.open_cases() for line in lines(shop, case)} == {"F-100"}
    figures = {one.label: one.value for one in recipe_figures(shop.pilot, shop.cast.organisation)}
    assert figures["Artikel ohne Prognose"] == "1"


def test_a_stopped_pilot_finds_nothing_new(shop: Own) -> None:
    shop.hand_in("items", items(P=0))
    services.pilot_stop(**shop.by(), pilot=shop.pilot, reason="Inventur")
    shop.pilot.refresh_from_db()
    before = Case.objects.count()
    shop.check()
    assert Case.objects.count() == before


def test_an_order_without_lines_does_not_go_out(shop: Own) -> None:
    case = shop.open_cases()[0]
    details = shop.proposal(case).details
    kind, place = recipe.of("stock"), place_of(shop.pilot, shop.cast.organisation)
    empty = kind.edited(details, {"lines": "1", "line-0-quantity": "0"}, place)
    with pytest.raises(Refused, match="Keine Zeile"):
        services.case_edit_and_approve(**shop.by("clerk"), **shop.seen(case), body="Bitte", details=empty)


def test_a_table_that_cannot_serve_says_which_row(shop: Own) -> None:
    broken = items().replace(b";500;", b";viel;")
    with pytest.raises(BadInput) as caught:
        shop.hand_in("items", broken)
    assert (caught.value.row, caught.value.column) == (2, "Bestand")
    with pytest.raises(BadInput, match="Keine Spalte nennt den Bestand"):
        shop.hand_in("items", b"Artikel;Preis\nA;3\nB;4\n")
    assert place_of(shop.pilot, shop.cast.organisation).table("items") is not None


def test_the_value_of_an_order_counts_for_the_limit_of_two_people(shop: Own) -> None:
    _seals, filters = shop.open_cases()
    [line] = lines(shop, filters)
    value = Decimal(str(line["price"])) * Decimal(str(line["quantity"]))
    services.control_set(**shop.by("lead"), pilot=shop.pilot, amount_limit=value)
    assert limits_reached(filters, shop.proposal(filters)) == []
    services.control_set(**shop.by("lead"), pilot=shop.pilot, amount_limit=value - 1)
    services.case_approve(**shop.by("clerk"), **shop.seen(filters))
    filters.refresh_from_db()
    assert filters.state == "waiting_second"
    with pytest.raises(Refused, match="zweite Person"):
        services.case_approve(**shop.by("clerk"), **shop.seen(filters))
    services.case_approve(**shop.by("owner"), **shop.seen(filters))
    filters.refresh_from_db()
    assert filters.state == "approved"


def test_an_order_whose_value_cannot_be_told_counts_as_above_the_limit(shop: Own) -> None:
    seals, _filters = shop.open_cases()
    proposal = shop.proposal(seals)
    proposal.details["lines"][0]["price_assumed"] = True
    services.control_set(**shop.by("lead"), pilot=shop.pilot, amount_limit=Decimal(1_000_000))
    assert limits_reached(seals, proposal) == ["amount"]
    proposal.details["lines"][0]["order"] = False
    assert limits_reached(seals, proposal) == []
