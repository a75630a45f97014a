"""Alerts: raised once, over once, told to whoever is named."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.journey.registry import attention_sources
from pilotwerk.pilots import selectors, services
from pilotwerk.pilots.connectors.signed import post_signed, signature
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.domain.monitoring.alerting import DEFAULTS, Comparison, Measure
from pilotwerk.pilots.models import Alert, AlertNotice, AlertRule, Case, Pilot
from pilotwerk.pilots.selectors.alerts import value_of
from pilotwerk.pilots.tests.crowd import crowd
from pilotwerk.pilots.tests.stage import PLAIN, Stage

pytestmark = pytest.mark.django_db

SECRET = "a-secret-that-is-long-enough"


def rule(stage: Stage, **changes: Any) -> AlertRule:
    values: dict[str, Any] = {
        "measure": Measure.OPEN,
        "comparison": Comparison.ABOVE,
        "bound": 2,
        "days": 1,
        "emails": ["leitung@example.org"],
    }
    return services.alert_rule_save(**stage.by("lead"), pilot=stage.pilot, rule=None, **{**values, **changes})


def look(stage: Stage) -> None:
    """What the worker does every five minutes."""
    jobs.enqueue(kind="pilots.alerts", organisation_id=None)
    jobs.run_due(kinds=["pilots.alerts", "pilots.alerts_one", "pilots.alert_tell"])


def decide(stage: Stage, count: int) -> None:
    for case in Case.objects.filter(pilot=stage.pilot, state="waiting")[:count]:
        stage.approve(stage.case(case.label))


def answer_the_rest(stage: Stage) -> None:
    for case in Case.objects.filter(pilot=stage.pilot, state="waiting_manual"):
        services.case_answer_manually(**stage.by("clerk"), case=stage.case(case.label), body=PLAIN)


def test_an_alert_is_raised_once_and_over_once(stage: Stage) -> None:
    rule(stage)
    look(stage)
    assert mail.outbox == []
    stage.receive(6)
    for _minute in range(3):
        look(stage)
    [raised] = mail.outbox
    assert raised.to == ["leitung@example.org"]
    assert "Offene Vorgänge" in raised.subject
    assert "/pilots/monitoring/" in raised.body
    assert "Wulff" not in f"{raised.subject} {raised.body}"
    assert raised.extra_headers["Auto-Submitted"] == "auto-generated"
    answer_the_rest(stage)
    decide(stage, 10)
    look(stage)
    look(stage)
    assert len(mail.outbox) == 2
    assert "vorbei" in mail.outbox[1].subject
    [alert] = Alert.objects.filter(rule__pilot=stage.pilot)
    assert (alert.value, alert.resolved_value) == (6, 0)
    actions = [entry.action for entry in audit.entries(stage.cast.organisation.pk)]
    assert actions.count("pilots.alert_raised") == actions.count("pilots.alert_resolved") == 1


def test_two_workers_raise_it_once(stage: Stage) -> None:
    made = rule(stage)
    stage.receive(6)
    stale = AlertRule.objects.select_related("pilot").get(pk=made.pk)
    assert services.alerts_look(organisation=stage.cast.organisation, pilot=stage.pilot) == 1
    from pilotwerk.pilots.services.alerts import alert_look

    assert not alert_look(organisation=stage.cast.organisation, rule=stale)
    assert AlertNotice.objects.count() == 1


def test_a_rule_that_was_changed_wins_over_an_old_reading(stage: Stage) -> None:
    from pilotwerk.pilots.services.alerts import alert_look

    made = rule(stage)
    stage.receive(6)
    stale = AlertRule.objects.select_related("pilot").get(pk=made.pk)
    services.alert_rule_save(
        **stage.by("lead"),
        pilot=stage.pilot,
        rule=made,
        measure=Measure.OPEN,
        comparison=Comparison.ABOVE,
        bound=100,
        days=1,
    )
    assert not alert_look(organisation=stage.cast.organisation, rule=stale)
    assert not Alert.objects.exists()


def test_every_measure_can_be_read(stage: Stage) -> None:
    now = clock.now()
    Pilot.objects.filter(pk=stage.pilot.pk).update(started_at=now - timedelta(days=60))
    crowd(stage.pilot, 400, until=now, days=40, late_category=True, sure=0.2)
    read = {measure: value_of(stage.pilot, measure, 30) for measure in Measure}
    assert all(isinstance(value, float) for value in read.values()), read
    assert read[Measure.ACCEPTANCE] == pytest.approx(0.9, abs=0.06)
    assert read[Measure.ACCEPTANCE] + read[Measure.REJECTED] == pytest.approx(1)  # type: ignore[operator]
    assert read[Measure.CALIBRATION] > 0.1  # type: ignore[operator]
    assert read[Measure.DRIFT_CATEGORY] > 0.25  # type: ignore[operator]
    assert read[Measure.DRIFT_LANGUAGE] == 0.0
    assert read[Measure.TO_DECISION] == pytest.approx(22.5, abs=2)


def test_what_cannot_be_told_raises_nothing(stage: Stage) -> None:
    rule(stage, measure=Measure.ACCEPTANCE, comparison=Comparison.BELOW, bound=0.99, days=7)
    look(stage)
    [found] = selectors.alerts_open(stage.pilot) or [None]
    assert found is None
    assert AlertRule.objects.get().last_value is None
    assert AlertRule.objects.get().looked_at is not None


def test_a_pilot_that_stands_is_not_looked_at(stage: Stage) -> None:
    rule(stage)
    stage.receive(6)
    services.pilot_stop(**stage.by("lead"), pilot=stage.pilot, reason="")
    look(stage)
    assert not Alert.objects.exists()


def test_the_alerts_of_a_pilot_that_ended_are_over(stage: Stage) -> None:
    rule(stage)
    stage.receive(6)
    look(stage)
    services.pilot_end(**stage.by("lead"), pilot=stage.pilot)
    look(stage)
    assert not selectors.alerts_open(stage.pilot).exists()
    assert len(mail.outbox) == 1


# ---- messages ----


class _Hook(BaseHTTPRequestHandler):
    seen: list[tuple[dict[str, str], bytes]] = []
    status = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(type(self).status)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[str]:
    """A real receiver on loopback."""
    _Hook.seen, _Hook.status = [], 204
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/alerts?from=pilotwerk"
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_a_signed_message_without_a_person_in_it(
    stage: Stage, hook: str, settings: Any
) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    made = rule(stage, emails=[], webhook=hook, secret=SECRET)
    assert SECRET not in made.secret
    stage.receive(6)
    look(stage)
    [(headers, body)] = _Hook.seen
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert told["type"] == "alert.raised"
    assert (told["data"]["measure"], told["data"]["value"], told["data"]["bound"]) == ("open", 6, 2)
    assert "Wulff" not in body.decode()


def test_the_signature_of_the_specification() -> None:
    # Computed with openssl:
    # printf 'msg_1.1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64
    found = signature("0123456789abcdef", "msg_1", 1_700_000_000, b"{}")
    assert found == "v1,3uojc/2kvL+KpJkw4ZNrA/5YjEs9cdfKdc3lXIvRjkk="


def test_what_fails_is_kept_and_tried_again_with_the_same_key(stage: Stage, hook: str, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    _Hook.status = 500
    rule(stage, emails=[], webhook=hook, secret=SECRET)
    stage.receive(6)
    look(stage)
    [notice] = AlertNotice.objects.all()
    assert notice.sent_at is None
    assert "500" in notice.problem
    _Hook.status = 200
    with clock.travel(clock.now() + timedelta(minutes=10)):
        jobs.run_due(kinds=["pilots.alert_tell"])
    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert notice.problem == ""
    assert len({headers["webhook-id"] for headers, _body in _Hook.seen}) == 1
    assert len(_Hook.seen) == 2


def test_nothing_leads_into_the_own_network_or_out_without_encryption(hook: str, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    for url, code in {
        hook: "no_https",
        "https://127.0.0.1/": "host_private",
        "https://169.254.169.254/latest/": "host_private",
        "https://[::ffff:10.0.0.1]/": "host_private",
        "ftp://example.org/": "address",
        "https://user:pw@example.org/": "address",
    }.items():
        with pytest.raises(Trouble) as trouble:
            post_signed(url, secret=SECRET, key="1", body=b"{}")
        assert trouble.value.code == code, url
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    _Hook.status = 302
    with pytest.raises(Trouble) as trouble:
        post_signed(hook, secret=SECRET, key="1", body=b"{}")
    assert trouble.value.values["why"] == "302"
    assert len(_Hook.seen) == 1


def test_a_secret_goes_to_no_other_address_by_itself(stage: Stage) -> None:
    made = rule(stage, webhook="https://one.example/", secret=SECRET)
    same: dict[str, Any] = {
        "measure": Measure.OPEN, "comparison": Comparison.ABOVE, "bound": 3, "days": 1, "emails": [],
    }  # fmt: skip
    kept = services.alert_rule_save(
        **stage.by("lead"), pilot=stage.pilot, rule=made, webhook="https://one.example/", **same
    )
    assert kept.secret == made.secret
    with pytest.raises(Refused):
        services.alert_rule_save(
            **stage.by("lead"), pilot=stage.pilot, rule=made, webhook="https://two.example/", **same
        )


def test_without_a_mail_server_no_mail_goes_out_and_the_page_says_so(stage: Stage, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    rule(stage)
    stage.receive(6)
    look(stage)
    [notice] = AlertNotice.objects.all()
    assert notice.sent_at is None
    assert "Mailserver" in notice.problem
    page = stage.cast.client("lead").get(stage.cast.organisation.url("pilots:alerts")).content.decode()
    assert "kein Mailserver" in page
    assert "0 von 1 gesendet" in page


# ---- pages ----


def test_the_lead_takes_over_a_usual_rule_and_changes_it(stage: Stage) -> None:
    lead, url = stage.cast.client("lead"), stage.cast.organisation.url
    page = lead.get(url("pilots:alerts")).content.decode()
    assert page.count("Übernehmen") == len(DEFAULTS)
    lead.post(url("pilots:alert_offered"), {"place": 0})
    [made] = AlertRule.objects.all()
    assert made.measure == "acceptance"
    assert made.emails == [stage.cast.user("lead").email]
    page = lead.get(url("pilots:alerts")).content.decode()
    assert page.count("Übernehmen") == len(DEFAULTS) - 1
    form = lead.get(url("pilots:alert_change", pk=made.pk)).content.decode()
    assert 'value="70' in form
    values = {
        "measure": "acceptance",
        "comparison": "below",
        "bound": "82,5",
        "days": "30",
        "emails": "a@b.example",
    }
    assert lead.post(url("pilots:alert_change", pk=made.pk), values).status_code == 302
    made.refresh_from_db()
    assert (made.bound, made.days, made.emails) == (0.825, 30, ["a@b.example"])
    lead.post(url("pilots:alert_remove", pk=made.pk))
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("bound", "101", "höchstens 100"),
        ("emails", "kein-at", "keine E-Mail-Adresse"),
        ("webhook", "example.org", "vollständige Adresse"),
        ("webhook", "https://example.org/", "Geheimnis"),
    ],
)
def test_a_wrong_entry_is_said_at_its_field(stage: Stage, field: str, value: str, said: str) -> None:
    values = {
        "measure": "acceptance",
        "comparison": "below",
        "bound": "70",
        "days": "7",
        "emails": "",
        field: value,
    }
    answer = stage.cast.client("lead").post(stage.cast.organisation.url("pilots:alert_new"), values)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_everybody_sees_the_alert_and_only_the_lead_its_recipients(stage: Stage) -> None:
    rule(stage)
    stage.receive(6)
    look(stage)
    url = stage.cast.organisation.url
    for role in ("clerk", "auditor"):
        for name in ("pilots:alerts", "pilots:monitoring"):
            page = stage.cast.client(role).get(url(name)).content.decode()
            assert "Offene Vorgänge jetzt: über 2" in page
            assert "leitung@example.org" not in page
    assert stage.cast.client("clerk").get(url("pilots:alert_new")).status_code == 403
    asked = (
        source(stage.cast.organisation, stage.cast.membership("clerk")) for source in attention_sources()
    )
    told = [str(one.text) for found in asked for one in found]
    assert any("alert is raised" in text or "Alarm ist ausgelöst" in text for text in told)


def test_another_organisations_rule_is_not_found(stage: Stage) -> None:
    made = rule(stage)
    outsider = stage.cast.client("outsider")
    assert outsider.get(stage.cast.organisation.url("pilots:alert_change", pk=made.pk)).status_code == 404
