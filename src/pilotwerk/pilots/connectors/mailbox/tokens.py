"""Access tokens for XOAUTH2, renewed with the refresh token when they have expired (RFC 6749, 6)."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import network
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.mailbox.settings import MailboxSettings
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.hosts import allowed

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
    url = urlsplit(settings.token_url)
    host = url.hostname or ""
    if url.scheme not in ("https", "http") or not host or (url.scheme == "http" and not allowed(host)):
        raise Trouble("token", why="https://…")
    port = url.port or (443 if url.scheme == "https" else 80)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secrets.get("refresh_token", ""),
        "client_id": settings.client_id,
        "client_secret": secrets.get("client_secret", ""),
        "scope": settings.scope,
    }
    kind = network.Https if url.scheme == "https" else network.Http
    connection = kind(host, port, timeout=network.TIMEOUT)
    try:
        connection.request(
            "POST",
            (url.path or "/") + (f"?{url.query}" if url.query else ""),
            urlencode({name: value for name, value in form.items() if value}),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        found = json.loads(connection.getresponse().read(LONGEST_ANSWER))
    except (OSError, HTTPException) as error:
        raise Trouble("unreachable", host=host, port=str(port)) from error
    except ValueError as error:
        raise Trouble("token", why="JSON") from error
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}


def _reason(answer: dict[str, Any]) -> str:
    """The provider's own words; never what was sent to it."""
    said = answer.get("error_description") or answer.get("error") or "?"
    return " ".join(str(said).split())[:200]
