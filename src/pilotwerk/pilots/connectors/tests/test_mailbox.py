"""A mailbox against real servers on loopback: read on by UID, nothing deleted, sent or drafted once."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots import hosts
from pilotwerk.pilots.connectors import mailbox, network
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown
from pilotwerk.pilots.connectors.mailbox import Mailbox, imap
from pilotwerk.pilots.connectors.mailbox.reading import read_mail
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.mailservers import PASSWORD, Imap, Postbox, certificate, letter, smtp
from pilotwerk.pilots.tests.mailservers import imap as imap_server
from pilotwerk.pilots.tests.mailstage import plain_settings

REPLY = Message("petra@wulff.example", "Re: Wartung", "Grüße aus Kiel", "V-1", in_reply_to="<a@b.example>")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Box:
    imap: Imap
    postbox: Postbox
    port: int

    def access(self, secret: str = PASSWORD, **changes: Any) -> Access:
        return Access({**plain_settings(self.imap, self.port), **changes}, {"password": secret})


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1", "localhost"}
    postbox = Postbox()
    with imap_server() as server, smtp(postbox) as port:
        server.create("Sent", "Entwürfe")
        yield Box(server, postbox, port)


def subjects(
    access: Access, cursor: Mapping[str, Any], since: datetime = LONG_AGO
) -> tuple[list[str], dict[str, Any]]:
    """All that is new, step by step."""
    found: list[str] = []
    with mailbox.reading(access) as reader:
        while True:
            step = reader.step(cursor, since=since)
            found += [mail.subject for mail in step.mails]
            cursor = step.cursor
            if not step.more:
                return found, dict(cursor)


def test_only_what_is_new_is_read(box: Box) -> None:
    box.imap.put(*[letter(n, "Text") for n in range(60)])
    found, cursor = subjects(box.access(), {})
    assert found == [f"Anfrage {n}" for n in range(60)]
    assert subjects(box.access(), cursor) == ([], cursor)
    box.imap.put(letter(60, "Text"))
    assert subjects(box.access(), cursor)[0] == ["Anfrage 60"]


def test_mails_from_before_the_start_stay_alone(box: Box) -> None:
    start = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    box.imap.put(letter(1, "alt"), at=start - timedelta(minutes=1))
    box.imap.put(letter(2, "neu"), at=start)
    assert subjects(box.access(), {}, since=start)[0] == ["Anfrage 2"]


def test_a_mail_of_the_second_in_which_the_pilot_started_is_read(box: Box) -> None:
    """A server keeps whole seconds (RFC 3501, date-time), a start is kept more exactly."""
    start = datetime(2026, 11, 17, 8, 0, 0, 400_000, tzinfo=UTC)
    box.imap.put(letter(1, "neu"), at=start + timedelta(milliseconds=300))
    assert subjects(box.access(), {}, since=start)[0] == ["Anfrage 1"]


def test_another_uidvalidity_begins_anew(box: Box) -> None:
    box.imap.put(letter(1, "Text"))
    _found, cursor = subjects(box.access(), {})
    box.imap.renumber()
    found, again = subjects(box.access(), cursor)
    assert found == ["Anfrage 1"]
    assert again["uidvalidity"] != cursor["uidvalidity"]


def test_of_a_large_mail_only_the_head_is_read(box: Box) -> None:
    box.imap.put(letter(1, "x" * 2_000_000, subject="Große Mail"), letter(2, "klein"))
    with mailbox.reading(box.access(max_megabytes=1)) as reader:
        large, small = reader.step({}, since=LONG_AGO).mails
    assert (large.subject, large.text, large.too_large) == ("Große Mail", "", True)
    assert (small.text, small.too_large) == ("klein", False)


def test_a_mail_is_the_same_with_its_head_alone() -> None:
    raw = letter(1, "Text").as_bytes()
    head = raw.partition(b"\n\n")[0] + b"\n\n"
    whole = read_mail(raw, uid=1, received_at=LONG_AGO)
    assert read_mail(head, uid=1, received_at=LONG_AGO, too_large=True).key == whole.key


def test_what_is_marked_as_deleted_is_never_removed(box: Box) -> None:
    """Flags are set, but no command that removes mails is ever sent."""
    box.imap.put(letter(1, "schon gelöscht"), flags=r"\Deleted")
    box.imap.put(letter(2, "neu"))
    access = box.access(mark="flagged")
    with mailbox.reading(access) as reader:
        reader.taken(reader.step({}, since=LONG_AGO))
    assert [flags for _mail, flags in box.imap.holds()] == [{"\\Deleted", "\\Flagged"}, {"\\Flagged"}]
    assert not {b"EXPUNGE", b"UID EXPUNGE", b"CLOSE"} & set(box.imap.commands)


def test_reading_alone_changes_no_flag(box: Box) -> None:
    box.imap.put(letter(1, "neu"))
    subjects(box.access(), {})
    mailbox.try_out(box.access())
    assert [flags for _mail, flags in box.imap.holds()] == [set()]


@pytest.mark.parametrize("commands", range(1, 7))
def test_a_connection_that_breaks_off_loses_and_doubles_nothing(box: Box, commands: int) -> None:
    box.imap.put(*[letter(n, "Text") for n in range(3)])
    box.imap.broken_after = commands
    cursor: dict[str, Any] = {}
    found: list[str] = []
    with suppress(Trouble), mailbox.reading(box.access()) as reader:
        step = reader.step(cursor, since=LONG_AGO)
        found, cursor = [mail.subject for mail in step.mails], step.cursor
    box.imap.broken_after = None
    found += subjects(box.access(), cursor)[0]
    assert found == ["Anfrage 0", "Anfrage 1", "Anfrage 2"]


def trouble(access: Access) -> Trouble:
    with pytest.raises(Trouble) as caught:
        mailbox.try_out(access)
    assert str(caught.value)
    return caught.value


def test_what_is_wrong_is_said(box: Box) -> None:
    assert trouble(box.access("falsch")).code == "sign_in"
    assert trouble(box.access(host="gibt-es-nicht.invalid")).code == "host_unknown"
    assert trouble(box.access(port=1)).code == "unreachable"
    assert trouble(box.access(security="tls")).code == "encryption"
    assert trouble(box.access(security="starttls")).code == "encryption"
    missing = trouble(box.access(folder="Anfragen"))
    assert "Entwürfe, INBOX, Sent" in str(missing)
    assert trouble(box.access(sent_folder="Gesendet")).code == "folder"
    box.postbox.password = "ein anderes"
    assert trouble(box.access()).code == "smtp_sign_in"


def test_a_test_shows_the_newest_mails(box: Box) -> None:
    box.imap.put(*[letter(n, "Text", subject=f"Öffnung {n}") for n in range(7)])
    look = mailbox.try_out(box.access())
    assert look.total == 7
    assert sorted(one.what for one in look.seen) == [f"Öffnung {n}" for n in range(2, 7)]
    assert look.seen[0].who == "Petra Wulff <petra@wulff.example>"


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


# Answers.


def test_an_answer_is_sent_in_its_thread_and_kept_among_what_was_sent(box: Box) -> None:
    way = Mailbox(box.access(sender_name="Kundendienst, Müller"))
    outcome = way.deliver(replace(REPLY, references=("<1@b.example>", "<a@b.example>")), "k")
    assert outcome == Delivered(way.message_id("k"))
    [mail] = box.postbox.mails
    assert mail["From"] == '"Kundendienst, Müller" <service@nordlicht.example>'
    assert mail["In-Reply-To"] == "<a@b.example>"
    assert mail["References"] == "<1@b.example> <a@b.example>"
    assert mail.get_content().strip() == "Grüße aus Kiel"
    [(kept, flags)] = box.imap.holds("Sent")
    assert (kept["Message-ID"], flags) == (way.message_id("k"), {"\\Seen"})
    assert way.found("k")
    assert not way.found("another")


def test_a_copy_that_cannot_be_kept_does_not_undo_the_sending(box: Box) -> None:
    assert isinstance(Mailbox(box.access(sent_folder="Gibt es nicht")).deliver(REPLY, "k"), Delivered)
    assert len(box.postbox.mails) == 1


@pytest.mark.parametrize(("answer", "retry"), [("451 later", True), ("550 no", False)])
def test_a_refused_answer_surely_did_not_go_out(box: Box, answer: str, retry: bool) -> None:
    box.postbox.answers["DATA"] = answer
    outcome = Mailbox(box.access()).deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry is retry
    assert box.imap.holds("Sent") == []


def test_a_wrong_password_goes_to_a_person_and_a_lost_server_is_tried_again(box: Box) -> None:
    refused = Mailbox(box.access("falsch")).deliver(REPLY, "k")
    assert isinstance(refused, NotDelivered)
    assert not refused.retry
    away = Mailbox(box.access(smtp_port=1)).deliver(REPLY, "k")
    assert isinstance(away, NotDelivered)
    assert away.retry


def test_a_connection_lost_after_the_text_leaves_it_open(box: Box) -> None:
    box.postbox.break_after_data = True
    assert isinstance(Mailbox(box.access()).deliver(REPLY, "k"), OutcomeUnknown)


def test_a_draft_is_saved_once(box: Box) -> None:
    way = Mailbox(box.access(answers="drafts"))
    assert way.recognises_repeats
    first = way.deliver(REPLY, "k")
    assert isinstance(first, Delivered)
    assert way.deliver(REPLY, "k") == first
    [(draft, flags)] = box.imap.holds("Entwürfe")
    assert flags == {"\\Draft", "\\Seen"}
    assert draft["In-Reply-To"] == "<a@b.example>"
    assert box.postbox.mails == []


@pytest.mark.parametrize("commands", range(1, 8))
def test_a_draft_interrupted_anywhere_is_saved_once_in_the_end(box: Box, commands: int) -> None:
    way = Mailbox(box.access(answers="drafts"))
    box.imap.broken_after = commands
    outcome = way.deliver(REPLY, "k")
    box.imap.broken_after = None
    if isinstance(outcome, NotDelivered):
        assert outcome.retry
        assert box.imap.holds("Entwürfe") == []
    assert isinstance(way.deliver(REPLY, "k"), Delivered)
    assert len(box.imap.holds("Entwürfe")) == 1


def test_a_missing_drafts_folder_names_those_that_are_there(box: Box) -> None:
    outcome = Mailbox(box.access(answers="drafts", drafts_folder="Drafts")).deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert "Entwürfe, INBOX, Sent" in outcome.reason


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
