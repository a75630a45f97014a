"""From the first closed cases to the signed decision, as the people of the company see it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.evaluation import registers, selectors, services
from pilotwerk.evaluation.domain.grade import Grade
from pilotwerk.evaluation.models import Decision, Learning, RoiAssumptions
from pilotwerk.evaluation.tests import stage
from pilotwerk.journey.registry import State
from pilotwerk.kpis.models import Baseline, Goal
from pilotwerk.pilots.models import CaseOutcome, Pilot
from pilotwerk.processes.models import ProcessImport
from tests.cast import Cast

ASSUMPTIONS: dict[str, Any] = {
    "cases_per_year": 4876,
    "cases_basis": "Auftragsstatistik 2025",
    "ai_percent": 78,
    "euro_per_hour": Decimal("46.00"),
    "wage_basis": "Lohnbuchhaltung",
    "realisation_percent": 60,
    "running_cautious": Decimal(5900),
    "running_middle": Decimal(4700),
    "running_favourable": Decimal(4100),
    "running_basis": "Betreuung, Server, Modell",
    "one_off_cautious": Decimal(9000),
    "one_off_middle": Decimal(8400),
    "one_off_favourable": Decimal(7600),
    "one_off_basis": "Einrichtung und Schulung",
}


@pytest.fixture
def running(cast: Cast) -> Iterator[Pilot]:
    """Day 9 of the pilot: 60 cases with AI, 60 as before."""
    with clock.travel(stage.PILOT_START - timedelta(days=30)):
        stage.plan(cast)
    made = stage.pilot(cast)
    stage.cases(made, ai=60, control=60)
    with clock.travel(stage.AFTER_NINE_DAYS):
        yield made


def page(cast: Cast, role: str = "lead") -> str:
    answer = cast.client(role).get(cast.organisation.url("evaluation:report"))
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_before_the_pilot_the_page_says_what_would_be_here(cast: Cast) -> None:
    text = page(cast)

    assert "noch ist nichts gemessen" in text
    assert cast.organisation.url("journey:overview") in text


def test_after_nine_days_it_is_an_interim_state_of_grade_b(cast: Cast, running: Pilot) -> None:
    text = page(cast)

    assert "Auswertung: Zwischenstand nach 9 Tagen" in text
    assert "Mit KI dauert ein Vorgang" in text
    assert "Dies ist ein Zwischenstand." in text
    assert 'aria-label="Stufe B"' in text
    assert "28 Tage Laufzeit, bisher 9" in text
    assert "vom Los bestimmt" in text
    assert "60 und 60 Vorgänge" in text


def test_the_page_reads_in_english_too(cast: Cast, running: Pilot) -> None:
    client = cast.client("owner")
    client.cookies["django_language"] = "en"

    text = client.get(cast.organisation.url("evaluation:report")).content.decode()

    assert "Evaluation: interim state after 9 days" in text
    assert "With AI a case takes" in text


def test_with_four_cases_as_before_nothing_is_claimed(cast: Cast) -> None:
    made = stage.pilot(cast)
    stage.cases(made, ai=40, control=4)
    with clock.travel(stage.AFTER_NINE_DAYS):
        text = page(cast)
        check = registers.effect_check(cast.organisation)

    assert "Ob ein Vorgang mit KI weniger Zeit braucht, ist noch offen." in text
    assert "bisher 4 in der kleineren" in text
    assert "Kein Bild: Es gibt noch kein Intervall." in text
    assert check.state is State.OPEN


def test_missing_values_are_said(cast: Cast, running: Pilot) -> None:
    CaseOutcome.objects.filter(case__number__lte=40).update(satisfaction=None)

    text = page(cast)

    assert "Bei 40 Vorgängen fehlt der Wert." in text
    assert "Das ist viel" in text


def test_a_pilot_that_gives_everything_to_ai_cannot_prove_anything(cast: Cast) -> None:
    made = stage.pilot(cast, share=1.0)
    stage.cases(made, ai=40, control=0)
    with clock.travel(stage.AFTER_NINE_DAYS):
        assert selectors.effect_report(made).evidence.grade is Grade.D
        assert "Nicht belegbar" in page(cast)


def test_the_lead_sets_assumptions_and_reads_what_it_pays(cast: Cast, running: Pilot) -> None:
    client = cast.client("lead")
    answer = client.post(cast.organisation.url("evaluation:assumptions"), ASSUMPTIONS)

    assert answer.status_code == 302
    text = page(cast)
    assert "Ergebnis im ersten Jahr" in text
    assert "78 % von 4.876: Auftragsstatistik 2025" in text
    assert registers.return_check(cast.organisation).state is State.MET


def test_estimates_in_the_wrong_order_are_sent_back_with_the_entries(cast: Cast, running: Pilot) -> None:
    given = {**ASSUMPTIONS, "running_cautious": 100}

    answer = cast.client("lead").post(cast.organisation.url("evaluation:assumptions"), given)

    assert answer.status_code == 422
    assert "Geben Sie den höchsten Betrag als vorsichtig ein" in answer.content.decode()
    assert not RoiAssumptions.objects.exists()


def test_the_database_refuses_estimates_in_the_wrong_order(cast: Cast, running: Pilot) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoiAssumptions.objects.create(
            organisation=cast.organisation,
            pilot=running,
            changed_at=clock.now(),
            **{**ASSUMPTIONS, "one_off_favourable": Decimal(9999)},
        )


def test_a_learning_is_written_down_and_taken_back(cast: Cast, running: Pilot) -> None:
    client = cast.client("lead")
    given = {"topic": "data", "observation": "Rechnungen fehlen", "consequence": "Betrag mitliefern"}
    client.post(cast.organisation.url("evaluation:learning_add"), given)
    learning = Learning.objects.get()
    assert "Rechnungen fehlen" in page(cast)
    assert registers.learnings_check(cast.organisation).state is State.MET

    client.post(cast.organisation.url("evaluation:learning_remove", pk=learning.pk))

    assert not Learning.objects.exists()
    assert registers.learnings_check(cast.organisation).state is State.OPEN


def test_the_decision_form_chooses_nothing_beforehand(cast: Cast, running: Pilot) -> None:
    text = page(cast, "owner")

    assert 'value="scale"' in text
    assert "checked" not in text


def test_before_the_gate_only_stopping_can_be_signed(cast: Cast, running: Pilot) -> None:
    organisation, owner = cast.organisation, cast.actor("owner")
    services.decision_draft(
        organisation=organisation, actor=owner, pilot=running, choice="change", reason="Ohne Rechnungen"
    )
    with pytest.raises(Refused, match="Vor Tor 3"):
        services.decision_sign(organisation=organisation, actor=owner, pilot=running)
    assert "Vor Tor 3 können Sie nur „Stoppen“ unterschreiben." in page(cast, "owner")

    services.decision_draft(
        organisation=organisation, actor=owner, pilot=running, choice="stop", reason="Zu teuer"
    )
    signed = services.decision_sign(organisation=organisation, actor=owner, pilot=running)

    assert (signed.signed_by, signed.evidence["grade"]) == ("Gerda Chefin", "B")


def test_at_the_gate_the_owner_signs_to_scale_and_it_stays(cast: Cast, running: Pilot) -> None:
    organisation = cast.organisation
    lead = cast.client("lead")
    with clock.travel(stage.AFTER_THE_GATE):
        given = {"choice": "scale", "reason": "Die Zeit sinkt deutlich."}
        lead.post(organisation.url("evaluation:decision_draft"), given)
        assert registers.decision_check(organisation).state is State.MET
        assert registers.attention(organisation, cast.membership("owner"))
        assert registers.outcome(organisation) is None
        assert lead.post(organisation.url("evaluation:decision_sign")).status_code == 403

        owner = cast.client("owner")
        assert owner.post(organisation.url("evaluation:decision_sign")).status_code == 302
        assert "Entscheidung: Skalieren" in page(cast, "auditor")
        told = registers.outcome(organisation)
        assert told is not None
        assert told.title == "Nach 90 Tagen entschieden: Skalieren"
        assert "Mit KI dauert ein Vorgang" in told.lead
        assert not registers.attention(organisation, cast.membership("owner"))

        again = lead.post(organisation.url("evaluation:decision_draft"), {**given, "choice": "stop"})
        assert again.status_code == 422
    assert Decision.objects.get().choice == "scale"


def test_scaling_needs_evidence(cast: Cast) -> None:
    made = stage.pilot(cast)
    stage.cases(made, ai=30, control=30, ai_minutes=11.0, control_minutes=11.0)
    owner = cast.actor("owner")
    services.decision_draft(
        organisation=cast.organisation, actor=owner, pilot=made, choice="scale", reason="Gefühlt besser"
    )

    with clock.travel(stage.AFTER_THE_GATE), pytest.raises(Refused, match="Stufe A oder B"):
        services.decision_sign(organisation=cast.organisation, actor=owner, pilot=made)


def test_a_goal_is_held_against_its_frozen_baseline(cast: Cast, running: Pilot) -> None:
    assert running.use_case.process is not None
    imported = ProcessImport.objects.create(
        organisation=cast.organisation,
        process=running.use_case.process,
        filename="tickets.csv",
        kind="case_table",
        state="done",
        fingerprint="f" * 64,
    )
    baseline = Baseline.objects.create(
        organisation=cast.organisation,
        kpi="handling_minutes_mean",
        process_import=imported,
        value=11.2,
        unit="minutes",
        n=400,
        definition={"de": "Minuten je Vorgang", "en": "Minutes a case"},
        first_day=stage.PLAN_START,
        last_day=stage.PLAN_START,
        fingerprint="f" * 64,
    )
    for target in (8.0, 2.0):
        Goal.objects.create(
            organisation=cast.organisation,
            baseline=baseline,
            target=target,
            due=stage.AFTER_THE_GATE.date(),
            owner=cast.membership("lead"),
        )

    states = {goal.target: result.state.value for goal, result in selectors.goal_results(running)}

    assert states == {8.0: "reached", 2.0: "better"}
    assert "auf dem Weg" in page(cast)


def test_proposals_are_counted_by_category_never_by_person(cast: Cast, running: Pilot) -> None:
    rows = {row.category: row for row in selectors.acceptance(running)}

    assert sum(row.decided for row in rows.values()) == 60
    assert rows["Rechnung"].edited == 10
    assert "Kai" not in page(cast)


def test_every_change_is_in_the_audit_trail(cast: Cast, running: Pilot) -> None:
    from pilotwerk.audit.selectors import entries

    services.decision_draft(
        organisation=cast.organisation, actor=cast.actor("lead"), pilot=running, choice="stop", reason="Nein"
    )
    with translation.override("de"):
        newest = str(next(iter(entries(cast.organisation.id))).action)

    assert newest == "evaluation.decision_drafted"


def test_a_row_of_another_company_is_never_touched(cast: Cast, running: Pilot) -> None:
    with pytest.raises(ValueError, match="another organisation"):
        services.decision_draft(
            organisation=cast.other, actor=cast.actor("outsider"), pilot=running, choice="stop", reason="x"
        )
