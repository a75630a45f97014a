"""Replies by e-mail. SMTP has one moment in which nobody can know: after the text was sent, before the server's answer.

What failed before that moment surely did not go out. What failed in it is unknown and is never repeated by machine.
"""

from __future__ import annotations

import base64
import mimetypes
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses, parseaddr
from typing import Literal

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.base import (
    Delivered,
    Message,
    NotDelivered,
    Outcome,
    OutcomeUnknown,
    key_digest,
)

Security = Literal["none", "starttls", "tls"]
_IDENTIFIERS = frozenset({"message-id", "in-reply-to", "references"})


class _MailPolicy(EmailPolicy):
    """The library encodes Message-IDs that are longer than a line as words, which tears threads apart.

    They stay as they are, one a line: RFC 5322 (2.1.1) asks for 78 signs but allows 998.
    """

    def _fold(self, name: str, value: str, refold_binary: bool = False) -> str:
        if name.lower() in _IDENTIFIERS:
            return f"{name}: {(self.linesep + ' ').join(str(value).split())}{self.linesep}"
        folded: str = super()._fold(name, value, refold_binary)  # type: ignore[misc]
        return folded


# Not every server takes text of 8 bits.
MAIL = _MailPolicy(linesep="\r\n", cte_type="7bit")
LOST = (
    "The connection broke after the text was sent. Look into the mailbox's sent folder or ask the recipient."
)


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. `timeout` in seconds for each answer of the server."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: str | None = None
    timeout: float = 20.0
    connect: Callable[[], smtplib.SMTP] | None = None

    def deliver(self, message: Message, key: str) -> Outcome:
        """Sends one mail whose Message-ID follows from the key, so that a repeat can be recognised."""
        try:
            mail = self.mail(message, key)
        except (ValueError, MessageError) as error:
            return NotDelivered(f"The message cannot be written as an e-mail: {error}.", retry=False)
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            return NotDelivered(f"The mail server refused the sign-in ({error.smtp_code}).", retry=False)
        except (OSError, smtplib.SMTPException) as error:
            return NotDelivered(f"The mail server cannot be reached: {_says(error)}.", retry=True)
        try:
            return self._send(server, mail)
        finally:
            _hang_up(server)

    def mail(self, message: Message, key: str) -> EmailMessage:
        """The mail. Raises `ValueError` for addresses or headers that would break it apart."""
        for header in (message.subject, message.sender or "", message.in_reply_to or "", *message.references):
            if any(sign in header for sign in "\r\n\0"):
                raise ValueError("a header must not contain a line break")
        sender = _address(message.sender or self.sender)
        mail = EmailMessage(policy=MAIL)
        mail["From"] = sender
        mail["To"] = [_address(message.recipient or ""), *map(_address, message.also)]
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{key_digest(key)}@{sender.domain}>"
        if message.in_reply_to:
            mail["In-Reply-To"] = message.in_reply_to
            mail["References"] = " ".join(message.references or (message.in_reply_to,))
        mail["Auto-Submitted"] = "no"
        mail.set_content(message.body)
        for name, content in message.files:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            main, sub = kind.split("/", 1)
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail

    def _connected(self) -> smtplib.SMTP:
        """Connected, encrypted, signed in."""
        if self.connect is not None:
            return self.connect()
        if self.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                sign_in(server, self.user, self.password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _send(self, server: smtplib.SMTP, mail: EmailMessage) -> Outcome:
        """MAIL, RCPT, DATA one by one: only so it is known how far it came."""
        sender = parseaddr(str(mail["From"]))[1]
        recipients = [address for _name, address in getaddresses([str(mail["To"])])]
        try:
            server.ehlo_or_helo_if_needed()
            for code, answer in self._envelope(server, sender, recipients):
                # One address that is refused holds the mail back from all: nobody has to guess who got it.
                if code >= 400:
                    return _refused(code, answer)
            code, answer = server.docmd("DATA")
            if code != 354:
                return _refused(code, answer)
        except (OSError, smtplib.SMTPException) as error:
            return NotDelivered(f"The connection broke before the text was sent: {_says(error)}.", retry=True)
        return self._data(server, mail)

    def _envelope(
        self, server: smtplib.SMTP, sender: str, recipients: Sequence[str]
    ) -> Iterator[tuple[int, bytes]]:
        yield server.mail(sender)
        for recipient in recipients:
            yield server.rcpt(recipient)

    def _data(self, server: smtplib.SMTP, mail: EmailMessage) -> Outcome:
        """From the first byte of the text until the server's answer nothing is known for sure."""
        text = mail.as_bytes(policy=MAIL)
        dotted = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in text.split(b"\r\n"))
        try:
            server.send(dotted.rstrip(b"\r\n") + b"\r\n.\r\n")
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException):
            return OutcomeUnknown(LOST)
        if code == 250:
            return Delivered(str(mail["Message-ID"]))
        # A server that answers has taken a decision: anything but 2xx means that it did not take the mail.
        return _refused(code, answer) if code >= 400 else OutcomeUnknown(LOST)


def sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Sign in with a password in any script; the library knows ASCII only. Raises `SMTPAuthenticationError`."""
    if (user + password).isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, answer = server.docmd("AUTH", f"PLAIN {plain}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _address(text: str) -> Address:
    """One plain address, with or without a name. Raises `ValueError` for anything else."""
    found = getaddresses([text])
    if len(found) != 1 or not text.isprintable():
        raise ValueError(f"“{text}” is not one e-mail address")
    name, plain = found[0]
    if plain.count("@") != 1 or any(sign.isspace() or sign in ",;<>" for sign in plain):
        raise ValueError(f"“{text}” is not an e-mail address")
    user, domain = plain.split("@")
    if not user or not domain:
        raise ValueError(f"“{text}” is not an e-mail address")
    return Address(display_name=name, username=user, domain=domain.encode("idna").decode())


def _refused(code: int, answer: bytes) -> NotDelivered:
    """4xx asks to come again later, 5xx is final (RFC 5321, 4.2.1)."""
    said = answer.decode("utf-8", "replace").strip()[:200]
    return NotDelivered(f"The mail server refused it ({code}): {said}", retry=code < 500)


def _says(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).strip()[:200] or type(error).__name__


def _hang_up(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
