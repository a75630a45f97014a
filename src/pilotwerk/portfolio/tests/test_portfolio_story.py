"""Lena collects ideas, assesses them, refuses what does not pay, and Gerda chooses one."""

import re
from typing import Any

import pytest

from pilotwerk.company.services import profile_save
from pilotwerk.core.errors import Refused
from pilotwerk.kpis.tests.imports import imported
from pilotwerk.portfolio import selectors, services, words
from pilotwerk.portfolio.catalogue import risk_catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.refusal import Verdict
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.portfolio.suggesting import suggestions
from pilotwerk.portfolio.tests.requests import imported_requests
from pilotwerk.processes.models import Process
from tests.cast import Cast

CALM = {
    question.id: min(question.points, key=lambda o: question.points[o])
    for question in risk_catalogue().questions()
}


def estimates(**changed: Range) -> dict[str, Range]:
    values = {
        "cases_per_year": Range(2000, 2500, 3000),
        "minutes_per_case": Range(9, 11, 13),
        "hourly_cost": Range.exactly(46.5),
        "automatable_share": Range(0.3, 0.5, 0.7),
        "review_minutes": Range(1.5, 3, 5),
        "realisation_factor": Range(0.4, 0.6, 0.8),
        "avoided_error_cost": Range.exactly(0),
        "setup_cost": Range(1000, 2000, 3000),
        "running_cost": Range(600, 1000, 1500),
    }
    return {**values, **changed}


def common(cast: Cast, role: str = "lead") -> dict[str, Any]:
    return {"organisation": cast.organisation, "actor": cast.actor(role)}


def idea(cast: Cast, name: str, *, process: Process | None = None, **changed: Range) -> UseCase:
    made = services.usecase_add(**common(cast), name=name, recipe="support", process=process)
    return services.usecase_assess(
        **common(cast), use_case=made, inputs=estimates(**changed), answers=dict(CALM)
    )


def test_from_a_template_to_a_result_on_measured_figures(cast: Cast) -> None:
    source = imported(cast)
    profile_save(**common(cast), answers={"hourly_cost": 46.5})
    client, url = cast.client("lead"), cast.organisation.url
    page = client.get(url("portfolio:usecase_add") + "?template=support").content.decode()
    assert "Kundenanfragen beantworten" in page
    response = client.post(
        url("portfolio:usecase_add") + "?template=support",
        {"name": "Anfragen", "description": "…", "process": str(source.process_id), "recipe": "support"},
    )
    found = selectors.usecases(cast.organisation).get()
    assess = url("portfolio:assess", pk=found.pk)
    assert response.headers["Location"] == assess

    form = client.get(assess).content.decode()
    assert "Aus Ihren Daten gemessen: Arbeitsminuten an einem Vorgang, Vorgänge im Jahr" in form
    data = {f"risk_{name}": option for name, option in CALM.items()}
    support = usecase_catalogue().find("support")
    assert support is not None
    for name, values in usecase_catalogue().inputs_of(support).items():
        data |= {f"{name}_{at}": str(value).replace(".", ",") for at, value in enumerate(values)}
    response = client.post(assess, data)
    assert response.status_code == 302, response.content.decode()

    found.refresh_from_db()
    assert found.inputs["cases_per_year"]["source"] == "measured"
    assert found.inputs["cases_per_year"]["likely"] == pytest.approx(2609, rel=0.03)
    assert found.inputs["minutes_per_case"]["n"] == 1000
    assert found.inputs["hourly_cost"]["source"] == "profile"
    assert found.inputs["automatable_share"]["likely"] == 0.5
    detail = client.get(url("portfolio:usecase", pk=found.pk)).content.decode()
    assert "gemessen" in detail
    assert "1.000 Vorgänge" in detail


