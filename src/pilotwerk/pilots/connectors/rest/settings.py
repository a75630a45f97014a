"""The plain settings of a REST interface that is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class RestSettings:
    """As the form stores them. `auth`: "none", "bearer" or "header" with `header_name`.

    `list_path`: where the list lies in the answer, joined by points; empty for the answer itself or its only list.
    `paging`: "none" (all at once), "cursor" (the answer names the next page) or "since" (entries from a moment on).
    `overlap_minutes`: so much before the newest known moment is asked for again; what is known is left out.
    """

    url: str
    auth: str = "none"
    header_name: str = ""
    list_path: str = ""
    id_field: str = ""
    time_field: str = ""
    paging: str = "none"
    cursor_param: str = ""
    cursor_field: str = ""
    since_param: str = ""
    since_format: str = "iso"
    overlap_minutes: int = 5

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> RestSettings:
        """Out of what is stored; what it does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in plain.items() if name in known})
