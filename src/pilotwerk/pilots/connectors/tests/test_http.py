"""No address that a company enters leads into the operator's network, whatever the way; nobody holds a worker up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pilotwerk.pilots.connectors import http
from pilotwerk.pilots.connectors.http import exchange, fetched, split
from pilotwerk.pilots.connectors.tests.ticketing import access, one, ticket
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, web


@pytest.fixture
def server(settings: Any) -> Iterator[Web]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web() as made:
        yield made


def test_a_server_that_drips_is_left(server: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.3)

    def slow(_asked: Asked) -> Says:
        time.sleep(2)
        return Says([])

    server.behave = slow
    began = time.monotonic()
    with pytest.raises(Trouble) as caught:
        one(access(server.url))
    assert caught.value.code == "broken_off"
    assert time.monotonic() - began < 1.5


PRIVATE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://0x7f000001:{port}/",
    "http://[::1]:{port}/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_no_way_leads_into_the_private_network(server: Web, settings: Any, url: str) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    for address in (url, url.replace("http:", "https:")):
        with pytest.raises(Trouble) as caught:
            one(access(address.format(port=server.port)))
        assert caught.value.code in {"no_https", "host_private", "host_unknown"}
    assert server.asked == []


def test_a_redirect_into_the_private_network_is_not_followed(server: Web, settings: Any) -> None:
    """The first host is allowed by name; that it sends on to another one does not allow that one."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"localhost"}
    for target in (f"http://127.0.0.1:{server.port}/secret", f"https://127.0.0.1:{server.port}/secret"):
        server.asked.clear()
        server.behave = lambda _asked, led=target: Says(status=302, headers={"Location": led})  # type: ignore[misc]
        with pytest.raises(Trouble) as caught:
            one(access(f"http://localhost:{server.port}/"))
        assert caught.value.code in {"host_private", "no_https"}
        assert [asked.path for asked in server.asked] == ["/"]


def test_a_redirect_takes_the_secret_to_no_other_server(server: Web, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"localhost", "127.0.0.1"}

    def behave(asked: Asked) -> Says:
        if asked.path == "/":
            return Says(status=307, headers={"Location": f"http://127.0.0.1:{server.port}/other"})
        return Says([ticket(1)])

    server.behave = behave
    assert len(one(access(f"http://localhost:{server.port}/")).requests) == 1
    assert [("authorization" in asked.headers) for asked in server.asked] == [True, False]


def test_without_https_nothing_leaves_the_own_network(server: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "is_public", lambda _address: True)
    with pytest.raises(Trouble) as caught:
        one(access(server.url))
    assert caught.value.code == "no_https"
    assert server.asked == []


def test_redirects_without_end_are_left(server: Web) -> None:
    server.behave = lambda _asked: Says(status=302, headers={"Location": "/again"})
    with pytest.raises(Trouble) as caught:
        fetched(server.url, {}, {}, limit=1000)
    assert caught.value.code == "redirects"
    assert len(server.asked) == 4


def test_the_name_is_looked_up_for_each_connection_and_that_address_is_taken(
    server: Web, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is entered and private afterwards (DNS rebinding) leads nowhere."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(Trouble) as caught:
        exchange("GET", f"https://public.example:{server.port}/", {}, limit=1000)
    assert caught.value.code == "host_private"
    assert server.asked == []


def test_addresses_are_split_safely() -> None:
    for wrong in (
        "https://user:pass@api.example/",
        "https:///x",
        "https://api.example:99999/",
        "file:///etc/passwd",
    ):
        with pytest.raises(Trouble):
            split(wrong)
    assert split("https://api.example/a?b=c").hostname == "api.example"
