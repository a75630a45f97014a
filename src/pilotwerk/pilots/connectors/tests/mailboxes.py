"""The stage for stories about a mailbox: real servers for reading and sending on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from pilotwerk.pilots.connectors import mailbox
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Message
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.mailservers import PASSWORD, Imap, Postbox, smtp
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


def trouble(access: Access) -> Trouble:
    with pytest.raises(Trouble) as caught:
        mailbox.try_out(access)
    assert str(caught.value)
    return caught.value
