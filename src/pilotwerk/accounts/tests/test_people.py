"""A company is set up, people are invited, roles change, and the company goes again."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from pilotwerk.accounts import services
from pilotwerk.accounts.models import Invitation, Membership, Organisation, User
from pilotwerk.core.errors import Refused
from tests.cast import PASSWORD, Cast

NEW_COMPANY = {
    "company": "Bäckerei Müller & Söhne",
    "place": "DE-BY",
    "name": "Maria Müller",
    "email": "maria@mueller.example",
    "password1": "Brot-und-Semmeln-7",
}


def test_a_managing_director_sets_up_her_company_with_one_form(db: None) -> None:
    client = Client()
    answer = client.post("/accounts/signup/", NEW_COMPANY)
    assert answer.status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.slug) == ("Bäckerei Müller & Söhne", "baeckerei-mueller-soehne")
    assert (organisation.country, organisation.region, organisation.timezone) == ("DE", "BY", "Europe/Berlin")
    assert Membership.objects.get().role == "owner"
    assert client.get("/").headers["Location"] == organisation.home


def test_a_form_with_gaps_says_what_is_missing_and_keeps_the_rest(db: None) -> None:
    answer = Client().post("/accounts/signup/", NEW_COMPANY | {"company": "", "password1": "kurz"})
    page = answer.content.decode()
    assert 'value="maria@mueller.example"' in page
    assert page.count('class="msg"') == 2
    assert not Organisation.objects.exists()


def test_two_companies_of_one_name_get_addresses_of_their_own(cast: Cast) -> None:
    second = services.organisation_create(owner=cast.user("outsider"), name="Probe GmbH")
    assert (cast.organisation.slug, second.slug) == ("probe-gmbh", "probe-gmbh-2")


def test_an_invited_clerk_joins_by_link_once(cast: Cast) -> None:
    page = cast.client("owner").post(
        cast.organisation.url("accounts:member_invite"),
        {"email": "neu@probe.example", "role": "clerk", "team": "Kundendienst"},
    )
    link = re.search(r"http://testserver(/invitation/[^\"]+)", page.content.decode())
    assert link
    browser = Client()
    assert "Probe GmbH" in browser.get(link.group(1)).content.decode()
    signup = {"name": "Nina Neu", "email": "neu@probe.example", "password1": "Ein-gutes-Kennwort-9"}
    assert browser.post("/accounts/signup/", signup).status_code == 302
    joined = Membership.objects.get(user__email="neu@probe.example")
    assert (joined.organisation, joined.role, joined.team) == (cast.organisation, "clerk", "Kundendienst")
    assert Organisation.objects.count() == 2, "an invited person sets up no company"
    assert Client().get(link.group(1)).status_code == 410


def test_a_link_is_kept_only_as_a_hash(cast: Cast) -> None:
    _invitation, token = services.member_invite(
        organisation=cast.organisation, actor=cast.actor("owner"), email="a@b.example", role="clerk"
    )
    assert token not in str(Invitation.objects.values())


def test_a_withdrawn_link_no_longer_works(cast: Cast) -> None:
    invitation, token = services.member_invite(
        organisation=cast.organisation, actor=cast.actor("owner"), email="a@b.example", role="clerk"
    )
    cast.client("owner").post(cast.organisation.url("accounts:invitation_withdraw", invitation.pk))
    assert Client().get(f"/invitation/{token}/").status_code == 410


def test_the_last_managing_director_stays(cast: Cast) -> None:
    owner = cast.membership("owner")
    with pytest.raises(Refused):
        services.member_change(actor=cast.actor("owner"), membership=owner, role="clerk", team="")
    page = cast.client("owner").post(cast.organisation.url("accounts:member_remove", owner.pk))
    assert page.status_code == 422
    assert "mindestens eine Geschäftsführung" in page.content.decode()
    assert cast.membership("owner").role == "owner"


def test_a_role_that_changes_changes_the_rights_at_once(cast: Cast) -> None:
    people = cast.organisation.url("accounts:people")
    browser = cast.client("clerk")
    assert browser.get(people).status_code == 403
    services.member_change(
        actor=cast.actor("owner"), membership=cast.membership("clerk"), role="auditor", team=""
    )
    assert browser.get(people).status_code == 200


def test_one_person_switches_between_two_companies(cast: Cast) -> None:
    services.member_add(
        organisation=cast.other, actor=cast.actor("outsider"), user=cast.user("lead"), role="auditor"
    )
    page = cast.client("lead").get("/", follow=True).content.decode()
    assert cast.organisation.home in page
    assert cast.other.home in page


def test_an_own_company_is_deleted_only_by_its_name(cast: Cast) -> None:
    url = cast.organisation.url("accounts:organisation_delete")
    assert cast.client("owner").post(url, {"name": "Probe"}).status_code == 422
    assert cast.client("owner").post(url, {"name": "Probe GmbH"}).status_code == 302
    assert not Organisation.objects.filter(slug="probe-gmbh").exists()
    assert Organisation.objects.filter(pk=cast.other.pk).exists()
    assert User.objects.filter(email="owner@probe.example").exists()


def test_the_sample_company_is_deleted_with_one_click(cast: Cast) -> None:
    sample = services.organisation_create(owner=cast.user("owner"), name="Muster", is_sample=True)
    assert cast.client("owner").post(sample.url("accounts:organisation_delete")).status_code == 302
    assert not Organisation.objects.filter(pk=sample.pk).exists()


def test_a_second_factor_can_be_set_up_and_is_asked_for(cast: Cast) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    browser = Client()
    browser.post("/accounts/login/", {"login": "lead@probe.example", "password": PASSWORD})
    assert "/accounts/reauthenticate/" in browser.get("/accounts/2fa/totp/activate/").headers["Location"]
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=cast.user("lead"), type="totp").exists()
    again = Client()
    answer = again.post("/accounts/login/", {"login": "lead@probe.example", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")


def test_a_wrong_password_says_so_in_german(cast: Cast) -> None:
    answer = Client().post("/accounts/login/", {"login": "lead@probe.example", "password": "falsch"})
    assert "Anmelden" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_the_sign_in_page_says_one_word_and_offers_one_way_back() -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert page.count("Passwort vergessen?") == page.count(reverse("account_reset_password")) == 1
    assert "Kennwort" not in page
