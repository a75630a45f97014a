"""Connections that companies enter lead to the public network only, unless the operator names the host.

The name is looked up once, and the connection goes to the address that was checked: a second look-up could
answer another one (DNS rebinding).
"""

from __future__ import annotations

import http.client
import imaplib
import smtplib
import socket
import ssl
from typing import Any, Final

from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.hosts import HostUnknown, PrivateAddress, lookup

TIMEOUT: Final = 20.0


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, looked up now. `Trouble` when there are none or one is not allowed."""
    try:
        return lookup(host, port)
    except HostUnknown:
        raise Trouble("host_unknown", host=host) from None
    except PrivateAddress:
        raise Trouble("host_private", host=host) from None


def connected(host: str, port: int, timeout: float | None = TIMEOUT) -> socket.socket:
    """A connection to the first of the host's addresses that answers."""
    failure: OSError | None = None
    for address in addresses(host, port):
        try:
            found = socket.create_connection((address, port), timeout=timeout)
        except OSError as error:
            failure = error
        else:
            # Both protocols write in small pieces and wait for an answer; holding those back costs 40 ms each.
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return found
    raise Trouble("unreachable", host=host, port=str(port)) from failure


class Imap(imaplib.IMAP4):
    """IMAP without encryption, or until STARTTLS."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connected(self.host, self.port, timeout)


class ImapTls(imaplib.IMAP4_SSL):
    """IMAP over TLS; the certificate must be for the host's name, whatever its address."""

    ssl_context: ssl.SSLContext

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self.ssl_context.wrap_socket(
            connected(self.host, self.port, timeout), server_hostname=self.host
        )


class Smtp(smtplib.SMTP):
    """SMTP without encryption, or until STARTTLS."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connected(host, port, timeout)


class SmtpTls(smtplib.SMTP_SSL):
    """SMTP over TLS."""

    context: ssl.SSLContext

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(connected(host, port, timeout), server_hostname=host)


class Http(http.client.HTTPConnection):
    """HTTP to a host that was checked."""

    timeout: Any

    def connect(self) -> None:
        self.sock = connected(self.host, self.port, self.timeout)


class Https(http.client.HTTPSConnection):
    """HTTPS to a host that was checked."""

    timeout: Any

    def connect(self) -> None:
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        self.sock = context.wrap_socket(
            connected(self.host, self.port, self.timeout), server_hostname=self.host
        )
