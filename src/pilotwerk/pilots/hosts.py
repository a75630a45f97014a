"""Which hosts the program may be led to by what a company enters: public ones, and those that the operator names."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from django.conf import settings

from pilotwerk.processes.models import DatabaseConnection

# An IPv4 address inside an IPv6 one (RFC 6052): what counts is where it leads in the end.
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ip_address(int(ip) & 0xFFFFFFFF)  # type: ignore[assignment]
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def allowed(host: str) -> bool:
    """Whether the operator lets connections lead to this host wherever it lies."""
    named: set[str] = settings.PILOTWERK_ALLOW_PRIVATE_HOSTS
    return bool(named & {host.strip().lower(), "*"})


class HostUnknown(OSError):
    """The name leads nowhere."""


class PrivateAddress(OSError):
    """The host leads to a private or local address, and the installation does not allow that."""


def lookup(host: str, port: int) -> list[str]:
    """The addresses of a host, looked up now. Raises `HostUnknown`, or `PrivateAddress` when one is not allowed.

    Whoever connects goes to one of these addresses and does not look the name up again: a second look-up could answer
    another address (DNS rebinding).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnknown(host) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allowed(host) and not all(map(is_public, addresses)):
        raise PrivateAddress(host)
    return addresses


def server_of(database: DatabaseConnection) -> str:
    """To which server a user and a password belong that were entered for this database."""
    return f"{database.dialect}://{database.host}:{database.port or ''}/{database.database}"
