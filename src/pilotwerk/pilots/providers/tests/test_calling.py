"""A call from the first check to the settled bill: money, repeats, the circuit, and what is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic_ai import models
from pydantic_ai.exceptions import ModelHTTPError

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock
from pilotwerk.pilots.domain import breaker
from pilotwerk.pilots.models import CallOutcome, CallState, ModelCall, Provider, Spending
from pilotwerk.pilots.providers import budget, calling, services
from pilotwerk.pilots.providers.adapter import Question
from pilotwerk.pilots.providers.calling import NotAsked
from pilotwerk.pilots.providers.tests.conftest import BASE, Speaker
from pilotwerk.pilots.providers.typed import ShortAnswer
from tests.cast import Cast

SECRET = "Das darf nirgends stehen"


def ask(cast: Cast, provider: Provider, pauses: list[float] | None = None, **more: Any) -> str:
    called = calling.call(
        organisation=cast.organisation,
        actor=cast.actor("lead"),
        provider=provider,
        prompt="test/1.de",
        question=Question("Antworten Sie.", SECRET, 100, 2.0),
        output=ShortAnswer,
        masked={"name": 1},
        **{"pause": (pauses if pauses is not None else []).append, **more},
    )
    return called.answer.output.answer


def used(cast: Cast) -> dict[str, int]:
    return dict(Spending.objects.of(cast.organisation).values_list("period", "used_micro"))


def count(cast: Cast, action: str) -> int:
    """How often this stands in the audit trail."""
    return sum(one.action == action for one in audit.entries(cast.organisation.pk))


def test_a_call_is_reserved_at_the_highest_price_and_settled_at_the_real_one(
    cast: Cast, provider: Provider, speaker: Speaker
) -> None:
    speaker.says = lambda instructions, data: {"answer": "Sieben."}
    assert ask(cast, provider) == "Sieben."
    row = ModelCall.objects.get()
    assert (row.state, row.outcome, row.tokens_in, row.tokens_out) == ("settled", "ok", 100, 50)
    # 100 tokens at 1 euro and 50 at 2 euro a million: 200 micro-euro.
    assert row.cost_micro == 200
    assert row.reserved_micro > row.cost_micro
    assert set(used(cast).values()) == {200}
    assert row.masked == {"name": 1}


def test_neither_text_nor_answer_nor_key_is_written_down_anywhere(
    cast: Cast, provider: Provider, speaker: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    speaker.says = lambda instructions, data: {"answer": "Auch das nicht"}
    ask(cast, provider)
    provider.refresh_from_db()
    rows = [
        *ModelCall.objects.values(),
        *Provider.objects.values(),
        *audit.entries(cast.organisation.pk).values(),
    ]
    for word in (SECRET, "Auch das nicht", "ein-geheimer-schluessel"):
        assert word not in str(rows) + caplog.text


def test_a_switched_off_model_is_not_asked_at_once(cast: Cast, provider: Provider, speaker: Speaker) -> None:
    services.provider_switch_off(organisation=cast.organisation, actor=cast.actor("lead"), provider=provider)
    with pytest.raises(NotAsked, match="model_off"):
        ask(cast, provider)
    assert not speaker.heard
    assert not ModelCall.objects.exists()


def test_an_unknown_price_blocks(cast: Cast, provider: Provider, speaker: Speaker) -> None:
    Provider.objects.filter(pk=provider.pk).update(price_out_micro=None)
    with pytest.raises(NotAsked, match="unknown_price"):
        ask(cast, provider)
    assert not speaker.heard


def test_at_80_percent_there_is_a_warning_and_at_100_nothing_goes_out(
    cast: Cast, provider: Provider, speaker: Speaker
) -> None:
    speaker.says = lambda instructions, data: {"answer": "Sieben."}
    ask(cast, provider)
    reserved = ModelCall.objects.get().reserved_micro
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(**by, regions=["house"], day_micro=reserved + 210, month_micro=10**9)
    ask(cast, provider)
    assert count(cast, "pilots.model_budget_warning") == 1
    with pytest.raises(NotAsked, match="budget_exhausted"):
        ask(cast, provider)
    with pytest.raises(NotAsked, match="budget_exhausted"):
        ask(cast, provider)
    assert count(cast, "pilots.model_budget_exhausted") == 1
    assert len(speaker.heard) == 2
    provider.refresh_from_db()
    # The configuration is untouched, and tomorrow it goes on by itself.
    assert provider.is_on
    assert provider.circuit == "closed"
    with clock.travel(clock.now() + timedelta(days=1)):
        assert ask(cast, provider) == "Sieben."


def test_only_what_was_not_charged_is_asked_again(cast: Cast, provider: Provider, speaker: Speaker) -> None:
    answers: list[Any] = [
        ModelHTTPError(429, "klein"), ModelHTTPError(503, "klein"), {"answer": "Sieben."}
    ]  # fmt: skip
    speaker.says = lambda instructions, data: answers.pop(0)
    pauses: list[float] = []
    assert ask(cast, provider, pauses) == "Sieben."
    assert pauses == [0.5, 2.0]
    assert ModelCall.objects.get().tries == 3
    speaker.says = lambda instructions, data: ModelHTTPError(500, "klein")
    with pytest.raises(NotAsked, match="model_unreachable"):
        ask(cast, provider)
    assert len(speaker.heard) == 4


def test_switching_off_also_stops_what_would_be_asked_again(
    cast: Cast, provider: Provider, speaker: Speaker
) -> None:
    speaker.says = lambda instructions, data: ModelHTTPError(429, "klein")

    def off(seconds: float) -> None:
        services.provider_switch_off(
            organisation=cast.organisation, actor=cast.actor("lead"), provider=provider
        )

    with pytest.raises(NotAsked, match="model_unreachable"):
        ask(cast, provider, pause=off)
    assert len(speaker.heard) == 1
    assert set(used(cast).values()) == {0}


def test_rubbish_costs_what_the_service_counted(cast: Cast, provider: Provider, speaker: Speaker) -> None:
    speaker.says = lambda instructions, data: "kein JSON {"
    with pytest.raises(NotAsked, match="model_rubbish"):
        ask(cast, provider)
    row = ModelCall.objects.get()
    assert (row.outcome, row.cost_micro, len(speaker.heard)) == ("rubbish", 200, 1)


def test_a_call_that_never_came_back_keeps_its_reservation_and_is_then_spent(
    cast: Cast, provider: Provider, speaker: Speaker
) -> None:
    speaker.says = lambda instructions, data: ModelHTTPError(500, "klein")
    with pytest.raises(NotAsked):
        ask(cast, provider)
    row = ModelCall.objects.get()
    assert (row.state, row.cost_micro) == (CallState.RESERVED, None)
    assert set(used(cast).values()) == {row.reserved_micro}
    assert budget.expire() == 0
    with clock.travel(row.expires_at + timedelta(seconds=1)):
        assert budget.expire() == 1
        assert budget.expire() == 0
    row.refresh_from_db()
    assert (row.state, row.cost_micro) == (CallState.LOST, row.reserved_micro)
    assert set(used(cast).values()) == {row.reserved_micro}
    # A late answer changes nothing any more.
    late: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead"), "cost_micro": 1}
    assert not budget.settle(**late, call=row, outcome=CallOutcome.OK)
    assert set(used(cast).values()) == {row.reserved_micro}


def test_after_failures_in_a_row_the_model_is_left_alone_and_tried_once(
    cast: Cast, provider: Provider, speaker: Speaker
) -> None:
    speaker.says = lambda instructions, data: ModelHTTPError(500, "klein")
    for _time in range(breaker.FAILURES):
        with pytest.raises(NotAsked, match="model_unreachable"):
            ask(cast, provider)
    with pytest.raises(NotAsked, match="model_circuit"):
        ask(cast, provider)
    assert len(speaker.heard) == breaker.FAILURES
    speaker.says = lambda instructions, data: {"answer": "Sieben."}
    with clock.travel(clock.now() + breaker.PAUSE + timedelta(seconds=1)):
        provider.refresh_from_db()
        before = calling.provider_breaker(provider)
        calling._admit(provider, before)
        # Another worker that saw the same state is not let through: there is one trial.
        with pytest.raises(NotAsked, match="model_circuit"):
            calling._admit(provider, before)
        with pytest.raises(NotAsked, match="model_circuit"):
            ask(cast, provider)
    with clock.travel(clock.now() + breaker.PAUSE + breaker.TRIAL + timedelta(seconds=9)):
        assert ask(cast, provider) == "Sieben."
        assert ask(cast, provider) == "Sieben."
    provider.refresh_from_db()
    assert (provider.circuit, provider.failures) == ("closed", 0)
    assert count(cast, "pilots.model_circuit_opened") == 1
    assert count(cast, "pilots.model_circuit_closed") == 1


def test_a_host_of_the_own_network_needs_the_operators_leave(cast: Cast, settings: Any) -> None:
    from pilotwerk.core.errors import Refused

    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    for url in (
        "http://127.0.0.1:11434/v1",
        "http://[::1]/v1",
        "http://[::ffff:10.0.0.1]/v1",
        "http://169.254.169.254/",
    ):
        with pytest.raises(Refused, match="PILOTWERK_ALLOW_PRIVATE_HOSTS"):
            services.provider_save(**by, **{**BASE, "base_url": url})
    assert not Provider.objects.exists()


def test_a_name_that_turns_to_a_private_address_later_leads_nowhere(
    cast: Cast, provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The adapter itself looks, with the real client: no connection is made to what is forbidden by now."""
    monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", True)
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    with pytest.raises(NotAsked, match="model_refused"):
        ask(cast, provider)
    row = ModelCall.objects.get()
    assert (row.outcome, row.cost_micro) == ("refused", 0)
