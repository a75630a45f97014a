"""Mail against a real server on loopback: sent, surely not sent, or nobody knows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown
from pilotwerk.pilots.connectors.smtp import Smtp

REPLY = Message(
    "Petra Wulff <petra@wulff.example>",
    "Ihre Wartung: Änderung",
    "Guten Tag Frau Wulff,\n\n.ein Punkt am Anfang\nGrüße aus Kiel",
    "V-0122",
    in_reply_to="<frage-1@wulff.example>",
)


class Mailbox:
    """Keeps what it is given; what it answers can be set."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: dict[str, str] = {}
        self.break_after_data = False

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "MAIL" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        if self.break_after_data:
            server.transport.abort()
            await asyncio.sleep(0.05)
        return self.answers.get("DATA", "250 OK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(mailbox: Mailbox) -> Iterator[Smtp]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Smtp("127.0.0.1", controller.port, "service@nordlicht.example", security="none", timeout=5)
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[Smtp]:
    with serving(mailbox) as server:
        yield server


def test_a_reply_arrives_as_it_was_approved(smtp: Smtp, mailbox: Mailbox) -> None:
    outcome = smtp.deliver(REPLY, "case-1/3")
    assert isinstance(outcome, Delivered)
    [envelope] = mailbox.mails
    mail = message_from_bytes(envelope.content, policy=default)
    assert envelope.rcpt_tos == ["petra@wulff.example"]
    assert mail["Subject"] == "Ihre Wartung: Änderung"
    assert mail["In-Reply-To"] == "<frage-1@wulff.example>"
    assert mail["From"] == "service@nordlicht.example"
    assert mail["Message-ID"] == outcome.reference
    assert mail.get_content().replace("\r\n", "\n").strip() == REPLY.body


def test_files_go_with_the_mail(smtp: Smtp, mailbox: Mailbox) -> None:
    files = (("Bestellung Müller.csv", b"Artikel;Menge\nPumpe;3\n"), ("liste.unbekannt", b"\x00\x01"))
    smtp.deliver(replace(REPLY, files=files), "k")
    [envelope] = mailbox.mails
    mail = message_from_bytes(envelope.content, policy=default)
    attached = [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
    assert attached[1] == files[1]
    assert attached[0][0] == files[0][0]
    assert str(attached[0][1]).replace("\r\n", "\n") == files[0][1].decode()
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == REPLY.body


def test_the_message_id_follows_from_the_key(smtp: Smtp) -> None:
    assert smtp.deliver(REPLY, "k") == smtp.deliver(REPLY, "k")
    assert smtp.deliver(REPLY, "k") != smtp.deliver(REPLY, "other")


def test_long_message_ids_go_out_as_they_are(smtp: Smtp, mailbox: Mailbox) -> None:
    """Encoded as words, as the standard library does it, no mail program would find the thread."""
    ids = tuple(f"<{n}M0PR04MB{'1234567890' * 8}@AM0PR04.eurprd04.prod.outlook.com>" for n in range(3))
    smtp.deliver(replace(REPLY, in_reply_to=ids[-1], references=ids), "k")
    [envelope] = mailbox.mails
    head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"In-Reply-To: {ids[-1]}\r\n" in head
    assert "References: " + "\r\n ".join(ids) + "\r\n" in head
    assert max(map(len, head.split("\r\n"))) < 998


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "retry"), [("451 try later", True), ("550 no such user", False)])
def test_what_the_server_refuses_surely_did_not_go_out(
    smtp: Smtp, mailbox: Mailbox, step: str, answer: str, retry: bool
) -> None:
    mailbox.answers[step] = answer
    outcome = smtp.deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry is retry
    assert answer[:3] in outcome.reason


def test_a_connection_lost_after_the_text_leaves_the_outcome_unknown(smtp: Smtp, mailbox: Mailbox) -> None:
    mailbox.break_after_data = True
    assert isinstance(smtp.deliver(REPLY, "k"), OutcomeUnknown)
    assert len(mailbox.mails) == 1


def test_no_server_means_surely_not_sent() -> None:
    outcome = Smtp("127.0.0.1", free_port(), "a@b.example", security="none", timeout=2).deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry


def test_a_server_without_encryption_gets_nothing_where_encryption_is_asked_for(
    smtp: Smtp, mailbox: Mailbox
) -> None:
    outcome = replace(smtp, security="starttls").deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert mailbox.mails == []


def scripted(lines: list[bytes]) -> Callable[[socket.socket], None]:
    def talk(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as incoming:
            connection.sendall(b"220 hello\r\n")
            for line in lines:
                incoming.readline()
                connection.sendall(line)

    return talk


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([b"250 hello\r\n"], NotDelivered),
        ([b"250 hello\r\n", b"250 ok\r\n"], NotDelivered),
        ([b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n"], NotDelivered),
        ([b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"], OutcomeUnknown),
    ],
)
def test_a_server_that_hangs_up_in_the_middle(lines: list[bytes], kind: type) -> None:
    """Before the text is sent it is sure; from the text on it is not."""
    from threading import Thread

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=scripted(lines), args=(server,), daemon=True)
        thread.start()
        port = server.getsockname()[1]
        outcome = Smtp("127.0.0.1", port, "a@b.example", security="none", timeout=2).deliver(REPLY, "k")
        thread.join(5)
    assert isinstance(outcome, kind)
    if isinstance(outcome, NotDelivered):
        assert outcome.retry


@pytest.mark.parametrize(
    "broken",
    [
        replace(REPLY, recipient=None),
        replace(REPLY, recipient="no address"),
        replace(REPLY, recipient="a@b.example, c@d.example"),
        replace(REPLY, recipient="a@b.example\r\nBcc: evil@x.example"),
        replace(REPLY, subject="Hallo\r\nBcc: evil@x.example"),
    ],
)
def test_a_message_that_would_break_the_mail_apart_is_not_sent(
    smtp: Smtp, mailbox: Mailbox, broken: Message
) -> None:
    outcome = smtp.deliver(broken, "k")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert mailbox.mails == []
