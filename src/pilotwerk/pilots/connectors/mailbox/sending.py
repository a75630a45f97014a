"""Answers out of a mailbox: sent by SMTP, or saved among the drafts for a person to send."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import network
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import (
    Delivered,
    Message,
    NotDelivered,
    Outcome,
    OutcomeUnknown,
    key_digest,
)
from pilotwerk.pilots.connectors.mailbox.imap import holds, missing, opened
from pilotwerk.pilots.connectors.mailbox.settings import MailboxSettings
from pilotwerk.pilots.connectors.mailbox.tokens import access_token
from pilotwerk.pilots.connectors.smtp import MAIL, Smtp, sign_in
from pilotwerk.pilots.connectors.trouble import FOR_A_PERSON, Trouble


@dataclass(frozen=True)
class Mailbox:
    """The way out over a mailbox."""

    access: Access

    @property
    def settings(self) -> MailboxSettings:
        return MailboxSettings.of(self.access.settings)

    @property
    def recognises_repeats(self) -> bool:
        """A draft is looked for before it is saved; a mail that was sent cannot be looked for in every mailbox."""
        return self.settings.saves_drafts

    def message_id(self, key: str) -> str:
        """The Message-ID that the answer with this key carries."""
        domain = self.settings.address.rpartition("@")[2].encode("idna").decode()
        return f"<{key_digest(key)}@{domain}>"

    def deliver(self, message: Message, key: str) -> Outcome:
        """Send the answer, or save it among the drafts."""
        try:
            return self._draft(message, key) if self.settings.saves_drafts else self._send(message, key)
        except Trouble as trouble:
            return NotDelivered(str(trouble), retry=trouble.code not in FOR_A_PERSON)

    def found(self, key: str) -> bool:
        """Whether the answer lies among what was sent or drafted. False proves nothing: not every mailbox keeps it.

        Raises `Trouble` where nobody can look.
        """
        settings = self.settings
        folder = settings.drafts_folder if settings.saves_drafts else settings.sent_folder
        if not folder:
            return False
        with opened(self.access) as box:
            return holds(box, folder, self.message_id(key))

    def try_out(self) -> None:
        """Sign in to the server for sending and leave again. Raises `Trouble`."""
        if not self.settings.saves_drafts:
            self._server().quit()

    def _writer(self, server: smtplib.SMTP | None = None) -> Smtp:
        settings = self.settings
        user, _, domain = settings.address.rpartition("@")
        sender = Address(settings.sender_name, user, domain.encode("idna").decode())
        return Smtp(
            host=settings.sending_host,
            port=settings.sending_port,
            sender=str(sender),
            connect=self._server if server is None else lambda: server,
        )

    def _send(self, message: Message, key: str) -> Outcome:
        writer = self._writer()
        outcome = writer.deliver(message, key)
        if isinstance(outcome, Delivered):
            self._keep_copy(writer.mail(message, key))
        return outcome

    def _keep_copy(self, mail: EmailMessage) -> None:
        """A copy among what was sent, unless the server has put it there. It went out; whether this works or not."""
        folder = self.settings.sent_folder
        if not folder:
            return
        try:
            with opened(self.access) as box:
                if not holds(box, folder, str(mail["Message-ID"])):
                    box.append(mail.as_bytes(policy=MAIL), folder, clock.now(), [r"\Seen"])
        except Trouble:
            return

    def _draft(self, message: Message, key: str) -> Outcome:
        try:
            mail = self._writer().mail(message, key)
        except (ValueError, MessageError) as error:
            return NotDelivered(
                _("The message cannot be written as an e-mail: %(why)s.") % {"why": error}, retry=False
            )
        message_id = str(mail["Message-ID"])
        begun = False
        try:
            with opened(self.access) as box:
                if not holds(box, self.settings.drafts_folder, message_id):
                    begun = True
                    self._append(box, mail)
        except Trouble:
            if not begun:
                raise
            return self._after_a_break(key, message_id)
        return Delivered(message_id)

    def _append(self, box: BaseMailBox, mail: EmailMessage) -> None:
        try:
            box.append(
                mail.as_bytes(policy=MAIL), self.settings.drafts_folder, clock.now(), [r"\Draft", r"\Seen"]
            )
        except ImapToolsError as error:
            raise missing(box, self.settings.drafts_folder) from error

    def _after_a_break(self, key: str, message_id: str) -> Outcome:
        """The server was given a draft and did not answer: a second look tells whether it lies there."""
        try:
            there = self.found(key)
        except Trouble:
            return OutcomeUnknown(
                _("The connection broke while the draft was saved. Look into the drafts folder.")
            )
        if there:
            return Delivered(message_id)
        return NotDelivered(
            _("The draft could not be saved; it does not lie in the drafts folder."), retry=True
        )

    def _server(self) -> smtplib.SMTP:
        """Connected, encrypted, signed in. Raises `Trouble`."""
        settings = self.settings
        host, port = settings.sending_host, settings.sending_port
        where = {"host": host, "port": str(port)}
        try:
            server = _connected(settings)
        except ssl.SSLCertVerificationError as error:
            raise Trouble("certificate", host=host, why=error.verify_message) from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError, TimeoutError) as error:
            raise Trouble("encryption", **where) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Trouble("unreachable", **where) from error
        try:
            self._sign_in(server)
        except smtplib.SMTPAuthenticationError as error:
            server.close()
            # 4xx: the server is busy; it did not say that the password is wrong (RFC 4954, 6).
            if error.smtp_code < 500:
                raise Trouble("unreachable", **where) from error
            raise Trouble("smtp_sign_in", host=host) from error
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            raise Trouble("broken_off", host=host) from error
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        settings = self.settings
        server.ehlo_or_helo_if_needed()
        if not server.has_extn("auth"):
            return  # a server of the own network that takes mail without a sign-in
        if settings.auth == "oauth2":
            try:
                _token_sign_in(server, settings.user, access_token(self.access))
            except smtplib.SMTPAuthenticationError:
                _token_sign_in(server, settings.user, access_token(self.access, anew=True))
            return
        sign_in(server, settings.user, self.access.secrets.get("password", ""))


def _token_sign_in(server: smtplib.SMTP, user: str, token: str) -> None:
    words = f"user={user}\1auth=Bearer {token}\1\1"
    # After a refusal the server asks for an empty answer before it says no.
    server.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")


def _connected(settings: MailboxSettings) -> smtplib.SMTP:
    host, port = settings.sending_host, settings.sending_port
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        return network.SmtpTls(host, port, timeout=network.TIMEOUT, context=context)
    server = network.Smtp(host, port, timeout=network.TIMEOUT)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server
