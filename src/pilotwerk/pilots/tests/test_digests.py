"""The daily mail about overdue cases: to whoever wants it, once a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail

from pilotwerk.core import clock, jobs
from pilotwerk.pilots import services
from pilotwerk.pilots.tests.stage import Stage

pytestmark = pytest.mark.django_db


def digests() -> None:
    jobs.enqueue(kind="pilots.digests", organisation_id=None)
    jobs.run_due(kinds=["pilots.digests", "pilots.digest_tell"])


@pytest.fixture
def late(stage: Stage) -> Iterator[Stage]:
    """The day after: two cases are overdue."""
    stage.receive(2)
    with clock.travel(clock.now() + timedelta(days=1, hours=2)):
        yield stage


def test_nobody_gets_a_daily_mail_who_did_not_ask(late: Stage) -> None:
    digests()
    assert mail.outbox == []


def test_the_clerk_switches_it_on_and_gets_one_a_day(late: Stage) -> None:
    clerk, url = late.cast.client("clerk"), late.cast.organisation.url("pilots:digest")
    assert "keine tägliche E-Mail" in clerk.get(url).content.decode()
    clerk.post(url, {"on": "1"})
    for _quarter in range(3):
        digests()
    [found] = mail.outbox
    assert found.to == [late.cast.user("clerk").email]
    assert "2 Vorgänge warten" in found.subject
    assert "V-0001, V-0002" in found.body
    assert "Wulff" not in found.body
    with clock.travel(clock.now() + timedelta(days=1)):
        digests()
    assert len(mail.outbox) == 2


def test_the_lead_switches_it_on_for_all_and_one_says_no(late: Stage) -> None:
    url = late.cast.organisation.url
    late.cast.client("lead").post(url("pilots:digest_all"), {"on": "1"})
    late.cast.client("clerk").post(url("pilots:digest"), {"on": "0"})
    digests()
    told = {address for found in mail.outbox for address in found.to}
    assert late.cast.user("lead").email in told
    assert late.cast.user("clerk").email not in told
    assert late.cast.user("auditor").email not in told


def test_who_is_away_gets_none(late: Stage) -> None:
    url = late.cast.organisation.url
    late.cast.client("clerk").post(url("pilots:digest"), {"on": "1"})
    today = clock.today()
    services.absence_add(
        **late.by("lead"),
        member=late.cast.membership("clerk"),
        deputy=late.cast.membership("lead"),
        first_day=today,
        last_day=today,
    )
    digests()
    assert mail.outbox == []


def test_not_at_night_and_not_when_nothing_is_overdue(stage: Stage) -> None:
    stage.cast.client("clerk").post(stage.cast.organisation.url("pilots:digest"), {"on": "1"})
    stage.receive(1)
    digests()
    with clock.travel(stage.pilot.started_at.replace(hour=3) + timedelta(days=2)):  # type: ignore[union-attr]
        digests()
    assert mail.outbox == []
