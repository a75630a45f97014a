"""A language model for the stories: configured as a person would, answered by a function instead of a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic_ai import models
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from pilotwerk.pilots.models import Provider
from pilotwerk.pilots.providers import adapter, services
from pilotwerk.pilots.tests.conftest import learned, registered, stage
from pilotwerk.pilots.tests.stage import Stage
from tests.cast import Cast

__all__ = ["learned", "registered", "stage"]

# Unit tests never reach a real model: the library itself refuses.
models.ALLOW_MODEL_REQUESTS = False

BASE: dict[str, Any] = {
    "name": "Modell im Haus",
    "kind": "openai",
    "model": "klein",
    "base_url": "http://127.0.0.1:9/v1",
    "region": "house",
    "price_in_micro": 1_000_000,
    "price_out_micro": 2_000_000,
    "max_tokens": 400,
    "timeout_seconds": 5,
}

Heard = list[tuple[str, str]]


class Speaker:
    """What the model says, and what it heard."""

    def __init__(self) -> None:
        self.heard: Heard = []
        self.says: Callable[[str, str], dict[str, Any] | str | Exception] = lambda instructions, data: {}
        self.tokens = (100, 50)

    def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        data = str(messages[-1].parts[-1].content)  # type: ignore[union-attr]
        instructions = info.instructions or ""
        self.heard.append((instructions, data))
        said = self.says(instructions, data)
        if isinstance(said, Exception):
            raise said
        text = said if isinstance(said, str) else json.dumps(said)
        usage = RequestUsage(input_tokens=self.tokens[0], output_tokens=self.tokens[1])
        return ModelResponse(parts=[TextPart(text)], usage=usage)


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """The model behind the adapter, in place of the network."""
    found = Speaker()

    async def model(provider: Provider, timeout: float, stack: object) -> FunctionModel:
        return FunctionModel(found, profile={"supports_json_schema_output": True})

    monkeypatch.setattr(adapter, "_model", model)
    return found


@pytest.fixture
def provider(cast: Cast, settings: Any) -> Provider:
    """A model in the own house, switched on, with an ample budget."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.policy_save(
        **by,
        regions=["house", "eu", "eea", "ch"],
        day_micro=5_000_000,
        month_micro=50_000_000,
        customer_pattern=r"KD-\d{6}",
    )
    row = services.provider_save(**by, **BASE, key="ein-geheimer-schluessel")
    services.provider_switch_on(**by, provider=row, name=row.name)
    row.refresh_from_db()
    return row


LETTER = "Guten Tag [NAME_1],\n\ngern verschieben wir Ihre Wartung.\n\nFreundliche Grüße\nProbe GmbH"


@pytest.fixture
def asking(stage: Stage, provider: Provider, speaker: Speaker) -> Stage:
    """The running pilot asks the language model."""
    services.use_save(
        **stage.by("lead"), pilot=stage.pilot, provider=provider, day_micro=5_000_000, month_micro=5_000_000
    )
    speaker.says = lambda instructions, data: {"category": "Termin", "draft": LETTER, "reasons": ["Wartung"]}
    return stage
