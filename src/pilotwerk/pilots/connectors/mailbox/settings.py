"""The plain settings of a mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
SMTP_PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}
FLAGS: Final = {"seen": r"\Seen", "flagged": r"\Flagged"}


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """As the form stores them. `security` is "tls", "starttls" or "none"; ports are None for the usual one.

    `answers`: "send" by SMTP or save as "drafts". `mark`: "", "seen" or "flagged" for mails that were taken.
    `backlog_days`: how many days before the pilot's start are read, too.
    """

    address: str
    host: str
    user: str
    sender_name: str = ""
    security: str = "tls"
    port: int | None = None
    auth: str = "password"
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    folder: str = "INBOX"
    backlog_days: int = 0
    max_megabytes: int = 25
    mark: str = ""
    answers: str = "send"
    smtp_host: str = ""
    smtp_port: int | None = None
    smtp_security: str = "starttls"
    drafts_folder: str = ""
    sent_folder: str = ""

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> MailboxSettings:
        """Out of what is stored; what it does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in plain.items() if name in known})

    @property
    def imap_port(self) -> int:
        return self.port or PORTS[self.security]

    @property
    def sending_host(self) -> str:
        return self.smtp_host or self.host

    @property
    def sending_port(self) -> int:
        return self.smtp_port or SMTP_PORTS[self.smtp_security]

    @property
    def saves_drafts(self) -> bool:
        return self.answers == "drafts"
