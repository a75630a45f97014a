"""The test of a rule's webhook: one signed message that says so, what became of it, and nothing after a stop."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock
from pilotwerk.pilots import alerting, services
from pilotwerk.pilots.domain.monitoring.alerting import Comparison, Measure
from pilotwerk.pilots.models import AlertNotice, AlertRule
from pilotwerk.pilots.services.alerts import alert_test_order
from pilotwerk.pilots.tests.stage import Stage
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, free_port, web

pytestmark = pytest.mark.django_db

SECRET = "a-secret-that-is-long-enough"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Web]:
    """A real receiver on loopback, which the operator has named."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web(lambda _asked: Says({}, status=202)) as made:
        yield made


def rule(stage: Stage, webhook: str) -> AlertRule:
    return services.alert_rule_save(
        **stage.by("lead"),
        pilot=stage.pilot,
        rule=None,
        measure=Measure.OPEN,
        comparison=Comparison.ABOVE,
        bound=2,
        days=1,
        webhook=webhook,
        secret=SECRET if webhook else "",
    )


def press(stage: Stage, made: AlertRule, role: str = "lead") -> tuple[int, str]:
    """Press the button: the status, and what the page says."""
    address = stage.cast.organisation.url("pilots:alert_test", pk=made.pk)
    answer = stage.cast.client(role).post(address)
    return answer.status_code, answer.content.decode()


def results(stage: Stage) -> list[str]:
    """What the audit trail says about tests, newest first, as sentences."""
    found = audit.entries(stage.cast.organisation.pk, action="pilots.alert_tested")
    return [line.sentence for line in audit.lines(found)]


def orders(stage: Stage) -> int:
    return audit.entries(stage.cast.organisation.pk, action="pilots.alert_test_ordered").count()


def test_the_lead_tests_the_webhook_and_sees_that_it_arrived(stage: Stage, receiver: Web) -> None:
    made = rule(stage, f"{receiver.url}/alerts?from=pilotwerk")
    shown = stage.cast.client("lead").get(stage.cast.organisation.url("pilots:alert_change", pk=made.pk))
    assert "Webhook testen" in shown.content.decode()
    status, page = press(stage, made)
    assert status == 200
    assert "Die Testnachricht ist angekommen: 127.0.0.1 hat mit 202 geantwortet." in page
    [asked] = receiver.asked
    signed = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{expected}"
    assert asked.json["type"] == "alert.test"
    assert asked.json["data"]["note"] == "This is a test. No alert is raised."
    assert "value" not in asked.json["data"]
    [told] = results(stage)
    assert "(127.0.0.1): angekommen" in told
    assert SECRET not in page + told
    assert not AlertNotice.objects.exists()


@pytest.mark.parametrize(
    ("says", "said", "kept"),
    [
        (Says(status=500), "127.0.0.1 hat mit 500 geantwortet", "eine andere Antwort"),
        (Says(status=302, headers={"Location": "http://169.254.169.254/"}), "mit 302", "eine andere Antwort"),
        (Says(hang_up=True), "in 10 Sekunden kam keine Antwort", "es kam keine Antwort"),
        (Says(raw=b"x" * 70_000), "größer als", "die Antwort war zu groß"),
    ],
)
def test_what_went_wrong_is_said_and_kept(
    stage: Stage, receiver: Web, says: Says, said: str, kept: str
) -> None:
    receiver.behave = lambda _asked: says
    status, page = press(stage, rule(stage, receiver.url))
    assert status == 422
    assert said in page
    assert kept in results(stage)[0]
    assert len(receiver.asked) == 1


def test_a_receiver_that_is_silent_does_not_hold_the_page(
    stage: Stage, receiver: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "TEST_SECONDS", 0.3)
    over = threading.Event()

    def wait(_asked: Asked) -> Says:
        over.wait(5)
        return Says({})

    receiver.behave = wait
    status, page = press(stage, rule(stage, receiver.url))
    over.set()
    assert status == 422
    assert "kam keine Antwort" in page
    assert "es kam keine Antwort" in results(stage)[0]


def test_nobody_there(stage: Stage, receiver: Web) -> None:
    status, page = press(stage, rule(stage, f"http://127.0.0.1:{free_port()}/"))
    assert status == 422
    assert "antwortet an Port" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://127.0.0.1:{port}/", "127.0.0.1 liegt in einem privaten Netz"),
        ("http://127.0.0.1:{port}/", "ohne https"),
        ("https://169.254.169.254/latest/", "169.254.169.254 liegt in einem privaten Netz"),
    ],
)
def test_the_rules_for_hosts_hold_for_a_test_as_well(
    stage: Stage, receiver: Web, settings: Any, address: str, said: str
) -> None:
    made = rule(stage, address.format(port=receiver.port))
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    status, page = press(stage, made)
    assert status == 422
    assert said in page
    assert receiver.asked == []
    assert len(results(stage)) == 1


def test_one_test_in_half_a_minute(stage: Stage, receiver: Web) -> None:
    made, other = rule(stage, receiver.url), rule(stage, f"{receiver.url}/other")
    assert press(stage, made)[0] == 200
    for again in (made, other):
        status, page = press(stage, again)
        assert status == 422
        assert "Warten Sie 30 Sekunden" in page
    assert len(receiver.asked) == orders(stage) == 1
    with clock.travel(clock.now() + timedelta(seconds=31)):
        assert press(stage, other)[0] == 200
    assert len(receiver.asked) == 2


def test_nothing_goes_out_after_a_stop(stage: Stage, receiver: Web) -> None:
    made = rule(stage, receiver.url)
    services.organisation_stop(**stage.by("owner"))
    status, page = press(stage, made)
    assert status == 422
    assert "Es geht nichts hinaus, auch kein Test" in page
    assert receiver.asked == []
    assert orders(stage) == 0


def test_a_stop_directly_before_holds_it_back(
    stage: Stage, receiver: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = alert_test_order

    def order_and_stop(**values: Any) -> None:
        ordered(**values)
        services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot)

    monkeypatch.setattr(alerting, "alert_test_order", order_and_stop)
    status, page = press(stage, rule(stage, receiver.url))
    assert status == 422
    assert "Es wurde nichts gesendet" in page
    assert receiver.asked == []
    assert "der Pilot wurde angehalten" in results(stage)[0]


def test_only_who_may_change_the_rule_and_only_one_with_a_webhook(stage: Stage, receiver: Web) -> None:
    made = rule(stage, receiver.url)
    assert press(stage, made, "clerk")[0] == 403
    assert press(stage, made, "auditor")[0] == 403
    assert press(stage, made, "outsider")[0] == 404
    bare = rule(stage, "")
    shown = stage.cast.client("lead").get(stage.cast.organisation.url("pilots:alert_change", pk=bare.pk))
    assert "Webhook testen" not in shown.content.decode()
    status, _page = press(stage, bare)
    assert status == 422
    assert receiver.asked == []


def test_a_secret_that_cannot_be_read_any_more(stage: Stage, receiver: Web) -> None:
    made = rule(stage, receiver.url)
    AlertRule.objects.filter(pk=made.pk).update(secret="sealed-with-another-key")
    status, page = press(stage, made)
    assert status == 422
    assert "Geben Sie es neu ein" in page
    assert receiver.asked == []
