"""The kinds of connections: one folder each, found here by the name that a connection carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from pilotwerk.pilots.connectors import files, mailbox, rest, sql, sql_table, webhook
from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.base import Connector
from pilotwerk.pilots.domain.incoming import SourceReader

# What the button "Test" does for each kind. Raises `Trouble`.
TESTS: Final[Mapping[str, Callable[[Access], Look]]] = MappingProxyType(
    {
        "mailbox": mailbox.try_out,
        "rest": rest.try_out,
        "sql": sql.try_out,
        "files": files.try_out,
        "webhook": webhook.try_out,
        "sql_table": sql_table.try_out,
    }
)
# What is read entry by entry. Opening one raises `Trouble`.
READERS: Final[Mapping[str, Callable[[Access], SourceReader]]] = MappingProxyType(
    {"rest": rest.RestReader, "sql": sql.SqlReader}
)
# Ways out over a connection.
TARGETS: Final[Mapping[str, Callable[[Access], Connector]]] = MappingProxyType(
    {
        "mailbox": mailbox.Mailbox,
        "webhook": webhook.Webhook,
        "sql_table": sql_table.SqlTable,
        "files": files.FolderTarget,
    }
)
