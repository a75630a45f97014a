"""Where a language model may be asked: only the host that was configured, and private addresses only where allowed.

A name is looked up once for each request and the connection goes to the very address that was checked, so that a name
which changes its address in between (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from pilotwerk.core.errors import Refused
from pilotwerk.pilots.hosts import HostUnknown, PrivateAddress, is_public, lookup
from pilotwerk.pilots.models import ProviderKind, ProviderRegion

if TYPE_CHECKING:
    import httpx2

CLOUD_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d")
# Where a provider says that these addresses run. What is not listed is taken as the person says it.
KNOWN_HOSTS: Final = {
    "api.openai.com": ProviderRegion.OTHER,
    "eu.api.openai.com": ProviderRegion.EU,
    "api.mistral.ai": ProviderRegion.EU,
}
# AWS regions of Europe outside the EU: London, Zurich.
_AWS: Final = {"eu-west-2": ProviderRegion.OTHER, "eu-central-2": ProviderRegion.CH}


def check_base_url(url: str, *, kind: str) -> None:
    """Refused for anything but a plain http(s) address; without TLS only towards private hosts."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(_("The address must begin with https:// or http:// and name a host."))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Refused(_("The address must not hold a user, a password or a question mark."))
    if kind != ProviderKind.OPENAI and parts.scheme != "https":
        raise Refused(_("This provider is reached by https only."))
    check_host(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), parts.scheme)


def check_host(host: str, port: int, scheme: str) -> None:
    """Look the host up now, so that a wrong or forbidden one is told when it is entered."""
    try:
        found = lookup(host, port)
    except HostUnknown:
        raise Refused(
            _("There is no server named %(host)s. Check how the name is spelled.") % {"host": host}
        ) from None
    except PrivateAddress:
        raise Refused(
            _(
                "%(host)s leads to a private address. Whoever runs the installation allows that with the setting "
                "PILOTWERK_ALLOW_PRIVATE_HOSTS."
            )
            % {"host": host}
        ) from None
    if scheme == "http" and any(map(is_public, found)):
        raise Refused(_("Without https nothing is sent to a host outside of the own network."))


def claimed_region(kind: str, base_url: str, cloud_region: str, model: str) -> ProviderRegion | None:
    """Where the settings alone say that it runs; None when they do not say it."""
    if kind == ProviderKind.BEDROCK:
        prefix = model.split(".", maxsplit=1)[0]
        if prefix in ("us", "us-gov", "apac", "jp", "au", "ca", "global"):
            return ProviderRegion.OTHER
        if prefix == "eu":
            # A European inference profile spreads over regions of the EU.
            return ProviderRegion.EU
        default = ProviderRegion.EU if cloud_region.startswith("eu-") else ProviderRegion.OTHER
        return _AWS.get(cloud_region, default)
    host = urlsplit(base_url).hostname or ("api.mistral.ai" if kind == ProviderKind.MISTRAL else "")
    return KNOWN_HOSTS.get(host)


def guarded_client(*, timeout: float) -> httpx2.AsyncClient:
    """A client that follows no redirect, reads no proxy from the environment, and connects to checked addresses."""
    import httpx2

    class Guard(httpx2.AsyncBaseTransport):
        """Looks the host up, refuses private addresses, and pins the connection to the address it saw."""

        def __init__(self) -> None:
            self.inner = httpx2.AsyncHTTPTransport(trust_env=False)

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            host = request.url.host
            port = request.url.port or (443 if request.url.scheme == "https" else 80)
            try:
                [address, *_others] = await asyncio.to_thread(lookup, host, port)
            except OSError as error:
                raise httpx2.ConnectError(type(error).__name__, request=request) from error
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
            return await self.inner.handle_async_request(request)

        async def aclose(self) -> None:
            await self.inner.aclose()

    return httpx2.AsyncClient(
        transport=Guard(),
        timeout=httpx2.Timeout(timeout, connect=10),
        follow_redirects=False,
        trust_env=False,
    )
