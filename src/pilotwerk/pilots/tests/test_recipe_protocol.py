"""What holds for every recipe: hashes that were approved stay, laws of quantities, and set-up from nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots.domain.content import content_hash
from pilotwerk.pilots.models import Case, ModelVersion, Pilot, Proposal
from pilotwerk.pilots.recipes import RECIPES
from pilotwerk.pilots.recipes.base import CaseView, Place, Sheet
from pilotwerk.pilots.recipes.leads.backtest import too_few
from pilotwerk.pilots.recipes.leads.dates import Region, after_workdays, is_workday
from pilotwerk.pilots.recipes.leads.watching import remind
from pilotwerk.pilots.recipes.stock.figures import OnShelf, Shelf
from pilotwerk.pilots.recipes.stock.policy import order_due
from pilotwerk.pilots.recipes.stock.watching import lines_of, notice
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests.own_recipes import demand, items, past_leads, sales
from pilotwerk.portfolio.models import UseCase
from tests.cast import Cast

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_proposal_without_details_keeps_the_hash_that_was_approved() -> None:
    """The hash was computed by the version before there were details."""
    proposal = Proposal(
        case_id=UUID("00000000-0000-0000-0000-000000000001"),
        revision=2,
        category="Termin",
        recipient="petra.wulff@beispiel.example",
        subject="Re: Wartung",
        body="Guten Tag,\n\nwir kommen.",
    )
    assert content_hash(proposal.content()) == (
        "81521d0ab5c7012db1fd4abd9c7cdf82dc96c133c105b9ab2bf6f7682c33ef4b"
    )
    proposal.details = {"next_date": "2026-12-01"}
    assert content_hash(proposal.content()) != content_hash({**proposal.content(), "details": {}})


amounts = st.floats(0, 5000, allow_nan=False).map(lambda value: round(value, 2))
packs = st.integers(1, 60)


@given(st.lists(st.tuples(st.floats(-500, 5000), amounts, amounts, packs, packs), min_size=1, max_size=20))
def test_orders_are_whole_packs_at_least_the_minimum_and_never_negative(rows: list[Any]) -> None:
    position, reorder, quantity, minimum, pack = (
        np.array(column, dtype=float) for column in zip(*rows, strict=True)
    )
    order = order_due(position, reorder, quantity, minimum, pack)
    assert (order >= 0).all()
    some = order > 0
    assert (order[some] >= minimum[some] - 1e-6).all()
    assert np.allclose(order[some] / pack[some], np.round(order[some] / pack[some]))
    # Nothing is ordered above the reorder point unless something is owed.
    assert not (some & (position > reorder) & (position >= 0)).any()
    lifted = some & (quantity > 0)
    assert (position[lifted] + order[lifted] >= reorder[lifted] - 1e-6).all()


def line(item: str, quantity: int) -> dict[str, Any]:
    return {
        "item": item,
        "name": "",
        "quantity": quantity,
        "stock": 0,
        "in_transit": 0,
        "lead_days": 7,
        "order": True,
    }


names = st.sampled_from(["a", "b", "c", "d", "e"])
mornings = st.lists(
    st.tuples(
        st.dictionaries(names, st.integers(1, 90)), st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9))
    ),
    min_size=1,
    max_size=8,
)


@given(mornings)
def test_an_item_never_has_two_open_warnings(days: list[Any]) -> None:
    """Any course of mornings: items become short and recover; people decide about some, the rest waits."""
    shelf = Shelf({name: OnShelf(name, 0, 0, "", "S1" if name < "c" else "S2", "") for name in "abcde"}, True)
    cases: list[CaseView] = []
    for due, closed, deferred in days:
        found = notice({name: line(name, count) for name, count in due.items()}, shelf, cases, TODAY)
        again = [replace(case, payload=found.news.get(case.key, case.payload)) for case in cases]
        cases = [
            replace(case, open=False, undecided=False, closed="no_answer")
            if case.key in found.settled
            else case
            for case in again
        ]
        cases += [CaseView(new.key, NOON, True, True, "", None, new.payload, {}, {}) for new in found.new]
        items_open = [one["item"] for case in cases if case.open for one in lines_of(case)]
        assert len(items_open) == len(set(items_open))
        assert len({case.key for case in cases}) == len(cases)
        assert set(items_open) >= set(due) - {one["item"] for c in cases if not c.open for one in lines_of(c)}
        twice = notice({name: line(name, count) for name, count in due.items()}, shelf, cases, TODAY)
        assert not twice.new
        assert not twice.news
        cases = [
            replace(case, open=False, undecided=False, closed="elsewhere")
            if at in closed
            else replace(case, undecided=False)
            if at in deferred and case.open
            else case
            for at, case in enumerate(cases)
        ]


leads = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.booleans(),
        st.sampled_from(["", "no_answer", "elsewhere", "sent"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None)  # the first example loads the calendar
@given(leads, st.dates(date(2026, 11, 24), date(2027, 12, 31)))
def test_reminders_never_go_to_the_open_the_ended_or_the_opted_out(rows: list[Any], today: date) -> None:
    cases = []
    for number, (turn, ended, closed, opted, planned) in enumerate(rows):
        payload = {
            "lead": f"L{number}",
            "values": {},
            "outcome": "ja" if ended else "",
            "turn": turn,
            "letters": [],
        }
        details = {"next_date": "2026-12-01"} if planned else {}
        mail = f"{'opted' if opted else 'fine'}{number}@x.example"
        sent = NOON if closed == "sent" else None
        cases.append(
            CaseView(
                f"L{number}", NOON, closed == "", False, closed, sent, payload, details, details,
                sender_address=mail, changed_at=NOON,
            )
        )  # fmt: skip
    place = Place(
        "Probe", "DE", "", today, {"turns": 3}, opted_out=lambda address: address.startswith("opted")
    )
    for new in remind(place, cases).new:
        case = next(one for one in cases if one.payload["lead"] == new.payload["lead"])
        assert case.closed in ("sent", "elsewhere")
        assert not case.payload["outcome"]
        assert not new.sender_address.startswith("opted")
        assert new.payload["turn"] == case.payload["turn"] + 1 <= 3


@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(0, 40), st.sampled_from(["DE", "AT", "CH"])
)
def test_follow_up_days_are_working_days_of_the_country(day: date, count: int, country: str) -> None:
    region = Region(country)
    found = after_workdays(day, count, region)
    assert is_workday(found, region)
    between = [date.fromordinal(one) for one in range(day.toordinal() + 1, found.toordinal() + 1)]
    worked = sum(is_workday(one, region) for one in between)
    assert worked == count if is_workday(day, region) else worked == count + 1


RULES = {f"window_{kind}": "20" for kind in ("rejected", "corrected", "rewritten", "not_delivered", "not_ok")}
HOW = {
    "name": "Probe", "share": "100", "send_delay_seconds": "60", "deadline_hours": "24", "enough_decisions": "30",
    "source_kind": "upload", "target_kind": "outbox", "limit_rejected": "40", **RULES,
}  # fmt: skip
WIZARDS: dict[str, tuple[dict[str, bytes], dict[str, str], str]] = {
    "stock": (
        {"items": items(F=20), "demand": demand()},
        {"target_fill_rate": "95", "language": "de", "order_file": "csv"},
        "des gefragten Warenwerts",
    ),
    "leads": (
        {"past": past_leads()},
        {
            "days_high": "1", "days_medium": "3", "days_low": "10", "quiet_days": "10", "turns": "3", "language": "de",
            **{f"text_{la}_{turn}_{part}": "{greeting} Text" for la in ("de", "en") for turn in ("first", "again")
               for part in ("subject", "body")},
        },
        "Auftragswert",
    ),
    "reports": (
        {"figures": sales(date(2026, 11, 22))},
        {"language": "de", "wait_days": "0", "rows_name": "Aufträge", "readers": ""},
        "absichtlich verfälschten ließ sie 0 durch",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(WIZARDS))
def test_a_recipe_is_set_up_from_an_empty_organisation(
    kind: str, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)
    UseCase.objects.create(organisation=cast.organisation, name="Probe", recipe=kind, state="chosen")
    client, url = cast.client("lead"), cast.organisation.url
    tables, options, shown = WIZARDS[kind]
    with clock.travel(NOON):
        assert client.get(url("pilots:setup")).status_code == 200
        nothing = client.post(url("pilots:train"), options)
        assert nothing.status_code == 422
        assert "Wählen Sie eine Datei" in nothing.content.decode()
        files = {f"file_{role}": SimpleUploadedFile(f"{role}.csv", rows) for role, rows in tables.items()}
        broken = {name: SimpleUploadedFile("x.csv", b"Spalte\nwert\n") for name in files}
        if kind == "stock":
            wrong = client.post(url("pilots:train"), {**options, **broken})
            assert wrong.status_code == 422
            assert "Keine Spalte nennt den Artikel" in wrong.content.decode()
        assert client.post(url("pilots:train"), {**options, **files}).status_code == 302
        jobs.run_due(kinds=["pilots.train"])
        assert ModelVersion.objects.get().state == "ready", ModelVersion.objects.get().reason
        assert shown in client.get(url("pilots:setup")).content.decode()
        answer = client.post(url("pilots:setup"), HOW)
        assert answer.status_code == 302, answer.content.decode()
        assert client.post(url("pilots:start")).status_code == 302
        pilot = Pilot.objects.get()
        assert (pilot.is_running, pilot.recipe) == (True, kind)
        jobs.run_due(kinds=["pilots.watch_one"])
        jobs.run_due(kinds=["pilots.propose"])
        page = client.get(url("pilots:pilot")).content.decode()
        assert "Jetzt prüfen" in page
        assert Case.objects.filter(state="waiting").count() == (0 if kind == "leads" else 1)


def test_what_a_reader_says_is_said_in_german_on_a_page() -> None:
    kind = RECIPES["stock"]
    broken = (
        demand().replace(b"22.09.2025;4", b"irgendwann;4", 1).replace(b"22.09.2025;3", b"irgendwann;3", 1)
    )
    broken = broken.replace(b"22.09.2025;5", b"irgendwann;5", 1)
    rows = [tuple(row.split(";")) for row in broken.decode().split()]
    sheet = Sheet("bedarf.csv", rows[0], list(enumerate(rows[1:], 2)))
    with pytest.raises(BadInput) as caught:
        kind.checked_table("demand", sheet, {})
    assert kind.reason(str(caught.value), "de") == (
        "bedarf.csv, Zeile 2, Spalte Datum: „irgendwann“ ist kein Datum."
    )
    assert "is not a date" in kind.reason(str(caught.value), "en")
    found = too_few(40, 12)
    assert found is not None
    assert (
        RECIPES["leads"].reason(found.reason, "de").startswith("Es gibt 40 entschiedene Kontakte, davon 12")
    )


def test_a_person_cannot_order_half_a_pack() -> None:
    kind, place = RECIPES["stock"], Place("Probe", "DE", "", TODAY, {})
    details = {"lines": [{**line("a", 20), "pack": 10, "minimum": 20}]}
    for wrong in ("15", "10", "-20", "viel", "1e12"):
        with pytest.raises(Refused):
            kind.edited(details, {"lines": "1", "line-0-order": "on", "line-0-quantity": wrong}, place)
    right = kind.edited(details, {"lines": "1", "line-0-order": "on", "line-0-quantity": "30"}, place)
    assert right["lines"][0]["quantity"] == 30
    assert kind.edited(details, {"body": "kein Formular mit Zeilen"}, place) == details
