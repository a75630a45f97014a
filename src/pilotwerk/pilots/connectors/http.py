"""One exchange by HTTP with a host that was checked: bounded in time and size, never led elsewhere by itself."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from pilotwerk.pilots.connectors import network
from pilotwerk.pilots.connectors.base import always
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.hosts import allowed, is_public

# Request and answer together may take so many seconds.
WHOLE: Final = 60.0
CHUNK: Final = 65_536
REDIRECTS: Final = 3
_LED_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Held(Exception):
    """It was stopped directly before anything was sent."""


class NotSent(Exception):
    """The server cannot have the whole request: it was not all handed over."""


class NoAnswer(Exception):
    """The whole request went out, and no whole answer came back."""


def split(url: str) -> SplitResult:
    """The parts of an address. `Trouble` for anything but https, or http to a host that the operator allows."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise Trouble("address", address=url) from None
    host = parts.hostname or ""
    if not host or parts.scheme not in ("https", "http") or parts.username or not url.isprintable():
        raise Trouble("address", address=url)
    if parts.scheme == "http" and not allowed(host):
        raise Trouble("no_https", host=host)
    return parts


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port: to whom a secret belongs."""
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    limit: int,
    seconds: float | None = None,
    may_go: Callable[[], bool] = always,
) -> Answer:
    """One request and its answer of at most `limit` bytes, within `seconds` (else `WHOLE`) once connected.

    Raises `Trouble` before anything is sent, `NotSent` and `NoAnswer` for what breaks later, `Trouble` "too_large" for
    a longer answer, `Held` when `may_go` says no once the other side is reached.
    """
    parts = split(url)
    scheme, host, port = origin(parts)
    kind, within = network.Https if scheme == "https" else network.Http, seconds or WHOLE
    connection = kind(host, port, timeout=min(network.TIMEOUT, within))
    try:
        _connected(connection, host, port)
        if scheme == "http" and is_public(str(connection.sock.getpeername()[0])):
            raise Trouble("no_https", host=host)
        if not may_go():
            raise Held
        with _at_most(within, connection):
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request(method, path, body, dict(headers))
            except (OSError, HTTPException) as error:
                raise NotSent(type(error).__name__) from error
            except ValueError:
                # A sign that cannot stand in a header; the message would name the header's value.
                raise Trouble("address", address=url) from None
            try:
                response = connection.getresponse()
                content = _read(response, limit, host)
            except (OSError, HTTPException, ValueError) as error:
                raise NoAnswer(type(error).__name__) from error
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, content, url)
    finally:
        connection.close()


@contextmanager
def _at_most(seconds: float, connection: network.Http | network.Https) -> Iterator[None]:
    """Hangs up after so many seconds: a limit for each read alone would let a server drip for days."""
    line: socket.socket = connection.sock

    def hang_up() -> None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connected(connection: network.Http | network.Https, host: str, port: int) -> None:
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise Trouble("certificate", host=host, why=error.verify_message) from None
    except ssl.SSLError as error:
        raise Trouble("tls", host=host, port=str(port), why=error.reason or "TLS") from None
    except OSError as error:
        raise Trouble("unreachable", host=host, port=str(port)) from error


def _read(response: HTTPResponse, limit: int, host: str) -> bytes:
    """The body. One that ends before its announced length is no answer."""
    expected, parts, size = response.length, [], 0
    while expected is None or size < expected:
        chunk = response.read1(CHUNK if expected is None else min(CHUNK, expected - size))
        if not chunk:
            break
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise Trouble("too_large", host=host, limit=str(limit // 1_000_000 or 1))
    if expected is not None and size < expected:
        raise HTTPException("the answer ended early")
    return b"".join(parts)


def fetched(url: str, headers: Mapping[str, str], secret: Mapping[str, str], *, limit: int) -> Answer:
    """GET, following a few redirects. Each address is checked anew, and `secret` headers go to no other origin."""
    first = origin(split(url))
    for _count in range(REDIRECTS + 1):
        parts = split(url)
        mine = dict(secret) if origin(parts) == first else {}
        try:
            answer = exchange("GET", url, {**headers, **mine}, limit=limit)
        except (NotSent, NoAnswer):
            raise Trouble("broken_off", host=parts.hostname or "") from None
        if answer.status not in _LED_ELSEWHERE:
            return answer
        led = urljoin(url, answer.headers.get("location", ""))
        if parts.scheme == "https" and urlsplit(led).scheme == "http":
            raise Trouble("no_https", host=urlsplit(led).hostname or "")
        url = led
    raise Trouble("redirects", host=urlsplit(url).hostname or "")
