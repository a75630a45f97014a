"""Many call at once: what is reserved never exceeds a budget, and what is settled adds up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.pilots.domain.prices import Price, highest_cost, most_tokens
from pilotwerk.pilots.models import ModelCall, Provider, Spending
from pilotwerk.pilots.providers import budget, services
from pilotwerk.pilots.providers.tests import racing
from tests import migrated
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


def test_eight_at_once_never_take_more_than_there_is_in_a_file(tmp_path: Path) -> None:
    """In a process of its own with SQLite in a file: 19 of 40 get money, and settling twice counts once."""
    migrated.copy(tmp_path / "race.sqlite3")
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
        "PILOTWERK_DATA_DIR": str(tmp_path),
        "PILOTWERK_ALLOW_PRIVATE_HOSTS": "*",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        [sys.executable, "-m", racing.__name__], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "19 21 [1900] 0 [570]\n", done.stderr[-2000:]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_never_take_more_than_there_is(settings: Any) -> None:
    """The same where the tests' own database takes several connections (PostgreSQL)."""
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite lies in memory and has one connection; see the test before")
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    cast = make_cast()
    result = racing.race(cast.organisation, cast.actor("lead"))
    assert result == racing.Result(19, 21, {1_900}, 0, {570})


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
