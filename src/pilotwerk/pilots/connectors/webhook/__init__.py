"""Decided cases as JSON by POST, signed after the Standard Webhooks specification (standardwebhooks.com).

The signature covers number, time and text, so that a receiver can tell a copy that somebody sends again. Where nobody
can know whether the receiver took it, the case says so, unless the receiver promises to know a number again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.base import (
    Delivered,
    HeldBack,
    Message,
    NotDelivered,
    Outcome,
    OutcomeUnknown,
    always,
    key_digest,
)
from pilotwerk.pilots.connectors.http import Answer, Held, NoAnswer, NotSent, exchange
from pilotwerk.pilots.connectors.signed import signed_headers
from pilotwerk.pilots.connectors.trouble import FOR_A_PERSON, Trouble

LONGEST_ANSWER: Final = 100_000
# These say that the request was not taken (RFC 9110, RFC 6585, RFC 8470): it may come again.
_COME_AGAIN: Final = frozenset({408, 425, 429, 503})
# These say that the server does not know this kind of request: it was not taken.
_NOT_KNOWN: Final = frozenset({501, 505})


def body_of(message: Message, key: str) -> bytes:
    """What is sent for a message: the same message says the same, however often it is tried."""
    record = message.record
    data: dict[str, Any] = {
        "case": message.case,
        "recipient": message.recipient,
        "also": list(message.also),
        "subject": message.subject,
        "text": message.body,
        "files": [
            {"name": name, "content": base64.b64encode(content).decode()} for name, content in message.files
        ],
    }
    if record is not None:
        data |= {
            "source_id": record.source_id,
            "pilot": record.pilot,
            "kind": record.kind,
            "category": record.category,
            "details": record.details,
            "decided_at": record.decided_at,
        }
    content = {"id": key_digest(key), "type": "case.decided", "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Webhook:
    """The way out to one address."""

    access: Access

    @property
    def recognises_repeats(self) -> bool:
        """Whether the receiver promised to know a number again."""
        return bool(self.access.settings.get("idempotent"))

    def deliver(self, message: Message, key: str) -> Outcome:
        """One try. What was surely not taken may come again; what nobody can know goes to a person."""
        try:
            answer = self._post(body_of(message, key), key_digest(key), message.may_go)
        except Held:
            return HeldBack()
        except Trouble as trouble:
            # Too much was said after all of it was sent: nobody knows what that meant.
            if trouble.code == "too_large":
                return self._unclear(str(trouble))
            return NotDelivered(str(trouble), retry=trouble.code not in FOR_A_PERSON)
        except NotSent:
            return NotDelivered(_("The connection broke before all was sent."), retry=True)
        except NoAnswer:
            return self._unclear(_("All was sent, and the receiver did not answer."))
        return self._judged(answer.status, key)

    def _judged(self, status: int, key: str) -> Outcome:
        said = _("The receiver answered with %(status)s.") % {"status": status}
        if 200 <= status < 300:
            return Delivered(f"{key_digest(key)} ({status})")
        if status in _COME_AGAIN:
            return NotDelivered(said, retry=True)
        if status < 500 or status in _NOT_KNOWN:
            return NotDelivered(said, retry=False)
        return self._unclear(said)

    def _unclear(self, why: str) -> Outcome:
        return NotDelivered(why, retry=True) if self.recognises_repeats else OutcomeUnknown(why)

    def _post(self, body: bytes, number: str, may_go: Callable[[], bool] = always) -> Answer:
        moment = int(clock.now().timestamp())
        secrets = self.access.secrets
        headers = {
            **signed_headers(secrets.get("secret", ""), number, moment, body),
            "Idempotency-Key": number,
        }
        if secrets.get("token"):
            headers["Authorization"] = f"Bearer {secrets['token']}"
        return exchange(
            "POST", str(self.access.settings["url"]), headers, body, limit=LONGEST_ANSWER, may_go=may_go
        )


def try_out(access: Access) -> Look:
    """Sends a test, marked as one, and shows what was sent. Raises `Trouble`."""
    moment = clock.now().isoformat(timespec="seconds")
    number = key_digest(f"test-{access.id}-{moment}")
    body = json.dumps({"id": number, "type": "test", "data": {}}, separators=(",", ":")).encode()
    host = urlsplit(str(access.settings["url"])).hostname or ""
    try:
        answer = Webhook(access)._post(body, number)
    except (NotSent, NoAnswer):
        raise Trouble("broken_off", host=host) from None
    if answer.status in (401, 403):
        raise Trouble("token_refused", host=host, status=str(answer.status))
    if not 200 <= answer.status < 300:
        raise Trouble("http_refused", host=host, status=str(answer.status))
    return Look((), 1, ("type", "id", "answer"), (("test", number, str(answer.status)),))
