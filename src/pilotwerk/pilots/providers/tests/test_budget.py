"""Many call at once: what is reserved never exceeds a budget, and what is settled adds up."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import close_old_connections, connection
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.pilots.domain.prices import Price, highest_cost, most_tokens
from pilotwerk.pilots.models import CallOutcome, ModelCall, Provider, Spending
from pilotwerk.pilots.providers import budget, services
from pilotwerk.pilots.providers.tests.conftest import BASE
from tests.cast import Cast, make_cast


@given(st.text(max_size=400), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 8000), st.data())
def test_no_call_costs_more_than_its_reservation(
    text: str, micro_in: int, micro_out: int, max_tokens: int, data: st.DataObject
) -> None:
    price = Price(micro_in, micro_out, "own")
    tokens_in = data.draw(st.integers(0, most_tokens(text)))
    tokens_out = data.draw(st.integers(0, max_tokens))
    highest = highest_cost(price, texts=(text,), max_tokens=max_tokens)
    assert 0 <= price.cost(tokens_in, tokens_out) <= highest


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_never_take_more_than_there_is(settings: Any) -> None:
    """Each thread has a connection of its own; 40 calls of 100 want money, 1,950 are there, so 19 get some."""
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("one connection only: a database in memory cannot be written to by two at once")
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = True
    cast: Cast = make_cast()
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(**by, regions=["house"], day_micro=1_950, month_micro=10**9)
    provider = services.provider_save(**by, **BASE)
    taken: list[ModelCall] = []
    refused: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        try:
            start.wait()
            for _turn in range(5):
                try:
                    taken.append(_reserve(cast, provider))
                except budget.Exhausted as full:
                    refused.append(full.limit.period)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=120)
    assert (len(taken), len(refused)) == (19, 21)
    assert set(Spending.objects.of(cast.organisation).values_list("used_micro", flat=True)) == {1_900}
    assert all(budget.settle(**by, call=one, outcome=CallOutcome.OK, cost_micro=30) for one in taken)
    assert not any(budget.settle(**by, call=one, outcome=CallOutcome.OK, cost_micro=30) for one in taken)
    assert set(Spending.objects.of(cast.organisation).values_list("used_micro", flat=True)) == {19 * 30}


def _reserve(cast: Cast, provider: Provider) -> ModelCall:
    return budget.reserve(
        organisation=cast.organisation, provider=provider, prompt="test/1.de", micro=100, masked={}
    )


@pytest.mark.django_db
def test_what_does_not_fit_into_one_budget_is_taken_from_none(cast: Cast, provider: Provider) -> None:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(**by, regions=["house"], day_micro=10_000, month_micro=150)
    _reserve(cast, provider)
    with pytest.raises(budget.Exhausted):
        _reserve(cast, provider)
    assert set(Spending.objects.of(cast.organisation).values_list("used_micro", flat=True)) == {100}
    assert ModelCall.objects.count() == 1