def test_a_missing_figure_is_named(cast: Cast) -> None:
    made = services.usecase_add(**common(cast), name="Ohne Zahlen")
    inputs = estimates()
    del inputs["cases_per_year"]
    with pytest.raises(Refused, match="Vorgänge im Jahr"):
        services.usecase_assess(**common(cast), use_case=made, inputs=inputs, answers={})
    with pytest.raises(Refused, match="gibt es schon"):
        services.usecase_add(**common(cast), name="Ohne Zahlen")


def test_26_applications_a_year_are_refused_in_figures(cast: Cast) -> None:
    few = idea(cast, "Bewerbungen vorsortieren", cases_per_year=Range(20, 26, 30))
    assert few.state == State.REFUSED
    assert few.refused_by_rule
    reason = words.rule_reason(few)
    assert "26 Vorgänge im Jahr sparen etwa 1,7 Stunden" in reason
    assert "3.000\u00a0€" in reason
    assert "Ein Pilot braucht eine Wahrscheinlichkeit von mindestens 50\u00a0%" in reason
    again = words.look_again_text(few)
    assert re.match(r"Ab 1\.[67]\d0 Vorgängen im Jahr \(heute 26\)", again), again
    assert "Kosten im ersten Jahr (heute 3.000\u00a0€)" in again
    page = cast.client("owner").get(cast.organisation.url("portfolio:usecases")).content.decode()
    assert "Abgelehnt: Bewerbungen vorsortieren" in page
    assert "durch die Regel" in page
    with pytest.raises(Refused, match="Ein Nutzen in 12 Monaten ist unwahrscheinlich"):
        services.usecase_choose(**common(cast), use_case=few)
    with pytest.raises(Refused, match="neuen Zahlen"):
        services.usecase_reopen(**common(cast), use_case=few)

    more = services.usecase_assess(**common(cast), use_case=few, inputs=estimates(), answers=dict(CALM))
    assert more.state == State.CANDIDATE


def test_a_probability_is_never_called_certain_and_never_rounded_onto_the_bound() -> None:
    shown = [words.chance_text(chance) for chance in (0.0, 0.4979, 0.5, 0.73, 1.0)]
    assert shown == ["unter 1\u00a0%", "49,8\u00a0%", "50,0\u00a0%", "73\u00a0%", "über 99\u00a0%"]


def test_reading_employees_feelings_is_refused_whatever_it_brings(cast: Cast) -> None:
    made = services.usecase_add(**common(cast), name="Stimmung am Telefon")
    answers = {**CALM, "people_decisions": "emotion"}
    assessed = services.usecase_assess(
        **common(cast), use_case=made, inputs=estimates(cases_per_year=Range.exactly(50_000)), answers=answers
    )
    assert assessed.verdict is Verdict.CLEAR
    assert assessed.state == State.REFUSED
    assert "Art. 5" in words.rule_reason(assessed)


def test_one_is_chosen_and_a_change_needs_a_reason(cast: Cast) -> None:
    first = idea(cast, "Anfragen", cases_per_year=Range(4000, 5000, 6000))
    second = idea(cast, "Angebote")
    client, url = cast.client("owner"), cast.organisation.url
    assert client.post(url("portfolio:choose", pk=first.pk)).status_code == 302
    assert selectors.usecase_chosen(cast.organisation) == first

    refused = client.post(url("portfolio:choose", pk=second.pk), {"reason": ""})
    assert refused.status_code == 422
    assert selectors.usecase_chosen(cast.organisation) == first
    with pytest.raises(Refused, match="schon gewählt"):
        services.usecase_choose(**common(cast, "owner"), use_case=second)

    client.post(url("portfolio:choose", pk=second.pk), {"reason": "Das Team hat Zeit."})
    chosen = selectors.usecase_chosen(cast.organisation)
    assert chosen == second
    first.refresh_from_db()
    assert first.state == State.CANDIDATE
    page = client.get(url("portfolio:usecases")).content.decode()
    assert "Gewählt: Angebote" in page
    assert "Das Team hat Zeit." in page
    with pytest.raises(Refused, match="Wählen Sie zuerst einen anderen"):
        services.usecase_refuse(**common(cast), use_case=second, reason="nein")


