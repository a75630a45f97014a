"""Traces for those who collect them (OpenTelemetry). Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set.

Nothing of OpenTelemetry is imported until then; the packages come with the extra `tracing`. A trace is found by the
id of the row that it is about, so that steps in different processes on different days come together: the row's UUID
has as many bits as a trace's id. Spans are written down after the step, with the times that are known anyway.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

log = logging.getLogger("pilotwerk.tracing")

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
# The ids that the next span gets; None lets them be drawn.
_given: ContextVar[tuple[int, int] | None] = ContextVar("given_ids", default=None)


def active() -> bool:
    """Whether spans are wanted and can be written."""
    return any(os.environ.get(name) for name in _ENDPOINTS) and _tracer() is not None


def emit(
    *,
    trace: UUID,
    name: str,
    start: datetime,
    end: datetime,
    attributes: Mapping[str, str | int | float],
    root: bool = False,
    failed: bool = False,
) -> None:
    """Write one span of the trace of a row; `root` is its first one. Never a text or a name of a person.

    Does nothing unless `active()`. A clock that went back gives a span of no length.
    """
    if not active():
        return
    from opentelemetry import trace as api
    from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

    first = _first(trace)
    parent = SpanContext(trace.int, first, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with _ids((trace.int, first) if root else None):
        span = _tracer().start_span(
            name,
            context=None if root else api.set_span_in_context(NonRecordingSpan(parent)),
            start_time=_nanoseconds(start),
            attributes=dict(attributes),
        )
    if failed:
        span.set_status(Status(StatusCode.ERROR))
    span.end(end_time=_nanoseconds(max(start, end)))


def use(processor: Any) -> None:
    """Send spans to this processor as well: for tests."""
    _provider().add_span_processor(processor)


@lru_cache(maxsize=1)
def _tracer() -> Any:
    """The tracer, or None where the extra is missing: said once, the work goes on."""
    try:
        return _provider().get_tracer("pilotwerk")
    except ImportError:
        log.warning("Traces are wanted, but the packages are missing: install pilotwerk[tracing].")
        return None


@lru_cache(maxsize=1)
def _provider() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        """Drawn ids, except where a row gives them."""

        def generate_trace_id(self) -> int:
            given = _given.get()
            return given[0] if given else super().generate_trace_id()

        def generate_span_id(self) -> int:
            given = _given.get()
            return given[1] if given else super().generate_span_id()

    name = os.environ.get("OTEL_SERVICE_NAME", "pilotwerk")
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}), id_generator=Ids())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


@contextmanager
def _ids(given: tuple[int, int] | None) -> Iterator[None]:
    token = _given.set(given)
    try:
        yield
    finally:
        _given.reset(token)


def _first(trace: UUID) -> int:
    """The id of the first span follows from the row, so that every later one can name it as its parent."""
    return (trace.int & 0xFFFFFFFFFFFFFFFF) or 1


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
