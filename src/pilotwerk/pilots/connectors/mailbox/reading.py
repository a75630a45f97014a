"""One mail from its bytes. Whatever they hold, something comes out: a mail must not get stuck or lost."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final

from pilotwerk.pilots.connectors.mailbox.decoding import address, decoded, header, header_text, raw_header
from pilotwerk.pilots.connectors.mailbox.sorting import Sorted, sort_mail
from pilotwerk.pilots.connectors.mailbox.text import html_text, plain_lines, split_history
from pilotwerk.pilots.domain.mails import Attachment, IncomingMail, MailKind, mail_key, message_ids

log = logging.getLogger("pilotwerk.pilots")

LONGEST_TEXT: Final = 100_000
LONGEST_ATTACHED_TEXT: Final = 20_000
MOST_PARTS: Final = 200
MOST_ATTACHMENTS: Final = 50


def read_mail(raw: bytes, *, uid: int, received_at: datetime, too_large: bool = False) -> IncomingMail:
    """The mail. `received_at` is when the server took it in. `too_large`: `raw` holds the headers only."""
    try:
        return _read(raw, uid, received_at, too_large)
    except Exception:
        # Whatever a broken mail makes a parser raise, a person must still see that it came.
        log.exception("a mail could not be read")
        key = hashlib.sha256(raw).hexdigest()
        return IncomingMail(uid, key, "", MailKind.REQUEST, received_at, too_large=too_large)


def _read(raw: bytes, uid: int, received_at: datetime, too_large: bool) -> IncomingMail:
    message = message_from_bytes(raw, policy=compat32)
    own = _own_id(message)
    body, attachments = ("", ()) if too_large else _contents(message)
    subject = header(message, "Subject")[:300]
    name, sender = address(raw_header(message, "From"))
    kind = sort_mail(message, sender, subject, body) if not too_large else Sorted(MailKind.REQUEST)
    reply_name, reply_to = address(raw_header(message, "Reply-To"))
    text, history = split_history(body, subject)
    return IncomingMail(
        uid=uid,
        key=mail_key(own) if own else hashlib.sha256(raw).hexdigest(),
        message_id=own,
        kind=kind.kind,
        received_at=received_at,
        subject=subject,
        sender_name=(name or reply_name)[:200],
        sender_address=(reply_to or sender)[:320],
        text=text[:LONGEST_TEXT],
        history=history[:LONGEST_TEXT],
        references=_references(message, own),
        attachments=attachments,
        returned=kind.returned,
        diagnosis=kind.diagnosis,
        too_large=too_large,
    )


def _own_id(message: Message) -> str:
    found = message_ids(_ascii(raw_header(message, "Message-ID")))
    return found[0] if found else ""


def _references(message: Message, own: str) -> tuple[str, ...]:
    """The thread, oldest first; In-Reply-To comes last where References does not name it (RFC 5322, 3.6.4)."""
    together = " ".join(_ascii(raw_header(message, name)) for name in ("References", "In-Reply-To"))
    return tuple(one for one in message_ids(together) if one != own)


def _ascii(raw: str) -> str:
    return raw.encode("ascii", "replace").decode("ascii")


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves; a mail inside a mail is one leaf."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list) and depth < 20:
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
    else:
        yield message


def _contents(message: Message) -> tuple[str, tuple[Attachment, ...]]:
    """The text to read and what is attached."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for number, part in enumerate(_parts(message)):
        if number >= MOST_PARTS:
            break
        kind = part.get_content_type()
        disposition = part.get_content_disposition() or ""
        name = _filename(part)
        if disposition != "attachment" and not name and kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else html).append(_text(part))
        elif _is_picture_of_the_text(part, disposition):
            continue
        elif len(attachments) < MOST_ATTACHMENTS:
            attachments.append(_attachment(part, name, kind))
    text = plain_lines("\n\n".join(plain))
    return text or html_text("\n".join(html)), tuple(attachments)


def _is_picture_of_the_text(part: Message, disposition: str) -> bool:
    """A logo in a signature is no attachment."""
    return part.get_content_maintype() == "image" and disposition != "attachment" and bool(part["Content-ID"])


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return decoded(raw, part.get_content_charset()) if isinstance(raw, bytes) else ""


def _attachment(part: Message, name: str, kind: str) -> Attachment:
    raw = part.get_payload(decode=True)
    size = len(raw) if isinstance(raw, bytes) else len(str(part.get_payload()))
    text = ""
    if part.get_content_maintype() == "text" and isinstance(raw, bytes):
        text = _text(part)
        text = (html_text(text) if kind == "text/html" else plain_lines(text))[:LONGEST_ATTACHED_TEXT]
    return Attachment(name or _nameless(part, kind), kind[:100], size, text)


def _nameless(part: Message, kind: str) -> str:
    """A mail that is attached is called by its subject, anything else by its kind."""
    payload = part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return header(payload[0], "Subject")[:200] or kind
    return kind[:100]


def _filename(part: Message) -> str:
    """The name without folders or signs that no file system takes."""
    try:
        found = header_text(part.get_filename() or "")
    except (ValueError, TypeError, LookupError):
        return ""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", "_", found.replace("\\", "/").rsplit("/", 1)[-1]).strip()[:200]
