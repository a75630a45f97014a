"""Figures for Prometheus and traces for OpenTelemetry: off unless asked for, and never about a person."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from pilotwerk.core import clock, tracing
from pilotwerk.pilots.models import Case
from pilotwerk.pilots.tests.crowd import crowd
from pilotwerk.pilots.tests.stage import Stage

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-some-length"


def scrape(**headers: Any) -> dict[tuple[str, ...], float]:
    """The figures as Prometheus itself reads them."""
    found = Client().get("/metrics", **headers)
    assert found.status_code == 200
    assert found["Content-Type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(found.content.decode())
        for sample in family.samples
    }


def test_it_is_off_by_default() -> None:
    assert Client().get("/metrics").status_code == 404


def test_this_machine_reads_it_and_a_proxy_on_it_lets_nobody_in(settings: Any) -> None:
    settings.PILOTWERK_METRICS = "loopback"
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert Client().get("/metrics", REMOTE_ADDR="").status_code == 404
    assert Client().get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 404


def test_with_a_token_only(settings: Any) -> None:
    settings.PILOTWERK_METRICS, settings.PILOTWERK_METRICS_TOKEN = "token", TOKEN
    for given in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", "Bearer ä"):
        assert Client().get("/metrics", HTTP_AUTHORIZATION=given).status_code == 401
    assert ("pilotwerk_jobs", "waiting") in scrape(HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert Client().post("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 405


def test_a_token_that_is_too_short_stops_the_start() -> None:
    code = "import pilotwerk.project.settings"
    env = {"PILOTWERK_METRICS": "token", "PILOTWERK_METRICS_TOKEN": "short", "PATH": "", "PYTHONPATH": "src"}
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert found.returncode != 0
    assert "PILOTWERK_METRICS_TOKEN" in found.stderr


@pytest.mark.engines
def test_the_figures_are_those_of_the_rows(stage: Stage, settings: Any) -> None:
    settings.PILOTWERK_METRICS = "loopback"
    cases = stage.receive(6)
    waiting = sum(case.state == "waiting" for case in cases)
    for case in cases:
        if case.state == "waiting":
            stage.approve(case)
    stage.send()
    found = scrape()
    assert found["pilotwerk_pilots", "running"] == 1
    assert found["pilotwerk_cases", "done"] == waiting
    assert found[("pilotwerk_queue_open",)] == 6 - waiting
    assert found["pilotwerk_decisions_total", "edit"] == waiting
    assert found["pilotwerk_deliveries", "sent"] == waiting
    with clock.travel(clock.now() + timedelta(hours=30)):
        later = scrape()
        assert later[("pilotwerk_queue_overdue",)] == 6 - waiting
        assert later[("pilotwerk_queue_oldest_seconds",)] == pytest.approx(30 * 3600, abs=1)


def test_organisations_are_named_only_where_that_is_asked_for(stage: Stage, settings: Any) -> None:
    settings.PILOTWERK_METRICS = "loopback"
    crowd(stage.pilot, 50, until=clock.now(), days=5)
    slug = stage.cast.organisation.slug
    page = Client().get("/metrics").content.decode()
    assert slug not in page
    settings.PILOTWERK_METRICS_BY_ORGANISATION = True
    page = Client().get("/metrics").content.decode()
    assert f'pilotwerk_cases{{organisation="{slug}",state="done"}}' in page
    assert "Petra" not in page
    assert "Beschwerde" not in page


def test_a_scrape_has_a_fixed_number_of_queries(stage: Stage, settings: Any) -> None:
    settings.PILOTWERK_METRICS = "loopback"

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            scrape()
        return len(seen)

    few = queries()
    crowd(stage.pilot, 300, until=clock.now(), days=5)
    assert queries() == few <= 12


# ---- traces ----


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Traces are switched on, and what is written is kept in memory."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    # A port that nothing listens at: the exporter that would send is there and harmless.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
    tracing._provider.cache_clear()
    tracing._tracer.cache_clear()
    kept = sdk.InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(kept))
    yield kept
    tracing._provider()._active_span_processor._span_processors = ()
    tracing._provider.cache_clear()
    tracing._tracer.cache_clear()


def test_a_case_is_one_trace_from_intake_to_execution(stage: Stage, spans: Any) -> None:
    [case] = stage.proposed()
    with clock.travel(clock.now() + timedelta(hours=2)):
        stage.approve(case)
        stage.send()
    mine = [span for span in spans.get_finished_spans() if span.context.trace_id == case.pk.int]
    assert [span.name for span in mine] == ["case.intake", "case.propose", "case.decide", "case.execute"]
    root, *steps = mine
    assert root.parent is None
    assert {span.parent.span_id for span in steps} == {root.context.span_id}
    assert len({span.context.span_id for span in mine}) == 4
    decide = mine[2]
    assert (decide.end_time - decide.start_time) / 1e9 == pytest.approx(7200, abs=1)
    assert mine[3].attributes["pilotwerk.state"] == "done"
    assert mine[3].status.is_ok or mine[3].status.is_unset
    said = str([(span.name, dict(span.attributes)) for span in spans.get_finished_spans()])
    for private in ("Wulff", "petra", "Wartung", "Heizung"):
        assert private not in said


def test_the_spans_arrive_at_a_real_collector(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    seen: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            seen.append((self.path, gzip.decompress(body) if packed else body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    tracing._provider.cache_clear()
    tracing._tracer.cache_clear()
    try:
        [case] = stage.receive(1)
        assert tracing._provider().force_flush(5000)
        tracing._provider().shutdown()
    finally:
        server.shutdown()
        server.server_close()
        tracing._provider.cache_clear()
        tracing._tracer.cache_clear()
    [(path, body)] = seen
    assert path == "/v1/traces"
    [sent] = ExportTraceServiceRequest.FromString(body).resource_spans
    spans = [span for scope in sent.scope_spans for span in scope.spans]
    assert {span.name for span in spans} == {"case.intake", "case.propose"}
    assert {span.trace_id for span in spans} == {case.pk.bytes}
    assert b"Wulff" not in body


def test_every_case_of_a_group_has_its_trace(stage: Stage, spans: Any) -> None:
    stage.receive(5)
    traced = {span.context.trace_id for span in spans.get_finished_spans() if span.name == "case.propose"}
    assert traced == {pk.int for pk in Case.objects.values_list("pk", flat=True)}


def test_a_step_that_fails_says_so_and_still_fails(
    stage: Stage, spans: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pilotwerk.core import jobs
    from pilotwerk.pilots import tracing as traced

    [case] = stage.proposed()
    stage.approve(case)
    decision = case.decisions.get()
    work = jobs.Work(
        "1",
        "pilots.execute",
        case.organisation_id,
        {"case": str(case.pk), "decision": str(decision.pk)},
        None,
        1,
        "x",
    )

    def broken(_work: jobs.Work) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        traced.executing(broken)(work)
    last = spans.get_finished_spans()[-1]
    assert (last.name, last.status.is_ok) == ("case.execute", False)


def test_without_the_setting_nothing_is_imported_and_nothing_is_written(stage: Stage) -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'pilotwerk.project.settings'\n"
        "import django; django.setup()\n"
        "from pilotwerk.core import tracing; assert not tracing.active()\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'prometheus_client'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_without_the_extra_the_work_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    tracing._provider.cache_clear()
    tracing._tracer.cache_clear()
    stage.receive(2)
    assert Case.objects.exclude(state="received").count() == 2
    assert sum("pilotwerk[tracing]" in record.getMessage() for record in caplog.records) == 1
    tracing._tracer.cache_clear()
