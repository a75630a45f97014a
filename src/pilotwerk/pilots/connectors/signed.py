"""One signed message to an address that a person entered, after the Standard Webhooks specification, version 1.

The receiver checks `webhook-signature`: "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body" with the shared
secret, and refuses old timestamps (https://github.com/standard-webhooks/standard-webhooks, spec).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ssl
from typing import Final
from urllib.parse import urlsplit

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.network import TIMEOUT, Http, Https
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.hosts import allowed

_READ: Final = 64 * 1024


def signature(*, secret: str, key: str, moment: int, body: bytes) -> str:
    """The value of `webhook-signature`. `moment`: seconds since 1970."""
    signed = f"{key}.{moment}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def post_signed(url: str, *, secret: str, key: str, body: bytes) -> int:
    """Post JSON once and answer the status, which is 2xx. `key` names the message, the same when it is sent again.

    Raises Trouble: for an address that is not allowed (hosts.py), without encryption outside of named hosts, when
    nothing answers, and for any other status. Redirects are not followed.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host or parts.username:
        raise Trouble("answer", host=host, why="address")
    if parts.scheme == "http" and not allowed(host):
        raise Trouble("encryption", host=host, port=str(parts.port or 80))
    moment = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Pilotwerk",
        "webhook-id": key,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret=secret, key=key, moment=moment, body=body),
    }
    made: http.client.HTTPConnection
    if parts.scheme == "https":
        made = Https(host, parts.port or 443, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        made = Http(host, parts.port or 80, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        made.request("POST", path, body=body, headers=headers)
        answer = made.getresponse()
        answer.read(_READ)
    except ssl.SSLError as error:
        raise Trouble("certificate", host=host, why=error.reason or "TLS") from error
    except (OSError, http.client.HTTPException) as error:
        raise Trouble("broken_off", host=host) from error
    finally:
        made.close()
    if not 200 <= answer.status < 300:
        raise Trouble("answer", host=host, why=str(answer.status))
    return answer.status
