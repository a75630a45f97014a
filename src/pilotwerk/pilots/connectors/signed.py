"""Signed messages after the Standard Webhooks specification, version 1 (standardwebhooks.com).

The receiver checks `webhook-signature`: "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body" with the shared
secret, and refuses old timestamps.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.base import always
from pilotwerk.pilots.connectors.http import Answer, Held, NoAnswer, NotSent, exchange, split
from pilotwerk.pilots.connectors.trouble import Trouble

PREFIX: Final = "whsec_"
_READ: Final = 64 * 1024


def key_of(secret: str) -> bytes:
    """The key in a secret "whsec_<base64>"; any other secret is taken as it is."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def signature(secret: str, number: str, moment: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over "number.moment.body"."""
    signed = b".".join((number.encode(), str(moment).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def signed_headers(secret: str, number: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers of a signed message. `number` names it, the same when it is sent again; `moment` is in seconds since
    1970.
    """
    return {
        "Content-Type": "application/json",
        "User-Agent": "Pilotwerk",
        "webhook-id": number,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret, number, moment, body),
    }


def post_signed(url: str, *, secret: str, key: str, body: bytes) -> int:
    """Post JSON once and answer the status, which is 2xx. `key` names the message, the same when it is sent again.

    Raises Trouble: for an address that is not allowed (hosts.py), without encryption outside of named hosts, when
    nothing answers, and for any other status. Redirects are not followed.
    """
    host = _host(url)
    try:
        answer = _posted(url, secret, key, body)
    except (NotSent, NoAnswer) as error:
        raise Trouble("broken_off", host=host) from error
    if not 200 <= answer.status < 300:
        raise Trouble("answer", host=host, why=str(answer.status))
    return answer.status


def try_signed(
    url: str, *, secret: str, key: str, body: bytes, seconds: float, may_go: Callable[[], bool]
) -> int:
    """As `post_signed`, while a person waits for at most `seconds` for the answer. `may_go` is asked directly before.

    Raises Trouble: as `post_signed`, and "held", "not_through", "silent", "status" for what becomes of one try.
    """
    host = _host(url)
    try:
        answer = _posted(url, secret, key, body, seconds=seconds, may_go=may_go)
    except Held:
        raise Trouble("held") from None
    except NotSent as error:
        raise Trouble("not_through", host=host) from error
    except NoAnswer as error:
        raise Trouble("silent", host=host, seconds=f"{seconds:.0f}") from error
    if not 200 <= answer.status < 300:
        raise Trouble("status", host=host, status=str(answer.status))
    return answer.status


def _host(url: str) -> str:
    return (split(url).hostname or "").lower()


def _posted(
    url: str,
    secret: str,
    key: str,
    body: bytes,
    *,
    seconds: float | None = None,
    may_go: Callable[[], bool] = always,
) -> Answer:
    moment = int(clock.now().timestamp())
    headers = signed_headers(secret, key, moment, body)
    return exchange("POST", url, headers, body, limit=_READ, seconds=seconds, may_go=may_go)
