"""Figures for Prometheus at /metrics: off unless the operator switches them on, for this machine or with a token.

They are read from the database at each scrape, so any number of web and worker processes agree.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pilotwerk.core import clock, jobs
from pilotwerk.core.permissions import PUBLIC, requires
from pilotwerk.pilots.selectors.metrics import Counted, metrics

_FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
# Name, attribute of Metrics, own labels, help.
_Family = tuple[str, str, list[str], str]
_GAUGES: Final[tuple[_Family, ...]] = (
    ("pilotwerk_pilots", "pilots", ["state"], "Pilots by state"),
    ("pilotwerk_cases", "cases", ["state"], "Cases by state"),
    ("pilotwerk_queue_open", "open", [], "Cases that wait for a person"),
    ("pilotwerk_queue_overdue", "overdue", [], "Waiting cases beyond their deadline"),
    ("pilotwerk_queue_oldest_seconds", "oldest", [], "How long the oldest waiting case waits"),
    ("pilotwerk_deliveries", "deliveries", ["state"], "Answers on their way or out, by state"),
    ("pilotwerk_alerts_open", "alerts", [], "Alerts that are raised and not over"),
)
_COUNTERS: Final[tuple[_Family, ...]] = (
    ("pilotwerk_decisions", "decisions", ["kind"], "Decisions by kind"),
    ("pilotwerk_model_calls", "calls", ["outcome"], "Calls of language models by outcome"),
    ("pilotwerk_model_cost_euro", "cost_euro", [], "What calls of language models cost"),
)


@requires(PUBLIC)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All figures in the text format of Prometheus; 404 where they are off, 401 without the token."""
    if settings.PILOTWERK_METRICS == "off":
        raise Http404
    if settings.PILOTWERK_METRICS == "loopback" and not _from_here(request):
        raise Http404
    if settings.PILOTWERK_METRICS == "token" and not _has_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _from_here(request: HttpRequest) -> bool:
    """From this machine and not handed on: a proxy on the same machine would let everybody in."""
    if any(request.META.get(name) for name in _FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.PILOTWERK_METRICS_TOKEN
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


class _Collector:
    """Reads everything at once when Prometheus asks."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        apart = settings.PILOTWERK_METRICS_BY_ORGANISATION
        found = metrics(by_organisation=apart)
        for families, family in ((_GAUGES, GaugeMetricFamily), (_COUNTERS, CounterMetricFamily)):
            for name, attribute, labels, text in families:
                yield _filled(
                    family(name, text, labels=_labels(labels, apart)), getattr(found, attribute), apart
                )
        counts = jobs.queue().counts()
        work = GaugeMetricFamily("pilotwerk_jobs", "Pieces of work in the queue by state", labels=["state"])
        for state in ("waiting", "due", "running", "failed"):
            work.add_metric([state], getattr(counts, state))
        yield work
        oldest = counts.oldest_due
        age = (clock.now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "pilotwerk_jobs_oldest_due_seconds", "How long the oldest due work waits", value=max(age, 0.0)
        )


def _labels(own: list[str], apart: bool) -> list[str]:
    return [*(["organisation"] if apart else []), *own]


def _filled(family: Any, figures: Counted, apart: bool) -> Any:
    for labels, value in sorted(figures.items()):
        family.add_metric(list(labels if apart else labels[1:]), value)
    return family
