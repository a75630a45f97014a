"""The team answers anonymously. Somebody who sees every page and every export tries to find out who said what."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.accounts.models import Membership, User
from pilotwerk.accounts.services import member_add
from pilotwerk.audit import selectors as audit
from pilotwerk.company import selectors, services
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import Question
from pilotwerk.company.domain.survey import (
    ANSWERS_NEEDED,
    Published,
    View,
    Withheld,
    band,
    published,
)
from pilotwerk.company.models import SurveyRound
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from tests.cast import Cast

ONE = [Question("q", "part", 3)]


def people(count: int, first: int = 0) -> list[str]:
    return [f"p{n}" for n in range(first, first + count)]


def shown(levels: tuple[int, ...], top: int = 3) -> View:
    tally = [Counter(levels)[level] for level in range(top + 1)]
    found = published([Question("q", "part", top)], {"q": tally}, people(len(levels)))
    assert isinstance(found, Published)
    return found.questions["q"]


# Rules


def test_nothing_is_shown_below_five_answers_not_even_of_one_question() -> None:
    four = published(ONE, {"q": [0, 0, 0, 4]}, people(4))
    assert four is Withheld.FEW
    two = [*ONE, Question("r", "part", 3), Question("s", "other", 3)]
    found = published(two, {"q": [1, 2, 1, 1], "r": [2, 2, 0, 0], "s": [0, 0, 0, 0]}, people(6))
    assert isinstance(found, Published)
    assert set(found.questions) == {"q"}
    assert not found.dimensions, "a mean over one question would tell more about it"
    many = [Question(f"q{n}", "part", 3) for n in range(3)]
    whole = published(many, {one.id: [1, 2, 1, 1] for one in many}, people(5))
    assert isinstance(whole, Published)
    assert whole.dimensions == {"part": View.MIDDLE}


def test_only_bands_are_shown_and_whether_a_question_divides_the_team() -> None:
    assert [band(mean) for mean in (0, 34.9)] == [View.LOW] * 2
    assert [band(mean) for mean in (35, 64.9)] == [View.MIDDLE] * 2
    assert [band(mean) for mean in (65, 100)] == [View.HIGH] * 2
    assert shown((0, 0, 0, 0, 0)) is shown((0, 1, 1, 1, 1)) is View.LOW
    assert shown((3, 3, 3, 3, 3)) is shown((3, 3, 3, 3, 2)) is View.HIGH
    assert shown((0, 0, 0, 3, 3)) is View.DIVIDED


@pytest.mark.parametrize("top", [3, 4])
@pytest.mark.parametrize("n", range(5, 13))
def test_no_published_figure_proves_what_anybody_answered(n: int, top: int) -> None:
    """All possible answers of n people. Whoever sees a figure, and knows their own answer, tries to conclude."""
    behind: dict[View, list[tuple[int, ...]]] = defaultdict(list)
    for levels in combinations_with_replacement(range(top + 1), n):
        behind[shown(levels, top)].append(levels)
    for possible in behind.values():
        for own in range(top + 1):
            others = [left_over(levels, own) for levels in possible if own in levels]
            if others:
                assert len({sum(levels) for levels in others}) > 1, "the sum of the others is not known"
                assert not all(len(set(levels)) == 1 for levels in others), "nor that they all agree"
        assert len({sum(levels) for levels in possible}) > 1


def left_over(levels: tuple[int, ...], own: int) -> tuple[int, ...]:
    at = levels.index(own)
    return levels[:at] + levels[at + 1 :]


def test_one_more_answer_is_not_found_by_difference() -> None:
    five, six = people(5), people(6)
    tallies = {"q": [1, 1, 2, 2]}
    assert published(ONE, tallies, six, [five]) is Withheld.OVERLAP
    assert published(ONE, tallies, five, [six]) is Withheld.OVERLAP
    assert published(ONE, tallies, people(6, first=1), [six]) is Withheld.OVERLAP, "one left, one came"
    assert isinstance(published(ONE, tallies, six, [six]), Published)
    assert isinstance(published(ONE, tallies, people(11), [six]), Published), "five have come"
    assert isinstance(published(ONE, tallies, people(6, first=6), [six]), Published), "all are others"


@given(
    st.lists(st.frozensets(st.integers(0, 14), min_size=5), min_size=2, max_size=5),
)
def test_no_two_published_rounds_differ_by_a_small_group(rounds: list[frozenset[int]]) -> None:
    open_to_all: list[set[str]] = []
    for members in rounds:
        names = {f"p{n}" for n in members}
        if isinstance(published(ONE, {"q": [5, 0, 0, 5]}, names, open_to_all), Published):
            open_to_all.append(names)
    for a in open_to_all:
        for b in open_to_all:
            assert len(a - b) == 0 or len(a - b) >= ANSWERS_NEEDED


# Story


def levels_for(level: int | None) -> dict[str, int | None]:
    return {question.id: level for question in check().questions()}


def team(cast: Cast, count: int) -> list[Membership]:
    """So many members, the first ones of the cast."""
    found = [cast.membership(role) for role in ("clerk", "employee", "auditor", "lead", "owner")]
    for n in range(len(found), count):
        user = User.objects.create_user(f"team{n}@probe.example", name=f"Person {n}")
        found.append(
            member_add(organisation=cast.organisation, actor=cast.actor("owner"), user=user, role="employee")
        )
    return found[:count]


def answer(cast: Cast, member: Membership, level: int | None) -> None:
    services.survey_answer(organisation=cast.organisation, membership=member, levels=levels_for(level))


def common(cast: Cast) -> dict[str, Any]:
    return {"organisation": cast.organisation, "actor": cast.actor("lead")}


def test_from_opening_to_a_result_that_says_where_the_team_is_divided(cast: Cast) -> None:
    url = cast.organisation.url
    lead, clerk = cast.client("lead"), cast.client("clerk")
    assert "noch nicht geöffnet" in clerk.get(url("company:survey")).content.decode()
    lead.post(url("company:survey_open"))
    form = clerk.get(url("company:survey_answer")).content.decode()
    assert form.count('type="radio"') >= 24 * 5
    data = {question.replace(".", "_"): "1" for question in levels_for(1)}
    incomplete = clerk.post(url("company:survey_answer"), {**data, "data_place": ""})
    assert incomplete.status_code == 422
    assert "Eine Frage ist noch nicht beantwortet" in incomplete.content.decode()
    assert clerk.post(url("company:survey_answer"), data).status_code == 302
    assert "Sie haben geantwortet" in clerk.get(url("company:survey")).content.decode()
    with pytest.raises(Refused, match="schon beantwortet"):
        answer(cast, cast.membership("clerk"), 3)

    for member, level in zip(team(cast, 6)[1:], (1, 1, 2, 3, 3), strict=True):
        answer(cast, member, level)
    lead.post(url("company:survey_close"))
    result = selectors.survey_result(cast.organisation)
    assert isinstance(result, Published)
    assert result.respondents == 6
    # 1, 1, 1, 2, 3, 3 of 3: 61 points on average.
    assert set(result.dimensions.values()) == {View.MIDDLE}
    page = clerk.get(url("company:survey")).content.decode()
    assert "35 bis 65" in page
    assert "61" not in page.split("<main")[1].split("</main>")[0]
    stored = SurveyRound.objects.get()
    assert stored.tallies == {}


def test_a_round_with_four_answers_shows_nothing_for_good(cast: Cast) -> None:
    services.survey_open(**common(cast))
    for member in team(cast, 4):
        answer(cast, member, 3)
    closed = services.survey_close(**common(cast))
    assert closed.result == {"withheld": "few"}
    assert closed.tallies == {}
    page = cast.client("owner").get(cast.organisation.url("company:survey")).content.decode()
    assert "Unter 5 Antworten zeigen wir nichts" in page
    services.survey_open(**common(cast))


def test_the_next_round_waits_and_a_single_new_person_closes_it(cast: Cast) -> None:
    services.survey_open(**common(cast))
    for member in team(cast, 5):
        answer(cast, member, 1)
    services.survey_close(**common(cast))
    with pytest.raises(Refused, match="lässt sich ab dem"):
        services.survey_open(**common(cast))
    with clock.travel(clock.now() + timedelta(days=91)):
        services.survey_open(**common(cast))
        with pytest.raises(Refused, match="schon eine Umfrage offen"):
            services.survey_open(**common(cast))
        for member in team(cast, 6):
            answer(cast, member, 1)
        assert services.survey_close(**common(cast)).result == {"withheld": "overlap"}
        page = cast.client("employee").get(cast.organisation.url("company:survey")).content.decode()
        assert "aus der Differenz errechnen" in page


def test_the_trail_names_nobody_who_answered(cast: Cast) -> None:
    services.survey_open(**common(cast))
    answer(cast, cast.membership("clerk"), 2)
    found = [one for one in audit.entries(cast.organisation.id) if one.action == "company.survey_answered"]
    assert len(found) == 1
    text = str(vars(found[0]))
    assert "Kai" not in text
    assert str(cast.user("clerk").pk) not in text
    assert str(cast.membership("clerk").pk) not in text


@pytest.mark.parametrize(
    ("role", "status"), [("clerk", 403), ("auditor", 403), ("employee", 403), ("outsider", 404)]
)
def test_only_leads_open_and_close(cast: Cast, role: str, status: int) -> None:
    for view in ("survey_open", "survey_close"):
        address = cast.organisation.url(f"company:{view}")
        assert cast.client(role).post(address).status_code == status


def test_answers_that_were_not_offered_and_strangers_are_refused(cast: Cast) -> None:
    services.survey_open(**common(cast))
    member = cast.membership("clerk")
    for wrong in ({"data.place": 1}, {**levels_for(1), "data.place": 9}):
        with pytest.raises(Refused):
            services.survey_answer(organisation=cast.organisation, membership=member, levels=wrong)
    with pytest.raises(Refused, match="keine Umfrage offen"):
        services.survey_answer(organisation=cast.other, membership=member, levels=levels_for(1))
