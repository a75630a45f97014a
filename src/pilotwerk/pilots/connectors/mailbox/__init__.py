"""A mailbox: requests by IMAP, answers by SMTP or as drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from imap_tools import BaseMailBox

from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.mailbox import imap
from pilotwerk.pilots.connectors.mailbox.imap import Step
from pilotwerk.pilots.connectors.mailbox.sending import Mailbox
from pilotwerk.pilots.connectors.mailbox.settings import MailboxSettings

__all__ = ["Mailbox", "MailboxSettings", "Reader", "Step", "reading", "try_out"]


def try_out(access: Access) -> Look:
    """What would be read, after the way out was tried as well. Raises `Trouble`."""
    found = imap.look(access)
    Mailbox(access).try_out()
    return found


class Reader:
    """An open mailbox, read step by step."""

    def __init__(self, box: BaseMailBox, settings: MailboxSettings) -> None:
        self._box, self._settings = box, settings

    def step(self, cursor: Mapping[str, Any], *, since: datetime) -> Step:
        """The next mails. Raises `Trouble`."""
        return imap.read_on(self._box, self._settings, cursor, since=since)

    def taken(self, step: Step) -> None:
        """These mails are stored: mark them where the setting says so."""
        imap.mark(self._box, self._settings, [mail.uid for mail in step.mails])


@contextmanager
def reading(access: Access) -> Iterator[Reader]:
    """The mailbox, open for reading. Raises `Trouble`."""
    with imap.opened(access) as box:
        yield Reader(box, MailboxSettings.of(access.settings))
