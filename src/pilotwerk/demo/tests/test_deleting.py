"""Whoever deletes the sample company gets rid of its people as well."""

from datetime import UTC, datetime

import pytest

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.accounts.selectors import members
from pilotwerk.accounts.services import member_add, organisation_delete
from pilotwerk.core.permissions import Role
from pilotwerk.demo import selectors
from pilotwerk.demo.people import CAST, password
from pilotwerk.demo.scenes.opening import company_founded
from tests.cast import Cast

EVE = datetime(2026, 8, 20, 15, tzinfo=UTC)


@pytest.fixture
def sample(db: None) -> Organisation:
    return company_founded(at=EVE)


def test_its_people_can_sign_in_until_it_is_deleted(sample: Organisation) -> None:
    assert selectors.sample() == sample
    assert [one.name for one in selectors.sign_ins()] == ["Maren Petersen"]
    assert selectors.sign_in_works()
    owner = members(sample).get()
    organisation_delete(organisation=sample, actor=owner.actor)
    assert selectors.sample() is None
    assert not User.objects.filter(email__in=[person.email for person in CAST]).exists()
    assert not selectors.is_first_start(), "what a person deleted does not come back by itself"


def test_a_person_who_joined_another_company_stays(sample: Organisation, cast: Cast) -> None:
    maren = User.objects.get(email=CAST[0].email)
    member_add(organisation=cast.organisation, actor=cast.actor("owner"), user=maren, role=Role.CLERK)
    organisation_delete(organisation=sample, actor=members(sample).get().actor)
    assert User.objects.filter(pk=maren.pk).exists()
    assert User.objects.filter(email="owner@probe.example").exists()


def test_another_company_with_the_same_name_is_not_the_sample(cast: Cast) -> None:
    assert selectors.sample() is None


def test_the_password_belongs_to_this_installation(settings: pytest.FixtureRequest) -> None:
    mine = password()
    settings.SECRET_KEY = "another installation"  # type: ignore[attr-defined]
    assert password() != mine
    assert len(password()) == len(mine) > 20


@pytest.mark.parametrize(
    ("mode", "url", "hosts", "allowed"),
    [
        ("auto", "http://127.0.0.1:8000", ["localhost", "127.0.0.1"], True),
        ("auto", "https://ki.firma.example", ["localhost"], False),
        ("auto", "http://127.0.0.1:8000", ["*"], False),
        ("on", "https://ki.firma.example", ["ki.firma.example"], True),
        ("off", "http://127.0.0.1:8000", ["localhost"], False),
    ],
)
def test_it_stays_on_this_machine_unless_somebody_says_otherwise(
    settings: pytest.FixtureRequest, mode: str, url: str, hosts: list[str], allowed: bool
) -> None:
    settings.PILOTWERK_DEMO = mode  # type: ignore[attr-defined]
    settings.PILOTWERK_PUBLIC_URL = url  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = hosts  # type: ignore[attr-defined]
    assert selectors.may_be_here() is allowed
