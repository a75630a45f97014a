"""A small sample company lives through its 90 days; afterwards every room has its record and the trail holds."""

from datetime import date, time, timedelta

import pytest
from django.conf import settings

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.accounts.selectors import members
from pilotwerk.accounts.services import organisation_delete
from pilotwerk.audit import selectors as audit
from pilotwerk.company import selectors as company
from pilotwerk.company.domain.survey import Published
from pilotwerk.core import clock
from pilotwerk.core.models import Job
from pilotwerk.core.permissions import Role
from pilotwerk.demo.corpus.days import is_working
from pilotwerk.demo.people import CAST, password
from pilotwerk.demo.play import play
from pilotwerk.demo.stage import local, start_day
from pilotwerk.documents.selectors import created
from pilotwerk.evaluation import selectors as evaluation
from pilotwerk.governance import selectors as governance
from pilotwerk.journey import selectors as journey
from pilotwerk.journey.models import Gate, Plan
from pilotwerk.kpis import selectors as kpis
from pilotwerk.pilots import selectors as pilots
from pilotwerk.pilots.models import Case, Pilot
from pilotwerk.portfolio import selectors as portfolio
from pilotwerk.processes import selectors as processes
from pilotwerk.roadmap.models import RoadmapItem

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "today", [date(2026, 11, 22), date(2027, 1, 4), date(2027, 5, 17), date(2028, 2, 29)]
)
def test_the_ninety_days_are_over_today_whenever_that_is(today: date) -> None:
    start = start_day(today)
    assert is_working(start)
    assert timedelta(days=90) <= today - start <= timedelta(days=96)


@pytest.mark.django_db
def test_ninety_days_leave_a_record_in_every_room() -> None:
    heard: list[str] = []
    organisation = play(scale=0.1, today=TODAY, say=heard.append)
    with clock.travel(local(TODAY, time(10, 0))):
        the_company_is_known(organisation)
        the_process_is_measured(organisation)
        one_use_case_is_chosen_and_one_refused(organisation)
        the_plan_is_finished(organisation)
        the_system_is_registered(organisation)
        the_pilot_has_ended(organisation)
        the_effect_is_measured_and_decided_on(organisation)
        the_trail_holds(organisation)
    assert any("Gate 3 signed" in line for line in heard)
    nothing_is_left_of_it_after_deletion(organisation)


def the_company_is_known(organisation: Organisation) -> None:
    assert organisation.is_sample
    assert members(organisation).count() == len(CAST)
    assert company.profile(organisation).staff == 48
    assert company.readiness_result(organisation).respondents == 2
    team = company.survey_result(organisation)
    assert isinstance(team, Published)
    assert team.respondents == 7
    assert company.tools(organisation).count() == 4
    owner = members(organisation).get(role=Role.OWNER)
    assert owner.user.check_password(password())


def the_process_is_measured(organisation: Organisation) -> None:
    imports = list(processes.imports_done(organisation))
    assert {one.kind for one in imports} == {"event_log", "case_table"}
    assert all(one.rejected >= 12 for one in imports), "the report of the import has something to show"
    (with_text,) = processes.imports_with_text(organisation)
    rows = processes.text_rows(with_text)
    assert len(rows) > 500
    assert sum(row.answer is not None for row in rows) > 0.9 * len(rows)
    (goal,) = kpis.goals(organisation)
    assert goal.target < goal.baseline.value


def one_use_case_is_chosen_and_one_refused(organisation: Organisation) -> None:
    chosen = portfolio.usecase_chosen(organisation)
    assert chosen is not None
    assert chosen.name == "Kundenanfragen beantworten"
    assert [one.name for one in portfolio.usecases_refused(organisation)] == ["Bewerbungen vorsortieren"]
    ranked = portfolio.usecases_ranked(organisation)
    assert len(ranked) == 6
    stable = portfolio.usecases_stability(ranked)
    assert sum(one.first for one in stable.values()) == pytest.approx(1)
    (refused,) = portfolio.usecases_refused(organisation)
    assert refused.scores["chance"] < 0.01
    assert not refused.refused_by_rule


def the_plan_is_finished(organisation: Organisation) -> None:
    plan = journey.plan_current(organisation)
    assert plan is not None
    assert plan.state == Plan.State.FINISHED
    assert [gate.state for gate in plan.gates.all()] == [Gate.State.PASSED] * 3
    assert [row.task.key for row in journey.task_rows(plan) if not row.done] == []
    passed_over = [
        c["id"] for one in journey.decisions(organisation) for c in one.criteria if c["overridden"]
    ]
    assert passed_over == []


def the_system_is_registered(organisation: Organisation) -> None:
    chosen = portfolio.usecase_chosen(organisation)
    assert chosen is not None
    system = governance.system_for_use_case(chosen)
    assert system is not None
    assert governance.system_is_ready(system)
    assert governance.systems(organisation).count() == 5


def the_pilot_has_ended(organisation: Organisation) -> None:
    pilot = pilots.pilot_current(organisation)
    assert pilot is not None
    assert pilot.state == "ended"
    assert pilot.stop_tried_at is not None
    found = pilots.pilot_summary(pilot)
    assert found.cases == found.sent + closed_without_answer(pilot)
    assert (found.waiting, found.failed, found.unclear) == (0, 0, 0)
    assert found.decided > 15
    assert found.approved > 0
    assert found.edited > 0
    assert 15 < found.as_before < 45
    letters = list((settings.PILOTWERK_DATA_DIR / "organisations").rglob("outbox/*"))
    assert len([letter for letter in letters if letter.is_file()]) >= found.sent
    assert not Job.objects.filter(organisation_id=organisation.id).exclude(state=Job.State.DONE).exists()


def closed_without_answer(pilot: Pilot) -> int:
    return Case.objects.filter(pilot=pilot, closed="no_answer").count()


def the_effect_is_measured_and_decided_on(organisation: Organisation) -> None:
    pilot = pilots.pilot_current(organisation)
    assert pilot is not None
    cases = pilots.case_measures(pilot)
    assert all(case.handling_seconds for case in cases), "time was measured in both arms"
    report = evaluation.effect_report(pilot)
    assert report.design == "randomised"
    assert evaluation.roi_report(pilot) is not None
    assert evaluation.learnings(pilot).count() == 4
    decision = evaluation.decision(pilot)
    assert decision is not None
    assert decision.signed_at is not None
    assert RoadmapItem.objects.of(organisation).count() == 4
    assert {one.format for one in created(organisation)} == {"pdf", "docx"}


def the_trail_holds(organisation: Organisation) -> None:
    report = audit.check(organisation.id)
    assert report.ok
    assert report.entries > 300
    entries = audit.entries(organisation.id).order_by("sequence")
    times = list(entries.values_list("at", flat=True))
    assert times == sorted(times), "the story was played in order of time"
    assert times[-1].date() < TODAY


def nothing_is_left_of_it_after_deletion(organisation: Organisation) -> None:
    deleted = organisation.id
    assert (settings.PILOTWERK_DATA_DIR / "organisations" / str(deleted)).is_dir()
    owner = members(organisation).get(role=Role.OWNER)
    organisation_delete(organisation=organisation, actor=owner.actor)
    assert not User.objects.filter(email__in=[person.email for person in CAST]).exists()
    assert not Case.objects.exists()
    assert not audit.entries(deleted).exists()
