"""Reading a mailbox: opened, looked into, and read on from where it was left. Nothing in it is ever deleted.

imap-tools' own `flag`, `move` and `delete` send EXPUNGE, which removes what the mailbox's owner has marked as
deleted; they are not used here.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Any, Final

from imap_tools import BaseMailBox
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import network
from pilotwerk.pilots.connectors.access import Access, Look, Seen
from pilotwerk.pilots.connectors.mailbox.decoding import address, header, raw_header
from pilotwerk.pilots.connectors.mailbox.reading import read_mail
from pilotwerk.pilots.connectors.mailbox.settings import FLAGS, MailboxSettings
from pilotwerk.pilots.connectors.mailbox.tokens import access_token
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.domain.mails import IncomingMail

# So many mails, and so many bytes, are taken in one step and stored before the next.
STEP: Final = 25
STEP_BYTES: Final = 50_000_000
SHOWN: Final = 5
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID: Final = re.compile(rb"\bUID (\d+)")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE: Final = re.compile(rb'\bINTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Step:
    """What was read, and from where to read on. `more`: the mailbox holds further ones already."""

    mails: tuple[IncomingMail, ...]
    cursor: dict[str, Any]
    more: bool


class _Client(BaseMailBox):
    """Connected over a checked address."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        one = self._settings
        if one.security == "tls":
            return network.ImapTls(
                one.host, one.imap_port, ssl_context=ssl.create_default_context(), timeout=network.TIMEOUT
            )
        client = network.Imap(one.host, one.imap_port, timeout=network.TIMEOUT)
        if one.security == "starttls":
            try:
                client.starttls(ssl.create_default_context())
            except BaseException:
                client.shutdown()
                raise
        return client


@contextmanager
def opened(access: Access) -> Iterator[BaseMailBox]:
    """The mailbox, signed in; what is wrong comes out as `Trouble`."""
    settings = MailboxSettings.of(access.settings)
    box = _connected(settings)
    try:
        _sign_in(box, access, settings)
        yield box
    except MailboxFolderSelectError as error:
        raise Trouble("answer", host=settings.host, why=_said(error)) from error
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Trouble("broken_off", host=settings.host) from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise Trouble("answer", host=settings.host, why=_said(error)) from error
    finally:
        _hang_up(box)


def _connected(settings: MailboxSettings) -> BaseMailBox:
    where = {"host": settings.host, "port": str(settings.imap_port)}
    try:
        return _Client(settings)
    except ssl.SSLCertVerificationError as error:
        raise Trouble("certificate", host=settings.host, why=error.verify_message) from error
    except TimeoutError as error:
        # A server that waits for TLS says nothing to a client that waits for a greeting.
        raise Trouble("encryption", **where) from error
    except (ssl.SSLError, imaplib.IMAP4.error, MailboxStarttlsError) as error:
        raise Trouble("encryption", **where) from error
    except OSError as error:
        raise Trouble("unreachable", **where) from error


