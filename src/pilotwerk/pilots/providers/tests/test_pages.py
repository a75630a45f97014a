"""The lead sets a language model up, tests it and switches it on; the data protection officer reads along."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import ModelPolicy, Provider
from pilotwerk.pilots.providers import registers, services
from pilotwerk.pilots.providers.tests.conftest import BASE, Speaker
from pilotwerk.pilots.tests.stage import Stage
from tests.cast import Cast

FORM = {
    "name": "Modell im Haus", "kind": "openai", "model": "klein", "base_url": "http://127.0.0.1:9/v1",
    "region": "house", "data_allowed": "masked", "price_in": "1", "price_out": "2", "max_tokens": "400",
    "timeout_seconds": "5", "new_key": "ein-geheimer-schluessel",
}  # fmt: skip


@pytest.fixture
def lead(cast: Cast, settings: Any) -> Client:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    return cast.client("lead")


def test_from_the_form_to_a_model_that_is_switched_on(cast: Cast, lead: Client, speaker: Speaker) -> None:
    url = cast.organisation.url
    assert lead.get(url("pilots:models")).status_code == 200
    assert lead.post(url("pilots:model_new"), FORM).status_code == 302
    row = Provider.objects.get()
    assert row.price_in_micro == 1_000_000
    assert "schluessel" not in row.key
    assert "schluessel" not in lead.get(url("pilots:model_edit", pk=row.pk)).content.decode()
    # Without a budget it cannot be switched on.
    assert "Budget" in lead.get(url("pilots:model_on", pk=row.pk)).content.decode()
    assert lead.post(url("pilots:model_on", pk=row.pk), {"name": row.name}).status_code == 422
    rules = {"regions": ["house", "eu"], "day": "2", "month": "20", "customer_pattern": "KD-[0-9]{6}"}
    assert lead.post(url("pilots:model_rules"), rules).status_code == 302
    assert lead.post(url("pilots:model_on", pk=row.pk), {"name": "Anders"}).status_code == 422
    row.refresh_from_db()
    assert not row.is_on
    assert lead.post(url("pilots:model_on", pk=row.pk), {"name": row.name}).status_code == 302
    row.refresh_from_db()
    assert row.is_on
    speaker.says = lambda instructions, data: {"answer": "Eine Woche hat sieben Tage."}
    tested = lead.post(url("pilots:model_test", pk=row.pk)).content.decode()
    assert "Eine Woche hat sieben Tage." in tested
    assert "0,000200" in tested
    assert "Milli" in tested
    lead.post(url("pilots:model_off", pk=row.pk))
    row.refresh_from_db()
    assert not row.is_on


def test_a_change_of_where_texts_go_switches_off_and_forgets_the_key(
    cast: Cast, lead: Client, provider: Provider
) -> None:
    url = cast.organisation.url("pilots:model_edit", pk=provider.pk)
    lead.post(url, {**FORM, "new_key": "", "max_tokens": "300"})
    provider.refresh_from_db()
    assert (provider.is_on, bool(provider.key)) == (True, True)
    lead.post(url, {**FORM, "new_key": "", "base_url": "http://127.0.0.2:9/v1"})
    provider.refresh_from_db()
    assert (provider.is_on, provider.key) == (False, "")


def test_a_region_that_the_rules_forbid_cannot_be_switched_on(
    cast: Cast, lead: Client, provider: Provider
) -> None:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(**by, regions=["eu"], day_micro=10, month_micro=10)
    provider.refresh_from_db()
    assert not provider.is_on
    answer = lead.post(cast.organisation.url("pilots:model_on", pk=provider.pk), {"name": provider.name})
    assert answer.status_code == 422
    assert "eigenes Haus" in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kind": "bedrock", "base_url": "", "cloud_region": "us-east-1", "region": "eu"}, "anderswo"),
        ({"kind": "bedrock", "base_url": "", "cloud_region": "eu-central-2", "region": "eu"}, "Schweiz"),
        ({"kind": "bedrock", "base_url": "", "cloud_region": "x/../y", "region": "eu"}, "AWS"),
        (
            {
                "kind": "bedrock",
                "base_url": "",
                "cloud_region": "eu-central-1",
                "region": "eu",
                "model": "global.x",
            },
            "anderswo",
        ),
        ({"kind": "mistral", "base_url": "", "region": "house"}, "eigenen Haus"),
        ({"base_url": "ftp://127.0.0.1/"}, "https"),
        ({"base_url": "http://u:p@127.0.0.1/"}, "Passwort"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    lead: Client, cast: Cast, more: dict[str, str], said: str
) -> None:
    answer = lead.post(cast.organisation.url("pilots:model_new"), {**FORM, **more})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Provider.objects.exists()


def test_outside_the_house_an_agreement_is_needed(cast: Cast, lead: Client, provider: Provider) -> None:
    row = services.provider_save(
        organisation=cast.organisation, actor=cast.actor("lead"),
        **{**BASE, "name": "Mistral", "kind": "mistral", "base_url": "", "region": "eu"}, key="k",
    )  # fmt: skip
    url = cast.organisation.url("pilots:model_on", pk=row.pk)
    assert "Auftragsverarbeitung" in lead.get(url).content.decode()
    assert lead.post(url, {"name": row.name}).status_code == 422


def test_the_preview_shows_both_sides_and_keeps_nothing(cast: Cast, lead: Client, provider: Provider) -> None:
    text = "Ich bin Petra Wulff, KD-204771, Telefon 0431 5678901."
    shown = lead.post(cast.organisation.url("pilots:model_preview"), {"text": text}).content.decode()
    assert "[CUSTOMER_1]" in shown
    assert "[PHONE_1]" in shown
    assert "Petra Wulff" in shown


@pytest.mark.parametrize("pattern", ["(a+)+", "[", ".*.*.*.*x"])
def test_a_pattern_that_could_run_away_is_told(cast: Cast, lead: Client, pattern: str) -> None:
    rules = {"regions": ["house"], "day": "2", "month": "20", "customer_pattern": pattern}
    assert lead.post(cast.organisation.url("pilots:model_rules"), rules).status_code == 422
    assert not ModelPolicy.objects.exists()


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [("owner", 200, 200), ("auditor", 200, 403), ("clerk", 403, 403), ("outsider", 404, 404)],
)
def test_owner_and_lead_manage_the_officer_reads(
    cast: Cast, provider: Provider, role: str, read: int, write: int
) -> None:
    client, url = cast.client(role), cast.organisation.url
    assert client.get(url("pilots:models")).status_code == read
    assert client.get(url("pilots:model", pk=provider.pk)).status_code == read
    assert client.get(url("pilots:model_preview")).status_code == read
    assert client.get(url("pilots:model_edit", pk=provider.pk)).status_code == write
    assert client.get(url("pilots:model_rules")).status_code == write


def test_another_companys_model_is_not_there(cast: Cast, provider: Provider) -> None:
    stranger = cast.client("outsider")
    assert stranger.get(cast.other.url("pilots:model", pk=provider.pk)).status_code == 404
    assert stranger.post(cast.other.url("pilots:model_off", pk=provider.pk)).status_code == 404


def test_a_budget_that_runs_out_is_a_thing_to_look_at(asking: Stage, speaker: Speaker) -> None:
    client = asking.cast.client("lead")
    assert registers.attention(asking.cast.organisation, asking.cast.membership("lead")) == []
    case = asking.receive()[0]
    services.use_save(
        **asking.by("lead"),
        pilot=asking.pilot,
        provider=Provider.objects.get(),
        day_micro=1,
        month_micro=10**7,
    )
    while case.arm != Arm.AI:
        case = asking.receive()[0]
    asking.receive(6)
    said = registers.attention(asking.cast.organisation, asking.cast.membership("lead"))
    assert [("ist aufgebraucht" in one.text, one.state) for one in said] == [(True, "bad")]
    assert registers.attention(asking.cast.organisation, asking.cast.membership("clerk")) == []
    listed = client.get(asking.cast.organisation.url("pilots:models")).content.decode()
    assert "aufgebraucht" in listed
    shown = client.get(asking.cast.organisation.url("pilots:model_preview") + f"?case={case.pk}")
    assert shown.status_code == 200
    assert client.get(asking.cast.organisation.url("pilots:record", pk=case.pk)).status_code == 200
