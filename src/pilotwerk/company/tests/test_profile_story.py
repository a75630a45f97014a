"""Lena, the AI lead, tells Pilotwerk about her company."""

from typing import Any

import pytest

from pilotwerk.company import selectors, services
from pilotwerk.company.domain.size import SizeClass, SizeResult, SizeUnknown
from pilotwerk.company.models import RelatedEnterprise
from pilotwerk.core.errors import Refused
from tests.cast import Cast


def answer(cast: Cast, question: str, **data: str) -> str:
    """Answer one question on its page; where it leads next."""
    url = cast.organisation.url("company:question", name=question)
    response = cast.client("lead").post(url, data)
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def test_one_question_a_page_leads_to_the_size_class(cast: Cast) -> None:
    url = cast.organisation.url
    assert answer(cast, "sector", answer="Heizung, Sanitär").endswith("/questions/staff/")
    assert answer(cast, "staff", answer="48").endswith("/questions/turnover/")
    answer(cast, "turnover", answer="8,2 Mio")
    answer(cast, "balance", unknown="1")
    answer(cast, "related", answer="no")
    answer(cast, "works_council", answer="electing")
    assert answer(cast, "hourly_cost", answer="46,50") == url("company:profile")

    size = selectors.size(cast.organisation)
    assert isinstance(size, SizeResult)
    assert size.size is SizeClass.SMALL
    result = cast.client("lead").get(url("company:profile")).content.decode()
    assert "Probe GmbH ist ein kleines Unternehmen" in result
    assert "2003/361/EG" in result
    assert "46,50" in result


def test_a_text_that_is_no_number_is_kept_and_explained(cast: Cast) -> None:
    url = cast.organisation.url("company:question", name="staff")
    response = cast.client("lead").post(url, {"answer": "knapp 50"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "knapp 50" in page
    assert 'aria-invalid="true"' in page
    assert selectors.profile(cast.organisation).staff is None


def test_a_parent_company_makes_a_small_company_medium(cast: Cast) -> None:
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.profile_save(
        **common, answers={"staff": 40.0, "turnover": 6e6, "balance": 3e6, "related": "yes"}
    )
    assert isinstance(selectors.size(cast.organisation), SizeUnknown)
    client = cast.client("lead")
    form = {"name": "Mutter AG", "kind": "linked", "staff": "30", "turnover": "9 Mio", "balance": "5 Mio"}
    assert client.post(cast.organisation.url("company:related"), form).status_code == 302
    size = selectors.size(cast.organisation)
    assert isinstance(size, SizeResult)
    assert size.size is SizeClass.MEDIUM

    mother = RelatedEnterprise.objects.get()
    client.post(cast.organisation.url("company:related_remove", pk=mother.pk))
    assert not selectors.related(cast.organisation)


def test_a_partner_without_known_share_stays_open(cast: Cast) -> None:
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.profile_save(
        **common, answers={"staff": 40.0, "turnover": 6e6, "balance": 3e6, "related": "yes"}
    )
    services.related_add(**common, name="Partner KG", linked=False, staff=30.0, turnover=1e6, balance=1e6)
    page = cast.client("owner").get(cast.organisation.url("company:profile")).content.decode()
    assert "noch offen" in page
    assert "Partner KG" in page


def test_figures_that_cannot_be_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.profile_save(
            organisation=cast.organisation, actor=cast.actor("lead"), answers={"staff": -3.0}
        )
    with pytest.raises(ValueError, match="does not ask"):
        services.profile_save(organisation=cast.organisation, actor=cast.actor("lead"), answers={"mood": 1})


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("clerk", 403), ("outsider", 404)])
def test_only_owner_and_lead_change_the_profile(cast: Cast, role: str, status: int) -> None:
    url = cast.organisation.url("company:question", name="staff")
    assert cast.client(role).post(url, {"answer": "1"}).status_code == status


def test_every_page_of_the_wizard_opens(cast: Cast) -> None:
    client = cast.client("owner")
    for name in services.QUESTIONS:
        page = client.get(cast.organisation.url("company:question", name=name))
        assert page.status_code == 200
        assert page.content.decode().count("<h1>") == 1
    assert client.get(cast.organisation.url("company:question", name="horoscope")).status_code == 404
    assert client.get(cast.organisation.url("company:related")).status_code == 200
