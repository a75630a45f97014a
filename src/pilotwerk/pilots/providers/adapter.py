"""The one place that talks to a language model, over pydantic-ai, which is imported only when a call is made.

One question, one request, one typed answer. The library's own repeats are switched off: what may be repeated and what
it costs is decided in calling.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import BaseModel

from pilotwerk.core.secrets import unseal
from pilotwerk.pilots.hosts import PrivateAddress
from pilotwerk.pilots.models import Provider, ProviderKind
from pilotwerk.pilots.providers.address import guarded_client

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import Model

Output = TypeVar("Output", bound=BaseModel)
PURPOSE: Final = "pilots.provider"
# Statuses with which a service says that it did nothing: too many requests, unavailable, overloaded.
NOT_TAKEN: Final = frozenset({429, 503, 529})
# So often, in seconds, a waiting caller asks whether the answer is still wanted.
LOOK_EVERY: Final = 0.5
# So much longer than the question's own limit, in seconds, a caller waits for a library that does not keep to it.
PATIENCE: Final = 10.0


class Fault(StrEnum):
    """How a call ended badly. The values are those of CallOutcome."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    RUBBISH = "rubbish"
    ABANDONED = "abandoned"


class ModelFault(Exception):
    """No usable answer. `charged`: True it costs, False it does not, None nobody can know."""

    def __init__(
        self,
        fault: Fault,
        *,
        charged: bool | None,
        again: bool = False,
        tokens_in: int | None = None,
        tokens_out: int | None = None,
    ) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.charged = charged
        # Whether asking again cannot cost twice.
        self.again = again
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent: instructions, the data, and how long the answer may be."""

    instructions: str
    data: str
    max_tokens: int
    timeout: float


@dataclass(frozen=True, slots=True)
class Answer(Generic[Output]):
    """A typed answer with the tokens that the service counted and the time that it took."""

    output: Output
    tokens_in: int
    tokens_out: int
    milliseconds: int


def ask(
    provider: Provider,
    question: Question,
    output: type[Output],
    *,
    wanted: Callable[[], bool] = lambda: True,
) -> Answer[Output]:
    """Ask once. Raises ModelFault; its text never holds anything of the question, the answer or the key.

    Runs in a thread of its own, because the caller may stand inside an event loop. When ``wanted`` says no in the
    meantime the connection is cut and nobody waits for the answer: it may cost all the same.
    """
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def within() -> Answer[Output]:
        task = asyncio.create_task(_ask(provider, question, output))
        running.append((asyncio.get_running_loop(), task))
        return await task

    until = time.monotonic() + question.timeout + PATIENCE
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
    try:
        answer = pool.submit(lambda: asyncio.run(within()))
        while not wait([answer], timeout=LOOK_EVERY).done:
            late = time.monotonic() > until
            if not late and wanted():
                continue
            for loop, task in running:
                with suppress(RuntimeError):  # it ended in this very moment
                    loop.call_soon_threadsafe(task.cancel)
            if late:
                raise ModelFault(Fault.TIMEOUT, charged=None)
            raise ModelFault(Fault.ABANDONED, charged=True)
        return answer.result()
    finally:
        # Not waited for: a library that cannot be interrupted must not hold up who has given up.
        pool.shutdown(wait=False)


async def _ask(provider: Provider, question: Question, output: type[Output]) -> Answer[Output]:
    from contextlib import AsyncExitStack

    from pydantic_ai import Agent, NativeOutput, ToolOutput, capture_run_messages
    from pydantic_ai.exceptions import ModelHTTPError
    from pydantic_ai.settings import ModelSettings

    began = time.perf_counter()
    async with AsyncExitStack() as stack:
        model = await _model(provider, question.timeout, stack)
        # OpenAI's interface takes a JSON schema for the answer itself; the others take it as the one tool to call.
        native = provider.kind in (ProviderKind.OPENAI, ProviderKind.AZURE)
        agent: Any = Agent(
            model,
            output_type=NativeOutput(output) if native else ToolOutput(output),
            instructions=question.instructions,
            retries=0,
        )
        settings = ModelSettings(max_tokens=question.max_tokens, temperature=0.0)
        with capture_run_messages() as messages:
            try:
                async with asyncio.timeout(question.timeout):
                    run = await agent.run(question.data, model_settings=settings)
            except TimeoutError:
                raise ModelFault(Fault.TIMEOUT, charged=None) from None
            except ModelHTTPError as error:
                raise _http_fault(error.status_code) from None
            except Exception as error:
                # Each service's library has errors of its own; none of them may take the text along.
                raise _other_fault(error, messages) from None
    usage = run.usage
    return Answer(
        run.output, usage.input_tokens, usage.output_tokens, round((time.perf_counter() - began) * 1000)
    )


def _http_fault(status: int) -> ModelFault:
    """4xx says that the request was not carried out; of 5xx only some say so."""
    if status in NOT_TAKEN:
        return ModelFault(Fault.UNREACHABLE, charged=False, again=True)
    if status == 408:
        return ModelFault(Fault.TIMEOUT, charged=None)
    if 300 <= status < 500:
        return ModelFault(Fault.REFUSED, charged=False)
    return ModelFault(Fault.UNREACHABLE, charged=None)


def _other_fault(error: BaseException, messages: list[ModelMessage]) -> ModelFault:
    """An answer that is no answer costs what the service counted; a connection that was never made costs nothing."""
    from pydantic_ai.messages import ModelResponse

    for message in messages:
        if isinstance(message, ModelResponse):
            usage = message.usage
            return ModelFault(
                Fault.RUBBISH, charged=True, tokens_in=usage.input_tokens, tokens_out=usage.output_tokens
            )
    causes = _causes(error)
    for one in causes:
        status = getattr(one, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return _http_fault(status)
    names = {type(one).__name__ for one in causes}
    if PrivateAddress.__name__ in names:
        return ModelFault(Fault.REFUSED, charged=False)
    if names & {
        "ConnectError",
        "ConnectTimeout",
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "gaierror",
    }:
        return ModelFault(Fault.UNREACHABLE, charged=False, again=True)
    if any("Timeout" in name for name in names):
        return ModelFault(Fault.TIMEOUT, charged=None)
    return ModelFault(Fault.RUBBISH, charged=None)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


async def _model(provider: Provider, timeout: float, stack: AsyncExitStack) -> Model:
    """The library's model for this provider. Nothing is read from the environment: every value is given."""
    key = unseal(provider.key, purpose=PURPOSE) if provider.key else ""
    if provider.kind == ProviderKind.BEDROCK:
        return _bedrock(provider, key, timeout)
    client = await stack.enter_async_context(guarded_client(timeout=timeout))
    if provider.kind == ProviderKind.MISTRAL:
        from mistralai.client import Mistral
        from pydantic_ai.models.mistral import MistralModel
        from pydantic_ai.providers.mistral import MistralProvider

        url = provider.base_url or "https://api.mistral.ai"
        service = Mistral(api_key=key or "none", server_url=url, async_client=client)
        return MistralModel(provider.model, provider=MistralProvider(mistral_client=service))
    from openai import AsyncAzureOpenAI, AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    service_client: AsyncOpenAI
    if provider.kind == ProviderKind.AZURE:
        service_client = AsyncAzureOpenAI(
            azure_endpoint=provider.base_url,
            api_version=provider.api_version,
            api_key=key or "none",
            max_retries=0,
            http_client=client,
        )
    else:
        service_client = AsyncOpenAI(
            base_url=provider.base_url, api_key=key or "none", max_retries=0, http_client=client,
            organization="", project="",
        )  # fmt: skip
    return OpenAIChatModel(provider.model, provider=OpenAIProvider(openai_client=service_client))


def _bedrock(provider: Provider, key: str, timeout: float) -> Model:
    """Its address follows from the region; a key of its own, so that no credentials are searched for."""
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]
    from botocore.session import Session  # type: ignore[import-untyped]
    from botocore.tokens import FrozenAuthToken  # type: ignore[import-untyped]
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    class OneKey(Session):  # type: ignore[misc]
        def get_auth_token(self, **_kwargs: Any) -> Any:
            return FrozenAuthToken(key)

        def get_credentials(self) -> None:
            return None

    client = boto3.Session(botocore_session=OneKey(), region_name=provider.cloud_region).client(
        "bedrock-runtime",
        endpoint_url=f"https://bedrock-runtime.{provider.cloud_region}.amazonaws.com",
        config=Config(
            signature_version="bearer",
            read_timeout=timeout,
            connect_timeout=10,
            retries={"total_max_attempts": 1},
        ),
    )
    return BedrockConverseModel(provider.model, provider=BedrockProvider(bedrock_client=client))