def test_an_idea_is_chosen_only_when_it_is_assessed(cast: Cast) -> None:
    made = services.usecase_add(**common(cast), name="Idee")
    with pytest.raises(Refused, match="Bewerten Sie"):
        services.usecase_choose(**common(cast), use_case=made)
    page = cast.client("auditor").get(cast.organisation.url("portfolio:usecases")).content.decode()
    assert "Noch nicht bewertet" in page


def test_a_person_refuses_with_a_reason_and_takes_it_up_again(cast: Cast) -> None:
    one = idea(cast, "Angebote")
    client, url = cast.client("lead"), cast.organisation.url
    assert client.post(url("portfolio:refuse", pk=one.pk), {"reason": ""}).status_code == 422
    client.post(url("portfolio:refuse", pk=one.pk), {"reason": "Kein Team frei.", "look_again": "Im Mai."})
    one.refresh_from_db()
    assert (one.state, one.decided_by) == (State.REFUSED, "Lena Leitung")
    page = client.get(url("portfolio:usecases")).content.decode()
    assert "Kein Team frei." in page
    assert "Im Mai." in page
    client.post(url("portfolio:reopen", pk=one.pk))
    one.refresh_from_db()
    assert one.state == State.CANDIDATE


def test_the_ranking_is_by_benefit_at_risk(cast: Cast) -> None:
    small = idea(cast, "Klein")
    big = idea(cast, "Groß", cases_per_year=Range(5000, 6000, 7000))
    open_one = services.usecase_add(**common(cast), name="Offen")
    assert selectors.usecases_ranked(cast.organisation) == [big, small, open_one]
    page = cast.client("owner").get(cast.organisation.url("portfolio:usecases")).content.decode()
    assert 'class="plane"' in page
    assert "Wie stabil ist die Rangfolge?" in page
    assert re.search(r"„Groß“ liegt in (100|99)\u00a0% aller Durchrechnungen vorn", page)
    assert "unter den ersten drei: 100\u00a0%" in page
    assert page.index("Groß") < page.index("Klein")


def test_a_range_in_the_wrong_order_is_explained(cast: Cast) -> None:
    made = services.usecase_add(**common(cast), name="Idee")
    data = {f"risk_{name}": "unknown" for name in CALM}
    data |= {"cases_per_year_0": "900", "cases_per_year_1": "500", "cases_per_year_2": "1000"}
    response = cast.client("lead").post(cast.organisation.url("portfolio:assess", pk=made.pk), data)
    assert response.status_code == 422
    assert "darf nicht über" in response.content.decode()


def test_changing_an_idea(cast: Cast) -> None:
    one, other = idea(cast, "Angebote"), idea(cast, "Anfragen")
    client, url = cast.client("lead"), cast.organisation.url
    data = {"name": "Angebote nachfassen", "description": "Neu", "process": "", "recipe": "leads"}
    assert client.post(url("portfolio:change", pk=one.pk), data).status_code == 302
    assert client.post(url("portfolio:change", pk=other.pk), data).status_code == 422
    one.refresh_from_db()
    assert one.name == "Angebote nachfassen"


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("clerk", 403), ("outsider", 404)])
def test_only_owner_and_lead_decide(cast: Cast, role: str, status: int) -> None:
    one = idea(cast, "Angebote")
    for view in ("choose", "refuse", "reopen", "assess"):
        response = cast.client(role).post(cast.organisation.url(f"portfolio:{view}", pk=one.pk))
        assert response.status_code == status


def test_an_idea_refused_before_any_assessment_can_be_taken_up_again(cast: Cast) -> None:
    made = services.usecase_add(**common(cast), name="Idee")
    services.usecase_refuse(**common(cast), use_case=made, reason="Passt nicht zu uns.")
    page = cast.client("lead").get(cast.organisation.url("portfolio:usecases")).content.decode()
    assert "Passt nicht zu uns." in page
    assert services.usecase_reopen(**common(cast), use_case=made).state == State.CANDIDATE


