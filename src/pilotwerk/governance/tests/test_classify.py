"""Cases of the regulation reference, section 20, and the dates on which their duties begin."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.governance.catalogue import law, questions
from pilotwerk.governance.domain.classify import Classification, classify
from pilotwerk.governance.domain.conditions import Fact

TODAY = date(2026, 11, 22)
NONE: frozenset[str] = frozenset()

HARMLESS: dict[str, Fact] = {
    "learns": "yes",
    "used_in_eu": "yes",
    "origin": "bought",
    "generates": "no",
    "prohibited": NONE,
    "annex_iii": NONE,
    "safety_component": "no",
    "profiling": "no",
    "automated_decision": "no",
    "contact": "internal",
    "published": NONE,
    "personal_data": "no",
    "workplace": "yes",
    "monitoring": "no",
}
PERSONAL: dict[str, Any] = {"personal_data": "yes", "special_categories": "no", "legal_basis": "contract"}


def ask(
    *, on: date = TODAY, country: str = "DE", works_council: bool | None = False, **answers: Any
) -> Classification:
    return classify(
        law(), answers={**HARMLESS, **answers}, country=country, works_council=works_council, on=on
    )


def today(result: Classification) -> set[str]:
    return {duty.rule.id for duty in result.duties if duty.applies_today and duty.ours}


def test_case_1_bought_chatbot_that_answers_customers() -> None:
    result = ask(
        contact="direct", obvious="no", generates="yes", placed_before="no", processor="yes", **PERSONAL
    )
    assert (result.risk_class, result.roles) == ("transparency", ("deployer",))
    notice = next(duty for duty in result.duties if duty.rule.id == "aia.art50.1")
    assert (notice.applies_today, notice.ours) == (True, False)
    assert {"aia.art4", "gdpr.art28", "gdpr.art30"} <= today(result)
    assert result.dpia == "likely"
    assert "hohem Risiko" in next(r for r in result.reasons if r.stage == "annex_iii").question.de


def test_case_3_ai_drafts_and_a_person_sends() -> None:
    result = ask(contact="human_sends", processor="no", **PERSONAL)
    assert result.risk_class == "minimal"
    assert result.certainty == "certain"
    assert {"aia.art4", "gdpr.art6", "gdpr.art30"} <= today(result)
    assert "aia.art50.1" not in {duty.rule.id for duty in result.duties}
    assert [one.question for one in result.open] == ["aia.open.art50.1"]
    shown = next(reason for reason in result.reasons if reason.stage == "transparency")
    assert (shown.answer, shown.certainty) == ("open", "U")


def test_case_4_scoring_leads_is_profiling_but_not_high_risk() -> None:
    result = ask(
        contact="human_sends",
        profiling="yes",
        processor="no",
        **{**PERSONAL, "legal_basis": "legitimate_interests"},
    )
    assert result.risk_class == "minimal"
    assert {"gdpr.art6", "gdpr.art21"} <= today(result)
    assert result.dpia == "likely"
    assert any("Profiling allein" in reason.text.de for reason in result.reasons)


def test_case_5_ranking_applications_is_high_risk_and_the_exception_is_blocked() -> None:
    hiring: dict[str, Any] = {
        **PERSONAL,
        "annex_iii": frozenset({"hiring"}),
        "profiling": "yes",
        "exit": "claimed",
        "automated_decision": "yes",
        "processor": "no",
        "public_service": "no",
        "monitoring": "yes",
    }
    result = ask(works_council=True, **hiring)
    assert (result.risk_class, result.dpia, result.fria) == ("high_risk", "required", "not_required")
    assert "aia.art26.1" in {duty.rule.id for duty in result.duties}
    assert "aia.art26.1" not in today(result)
    assert {"gdpr.art22", "betrvg.95.2a", "betrvg.87.1.6"} <= today(result)
    assert {"aia.art26.1", "aia.art26.7"} <= today(ask(works_council=True, on=date(2027, 12, 2), **hiring))
    assert "aia.art26.1" not in today(ask(works_council=True, on=date(2027, 12, 1), **hiring))


def test_case_7_demand_forecast_without_personal_data() -> None:
    result = ask()
    assert (result.risk_class, result.certainty) == ("minimal", "certain")
    assert today(result) == {"aia.art4"}
    assert (result.dpia, result.fria, result.open) == ("not_indicated", "not_required", ())


def test_case_8_internal_reports_drafted_by_a_language_model() -> None:
    result = ask(generates="yes", placed_before="no")
    assert result.risk_class == "minimal"
    assert today(result) == {"aia.art4"}
    assert "gdpr.art30" in today(ask(generates="yes", placed_before="no", processor="yes", **PERSONAL))


def test_case_9_unreviewed_text_of_public_interest_needs_a_label() -> None:
    unreviewed = ask(published=frozenset({"public_text_unreviewed"}))
    assert "aia.art50.4.text" in today(unreviewed)
    assert ask(published=frozenset({"public_text_reviewed"})).risk_class == "minimal"


def test_case_12_credit_scoring_needs_a_fundamental_rights_assessment() -> None:
    result = ask(annex_iii=frozenset({"credit"}), profiling="yes", exit="none", public_service="no")
    assert (result.risk_class, result.fria) == ("high_risk", "required")


def test_case_14_emotions_of_agents_are_prohibited_since_february_2025() -> None:
    answers: dict[str, Any] = {
        "prohibited": frozenset({"emotion_work"}),
        "annex_iii": frozenset({"emotion"}),
        "profiling": "yes",
    }
    assert ask(**answers).risk_class == "prohibited"
    assert ask(on=date(2025, 2, 1), **answers).risk_class == "high_risk"


def test_case_22_own_model_for_own_stock() -> None:
    result = ask(origin="built")
    assert (result.risk_class, result.roles) == ("minimal", ("provider", "deployer"))
    assert today(result) == {"aia.art4"}


@pytest.mark.parametrize(
    ("rule", "answers", "last_day_before"),
    [
        ("aia.art4", {}, date(2025, 2, 1)),
        ("aia.art50.2", {"origin": "built", "generates": "yes", "placed_before": "no"}, date(2026, 8, 1)),
        (
            "aia.art50.2.old",
            {"origin": "built", "generates": "yes", "placed_before": "yes"},
            date(2026, 12, 1),
        ),
        ("aia.art5.1.ba", {"prohibited": frozenset({"intimate_imagery"})}, date(2026, 12, 1)),
        ("aia.art26.annex1", {"safety_component": "yes"}, date(2028, 8, 1)),
    ],
)
def test_a_duty_begins_on_its_day(rule: str, answers: dict[str, Any], last_day_before: date) -> None:
    assert rule not in today(ask(on=last_day_before, **answers))
    assert rule in today(ask(on=date.fromordinal(last_day_before.toordinal() + 1), **answers))


def test_a_system_under_the_own_name_leaves_the_role_open() -> None:
    result = ask(origin="own_name", generates="yes", placed_before="no")
    assert (result.risk_class, result.roles) == ("open", ("deployer",))
    assert "aia.open.white_label" in {one.question for one in result.open}


def test_the_exception_of_article_6_3_is_open_and_never_a_pass() -> None:
    result = ask(annex_iii=frozenset({"hiring"}), exit="claimed", profiling="no", public_service="no")
    assert result.risk_class == "open"


def test_fixed_rules_are_no_ai_system_but_data_protection_stays() -> None:
    result = ask(learns="no", processor="no", **PERSONAL)
    assert (result.risk_class, result.roles) == ("out_of_scope", ())
    assert "gdpr.art30" in today(result)
    assert "aia.art4" not in today(result)


def test_who_is_not_sure_is_treated_as_having_an_ai_system() -> None:
    result = ask(learns=None)
    assert result.risk_class == "minimal"
    assert result.certainty == "open"
    assert "learns" in {one.question for one in result.open}


def test_austria_and_switzerland_show_what_is_not_included() -> None:
    answers: dict[str, Any] = {"contact": "direct", "obvious": "yes", "processor": "no", **PERSONAL}
    assert ask(country="AT", **answers).dpia == "open"
    assert ask(country="CH", **answers).dpia == "open"
    assert "gdpr.open.ch" in {one.question for one in ask(country="CH", **answers).open}


def test_an_answer_that_the_question_does_not_allow_is_refused() -> None:
    with pytest.raises(ValueError, match="contact allows"):
        ask(contact="perhaps")
    with pytest.raises(ValueError, match="no question"):
        ask(colour="blue")


def test_pages_warn_once_the_review_day_is_past() -> None:
    assert not ask(on=date(2027, 2, 28)).review_due
    assert ask(on=date(2027, 3, 1)).review_due
    assert ask().legal_state == date(2026, 7, 27)


some_answers = st.fixed_dictionaries(
    {},
    optional={
        question.id: st.none()
        | (
            st.sampled_from([option.value for option in question.options])
            if question.kind == "one"
            else st.frozensets(st.sampled_from([option.value for option in question.options]), max_size=2)
        )
        for question in questions().questions
    },
)


@given(
    answers=some_answers,
    country=st.sampled_from(["DE", "AT", "CH"]),
    council=st.sampled_from([True, False, None]),
)
def test_the_decisive_questions_unanswered_never_give_a_pass(
    answers: dict[str, Fact], country: str, council: bool | None
) -> None:
    result = classify(law(), answers=answers, country=country, works_council=council, on=TODAY)
    for decisive in ("prohibited", "annex_iii", "safety_component"):
        if answers.get(decisive) is None and decisive != "learns":
            assert result.risk_class not in ("minimal", "transparency")
    if answers.get("personal_data") is None:
        assert result.dpia in ("open", "likely", "required")
    assert result.as_json()["risk_class"] == result.risk_class


@given(answers=some_answers)
def test_answering_more_never_opens_a_closed_question(answers: dict[str, Fact]) -> None:
    before = classify(law(), answers=answers, country="DE", works_council=False, on=TODAY)
    waiting = {one.question for one in before.open if one.kind == "answer"}
    assert not waiting & {name for name, answer in answers.items() if answer is not None}
