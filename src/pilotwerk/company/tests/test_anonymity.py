"""Somebody reads every page and every selector in every role: four answers, whatever they are, change nothing there."""

import inspect
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pilotwerk.accounts.services import organisation_delete
from pilotwerk.audit import selectors as audit
from pilotwerk.company import selectors, services
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.survey import Published
from pilotwerk.company.models import SurveyRound
from pilotwerk.company.tests.test_survey import common, levels_for, team
from pilotwerk.core.permissions import Role
from tests.cast import Cast

WATCHING = (Role.OWNER, Role.LEAD, Role.AUDITOR)
"""Who may see the readiness check at all."""
FILLED = {"int": "1", "name": "strategy"}


def addresses(patterns: Any = None, prefix: str = "") -> list[str]:
    """Every address inside an organisation that can be read without knowing a row, with the usual words filled in."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and "<slug:organisation>" in route and "<uuid:" not in route:
            found.append(route)
    return found


def read(client: Client, slug: str) -> dict[str, str]:
    """What a person sees at each address: text without tokens, times and ids, which differ anyway."""
    seen = {}
    for route in addresses():
        path = "/" + route.replace("<slug:organisation>", slug)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: FILLED.get(match[1], "1"), path)
        response = client.get(path)
        content = b"".join(response) if response.streaming else response.content
        text = content.decode("utf-8", "replace")
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|Token": "[^"]*"', "", text)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{40,}|\d\d:\d\d(:\d\d(\.\d+)?)?", "", text)
        seen[path] = f"{response.status_code} {text}"
    return seen


def everything(cast: Cast) -> dict[str, Any]:
    """All pages in all roles, and what the selectors about readiness and survey answer."""
    pages = {role: read(cast.client(role), cast.organisation.slug) for role in Role}
    closed = selectors.survey_closed(cast.organisation)
    current = selectors.survey_open(cast.organisation)
    own = {
        role: (
            selectors.readiness_own(cast.membership(role)),
            selectors.readiness_open(cast.membership(role)),
            selectors.survey_done(cast.organisation, cast.membership(role)),
        )
        for role in Role
    }
    return {
        "pages": pages,
        "own": own,
        "readiness": str(selectors.readiness_result(cast.organisation)),
        "survey": str(selectors.survey_result(cast.organisation)),
        "closed": closed.result if closed else None,
        "open": len(current.participants) if current else None,
        "trail": [(one.action, str(vars(one))) for one in audit.entries(cast.organisation.id)],
    }


def answered(cast: Cast, levels: list[int]) -> None:
    for member, level in zip(team(cast, len(levels)), levels, strict=True):
        services.survey_answer(organisation=cast.organisation, membership=member, levels=levels_for(level))


def restart(cast: Cast) -> None:
    """The round as if nobody had answered: same row, same trail."""
    SurveyRound.objects.of(cast.organisation).update(participants=[], tallies={}, result={})


def test_no_page_export_or_selector_depends_on_what_four_people_answered(cast: Cast) -> None:
    seen = []
    services.survey_open(**common(cast))
    for levels in ([0, 0, 0, 0], [0, 1, 3, 3]):
        restart(cast)
        answered(cast, levels)
        found = everything(cast)
        assert found["open"] == 4
        # The trail grows by the same entries each time.
        trail = [one for one in found.pop("trail") if one[0] == "company.survey_answered"]
        assert not any(re.search(r"level|strategy|tall", text) for _action, text in trail)
        pages = {
            role: {path: text for path, text in one.items() if "/audit/" not in path}
            for role, one in found.pop("pages").items()
        }
        seen.append(
            (found, {role: {p: _without_count(t) for p, t in one.items()} for role, one in pages.items()})
        )
    first = seen[0]
    for other in seen[1:]:
        assert other[0] == first[0]
        for role, read_later in other[1].items():
            for path, text in read_later.items():
                assert text == first[1][role][path], f"{role} at {path} sees a difference"


def _without_count(text: str) -> str:
    """The foot of the page counts the entries of the trail, which grow with each round of this test."""
    return re.sub(r"Prüfpfad: [\d.]+ Eintr\w+", "", text)


def test_while_a_round_is_open_one_more_answer_changes_no_figure(cast: Cast) -> None:
    services.survey_open(**common(cast))
    answered(cast, [0, 1, 2, 3, 3])
    assert selectors.survey_result(cast.organisation) is None
    page = cast.client("owner").get(cast.organisation.url("company:survey")).content.decode()
    main = page.split("<main")[1].split("</main>")[0]
    assert "unter 35" not in main
    assert "65 und mehr" not in main
    services.survey_close(**common(cast))
    assert isinstance(selectors.survey_result(cast.organisation), Published)


def test_every_selector_that_reads_answers_is_known_here() -> None:
    """A new way to the answers must be held against these rules first."""
    readers = {
        name
        for name, function in inspect.getmembers(selectors, inspect.isfunction)
        if function.__module__ == selectors.__name__
        and re.search(r"ReadinessAnswer|SurveyRound|_of_leads|survey_", inspect.getsource(function))
    }
    assert readers == {
        "_of_leads",
        "readiness_own",
        "readiness_people",
        "readiness_result",
        "survey_closed",
        "survey_done",
        "survey_earlier",
        "survey_open",
        "survey_result",
    }


def test_no_figure_of_a_single_person_is_on_any_page(cast: Cast) -> None:
    """The check of one lead alone shows nothing, to nobody; nor does the survey's round of one."""
    for part in check().dimensions:
        services.readiness_answer(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            membership=cast.membership("lead"),
            dimension=part.id,
            levels={question.id: 1 for question in part.questions},
        )
    before = {role: read(cast.client(role), cast.organisation.slug) for role in WATCHING}
    for part in check().dimensions:
        services.readiness_answer(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            membership=cast.membership("lead"),
            dimension=part.id,
            levels={question.id: 3 for question in part.questions},
        )
    for role in WATCHING:
        after = read(cast.client(role), cast.organisation.slug)
        for path, text in after.items():
            # Their own form, filled with their own answers, is theirs to see.
            if "/audit/" in path or (role is Role.LEAD and "/readiness/" in path):
                continue
            assert _without_count(text) == _without_count(before[role][path]), f"{role} at {path}"


@pytest.mark.django_db
def test_everything_goes_with_the_organisation(cast: Cast) -> None:
    services.survey_open(**common(cast))
    answered(cast, [1, 2])
    organisation_delete(organisation=cast.organisation, actor=cast.actor("owner"))
    assert not SurveyRound.objects.exists()