def test_every_figure_says_where_it_comes_from(cast: Cast) -> None:
    source = imported(cast)
    profile_save(**common(cast), answers={"hourly_cost": 46.5})
    made = services.usecase_add(
        **common(cast), name="Anfragen", process=source.process, recipe="support", template="support"
    )
    given = estimates(automatable_share=Range(0.3, 0.5, 0.7), setup_cost=Range(1000, 1234, 3000))
    for name in ("cases_per_year", "minutes_per_case", "hourly_cost"):
        del given[name]
    one = services.usecase_assess(**common(cast), use_case=made, inputs=given, answers=dict(CALM))
    assert {name: value["source"] for name, value in one.inputs.items()} == {
        "cases_per_year": "measured",
        "minutes_per_case": "measured",
        "hourly_cost": "profile",
        "automatable_share": "catalogue",
        "review_minutes": "catalogue",
        "realisation_factor": "catalogue",
        "avoided_error_cost": "estimated",
        "setup_cost": "estimated",
        "running_cost": "estimated",
        "added_margin": "left_out",
        "wasted_share": "left_out",
    }
    page = cast.client("auditor").get(cast.organisation.url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "geschätzt von Lena Leitung am" in page
    assert "Schätzung des Katalogs, nicht gemessen" in page
    # Whoever assesses again does not become the author of what others have estimated.
    again = services.usecase_assess(
        **common(cast, "owner"),
        use_case=one,
        inputs={**given, "setup_cost": Range(900, 1000, 1100)},
        answers=dict(CALM),
    )
    assert again.inputs["running_cost"]["by"] == "Lena Leitung"
    assert again.inputs["setup_cost"]["by"] == "Gerda Chefin"


def test_the_data_suggests_answers_and_a_person_confirms_them(cast: Cast) -> None:
    source = imported_requests(cast)
    made = services.usecase_add(
        **common(cast), name="Anfragen", process=source.process, recipe="support", template="support"
    )
    found = suggestions(made)
    assert (found["history"].option, found["history"].source, found["history"].n) == ("some", "measured", 300)
    assert (found["outcome"].option, found["outcome"].share) == ("always", 1.0)
    assert (found["personal"].option, found["place"].source) == ("contact", "own_machine")
    assert (found["contact"].option, found["contact"].source) == ("no", "catalogue")
    assert "wanted" not in found
    form = cast.client("lead").get(cast.organisation.url("portfolio:assess", pk=made.pk)).content.decode()
    assert "gemessen an 300 eingelesenen Vorgängen" in form
    answers: dict[str, str | None] = {**CALM, **{name: one.option for name, one in found.items()}}
    one = services.usecase_assess(
        **common(cast), use_case=made, inputs=estimates(), answers={**answers, "damage": "rights"}
    )
    assert one.answer_sources["history"]["source"] == "measured"
    assert one.answer_sources["damage"]["source"] == "person"
    page = cast.client("lead").get(cast.organisation.url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "gemessen an 300 eingelesenen Vorgängen; bestätigt von Lena Leitung am" in page


def test_an_assessment_of_an_earlier_version_is_still_shown_and_ranked(cast: Cast) -> None:
    """Before probabilities were stored; they are drawn from the inputs where the page needs them."""
    one = idea(cast, "Angebote")
    kept = {name: one.scores[name] for name in ("hours", "benefit", "cost", "net", "risk", "groups")}
    one.scores = {**kept, "unanswered": [], "verdict": "clear", "prohibited": False, "look_again": 12.0}
    one.inputs = {
        name: {part: value[part] for part in ("low", "likely", "high", "source")}
        for name, value in one.inputs.items()
        if name != "added_margin"
    }
    one.answer_sources = {}
    one.save()
    client, url = cast.client("owner"), cast.organisation.url
    assert "Platz mit 90" in client.get(url("portfolio:usecases")).content.decode()
    assert "Angebote" in client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
