"""A mail as it comes in, and how mails belong together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

# So many earlier mails of a thread are looked at and handed on; RFC 5322 sets no limit.
REFERENCES: Final = 30
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,900}>")


class MailKind(StrEnum):
    """What a mail is to a pilot: something to answer, our answer, or what machines send."""

    REQUEST = "request"
    ANSWER = "answer"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a mail beside its text. `size` in bytes; `text` only where the part is text and short."""

    name: str
    type: str
    size: int
    text: str = ""

    def plain(self) -> dict[str, object]:
        return {"name": self.name, "type": self.type, "size": self.size, "text": self.text}


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail, read. `text` is what was newly written, `history` the quoted rest.

    `references`: Message-IDs of the thread, oldest first. `returned`: Message-IDs of mails that this bounce
    says did not arrive, `diagnosis` why. `too_large`: only the headers were read.
    """

    uid: int
    key: str
    message_id: str
    kind: MailKind
    received_at: datetime
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    text: str = ""
    history: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    returned: tuple[str, ...] = ()
    diagnosis: str = ""
    too_large: bool = False


def message_ids(header: str) -> tuple[str, ...]:
    """The Message-IDs in a header, in order, each once; the newest `REFERENCES` of them."""
    found = list(dict.fromkeys(_MESSAGE_ID.findall(header)))
    return tuple(found[-REFERENCES:])


def mail_key(message_id: str) -> str:
    """64 hexadecimal digits that name a mail: the same Message-ID is the same mail, wherever it lies.

    A digest, so that the audit trail and the draw of the arms can name it without telling whose server it was.
    """
    return hashlib.sha256(message_id.strip().encode("utf-8", "surrogatepass")).hexdigest()


def thread_key(own: str, references: Sequence[str]) -> str:
    """The key of the first mail of the thread, as far as this mail tells: RFC 5322 puts it first."""
    return mail_key(references[0]) if references else own


def chain(references: Sequence[str], message_id: str) -> tuple[str, ...]:
    """What an answer to this mail refers to (RFC 5322, 3.6.4): its references and itself."""
    together = [*references, message_id] if message_id else list(references)
    found = tuple(dict.fromkeys(together))
    # The first names the thread, so it stays where the middle is left out.
    return found if len(found) <= REFERENCES else (found[0], *found[-(REFERENCES - 1) :])
