"""A sales office lets its leads be judged: first the best, never one who asked for quiet, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import intake, services
from pilotwerk.pilots.models import Case, Delivery, ModelVersion, OptOut
from pilotwerk.pilots.recipes.leads import learning
from pilotwerk.pilots.recipes.leads.dates import Region, is_workday
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.selectors import recipe_figures
from pilotwerk.pilots.tests.own_recipes import (
    LEAD_HEAD,
    Own,
    begun,
    lead_row,
    past_leads,
    remember_learning,
    table,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 12, 22, 8, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {"source": "Empfehlung", "size": 180}
POOR: dict[str, Any] = {"source": "Adresskauf", "size": 20}


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("leads")


@pytest.fixture
def office(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path) -> Iterator[Own]:
    """A running pilot that has learned; Christmas is near."""
    remember_learning(monkeypatch, learning, kept)
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)
    with clock.travel(MORNING):
        own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
        own.hand_in("past", past_leads())
        own.start()
        yield own


def arrive(office: Own, *rows: tuple[Any, ...], head: tuple[str, ...] = LEAD_HEAD) -> Any:
    path = office.file(table(head, list(rows)), "neu.csv")
    lead = office.cast.actor("lead")
    done = intake.upload_ingest(pilot=office.pilot, actor=lead, path=path, filename="neu.csv")
    office.work()
    return done


def new(number: int, outcome: str = "", **values: Any) -> tuple[Any, ...]:
    return lead_row(number, outcome, day=date(2026, 12, 21), **values)


def test_the_past_is_judged_without_what_knew_the_outcome_and_without_the_team(office: Own) -> None:
    facts = ModelVersion.objects.get(pilot=office.pilot).facts
    assert [one["column"] for one in facts["leaks"]] == ["Auftragswert"]
    assert facts["people"] == ["Bearbeiter"]
    assert facts["auc_with_leaks"] > facts["auc"] > 0.6
    shares = [one["won"] / one["leads"] for one in facts["classes"]]
    assert shares[2] < 0.5 * min(shares[:2])


def test_the_better_lead_comes_first_with_reasons_and_a_day_on_which_people_work(office: Own) -> None:
    arrive(office, new(901, **POOR), new(902, **GOOD))
    first, second = Case.objects.filter(pilot=office.pilot)
    assert (first.key, first.urgent) == ("L902", True)
    good, poor = office.proposal(first), office.proposal(second)
    assert (good.details["priority"], poor.details["priority"]) == ("high", "low")
    assert good.details["next_date"] == "2026-12-24"
    assert all(is_workday(date.fromisoformat(one.details["next_date"]), Region("DE")) for one in (good, poor))
    assert {"column": "Quelle", "value": "Empfehlung"}.items() <= good.evidence["reasons"][0].items()
    assert good.body.startswith("Guten Tag Petra Wulff902,")
    assert "Bearbeiter" not in str(good.evidence) + first.text
    page = office.cast.client("clerk").get(office.cast.organisation.url("pilots:case", pk=first.pk))
    for word in ("Priorität", "hoch", "Quelle: Empfehlung", "Nächster Kontakt"):
        assert word in page.content.decode()


def test_the_day_can_be_changed_but_not_to_christmas(office: Own) -> None:
    arrive(office, new(902, **GOOD))
    [case] = office.open_cases()
    seen = office.seen(case)
    form = {"revision": 1, "content_hash": seen["content_hash"], "body": office.proposal(case).body}
    approve = office.cast.organisation.url("pilots:approve", pk=case.pk)
    client = office.cast.client("clerk")
    refused = client.post(approve, {**form, "next_date": "2026-12-25"})
    assert refused.status_code == 422
    assert "28.12.2026" in refused.content.decode()
    assert client.post(approve, {**form, "next_date": "2026-12-29"}).status_code == 302
    assert office.proposal(case).details["next_date"] == "2026-12-29"


def approve_and_send(office: Own, case: Case) -> None:
    services.case_approve(**office.by("clerk"), **office.seen(case))
    office.send()


def test_who_does_not_answer_is_remembered_on_the_day_and_not_for_ever(office: Own) -> None:
    arrive(office, new(902, **GOOD))
    [case] = office.open_cases()
    approve_and_send(office, case)
    with clock.travel(MORNING + timedelta(days=1)):
        office.check()
        assert office.open_cases() == []
    with clock.travel(MORNING + timedelta(days=2)):
        office.check()
        office.check()
        [reminder] = office.open_cases()
        text = office.proposal(reminder)
        assert (reminder.key, text.details["turn"]) == ("L902/2", 2)
        assert "am 22.12.2026 geschrieben" in text.body
        approve_and_send(office, reminder)
    with clock.travel(MORNING + timedelta(days=60)):
        office.check()
        assert office.open_cases() == []
    figures = {one.label: one.value for one in recipe_figures(office.pilot, office.cast.organisation)}
    assert figures["Erinnerungen"] == "1"


def test_a_later_table_with_the_outcome_ends_it(office: Own) -> None:
    arrive(office, new(902, **GOOD), new(903, **POOR))
    arrive(office, new(902, "gewonnen", **GOOD))
    [case] = office.open_cases()
    assert case.key == "L903"
    with clock.travel(MORNING + timedelta(days=90)):
        office.check()
    assert [one.key for one in office.open_cases()] == ["L903"]


def test_nothing_goes_to_an_address_that_opted_out_on_any_path(office: Own) -> None:
    mail = "kontakt902@firma902.example"
    arrive(office, new(902, **GOOD))
    [case] = office.open_cases()
    seen = office.seen(case)
    decided = services.case_approve(**office.by("clerk"), **seen)
    services.optout_add(**office.by("clerk"), address=f" {mail.upper()} ")
    office.send()
    case.refresh_from_db()
    decided.refresh_from_db()
    assert decided.withdrawn_at is not None  # approved before, held back when it was to go out
    assert not Delivery.objects.filter(case=case).exists()
    body = office.proposal(case).body
    attempts: list[Callable[[], object]] = [
        lambda: services.case_approve(**office.by("clerk"), **office.seen(case)),
        lambda: services.case_edit_and_approve(
            **office.by("clerk"), **office.seen(case), body=body + " Neu."
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="nicht angeschrieben"):
            attempt()
    services.case_reject(**office.by("clerk"), **office.seen(case), reason="content")
    with pytest.raises(Refused, match="nicht angeschrieben"):
        services.case_answer_manually(**office.by("clerk"), case=case, body="Doch noch einmal.")
    services.case_close(**office.by("clerk"), case=case, how="elsewhere")
    with clock.travel(MORNING + timedelta(days=90)):
        office.check()
    assert office.open_cases() == []
    _done, read = arrive(office, new(904, mail=mail, **GOOD))
    assert office.open_cases() == []
    assert "anzuschreiben" in read.rejected[0].message


def test_a_table_can_say_who_opted_out_and_what_waits_for_them_closes(office: Own) -> None:
    arrive(office, new(902, **GOOD))
    arrive(office, (*new(902, **GOOD), "ja"), head=(*LEAD_HEAD, "Werbewiderspruch"))
    assert office.open_cases() == []
    assert OptOut.objects.get().address == "kontakt902@firma902.example"
    client = office.cast.client("clerk")
    page = client.get(office.cast.organisation.url("pilots:optouts")).content.decode()
    assert "kontakt902@firma902.example" in page
    client.post(
        office.cast.organisation.url("pilots:optout_remove"), {"address": "kontakt902@firma902.example"}
    )
    assert not OptOut.objects.exists()


def test_a_missing_value_stays_a_visible_place_that_blocks_sending(office: Own) -> None:
    office.pilot.options = {**office.pilot.options, "text_de_first_body": "{greeting}\n\nzu {Produkt} gern."}
    office.pilot.save(update_fields=["options"])
    arrive(office, new(905, **GOOD))
    [case] = office.open_cases()
    assert "zu [Produkt] gern" in office.proposal(case).body
    with pytest.raises(Refused, match=r"\[Produkt\]"):
        services.case_approve(**office.by("clerk"), **office.seen(case))
