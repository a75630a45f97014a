"""What each kind of provider puts on the wire, against a server on loopback that answers as the service would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic_ai import models

from pilotwerk.core.secrets import seal
from pilotwerk.pilots.models import Provider
from pilotwerk.pilots.providers import adapter
from pilotwerk.pilots.providers.adapter import Fault, ModelFault, Question
from pilotwerk.pilots.providers.typed import ShortAnswer

ANSWER = json.dumps({"answer": "Sieben."})
OPENAI = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}],
    "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
}  # fmt: skip
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "final_result", "arguments": ANSWER}}
MISTRAL = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "tool_calls",
                 "message": {"role": "assistant", "content": "", "tool_calls": [CALL]}}],
    "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
}  # fmt: skip


class Wire:
    """What came in, and what goes out."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.answers: list[tuple[int, Any]] = []
        self.wait = 0.0
        self.url = ""


@pytest.fixture
def wire(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", True)
    found = Wire()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(found.wait)
            status, said = found.answers.pop(0)
            raw = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://localhost:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


def provider(wire: Wire, **more: Any) -> Provider:
    values = {"kind": "openai", "model": "m", "base_url": f"{wire.url}/v1", "region": "house"}
    return Provider(**{**values, **more}, key=seal("geheim", purpose=adapter.PURPOSE))


def ask(one: Provider, timeout: float = 10.0) -> adapter.Answer[ShortAnswer]:
    return adapter.ask(
        one, Question("Antworten Sie.", "Wie viele Tage hat eine Woche?", 60, timeout), ShortAnswer
    )


def test_openai_compatible(wire: Wire) -> None:
    wire.answers = [(200, OPENAI)]
    answer = ask(provider(wire))
    assert (answer.output.answer, answer.tokens_in, answer.tokens_out) == ("Sieben.", 11, 7)
    path, headers, body = wire.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer geheim"
    # The host's name stays in the request although the connection goes to the address that was checked.
    assert headers["host"].startswith("localhost:")
    assert body["response_format"]["type"] == "json_schema"
    assert 60 in (body.get("max_completion_tokens"), body.get("max_tokens"))


def test_azure(wire: Wire) -> None:
    wire.answers = [(200, OPENAI)]
    assert ask(provider(wire, kind="azure", base_url=wire.url, api_version="2024-10-21")).tokens_in == 11
    path, headers, _body = wire.seen[0]
    assert path == "/openai/deployments/m/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "geheim"


def test_mistral(wire: Wire) -> None:
    wire.answers = [(200, MISTRAL)]
    answer = ask(provider(wire, kind="mistral", base_url=wire.url))
    assert (answer.output.answer, answer.tokens_out) == ("Sieben.", 7)
    path, headers, body = wire.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer geheim"
    assert body["max_tokens"] == 60


def test_bedrock_has_its_own_key_its_regions_address_and_no_repeats() -> None:
    """Where boto3 is installed. Nothing is sent: only what would be used is looked at."""
    pytest.importorskip("boto3", reason="the extra for AWS is not installed")
    row = Provider(kind="bedrock", model="eu.some.model", cloud_region="eu-central-1", region="eu")
    client = adapter._bedrock(row, "geheim", 7.0).client  # type: ignore[attr-defined]
    assert client.meta.endpoint_url == "https://bedrock-runtime.eu-central-1.amazonaws.com"
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.read_timeout == 7.0
    assert client._request_signer._signature_version == "bearer"


@pytest.mark.parametrize(
    ("status", "fault", "charged", "again"),
    [
        (401, Fault.REFUSED, False, False),
        (302, Fault.REFUSED, False, False),
        (429, Fault.UNREACHABLE, False, True),
        (503, Fault.UNREACHABLE, False, True),
        (500, Fault.UNREACHABLE, None, False),
        (504, Fault.UNREACHABLE, None, False),
    ],
)
def test_each_status_says_whether_it_was_charged(
    wire: Wire, status: int, fault: Fault, charged: bool | None, again: bool
) -> None:
    wire.answers = [(status, {"error": {"message": "geheimnis"}})] * 5
    with pytest.raises(ModelFault) as caught:
        ask(provider(wire))
    assert (caught.value.fault, caught.value.charged, caught.value.again) == (fault, charged, again)
    # One question is one request: nothing below us repeats it, and a redirect leads nowhere.
    assert len(wire.seen) == 1
    assert "geheimnis" not in str(caught.value)


@pytest.mark.parametrize("kind", ["openai", "mistral"])
def test_no_answer_in_time_may_have_been_charged(wire: Wire, kind: str) -> None:
    wire.wait, wire.answers = 2.0, [(200, OPENAI)] * 3
    with pytest.raises(ModelFault) as caught:
        ask(provider(wire, kind=kind, base_url=f"{wire.url}/v1"), timeout=0.5)
    assert (caught.value.fault, caught.value.charged, caught.value.again) == (Fault.TIMEOUT, None, False)
    assert len(wire.seen) == 1


@pytest.mark.parametrize("said", ["kein json", "{}", '{"choices": []}', "[1, 2]", "<html>Proxy</html>"])
def test_a_server_that_answers_rubbish_is_no_crash(wire: Wire, said: str) -> None:
    wire.answers = [(200, said)] * 3
    with pytest.raises(ModelFault) as caught:
        ask(provider(wire))
    assert caught.value.fault == Fault.RUBBISH
    assert caught.value.charged in (True, None)
    assert len(wire.seen) == 1


def stuck(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A library that can be neither interrupted nor held to its limit."""
    go = threading.Event()

    async def wait(*_args: object) -> None:
        go.wait(20)

    monkeypatch.setattr(adapter, "_ask", wait)
    return go


def test_a_library_that_does_not_keep_to_its_limit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    go = stuck(monkeypatch)
    monkeypatch.setattr(adapter, "PATIENCE", 0.2)
    began = time.monotonic()
    with pytest.raises(adapter.ModelFault) as fault:
        ask(Provider(), timeout=0.1)
    go.set()
    assert (fault.value.fault, fault.value.charged) == (adapter.Fault.TIMEOUT, None)
    assert time.monotonic() - began < 3


def test_who_no_longer_wants_the_answer_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    go = stuck(monkeypatch)
    began = time.monotonic()
    with pytest.raises(adapter.ModelFault) as fault:
        adapter.ask(Provider(), Question("", "", 60, 10.0), ShortAnswer, wanted=lambda: False)
    go.set()
    assert (fault.value.fault, fault.value.charged) == (adapter.Fault.ABANDONED, True)
    assert time.monotonic() - began < 3
