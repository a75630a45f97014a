"""Access tokens for XOAUTH2, renewed with the refresh token when they have expired (RFC 6749, 6)."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.http import NoAnswer, NotSent, exchange, origin, split
from pilotwerk.pilots.connectors.mailbox.settings import MailboxSettings
from pilotwerk.pilots.connectors.trouble import Trouble

# A token is renewed so many seconds before it ends.
EARLY: Final = 60
LONGEST_ANSWER: Final = 100_000


def access_token(access: Access, *, anew: bool = False) -> str:
    """A token that is valid now. `anew`: the server did not take the present one. Raises `Trouble`."""
    secrets = access.secrets
    until = float(secrets.get("access_until") or 0)
    if not anew and secrets.get("access_token") and until > clock.now().timestamp() + EARLY:
        return secrets["access_token"]
    answer = _asked(MailboxSettings.of(access.settings), secrets)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise Trouble("token", why=_reason(answer))
    lasts = answer.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdigit() else 300.0
    secrets["access_token"] = token
    secrets["access_until"] = str(clock.now().timestamp() + seconds)
    if isinstance(answer.get("refresh_token"), str) and answer["refresh_token"]:
        secrets["refresh_token"] = answer["refresh_token"]  # some providers hand out a new one each time
    access.keep(secrets)
    return token


def _asked(settings: MailboxSettings, secrets: dict[str, str]) -> dict[str, Any]:
    """The answer of the token endpoint. HTTP without TLS only to servers that the operator allows."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secrets.get("refresh_token", ""),
        "client_id": settings.client_id,
        "client_secret": secrets.get("client_secret", ""),
        "scope": settings.scope,
    }
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        parts = split(settings.token_url)
    except Trouble:
        raise Trouble("token", why="https://…") from None
    try:
        answer = exchange("POST", settings.token_url, headers, body, limit=LONGEST_ANSWER)
    except (NotSent, NoAnswer) as error:
        _scheme, host, port = origin(parts)
        raise Trouble("unreachable", host=host, port=str(port)) from error
    try:
        found = json.loads(answer.body)
    except ValueError as error:
        raise Trouble("token", why="JSON") from error
    return found if isinstance(found, dict) else {}


def _reason(answer: dict[str, Any]) -> str:
    """The provider's own words; never what was sent to it."""
    said = answer.get("error_description") or answer.get("error") or "?"
    return " ".join(str(said).split())[:200]
