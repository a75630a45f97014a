"""The kinds of connections: one folder each, found here by the name that a connection carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from pilotwerk.pilots.connectors import mailbox
from pilotwerk.pilots.connectors.access import Access, Look

# What the button "Test" does for each kind. Raises `Trouble`.
TESTS: Final[Mapping[str, Callable[[Access], Look]]] = MappingProxyType({"mailbox": mailbox.try_out})
