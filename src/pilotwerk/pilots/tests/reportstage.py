"""The stage for stories about reports: a weekly report on sales, its readers, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.pilots import intake
from pilotwerk.pilots.models import Case
from pilotwerk.pilots.recipes.reports import learning
from pilotwerk.pilots.recipes.reports.backtest import backtest_report
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests.mailservers import PASSWORD, USER, Postbox, smtp
from pilotwerk.pilots.tests.own_recipes import Own, remember_learning
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
READERS = ["leitung@probe.example", "vertrieb@probe.example"]
SETTINGS: dict[str, Any] = {
    "title": "Verkaufsbericht",
    "frequency": "W",
    "time": "Datum",
    "measures": [
        {"kind": "sum", "column": "Umsatz EUR", "value": ""},
        {"kind": "count", "column": "", "value": ""},
        {"kind": "share", "column": "Reklamation", "value": "ja"},
    ],
    "dimensions": ["Region"],
    "rows_name": "Aufträge",
    "language": "de",
    "readers": READERS,
}


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    """The AI system is in the register; the trial on the past is made once, and short."""
    monkeypatch.setattr(learning, "backtest_report", partial(backtest_report, mutated=50))
    remember_learning(monkeypatch, learning, kept)
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)


def upload(own: Own, content: bytes, name: str = "neu.csv") -> None:
    path = own.file(content, name)
    intake.upload_ingest(pilot=own.pilot, actor=own.cast.actor("lead"), path=path, filename=name)
    own.work()


def form(own: Own, case: Case, **changes: str) -> dict[str, Any]:
    seen, body = own.seen(case), own.proposal(case).body
    ticks = {"reader-0": "on", "reader-1": "on"}
    hidden = {"revision": seen["revision"], "content_hash": seen["content_hash"], "report": "1"}
    return {**hidden, **ticks, "body": body, **changes}


def post(own: Own, case: Case, what: str, values: dict[str, Any]) -> Any:
    return own.cast.client("clerk").post(own.cast.organisation.url(f"pilots:{what}", pk=case.pk), values)


def trail(cast: Cast) -> bytes:
    """The audit trail as it is kept, without the texts about people that lie beside it."""
    log = cast.organisation.pk
    return b"\n".join(audit.leaves(log, audit.state(log).entries))


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A real mail server on loopback is the one of this installation."""
    found = Postbox()
    with smtp(found) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = USER
        yield found


HOW = {
    "name": "Wochenbericht", "share": "100", "send_delay_seconds": "60", "deadline_hours": "48",
    "enough_decisions": "6", "source_kind": "upload", "limit_rejected": "40",
    **{f"window_{one}": "5" for one in ("rejected", "rewritten", "not_delivered", "not_ok")},
}  # fmt: skip