def _sign_in(box: BaseMailBox, access: Access, settings: MailboxSettings) -> None:
    try:
        if settings.auth == "oauth2":
            _by_token(box, access, settings)
            return
        password = access.secrets.get("password", "")
        if (settings.user + password).isascii():
            box.login(settings.user, password, initial_folder=None)
        else:
            box.login_utf8(settings.user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        raise Trouble("sign_in") from error


def _by_token(box: BaseMailBox, access: Access, settings: MailboxSettings) -> None:
    """With the token at hand, and once more with a new one where the server takes it no longer."""
    try:
        box.xoauth2(settings.user, access_token(access), initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError):
        box.xoauth2(settings.user, access_token(access, anew=True), initial_folder=None)


def _said(error: Exception) -> str:
    result = getattr(error, "command_result", None)
    said = result[1] if isinstance(result, tuple) and len(result) > 1 else str(error)
    if isinstance(said, list):
        said = b" ".join(part for part in said if isinstance(part, bytes)).decode("utf-8", "replace")
    return " ".join(str(said).split())[:200]


def _hang_up(box: BaseMailBox) -> None:
    """LOGOUT only: CLOSE would remove mails that are marked as deleted."""
    try:
        box.logout()
    except (imaplib.IMAP4.error, ImapToolsError, OSError):
        box.client.shutdown()


def select(box: BaseMailBox, folder: str, *, write: bool = False) -> int:
    """Open a folder and answer its UIDVALIDITY (0 where the server has none). `Trouble` where it is missing."""
    try:
        box.folder.set(folder, readonly=not write)
    except MailboxFolderSelectError as error:
        raise missing(box, folder) from error
    _kind, found = box.client.response("UIDVALIDITY")
    return int(found[0]) if found and found[0] else 0


def missing(box: BaseMailBox, folder: str) -> Trouble:
    """The folder is not there; these are."""
    names = ", ".join(sorted(one.name for one in box.folder.list())[:30])
    return Trouble("folder", folder=folder, folders=names)


def look(access: Access) -> Look:
    """The newest few mails of the folder, read-only, and whether the other folders are there."""
    settings = MailboxSettings.of(access.settings)
    with opened(access) as box:
        present = {one.name for one in box.folder.list()}
        for folder in (settings.drafts_folder if settings.saves_drafts else "", settings.sent_folder):
            if folder and folder not in present:
                raise missing(box, folder)
        select(box, settings.folder)
        uids = box.uids("ALL", charset=None)
        found = _fetched(box, uids[-SHOWN:], "(UID INTERNALDATE BODY.PEEK[HEADER])")
    seen = [_seen(raw, head) for head, raw in found]
    return Look(tuple(sorted(seen, key=lambda one: one.when, reverse=True)), len(uids))


def _seen(raw: bytes, head: bytes) -> Seen:
    message = BytesHeaderParser().parsebytes(raw)
    name, sender = address(raw_header(message, "From"))
    who = f"{name} <{sender}>" if name and sender else name or sender
    return Seen(_arrived(head), who[:200], header(message, "Subject")[:200])


def _fetched(box: BaseMailBox, uids: Sequence[str], parts: str) -> list[tuple[bytes, bytes]]:
    """For each mail what the server said about it and the bytes it sent; in the order of the answer."""
    if not uids:
        return []
    status, answer = box.client.uid("FETCH", ",".join(uids), parts)
    if status != "OK":
        raise imaplib.IMAP4.error(str(status))
    found: list[tuple[bytes, bytes]] = []
    for item in answer:
        if isinstance(item, tuple):
            found.append((item[0], item[1]))
        elif isinstance(item, bytes) and found and not _UID.search(found[-1][0]):
            found[-1] = (found[-1][0] + item, found[-1][1])  # the UID may stand behind the text
        elif isinstance(item, bytes) and _UID.search(item):
            found.append((item, b""))
    return found


def _arrived(head: bytes) -> datetime:
    found = _DATE.search(head)
    try:
        moment = parsedate_to_datetime(found.group(1).decode("ascii").strip()) if found else clock.now()
    except ValueError:
        moment = clock.now()
    return moment if moment.tzinfo else clock.now()


def _number(pattern: re.Pattern[bytes], head: bytes) -> int:
    found = pattern.search(head)
    return int(found.group(1)) if found else 0


def read_on(
    box: BaseMailBox, settings: MailboxSettings, cursor: Mapping[str, Any], *, since: datetime
) -> Step:
    """The next mails after the cursor that arrived since then, at most `STEP` mails and `STEP_BYTES` bytes.

    Another UIDVALIDITY means that all UIDs are new (RFC 3501, 2.3.1.1): reading begins anew, and the mails'
    keys tell which are known.
    """
    validity = select(box, settings.folder)
    last = int(cursor.get("uid", 0)) if cursor.get("uidvalidity") == validity else 0
    # The server says when a mail arrived in whole seconds: one of the first second must not count as older.
    since = since.replace(microsecond=0)
    # SINCE looks at the day only and in the server's zone; the moment is checked below.
    day = since - timedelta(days=1)
    criteria = f"UID {last + 1}:* SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}"
    uids = sorted({int(uid) for uid in box.uids(criteria, charset=None) if int(uid) > last})
    about = _fetched(box, [str(uid) for uid in uids[:STEP]], "(UID RFC822.SIZE INTERNALDATE)")
    known = {_number(_UID, head): (_number(_SIZE, head), _arrived(head)) for head, _ in about}
    mails: list[IncomingMail] = []
    done = last
    room = STEP_BYTES
    for uid in uids[:STEP]:
        size, arrived = known.get(uid, (0, None))
        if arrived is not None and arrived >= since:
            large = size > settings.max_megabytes * 1_000_000
            if mails and not large and size > room:
                break
            mails += _mail(box, uid, arrived, large)
            room -= 0 if large else size
        done = uid
    return Step(tuple(mails), {"uidvalidity": validity, "uid": done}, bool(uids) and done < uids[-1])


def _mail(box: BaseMailBox, uid: int, arrived: datetime, large: bool) -> list[IncomingMail]:
    part = "BODY.PEEK[HEADER]" if large else "BODY.PEEK[]"
    return [
        read_mail(raw, uid=uid, received_at=arrived, too_large=large)
        for head, raw in _fetched(box, [str(uid)], f"(UID {part})")
        if _number(_UID, head) == uid and raw
    ]


def mark(box: BaseMailBox, settings: MailboxSettings, uids: Sequence[int]) -> None:
    """Put the chosen flag on mails that were taken."""
    flag = FLAGS.get(settings.mark)
    if flag and uids:
        select(box, settings.folder, write=True)
        box.client.uid("STORE", ",".join(str(uid) for uid in uids), "+FLAGS.SILENT", f"({flag})")


def holds(box: BaseMailBox, folder: str, message_id: str) -> bool:
    """Whether a folder holds the mail with this Message-ID."""
    select(box, folder)
    return bool(box.uids(f'HEADER Message-ID "{message_id}"', charset=None))
