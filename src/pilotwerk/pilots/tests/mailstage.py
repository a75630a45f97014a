"""A pilot whose requests come out of a real mailbox and whose answers go out by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pilotwerk.core import clock, jobs
from pilotwerk.pilots import execution, intake, services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.domain.stop_rules import RuleKind, StopRule
from pilotwerk.pilots.models import Case, Connection, ConnectionState, Pilot
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.mailservers import PASSWORD, USER, Imap, Postbox, imap, smtp
from tests.cast import Cast

WORK = ["pilots.mailboxes", "pilots.mailbox", "pilots.propose", "pilots.execute"]


def plain_settings(server: Imap, smtp_port: int, **changes: Any) -> dict[str, Any]:
    """Settings of a connection to the servers on loopback."""
    return {
        "address": USER,
        "sender_name": "",
        "host": "127.0.0.1",
        "security": "none",
        "port": server.port,
        "user": USER,
        "auth": "password",
        "folder": "INBOX",
        "backlog_days": 0,
        "max_megabytes": 25,
        "mark": "",
        "answers": "send",
        "smtp_host": "",
        "smtp_security": "none",
        "smtp_port": smtp_port,
        "sent_folder": "Sent",
        "drafts_folder": "Entwürfe",
        **changes,
    }


@dataclass
class MailStage(stages.Stage):
    """The pilot, its mailbox, and what went out."""

    imap: Imap
    postbox: Postbox
    connection: Connection
    travel: ExitStack

    def look(self) -> None:
        """A minute later the worker has looked into the mailbox and prepared proposals."""
        self.later(minutes=1)
        intake.mailboxes_job(None)  # type: ignore[arg-type]
        jobs.run_due(kinds=WORK)
        self.connection.refresh_from_db()

    def later(self, **time: float) -> None:
        self.travel.enter_context(clock.travel(clock.now() + timedelta(**time)))

    def decide_all(self) -> int:
        """A clerk answers everything that waits; answers how many requests that were."""
        waiting = Case.objects.filter(
            pilot=self.pilot, state__in=[CaseState.WAITING.value, CaseState.WAITING_MANUAL.value]
        ).select_related("pilot", "organisation")
        count = 0
        for case in waiting:
            text = f"Guten Tag,\n\nzu Ihrer Nachricht {case.label}: wir kümmern uns darum.\n\nGrüße aus Köln"
            if case.by_hand:
                services.case_answer_manually(**self.by("clerk"), case=case, body=text, category="")
            else:
                services.case_edit_and_approve(**self.by("clerk"), **self.seen(case), body=text)
            count += 1
        return count

    def send_all(self) -> None:
        """The delay is over and the worker has sent."""
        self.later(seconds=self.pilot.send_delay_seconds + 1)
        jobs.run_due(kinds=["pilots.execute"])


@contextmanager
def mail_stage(cast: Cast, **changes: Any) -> Iterator[MailStage]:
    """Servers up, mailbox connected and tested, pilot started."""
    postbox = Postbox()
    with ExitStack() as stack:
        server = stack.enter_context(imap())
        port = stack.enter_context(smtp(postbox))
        travel = stack.enter_context(ExitStack())
        travel.enter_context(clock.travel(stages.MORNING))
        server.create("Sent", "Entwürfe")
        by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
        connection = services.connection_create(
            **by,
            kind="mailbox",
            name="Kundendienst",
            settings=plain_settings(server, port, **changes),
            secrets={"password": PASSWORD},
        )
        execution.connection_test(**by, connection=connection)
        assert connection.state == ConnectionState.OK, connection.problem
        pilot = _started(cast, by, connection)
        yield MailStage(cast, pilot, server, postbox, connection, travel)


def _started(cast: Cast, by: dict[str, Any], connection: Connection) -> Pilot:
    ways: dict[str, Any] = {
        "source_kind": "mailbox",
        "source_connection": connection,
        "target_kind": "mailbox",
        "target_connection": connection,
        # The clerk of these stories writes every answer anew; that must not stop the pilot.
        "stop_rules": [StopRule(RuleKind.NOT_DELIVERED, limit=0.9, window=500, minimum=250)],
    }
    pilot, _version = stages.trained(cast, **ways)
    services.pilot_start(**by, pilot=pilot)
    pilot.refresh_from_db()
    return pilot
