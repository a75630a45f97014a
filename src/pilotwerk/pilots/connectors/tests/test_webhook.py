"""Decided cases go to a program of the company: signed, once, and where nobody can know, it says so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import webhook
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown, Record
from pilotwerk.pilots.connectors.signed import signature
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.connectors.webhook import Webhook
from pilotwerk.pilots.tests.stage import MORNING
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, free_port, web

SECRET = "whsec_" + base64.b64encode(b"ein langer geheimer Text").decode()
RECORD = Record(
    "Anfragen", "support", "Rechnung", "T-77", "2026-11-17T08:00:00+00:00", {"a": 1}, ("x",), (("y",),)
)
MESSAGE = Message(
    "petra@wulff.example", "Ihre Rechnung", "Guten Tag,\n\nÄnderung folgt.", "V-0001", record=RECORD
)
KEY = "pilotwerk-1"


@pytest.fixture
def server(settings: Any) -> Iterator[Web]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web(lambda _asked: Says({"ok": True})) as made:
        yield made


def target(url: str, **changes: Any) -> Webhook:
    return Webhook(Access({"url": url, **changes}, {"secret": SECRET, "token": "zugang-1"}, id="c1"))


def verified(asked: Asked, secret: bytes) -> bool:
    """As a receiver checks it, written from the specification and not from our code."""
    number, moment = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
    signed = f"{number}.{moment}.{asked.body.decode()}".encode()
    mine = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(mine, one.removeprefix("v1,"))
        for one in asked.headers["webhook-signature"].split(" ")
        if one.startswith("v1,")
    )


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification and its libraries."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_decided_case_arrives_signed_with_all_its_values(server: Web) -> None:
    with clock.travel(MORNING):
        outcome = target(server.url + "/in?x=1").deliver(MESSAGE, KEY)
    assert isinstance(outcome, Delivered)
    [asked] = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/in", {"x": "1"})
    assert verified(asked, b"ein langer geheimer Text")
    assert asked.headers["webhook-timestamp"] == str(int(MORNING.timestamp()))
    assert asked.headers["authorization"] == "Bearer zugang-1"
    assert asked.headers["idempotency-key"] == asked.headers["webhook-id"] == asked.json["id"]
    data = asked.json["data"]
    assert (data["case"], data["source_id"], data["text"]) == (
        "V-0001",
        "T-77",
        "Guten Tag,\n\nÄnderung folgt.",
    )
    assert (data["category"], data["details"], data["recipient"]) == (
        "Rechnung",
        {"a": 1},
        "petra@wulff.example",
    )


def test_a_changed_text_or_time_does_not_fit_the_signature(server: Web) -> None:
    target(server.url).deliver(MESSAGE, KEY)
    [asked] = server.asked
    later = {**asked.headers, "webhook-timestamp": str(int(asked.headers["webhook-timestamp"]) + 600)}
    assert not verified(Asked(asked.method, asked.path, {}, later, asked.body), b"ein langer geheimer Text")
    assert not verified(
        Asked(asked.method, asked.path, {}, asked.headers, asked.body + b" "), b"ein langer geheimer Text"
    )


def test_a_second_try_says_the_same_under_the_same_number(server: Web) -> None:
    with clock.travel(MORNING):
        target(server.url).deliver(MESSAGE, KEY)
    target(server.url).deliver(MESSAGE, KEY)
    first, second = server.asked
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


NOT, UNKNOWN = NotDelivered, OutcomeUnknown


@pytest.mark.parametrize(
    ("says", "outcome", "retry", "promised"),
    [
        (Says(status=429), NOT, True, NOT),
        (Says(status=503), NOT, True, NOT),
        (Says(status=400), NOT, False, NOT),
        (Says(status=410), NOT, False, NOT),
        (Says(status=302, headers={"Location": "http://127.0.0.1:1/"}), NOT, False, NOT),
        (Says(status=501), NOT, False, NOT),
        # It may have stored the case before it fell over.
        (Says(status=500), UNKNOWN, None, NOT),
        (Says(status=502), UNKNOWN, None, NOT),
        (Says(status=504), UNKNOWN, None, NOT),
        (Says(hang_up=True), UNKNOWN, None, NOT),
        (Says({"ok": True}, cut=3), UNKNOWN, None, NOT),
        (Says(raw=b"x" * 200_000), UNKNOWN, None, NOT),
    ],
)
def test_what_was_surely_not_taken_may_come_again_and_the_rest_is_unclear(
    server: Web, says: Says, outcome: type, retry: bool | None, promised: type
) -> None:
    server.behave = lambda _asked: says
    found = target(server.url).deliver(MESSAGE, KEY)
    assert isinstance(found, outcome)
    if isinstance(found, NotDelivered):
        assert found.retry is retry
    again = target(server.url, idempotent=True).deliver(MESSAGE, KEY)
    assert isinstance(again, promised)
    if retry is None:
        assert isinstance(again, NotDelivered)
        assert again.retry
    assert len(server.asked) == 2


def test_nobody_there_may_come_again(settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    found = target(f"http://127.0.0.1:{free_port()}").deliver(MESSAGE, KEY)
    assert isinstance(found, NotDelivered)
    assert found.retry


def test_the_private_network_is_refused_for_good(server: Web, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    for url in (server.url, server.url.replace("http:", "https:")):
        found = target(url).deliver(MESSAGE, KEY)
        assert isinstance(found, NotDelivered)
        assert not found.retry
    assert server.asked == []


def test_a_test_sends_no_case(server: Web) -> None:
    found = webhook.try_out(target(server.url).access)
    assert found.rows[0][0] == "test"
    assert json.loads(server.asked[0].body)["data"] == {}
    assert verified(server.asked[0], b"ein langer geheimer Text")
    server.behave = lambda _asked: Says(status=403)
    with pytest.raises(Trouble) as caught:
        webhook.try_out(target(server.url).access)
    assert caught.value.code == "token_refused"
    assert SECRET not in str(caught.value) + repr(target(server.url))
