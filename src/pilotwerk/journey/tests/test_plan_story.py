"""Gerda starts the 90 days, Lena works through them, Gerda decides at the gates."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.selectors import state as audit_state
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.journey import registry, selectors, services
from pilotwerk.journey.models import Gate, GateDecision, Plan, Task
from pilotwerk.journey.registry import Attention, CheckResult, State
from tests.cast import Cast

START = date(2026, 10, 15)
DAY_34 = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def plan(cast: Cast) -> Iterator[Plan]:
    """The plan of the sample dates, seen on day 1."""
    with clock.travel(datetime(2026, 10, 15, 8, tzinfo=UTC)):
        yield services.plan_start(organisation=cast.organisation, actor=cast.actor("owner"), start=START)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, State]:
    """Gate 1 with two criteria whose state the test sets, instead of those of the real rooms."""
    states = {"data": State.MET, "people": State.OPEN}
    monkeypatch.setattr(registry, "_checks", {})

    def criterion(name: str) -> Callable[[Organisation], CheckResult]:
        return lambda _: CheckResult(states[name], "2", "1", "/evidence/")

    for order, name in enumerate(states):
        registry.register_check(name, 1, order, name, criterion(name))
    registry.register_check("later", 2, 1, "later", lambda _: CheckResult(State.MET, "1", "1"))
    return states


def gate(plan: Plan, number: int = 1) -> Gate:
    return Gate.objects.select_related("plan", "organisation").get(plan=plan, number=number)


def task(plan: Plan, key: str) -> Task:
    return Task.objects.select_related("plan", "organisation", "owner__user").get(plan=plan, key=key)


def test_before_the_plan_the_overview_leads_through_the_first_steps(cast: Cast) -> None:
    html = cast.client("lead").get(cast.organisation.url("journey:overview")).content.decode()
    assert "Firmenprofil ausfüllen" in html
    assert cast.organisation.url("journey:plan_start") in html
    assert cast.organisation.url("company:profile") in html
    seen = cast.client("clerk").get(cast.organisation.url("journey:overview")).content.decode()
    assert cast.organisation.url("journey:plan_start") not in seen


def test_starting_the_plan_gives_every_task_a_person_and_a_working_day(cast: Cast) -> None:
    with clock.travel(datetime(2026, 10, 14, 8, tzinfo=UTC)):
        answer = cast.client("lead").post(
            cast.organisation.url("journey:plan_start"), {"start": "2026-10-15"}
        )
        assert answer.status_code == 302
        plan = selectors.plan_current(cast.organisation)
        assert plan is not None
        assert all(row.owner_id for row in plan.tasks.all())
        assert task(plan, "dpia").owner == cast.membership("auditor")
        assert [row.due for row in plan.gates.all()] == [
            date(2026, 11, 4),
            date(2026, 12, 9),
            date(2027, 1, 12),
        ]
        html = cast.client("clerk").get(cast.organisation.url("journey:overview")).content.decode()
        assert "Der Fahrplan beginnt morgen" in html
    again = cast.client("owner").post(cast.organisation.url("journey:plan_start"), {"start": "2026-10-19"})
    assert again.status_code == 422
    assert Plan.objects.of(cast.organisation).count() == 1


def test_day_34_says_where_we_are_and_what_is_next(cast: Cast, plan: Plan) -> None:
    with clock.travel(DAY_34):
        client = cast.client("owner")
        html = client.get(cast.organisation.url("journey:overview")).content.decode()
        assert "Tag 34 von 90: Pilot mit Aufsicht" in html
        assert "Firmenprofil ausfüllen" in html
        assert "überfällig" in html
        assert client.get(cast.organisation.url("journey:plan")).status_code == 200


def test_an_overview_never_shows_more_than_five_points(
    cast: Cast, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgent = Attention("bad", "steht", "Der Pilot steht", "/p/", due=date(2026, 1, 1))
    monkeypatch.setattr(registry, "_attention", [lambda *_: [urgent]])
    with clock.travel(DAY_34):
        answer = cast.client("owner").get(cast.organisation.url("journey:overview"))
    assert len(answer.context["attention"]) == 5
    assert answer.context["attention"][0] == urgent


def test_the_clerk_ticks_off_only_her_own_task(cast: Cast, plan: Plan) -> None:
    own, others = task(plan, "facts"), task(plan, "budget")
    clerk = cast.client("clerk")
    assert clerk.post(cast.organisation.url("journey:task_done", pk=own.pk)).status_code == 302
    assert clerk.post(cast.organisation.url("journey:task_done", pk=others.pk)).status_code == 422
    assert selectors.task_done(cast.organisation, "facts") is not None
    assert selectors.task_done(cast.organisation, "budget") is None
    assert "erledigt" in clerk.get(cast.organisation.url("journey:plan")).content.decode()


def test_nobody_claims_what_the_data_can_tell(cast: Cast, plan: Plan) -> None:
    with pytest.raises(Refused, match="selbst"):
        services.task_done(
            organisation=cast.organisation, actor=cast.actor("lead"), task=task(plan, "readiness")
        )


def test_a_task_changes_hands_and_date_with_a_reason(cast: Cast, plan: Plan) -> None:
    lead, url = cast.client("lead"), cast.organisation.url("journey:task_assign", pk=task(plan, "budget").pk)
    entries = audit_state(cast.organisation.id).entries
    wanted = {"owner": str(cast.membership("clerk").pk), "due": "2026-11-03", "reason": "Gerda ist im Urlaub"}
    assert lead.post(url, {**wanted, "due": "2026-10-31"}).status_code == 422  # Reformation Day, a Saturday
    assert lead.post(url, {**wanted, "due": "2027-06-01"}).status_code == 422
    assert lead.post(url, {**wanted, "reason": ""}).status_code == 422
    assert lead.post(url, wanted).status_code == 302
    changed = task(plan, "budget")
    assert (changed.owner, changed.due) == (cast.membership("clerk"), date(2026, 11, 3))
    assert audit_state(cast.organisation.id).entries == entries + 1


def test_moving_the_plan_moves_open_tasks_and_keeps_finished_ones(cast: Cast, plan: Plan) -> None:
    services.task_done(organisation=cast.organisation, actor=cast.actor("lead"), task=task(plan, "facts"))
    before = task(plan, "facts").due
    services.task_assign(
        organisation=cast.organisation,
        actor=cast.actor("lead"),
        task=task(plan, "budget"),
        owner=cast.membership("owner"),
        due=date(2026, 11, 3),
        reason="nach der Messe",
    )
    answer = cast.client("owner").post(
        cast.organisation.url("journey:plan_move"), {"start": "2026-10-22", "reason": "Herbstferien"}
    )
    assert answer.status_code == 302
    assert gate(plan).due == date(2026, 11, 11)
    assert task(plan, "facts").due == before
    assert task(plan, "budget").due == date(2026, 11, 10)


def test_the_owner_passes_over_an_open_criterion_only_with_a_reason(
    cast: Cast, plan: Plan, measured: dict[str, State]
) -> None:
    owner, url = cast.client("owner"), cast.organisation.url("journey:gate_sign", number=1)
    answer = {"decision": "pass", "reason": "Die Daten reichen aus."}
    assert owner.post(url, answer).status_code == 422
    assert owner.post(url, {**answer, "override-people": "Kai antwortet am Montag."}).status_code == 302
    signed = GateDecision.objects.get(gate=gate(plan))
    assert (signed.decision, signed.signed_name) == ("pass", "Gerda Chefin")
    assert [(one["id"], one["state"], one["overridden"]) for one in signed.criteria] == [
        ("data", "met", ""),
        ("people", "open", "Kai antwortet am Montag."),
    ]
    measured["people"] = State.MET
    html = owner.get(cast.organisation.url("journey:gate", number=1)).content.decode()
    assert "Die Daten reichen aus." in html
    assert "Kai antwortet am Montag." in html
    assert f"Eintrag {signed.audit_entry}" in html
    assert selectors.gate_passed(cast.organisation, 1)
    assert owner.post(url, answer).status_code == 422


def test_only_the_owner_signs_and_gates_keep_their_order(
    cast: Cast, plan: Plan, measured: dict[str, State]
) -> None:
    assert cast.client("lead").post(cast.organisation.url("journey:gate_sign", number=1)).status_code == 403
    with pytest.raises(Refused, match="Geschäftsführung"):
        services.gate_sign(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            gate=gate(plan),
            decision="hold",
            reason="zu früh",
        )
    with pytest.raises(Refused, match="vorherige"):
        services.gate_sign(
            organisation=cast.organisation,
            actor=cast.actor("owner"),
            gate=gate(plan, 2),
            decision="pass",
            reason="ja",
        )


def test_holding_keeps_the_gate_open_and_stopping_ends_the_plan(
    cast: Cast, plan: Plan, measured: dict[str, State]
) -> None:
    owner, url = cast.client("owner"), cast.organisation.url("journey:gate_sign", number=1)
    assert owner.post(url, {"decision": "hold", "reason": "Der Export fehlt noch."}).status_code == 302
    assert gate(plan).state == Gate.State.OPEN
    assert owner.post(url, {"decision": "stop", "reason": "Kein Nutzen zu sehen."}).status_code == 302
    stopped = selectors.plan_current(cast.organisation)
    assert stopped is not None
    assert stopped.state == Plan.State.STOPPED
    assert (
        "Das Programm wurde beendet" in owner.get(cast.organisation.url("journey:overview")).content.decode()
    )
    with pytest.raises(Refused):
        services.task_done(organisation=cast.organisation, actor=cast.actor("lead"), task=task(plan, "facts"))
    new = services.plan_start(
        organisation=cast.organisation, actor=cast.actor("owner"), start=date(2026, 11, 2)
    )
    assert selectors.plan_current(cast.organisation) == new


def test_the_calendar_address_works_without_signing_in_and_can_be_renewed(cast: Cast, plan: Plan) -> None:
    clerk, url = cast.client("clerk"), cast.organisation.url("journey:calendar")
    first = clerk.post(url).context["link"]
    answer = cast.client("outsider").get(first)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    own = Task.objects.filter(plan=plan, owner=cast.membership("clerk")).count()
    assert len(events) == own + 3
    assert any(str(event["SUMMARY"]).startswith("Tor 1") for event in events)
    second = clerk.post(url).context["link"]
    assert cast.client("clerk").get(first).status_code == 404
    assert len(Calendar.from_ical(cast.client("lead").get(second).content).walk("VEVENT")) == own + 3


def test_the_lead_has_every_task_in_the_calendar(cast: Cast, plan: Plan) -> None:
    link = cast.client("lead").post(cast.organisation.url("journey:calendar")).context["link"]
    events = Calendar.from_ical(cast.client("lead").get(link).content).walk("VEVENT")
    assert len(events) == plan.tasks.count() + 3


def test_a_stranger_finds_nothing(cast: Cast, plan: Plan) -> None:
    outsider = cast.client("outsider")
    for view in ("journey:overview", "journey:plan", "journey:calendar"):
        assert outsider.get(cast.organisation.url(view)).status_code == 404
    assert outsider.get("/calendar/geraten.ics").status_code == 404


def test_an_employee_gets_no_link_that_would_be_refused(cast: Cast, plan: Plan) -> None:
    employee, home = cast.client("employee"), cast.organisation.url("journey:overview")
    with clock.travel(DAY_34):
        html = employee.get(home).content.decode()
        links = set(re.findall(r'href="(/o/[^"#?]+)', html))
        assert {link: employee.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_room_above_adds_its_part_to_the_overview(
    cast: Cast, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_panels", [])
    registry.register_panel(20, "web/components/empty.html", lambda *_: {"never": "seen"})
    registry.register_panel(10, "journey/bar_day.html", lambda *_: None)
    answer = cast.client("owner").get(cast.organisation.url("journey:overview"))
    assert [panel["template"] for panel in answer.context["panels"]] == ["web/components/empty.html"]


def test_after_the_last_gate_the_overview_says_what_came_out(
    cast: Cast, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.FINISHED)
    monkeypatch.setattr(registry, "_outcomes", [])
    home, owner = cast.organisation.url("journey:overview"), cast.client("owner")
    assert "Die 90 Tage sind entschieden" in owner.get(home).content.decode()
    registry.register_outcome(lambda _: None)
    registry.register_outcome(lambda _: registry.Outcome("Entschieden: Skalieren", "3 Minuten weniger."))
    told = owner.get(home).content.decode()
    assert "<h1>Entschieden: Skalieren</h1>" in told
    assert "3 Minuten weniger." in told
