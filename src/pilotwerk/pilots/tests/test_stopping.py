"""The kill switch and the stop rules: nothing goes out any more, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import selectors, services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.domain.stop_rules import RuleKind, StopRule, to_plain
from pilotwerk.pilots.models import Delivery, Pilot
from pilotwerk.pilots.tests.stage import MORNING, PLAIN, Stage

pytestmark = pytest.mark.django_db


def test_the_kill_switch_holds_back_what_was_approved_and_asks_no_reason(stage: Stage) -> None:
    approved, waiting = stage.proposed(2)
    stage.approve(approved)
    assert services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot) == 1
    stage.send()
    approved.refresh_from_db()
    assert approved.state == CaseState.STOPPED
    assert not Delivery.objects.exists()
    with pytest.raises(Refused, match="läuft nicht"):
        stage.approve(waiting)
    services.stop_reason_add(**stage.by("clerk"), pilot=stage.pilot, reason="Falsche Preise")
    assert Pilot.objects.get(pk=stage.pilot.pk).stop_reason == "Falsche Preise"


def test_going_on_needs_a_reason_and_every_held_back_answer_a_new_decision(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    services.pilot_stop(**stage.by("owner"), pilot=stage.pilot)
    with pytest.raises(Refused, match="weiterlaufen"):
        services.pilot_resume(**stage.by("lead"), pilot=stage.pilot, reason="  ")
    services.pilot_resume(**stage.by("lead"), pilot=stage.pilot, reason="Preise sind berichtigt")
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    assert not Delivery.objects.exists()
    stage.approve(case)
    stage.send()
    assert Delivery.objects.get(case=case).state == "sent"


def test_a_stop_between_approval_and_sending_wins_even_without_the_bulk_update(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    Pilot.objects.filter(pk=stage.pilot.pk).update(state="stopped")
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.STOPPED
    assert not Delivery.objects.exists()


def test_too_many_rejections_stop_the_pilot_by_themselves(stage: Stage) -> None:
    rule = StopRule(RuleKind.REJECTED, limit=0.5, window=6, minimum=4)
    Pilot.objects.filter(pk=stage.pilot.pk).update(stop_rules=to_plain([rule]))
    cases = stage.proposed(5)
    for case in cases[:3]:
        services.case_reject(**stage.by("clerk"), **stage.seen(case), reason="content")
    assert Pilot.objects.get(pk=stage.pilot.pk).is_running, "three decisions say nothing yet"
    services.case_reject(**stage.by("clerk"), **stage.seen(cases[3]), reason="tone")
    stopped = Pilot.objects.get(pk=stage.pilot.pk)
    assert (stopped.state, stopped.stopped_by_rule) == ("stopped", "rejected")
    with clock.travel(MORNING + timedelta(minutes=4)):
        services.pilot_resume(**stage.by("lead"), pilot=stopped, reason="Vorlagen berichtigt")
    with clock.travel(MORNING + timedelta(minutes=5)):
        services.case_reject(**stage.by("clerk"), **stage.seen(cases[4]), reason="tone")
    assert Pilot.objects.get(pk=stage.pilot.pk).is_running, "old rejections do not count again"


def test_a_stopped_pilot_takes_in_nothing_and_proposes_nothing(stage: Stage) -> None:
    from pilotwerk.pilots.domain.incoming import NewCase

    services.case_ingest(
        **stage.by("lead"), pilot=stage.pilot, cases=[NewCase("x", "Bitte um einen Termin")], source="x"
    )
    services.pilot_stop(**stage.by("owner"), pilot=stage.pilot)
    jobs.run_due(kinds=["pilots.propose"])
    case = stage.case("V-0001")
    assert (case.state, case.arm) == (CaseState.RECEIVED, "")
    with pytest.raises(Refused):
        services.case_ingest(**stage.by("lead"), pilot=stage.pilot, cases=[NewCase("y", "Text")], source="x")
    services.pilot_resume(**stage.by("owner"), pilot=stage.pilot, reason="Es geht weiter")
    jobs.run_due(kinds=["pilots.propose"])
    assert stage.case("V-0001").arm != ""


def test_the_end_publishes_the_seed_and_leaves_open_cases_to_the_team(stage: Stage) -> None:
    case, approved = stage.proposed(2)
    stage.approve(approved)
    with pytest.raises(Refused, match="geht noch etwas"):
        services.pilot_end(**stage.by("owner"), pilot=stage.pilot)
    stage.send()
    services.pilot_end(**stage.by("owner"), pilot=stage.pilot)
    case.refresh_from_db()
    assert (case.state, case.closed) == ("done", "elsewhere")
    assert str(case.pk) not in {m.case_id for m in selectors.case_measures(stage.pilot)}
    with pytest.raises(Refused):
        services.pilot_resume(**stage.by("owner"), pilot=stage.pilot, reason="Doch noch")


def test_closing_without_sending_works_while_the_pilot_stands(stage: Stage) -> None:
    [case] = stage.proposed()
    services.pilot_stop(**stage.by("owner"), pilot=stage.pilot)
    services.case_close(**stage.by("clerk"), case=case, how="elsewhere", text="Am Telefon geklärt")
    case.refresh_from_db()
    assert case.closed == "elsewhere"
    with pytest.raises(Refused):
        services.case_answer_manually(**stage.by("clerk"), case=case, body=PLAIN)
