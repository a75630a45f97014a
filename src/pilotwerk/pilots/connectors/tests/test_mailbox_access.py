"""How a mailbox is reached: certificates, private networks, and tokens that expire."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots import hosts
from pilotwerk.pilots.connectors import mailbox, network
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered
from pilotwerk.pilots.connectors.mailbox import Mailbox, imap
from pilotwerk.pilots.connectors.tests.mailboxes import REPLY, Box, box, trouble
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.mailservers import PASSWORD, certificate
from pilotwerk.pilots.tests.mailservers import imap as imap_server
from pilotwerk.pilots.tests.mailstage import plain_settings

__all__ = ["box"]


def test_the_certificate_must_carry_the_name(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"*"}
    context, file = certificate(tmp_path, "localhost")
    with imap_server(tls=context) as server:
        plain = plain_settings(
            server, 1, security="tls", answers="drafts", sent_folder="", drafts_folder="INBOX"
        )
        access = Access(plain, {"password": PASSWORD})
        assert trouble(replace(access, settings={**plain, "host": "localhost"})).code == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert mailbox.try_out(replace(access, settings={**plain, "host": "localhost"})).total == 0
        assert trouble(access).code == "certificate"


# Where a connection may lead.


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("172.20.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_addresses_of_private_networks_are_known(address: str, public: bool) -> None:
    assert hosts.is_public(address) is public


def test_a_private_server_is_refused_unless_the_operator_names_it(box: Box, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    assert trouble(box.access()).code == "host_private"
    assert box.imap.commands == []
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    assert mailbox.try_out(box.access()).total == 0


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    both = [(2, 1, 6, "", ("93.184.216.34", 993)), (2, 1, 6, "", ("10.0.0.1", 993))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    with pytest.raises(Trouble, match="PILOTWERK_ALLOW_PRIVATE_HOSTS"):
        network.connected("imap.example", 993)


def test_the_name_is_looked_up_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up may answer another address (DNS rebinding); none is made by name."""
    asked: list[str] = []
    usual = socket.getaddrinfo

    def counted(host: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return usual(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    with imap.opened(box.access(host="localhost")):
        pass
    assert asked.count("localhost") == 1


# XOAUTH2.


class Tokens(BaseHTTPRequestHandler):
    """A token endpoint."""

    asked: list[dict[str, str]] = []
    answer: dict[str, Any] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        content = json.dumps(self.answer).encode()
        self.send_response(200 if "access_token" in self.answer else 400)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def tokens() -> Iterator[str]:
    Tokens.asked, Tokens.answer = [], {"access_token": "t-1", "expires_in": 3600, "refresh_token": "r-2"}
    server = HTTPServer(("127.0.0.1", 0), Tokens)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/token?tenant=x"
    server.shutdown()
    server.server_close()


def oauth(box: Box, url: str, secrets: dict[str, str], kept: list[dict[str, str]]) -> Access:
    plain = plain_settings(
        box.imap, box.port, auth="oauth2", token_url=url, client_id="pilotwerk", scope="imap smtp"
    )
    return Access(plain, secrets, lambda renewed: kept.append(dict(renewed)))


def test_a_token_is_fetched_kept_and_renewed_when_it_has_expired(box: Box, tokens: str) -> None:
    box.imap.tokens = box.postbox.tokens = {"t-1"}
    kept: list[dict[str, str]] = []
    secrets = {"refresh_token": "r-1", "client_secret": "s"}
    access = oauth(box, tokens, secrets, kept)
    assert mailbox.try_out(access).total == 0
    assert Tokens.asked == [
        {"grant_type": "refresh_token", "refresh_token": "r-1", "client_id": "pilotwerk", "client_secret": "s",
         "scope": "imap smtp"}
    ]  # fmt: skip
    assert kept[-1]["refresh_token"] == "r-2"
    mailbox.try_out(access)
    assert len(Tokens.asked) == 1
    with clock.travel(clock.now() + timedelta(hours=1)):
        mailbox.try_out(access)
    assert Tokens.asked[-1]["refresh_token"] == "r-2"
    assert isinstance(Mailbox(access).deliver(REPLY, "k"), Delivered)


def test_a_token_that_was_called_back_is_renewed_once(box: Box, tokens: str) -> None:
    box.imap.tokens = box.postbox.tokens = {"t-1"}
    soon = str(clock.now().timestamp() + 3000)
    secrets = {"refresh_token": "r-1", "access_token": "called back", "access_until": soon}
    assert mailbox.try_out(oauth(box, tokens, secrets, [])).total == 0
    assert len(Tokens.asked) == 1


def test_a_refused_token_is_said_in_the_providers_words(box: Box, tokens: str) -> None:
    Tokens.answer = {"error": "invalid_grant", "error_description": "The refresh token has expired."}
    found = trouble(oauth(box, tokens, {"refresh_token": "geheim-r"}, []))
    assert found.code == "token"
    assert "The refresh token has expired." in str(found)
    assert "geheim-r" not in str(found)


def test_tokens_are_not_asked_for_without_tls_on_the_public_network(box: Box) -> None:
    access = oauth(box, "http://login.example/token", {"refresh_token": "r"}, [])
    assert trouble(access).code == "token"
