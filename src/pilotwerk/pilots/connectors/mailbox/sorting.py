"""Which mails machines send: automatic replies and returned mail. A reply to them would help nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from pilotwerk.pilots.connectors.mailbox.decoding import cleaned, header, raw_header
from pilotwerk.pilots.domain.mails import MailKind, message_ids

_AUTOMATIC_SUBJECT: Final = re.compile(
    r"^\s*(?:automatische antwort|automatic reply|auto(?:matische)?[- ]?(?:reply|antwort|response)|autoreply|"
    r"abwesenheits(?:notiz|nachricht|mitteilung|assistent)|abwesend\s*:|abwesenheit\s*:|"
    r"out of (?:the )?office\s*(?:$|:|re:|auto)|ooo\s*:|réponse automatique|risposta automatica)",
    re.IGNORECASE,
)
_MACHINES: Final = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_BULK: Final = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})
# So much of a returned mail is looked through for the Message-ID that it returns.
_LOOKED_THROUGH: Final = 100_000


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a mail is; for a bounce the Message-IDs of what came back, and why."""

    kind: MailKind
    returned: tuple[str, ...] = ()
    diagnosis: str = ""


def sort_mail(message: Message, sender: str, subject: str, text: str) -> Sorted:
    """By the headers that RFC 3834 and RFC 3464 name, then by what usual programs write."""
    if message.get_content_type() == "multipart/report" or _has(message, "message/delivery-status"):
        return _report(message, text)
    if _MACHINES.match(sender):
        return Sorted(MailKind.BOUNCE, _mentioned(message, text), _first_lines(text))
    return Sorted(MailKind.AUTO_REPLY if _is_automatic(message, subject) else MailKind.REQUEST)


def _is_automatic(message: Message, subject: str) -> bool:
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(raw_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return True
    if header(message, "Precedence").strip().lower() in _BULK:
        return True
    if header(message, "Return-Path") == "<>":
        return True
    return bool(_AUTOMATIC_SUBJECT.match(subject))


def _has(message: Message, kind: str) -> bool:
    return any(part.get_content_type() == kind for part in message.walk())


def _report(message: Message, text: str) -> Sorted:
    """A delivery report (RFC 3464): only “failed” is a return; a delay or a read receipt is a machine's note."""
    actions, reasons = _delivery_status(message)
    failed = "failed" in actions or (
        not actions and str(message.get_param("report-type", "")).lower() != "disposition-notification"
    )
    if not failed:
        return Sorted(MailKind.AUTO_REPLY)
    returned = _returned_ids(message) or _mentioned(message, text)
    return Sorted(MailKind.BOUNCE, returned, " ".join(reasons)[:400] or _first_lines(text))


def _delivery_status(message: Message) -> tuple[set[str], list[str]]:
    """The actions and the reasons of all recipients."""
    actions: set[str] = set()
    reasons: list[str] = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action = header(block, "Action").strip().lower()
            if action:
                actions.add(action)
            reason = (
                header(block, "Diagnostic-Code").partition(";")[2].strip() or header(block, "Status").strip()
            )
            if action == "failed" and reason:
                reasons.append(reason)
    return actions, reasons


def _returned_ids(message: Message) -> tuple[str, ...]:
    """The Message-ID of the mail that came back, from its copy or its headers in the report."""
    for part in message.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if (
            kind == "message/rfc822"
            and isinstance(payload, list)
            and payload
            and isinstance(payload[0], Message)
        ):
            return message_ids(raw_header(payload[0], "Message-ID"))
        if kind == "text/rfc822-headers" and isinstance(payload, str):
            raw = part.get_payload(decode=True)
            found = HeaderParser().parsestr(
                raw.decode("ascii", "replace") if isinstance(raw, bytes) else payload
            )
            return message_ids(raw_header(found, "Message-ID"))
    return ()


def _mentioned(message: Message, text: str) -> tuple[str, ...]:
    """Message-IDs in the headers that refer to others and anywhere in the text."""
    referred = " ".join(raw_header(message, name) for name in ("In-Reply-To", "References"))
    return message_ids(cleaned(referred) + " " + text[:_LOOKED_THROUGH])


def _first_lines(text: str) -> str:
    return " ".join(text.split())[:400]
