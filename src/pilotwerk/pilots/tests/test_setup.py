"""Before the first case: what has to be there, and what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.services import system_register
from pilotwerk.journey.registry import checks
from pilotwerk.pilots import folders, selectors, services
from pilotwerk.pilots.domain.stop_rules import DEFAULTS
from pilotwerk.pilots.models import Case, CaseOutcome, Decision, Delivery, Pilot, Proposal
from pilotwerk.pilots.presenting import stop_rule_rows
from pilotwerk.pilots.selectors.monitoring import monitoring
from pilotwerk.pilots.services import Outcome
from pilotwerk.pilots.tests.stage import PLAIN, Stage, trained, use_case
from pilotwerk.portfolio.models import UseCase
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def by(cast: Cast, role: str = "lead") -> dict[str, Any]:
    return {"organisation": cast.organisation, "actor": cast.actor(role)}


def test_only_the_chosen_use_case_with_a_recipe_becomes_a_pilot(cast: Cast) -> None:
    other = UseCase.objects.create(organisation=cast.organisation, name="Bericht", recipe="other")
    with pytest.raises(Refused, match="gewählte"):
        services.pilot_setup(**by(cast), use_case=other)
    UseCase.objects.filter(pk=other.pk).update(state="chosen")
    other.refresh_from_db()
    with pytest.raises(Refused, match="Rezept"):
        services.pilot_setup(**by(cast), use_case=other)


def test_a_pilot_starts_only_when_registered_trained_and_with_a_brake(cast: Cast) -> None:
    pilot = services.pilot_setup(**by(cast), use_case=use_case(cast), stop_rules=[])
    said = " ".join(one.text for one in selectors.start_obstacles(pilot))
    for word in ("KI-Register", "gelernt", "Abbruchregel"):
        assert word in said
    with pytest.raises(Refused, match="KI-Register"):
        services.pilot_start(**by(cast), pilot=pilot)


@pytest.mark.parametrize(
    ("kind", "counts"), [("support", True), ("leads", False), ("stock", False), ("reports", False)]
)
def test_only_stop_rules_that_make_sense_for_the_recipe_are_offered(
    cast: Cast, kind: str, counts: bool
) -> None:
    chosen = UseCase.objects.create(organisation=cast.organisation, name="Probe", recipe=kind, state="chosen")
    client, url = cast.client("lead"), cast.organisation.url("pilots:setup")
    assert ("Berichtigte Kategorien" in client.get(url).content.decode()) is counts
    # A pilot of before has the rule stored; it is neither shown nor kept.
    pilot = services.pilot_setup(**by(cast), use_case=chosen, stop_rules=DEFAULTS)
    shown = " ".join(str(row["name"]) for row in stop_rule_rows(pilot))
    assert ("Berichtigte Kategorien" in shown, "Abgelehnte Vorschläge" in shown) == (counts, True)
    form = client.get(url).context["form"]
    posted = {name: form[name].value() for name in form.fields}
    assert client.post(url, {name: value or "" for name, value in posted.items()}).status_code == 302
    pilot.refresh_from_db()
    assert ("corrected" in [rule["kind"] for rule in pilot.stop_rules]) is counts


def test_a_stop_rule_that_was_switched_off_stays_off(cast: Cast) -> None:
    services.pilot_setup(**by(cast), use_case=use_case(cast), stop_rules=DEFAULTS[:1])
    form = cast.client("lead").get(cast.organisation.url("pilots:setup")).context["form"]
    assert form["limit_rejected"].value() == 40
    assert form["limit_corrected"].value() is None
    assert form["window_corrected"].value() == 30


def test_learning_comes_with_an_honest_check(cast: Cast, registered: None) -> None:
    pilot, version = trained(cast)
    assert version.state == "ready"
    assert version.facts["rows"] == 75
    assert pilot.model_version == version
    assert (folders.models(pilot) / version.version).is_dir()
    assert selectors.categories(pilot) == ["Rechnung", "Störung", "Termin"]


def test_a_started_pilot_keeps_the_terms_of_its_measurement(stage: Stage) -> None:
    with pytest.raises(Refused, match="begonnen"):
        services.pilot_setup(**stage.by("lead"), use_case=stage.pilot.use_case, share=0.9)


def test_the_database_refuses_what_must_not_be(stage: Stage) -> None:
    case, other = stage.proposed(2)
    stage.approve(case)
    decision = Decision.objects.get(case=case)
    wrong: list[Callable[[], object]] = [
        lambda: Case.objects.filter(pk=other.pk).update(state="invented"),
        lambda: Case.objects.filter(pk=other.pk).update(arm=""),
        lambda: Case.objects.filter(pk=other.pk).update(state="done"),
        lambda: Case.objects.filter(pk=other.pk).update(key=case.key),
        lambda: Proposal.objects.filter(case=case, revision=2).update(revision=1),
        lambda: Decision.objects.create(
            organisation=stage.cast.organisation,
            case=case,
            proposal=decision.proposal,
            kind="approve",
            content_hash=decision.content_hash,
            actor_id="x",
        ),
        lambda: Decision.objects.filter(pk=decision.pk).update(content_hash=""),
        lambda: CaseOutcome.objects.create(organisation=stage.cast.organisation, case=case, satisfaction=6),
    ]
    for attempt in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    stage.send()
    delivery = Delivery.objects.get(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            organisation=stage.cast.organisation,
            case=case,
            decision=decision,
            key="second",
            content_hash=delivery.content_hash,
            attempted_at=delivery.attempted_at,
        )


def gate(stage: Stage) -> dict[str, str]:
    return {
        one.id: one.run(stage.cast.organisation).state.value
        for one in checks(2)
        if one.id.startswith("pilots.")
    }


def test_gate_two_reads_its_evidence_from_the_pilot(stage: Stage) -> None:
    assert gate(stage)["pilots.approved"] == "open"
    assert gate(stage)["pilots.kill_switch"] == "not_met"
    stage.pilot.enough_decisions = 2
    stage.pilot.save(update_fields=["enough_decisions"])
    for case in stage.proposed(2):
        stage.approve(case)
    stage.send()
    services.pilot_stop(**stage.by("lead"), pilot=stage.pilot, reason="Probe")
    services.pilot_resume(**stage.by("lead"), pilot=stage.pilot, reason="Probe vorbei")
    found = gate(stage)
    assert {found[f"pilots.{name}"] for name in ("approved", "kill_switch", "enough", "stop_rules")} == {
        "met"
    }
    Decision.objects.update(content_hash="0" * 64)
    assert gate(stage)["pilots.approved"] == "not_met"


def test_the_blind_check_and_the_customers_reach_the_measures(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    with pytest.raises(Refused, match="gesendet"):
        services.quality_check(**stage.by("lead"), case=case, ok=True)
    stage.send()
    case.refresh_from_db()
    assert selectors.to_check(stage.pilot).count() == 1
    services.quality_check(**stage.by("lead"), case=case, ok=False, note="Anrede falsch")
    with pytest.raises(Refused, match="schon geprüft"):
        services.quality_check(**stage.by("lead"), case=case, ok=True)
    rows = [Outcome(case.label, satisfaction=2, recontacted=True)]
    services.outcomes_load(**stage.by("lead"), pilot=stage.pilot, outcomes=rows, source="x.csv")
    [measure] = selectors.case_measures(stage.pilot)
    assert (measure.quality_ok, measure.satisfaction, measure.recontacted) == (False, 2, True)
    with pytest.raises(BadInput, match="row 3"):
        services.outcomes_load(
            **stage.by("lead"), pilot=stage.pilot, outcomes=[Outcome("V-9999", 3, row=3)], source="x"
        )


def test_figures_wait_for_enough_cases(stage: Stage) -> None:
    for case in stage.proposed(2):
        stage.approve(case)
    stage.send()
    few = monitoring(stage.pilot)
    assert isinstance(few.whole.edits, CannotTell)
    assert few.periods[-1].received >= 2
    for case in stage.proposed(4):
        services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(case), body=PLAIN)
    assert not isinstance(monitoring(stage.pilot).whole.edits, CannotTell)


def test_the_ai_register_follows_the_pilot_and_not_what_a_person_entered_otherwise(
    cast: Cast, registered: None
) -> None:
    pilot, _version = trained(cast)
    system = system_register(
        **by(cast), name="Antworten", purpose="Anfragen beantworten", use_case=pilot.use_case
    )
    services.pilot_start(**by(cast), pilot=pilot)
    system.refresh_from_db()
    assert system.state == AISystem.State.PILOT
    services.pilot_stop(**by(cast), pilot=Pilot.objects.get(pk=pilot.pk))
    system.refresh_from_db()
    assert system.state == AISystem.State.PILOT  # it may go on
    services.pilot_end(**by(cast), pilot=Pilot.objects.get(pk=pilot.pk))
    system.refresh_from_db()
    assert system.state == AISystem.State.PLANNED


def test_a_system_that_is_in_use_already_stays_so(cast: Cast, registered: None) -> None:
    pilot, _version = trained(cast)
    system = system_register(
        **by(cast),
        name="Antworten",
        purpose="Anfragen",
        use_case=pilot.use_case,
        state=AISystem.State.IN_USE.value,
    )
    services.pilot_start(**by(cast), pilot=pilot)
    services.pilot_end(**by(cast), pilot=Pilot.objects.get(pk=pilot.pk))
    system.refresh_from_db()
    assert system.state == AISystem.State.IN_USE
