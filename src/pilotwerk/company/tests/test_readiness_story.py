"""Gerda and Lena, who lead, answer the readiness check under their names; all others have the survey."""

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.company import selectors, services
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import DimensionScore, TooFew
from pilotwerk.core.errors import Refused
from tests.cast import Cast


def answers(level: int | None) -> dict[str, dict[str, int | None]]:
    return {
        dimension.id: {question.id: level for question in dimension.questions}
        for dimension in check().dimensions
    }


def give(cast: Cast, role: str, levels: dict[str, dict[str, int | None]]) -> None:
    for dimension, given in levels.items():
        services.readiness_answer(
            organisation=cast.organisation,
            actor=cast.actor(role),
            membership=cast.membership(role),
            dimension=dimension,
            levels=given,
        )


def test_the_check_has_six_parts_and_enough_questions_in_both_languages() -> None:
    dimensions = check().dimensions
    assert [dimension.id for dimension in dimensions] == [
        "strategy",
        "processes",
        "data",
        "technology",
        "people_culture",
        "law_governance",
    ]
    questions = [question for dimension in dimensions for question in dimension.questions]
    assert len(questions) >= 24
    assert len({question.id for question in questions}) == len(questions)
    for question in questions:
        for text in (question.text, *question.levels):
            assert text.de.strip()
            assert text.en.strip()
            assert text.de != text.en


def test_a_lead_answers_one_part_a_page_and_comes_to_the_next(cast: Cast) -> None:
    client = cast.client("lead")
    url = cast.organisation.url
    first = check().dimensions[0]
    data = {question.slug: "2" for question in first.questions}
    data[first.questions[0].slug] = "unknown"
    response = client.post(url("company:readiness_answer", name=first.id), data)
    assert response.headers["Location"] == url("company:readiness_answer", name="processes")
    assert selectors.readiness_own(cast.membership("lead"))[first.questions[0].id] is None
    again = client.get(url("company:readiness_answer", name=first.id)).content.decode()
    assert again.count("checked") == len(first.questions)


def test_an_unanswered_question_is_asked_for(cast: Cast) -> None:
    url = cast.organisation.url("company:readiness_answer", name="data")
    response = cast.client("owner").post(url, {"data_place": "1"})
    assert response.status_code == 422
    assert not selectors.readiness_own(cast.membership("owner"))


def test_two_people_make_a_result_with_spread_weakest_spot_and_next_step(cast: Cast) -> None:
    high, low = answers(3), answers(2)
    low["data"] = dict.fromkeys(low["data"], 0)
    give(cast, "owner", high)
    alone = selectors.readiness_result(cast.organisation)
    assert all(isinstance(score, TooFew) for score in alone.dimensions.values())

    give(cast, "lead", low)
    result = selectors.readiness_result(cast.organisation)
    data = result.dimensions["data"]
    assert isinstance(data, DimensionScore)
    assert (data.mean, data.low, data.high, data.disputed) == (50, 0, 100, True)
    assert result.weakest is data
    page = cast.client("lead").get(cast.organisation.url("company:readiness")).content.decode()
    assert "Schwächste Stelle: Daten" in page
    assert "0 bis 100" in page
    assert "100 Zeilen ausgeben" in page


def test_with_one_respondent_the_page_shows_no_figure(cast: Cast) -> None:
    give(cast, "owner", answers(1))
    page = cast.client("lead").get(cast.organisation.url("company:readiness")).content.decode()
    assert "33" not in page.split("<main")[1].split("</main>")[0].replace("width:33%", "")
    assert "noch offen" in page


def test_the_audit_trail_does_not_say_what_was_answered(cast: Cast) -> None:
    give(cast, "owner", answers(1))
    entries = [str(vars(entry)) for entry in audit.entries(cast.organisation.id)]
    assert any("readiness_answered" in entry for entry in entries)
    assert not any("strategy.problem" in entry for entry in entries)


def test_nobody_answers_for_another_company_and_only_offered_levels_count(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.readiness_answer(
            organisation=cast.other,
            actor=cast.actor("outsider"),
            membership=cast.membership("owner"),
            dimension="data",
            levels={},
        )
    with pytest.raises(Refused):
        give(cast, "owner", {"data": {"data.place": 9}})
    assert cast.client("outsider").get(cast.organisation.url("company:readiness")).status_code == 404


def test_the_leads_answer_by_consent_and_the_page_says_who_did(cast: Cast) -> None:
    url = cast.organisation.url
    form = cast.client("lead").get(url("company:readiness_answer", name="data")).content.decode()
    assert "Sie antworten unter Ihrem Namen" in form
    assert "Unter meinem Namen speichern" in form
    give(cast, "owner", answers(1))
    give(cast, "lead", answers(2))
    page = cast.client("auditor").get(url("company:readiness")).content.decode()
    assert "Beantwortet von Gerda Chefin, Lena Leitung" in page
    assert "Geben Sie Ihre eigenen Antworten" not in page


@pytest.mark.parametrize("role", ["clerk", "auditor", "employee"])
def test_whoever_does_not_lead_answers_the_survey_and_never_the_check(cast: Cast, role: str) -> None:
    with pytest.raises(Refused, match="unter ihrem Namen"):
        give(cast, role, answers(1))
    address = cast.organisation.url("company:readiness_answer", name="data")
    assert cast.client(role).get(address).status_code == 403


def test_whoever_leads_no_longer_does_not_count_any_more(cast: Cast) -> None:
    give(cast, "owner", answers(1))
    give(cast, "lead", answers(2))
    assert selectors.readiness_result(cast.organisation).respondents == 2
    member = cast.membership("lead")
    member.role = "employee"
    member.save(update_fields=["role"])
    assert selectors.readiness_result(cast.organisation).respondents == 1
