"""Lena enters the system of the pilot, Uta classifies it and decides on the impact assessment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pilotwerk.audit.selectors import state as audit_state
from pilotwerk.company.services import profile_save
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.governance import checks, selectors, services
from pilotwerk.governance.catalogue import questions
from pilotwerk.governance.forms import NOTHING, UNKNOWN
from pilotwerk.governance.models import AISystem, Classification
from pilotwerk.journey.registry import State
from pilotwerk.portfolio.models import State as UseCaseState
from pilotwerk.portfolio.models import UseCase
from tests.cast import Cast

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

HARMLESS: dict[str, Any] = {
    **selectors.proposed_answers("support"),
    "used_in_eu": "yes",
    "origin": "bought",
    "prohibited": [],
    "annex_iii": [],
    "safety_component": "no",
    "profiling": "no",
    "published": [],
    "personal_data": "yes",
    "special_categories": "no",
    "legal_basis": "contract",
    "processor": "no",
}


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with clock.travel(NOW):
        yield


@pytest.fixture
def use_case(cast: Cast) -> UseCase:
    profile_save(organisation=cast.organisation, actor=cast.actor("lead"), answers={"works_council": "no"})
    made: UseCase = UseCase.objects.create(
        organisation=cast.organisation,
        name="Kundenanfragen beantworten",
        description="Antworten vorschlagen",
        recipe="support",
        state=UseCaseState.CHOSEN,
    )
    return made


@pytest.fixture
def system(cast: Cast, use_case: UseCase) -> AISystem:
    return services.system_register(
        organisation=cast.organisation,
        actor=cast.actor("lead"),
        name="Antwortvorschläge",
        purpose="Kundenanfragen schneller beantworten",
        recipe="support",
        use_case=use_case,
        provider="Pilotwerk",
        responsible=cast.membership("lead"),
        state="pilot",
    )


def classify(cast: Cast, system: AISystem, **answers: Any) -> Classification:
    return services.system_classify(
        organisation=cast.organisation,
        actor=cast.actor("auditor"),
        system=system,
        answers={**HARMLESS, **answers},
    )


def test_lena_enters_the_chosen_use_case_and_answers_on_one_page(cast: Cast, use_case: UseCase) -> None:
    lead, register = cast.client("lead"), cast.organisation.url("governance:register")
    assert "Noch steht kein System im Register" in lead.get(register).content.decode()
    page = lead.get(cast.organisation.url("governance:system_add"))
    proposed = page.context["form"].initial
    assert proposed["use_case"] == use_case.pk
    answer = lead.post(
        cast.organisation.url("governance:system_add"), {**proposed, "purpose": "Antworten", "state": "pilot"}
    )
    system = AISystem.objects.of(cast.organisation).get()
    url = cast.organisation.url("governance:classify", pk=system.pk)
    assert answer["Location"] == url
    html = lead.get(url).content.decode()
    assert "Warum fragen wir das?" in html
    assert "Das Rezept sendet nichts ohne Freigabe" in html
    given = {name: value if value != [] else [NOTHING] for name, value in HARMLESS.items()}
    rest = {one.id: UNKNOWN for one in questions().questions if one.id not in given}
    assert lead.post(url, {**rest, **given}).status_code == 302
    shown = lead.get(cast.organisation.url("governance:system", pk=system.pk)).content.decode()
    assert "Ergebnis: Kein Hochrisiko-System" in shown
    assert "Rechtsstand 27.07.2026" in shown
    assert "KI-Kompetenz" in shown
    assert "Kein Hochrisiko-System" in lead.get(register).content.decode()


def test_contradictory_ticks_are_sent_back(cast: Cast, system: AISystem) -> None:
    url = cast.organisation.url("governance:classify", pk=system.pk)
    given = {name: value if value != [] else [NOTHING] for name, value in HARMLESS.items()}
    rest = {one.id: UNKNOWN for one in questions().questions if one.id not in given}
    answer = cast.client("auditor").post(url, {**rest, **given, "prohibited": [NOTHING, "emotion_work"]})
    assert answer.status_code == 422
    assert "stehen allein" in answer.content.decode()
    assert system.classification is None


def test_every_answer_unknown_is_open_and_no_pilot_may_start(cast: Cast, system: AISystem) -> None:
    assert not selectors.system_is_ready(system)
    made = services.system_classify(
        organisation=cast.organisation, actor=cast.actor("auditor"), system=system, answers={}
    )
    assert made.risk_class == "open"
    assert not selectors.system_is_ready(system)
    assert selectors.obstacles(system) == ["open"]


def test_a_classified_support_system_may_be_piloted(cast: Cast, use_case: UseCase, system: AISystem) -> None:
    entries = audit_state(cast.organisation.id).entries
    made = classify(cast, system)
    assert audit_state(cast.organisation.id).entries == entries + 1
    assert (made.result["risk_class"], made.result["roles"], made.result["dpia"]) == (
        "minimal",
        ["deployer"],
        "likely",
    )
    assert made.legal_state.isoformat() == "2026-07-27"
    found = selectors.system_for_use_case(use_case)
    assert found == system
    assert selectors.system_is_ready(system)


def test_hiring_is_never_piloted_whatever_else_is_answered(cast: Cast, system: AISystem) -> None:
    made = classify(cast, system, annex_iii=["hiring"], profiling="yes", exit="claimed", public_service="no")
    assert made.risk_class == "high_risk"
    assert selectors.obstacles(system) == ["high_risk"]
    assert checks.classified(cast.organisation).state is State.NOT_MET


def test_gate_2_asks_for_the_classification_and_the_impact_assessment(cast: Cast, system: AISystem) -> None:
    assert checks.classified(cast.organisation).state is State.OPEN
    assert checks.is_registered(cast.organisation)
    classify(cast, system)
    assert checks.classified(cast.organisation).state is State.MET
    assert checks.dpia_decided(cast.organisation).state is State.OPEN
    url = cast.organisation.url("governance:dpia", pk=system.pk)
    assert cast.client("auditor").post(url, {"decision": "done", "reason": ""}).status_code == 422
    assert (
        cast.client("auditor").post(url, {"decision": "done", "reason": "Ordner DSFA 2026-3"}).status_code
        == 302
    )
    assert checks.dpia_decided(cast.organisation).state is State.MET
    html = (
        cast.client("auditor").get(cast.organisation.url("governance:system", pk=system.pk)).content.decode()
    )
    assert "Ordner DSFA 2026-3" in html
    assert "Uta Prüferin" in html


def test_duties_are_shown_for_any_day(cast: Cast, system: AISystem) -> None:
    classify(cast, system, origin="built", generates="yes", placed_before="yes")
    url = cast.organisation.url("governance:system", pk=system.pk)
    lead = cast.client("lead")
    before = {row.id: row.applies_today for row in lead.get(url, {"on": "2026-12-01"}).context["duties"]}
    after = {row.id: row.applies_today for row in lead.get(url, {"on": "2026-12-02"}).context["duties"]}
    assert (before["aia.art50.2.old"], after["aia.art50.2.old"]) == (False, True)
    assert lead.get(url, {"on": "gestern"}).status_code == 200


def test_the_page_warns_once_the_review_day_is_past(cast: Cast, system: AISystem) -> None:
    url, warning = cast.organisation.url("governance:register"), "Der Tag der Prüfung ist vorbei"
    assert warning not in cast.client("lead").get(url).content.decode()
    with clock.travel(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        assert warning in cast.client("lead").get(url).content.decode()


def test_open_points_reach_the_overview_of_those_who_may_see_the_register(
    cast: Cast, system: AISystem
) -> None:
    assert [point.state for point in checks.attention(cast.organisation, cast.membership("auditor"))] == [
        "open"
    ]
    assert checks.attention(cast.organisation, cast.membership("employee")) == []


def test_a_new_classification_keeps_the_old_one(cast: Cast, system: AISystem) -> None:
    classify(cast, system, processor=None)
    with clock.travel(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        classify(cast, system)
        assert [one.answers["processor"] for one in system.classifications.all()] == ["no", None]
        html = (
            cast.client("lead").get(cast.organisation.url("governance:system", pk=system.pk)).content.decode()
        )
    assert "Frühere Einstufungen" in html


def test_a_name_and_a_use_case_are_entered_once(cast: Cast, use_case: UseCase, system: AISystem) -> None:
    for name, case in (("Antwortvorschläge", None), ("Anderes", use_case)):
        with pytest.raises(Refused):
            services.system_register(
                organisation=cast.organisation,
                actor=cast.actor("lead"),
                name=name,
                purpose="x",
                use_case=case,
            )
    answer = cast.client("lead").post(
        cast.organisation.url("governance:system_change", pk=system.pk),
        {
            "name": "Antworten",
            "purpose": "x",
            "recipe": "support",
            "state": "in_use",
            "use_case": use_case.pk,
        },
    )
    assert answer.status_code == 302
    system.refresh_from_db()
    assert (system.name, system.state, system.responsible) == ("Antworten", "in_use", None)


def test_an_answer_outside_the_catalogue_is_bad_input(cast: Cast, system: AISystem) -> None:
    with pytest.raises(BadInput, match="no question"):
        classify(cast, system, colour="blue")
    with pytest.raises(BadInput, match="allows"):
        classify(cast, system, contact=["direct"])


def test_who_may_do_what(cast: Cast, system: AISystem) -> None:
    page = cast.organisation.url("governance:system", pk=system.pk)
    form = cast.organisation.url("governance:classify", pk=system.pk)
    seen = {
        role: cast.client(role).get(page).status_code for role in ("owner", "clerk", "employee", "outsider")
    }
    assert seen == {"owner": 200, "clerk": 200, "employee": 403, "outsider": 404}
    assert cast.client("clerk").get(form).status_code == 403
    foreign = cast.client("outsider").get(cast.other.url("governance:system", pk=system.pk))
    assert foreign.status_code == 404
