"""A REST interface is read on from where it was left: by the cursor that it names, or by a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.entries import Entry, Shape
from pilotwerk.pilots.connectors.rest.fetching import Page, page
from pilotwerk.pilots.connectors.rest.settings import RestSettings
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.domain.incoming import Batch, Unusable
from pilotwerk.pilots.recipes.moments import MomentReader

# A table that is fetched whole may have so many pages.
MOST_PAGES: Final = 200
Position = dict[str, Any]


class RestReader:
    """One look at the interface. The runtime stores the position that it hands out after what was read.

    What was read may be handed out again (the last page, the overlap): it is known by its number, so nothing doubles,
    and an entry that appears late is not lost.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._settings = RestSettings.of(access.settings)
        self._shape = Shape.of(access.settings, access.id)
        self._seen: set[str] = set()
        self._asked: set[str] = set()
        self._at: datetime | None = None

    def step(self, cursor: Mapping[str, Any], *, since: datetime) -> Batch:
        """The next page. Raises `Trouble`."""
        found, position, more = self._next(cursor, since)
        batch = self._shape.batch(found.entries, since=since)
        return replace(
            batch, unusable=batch.unusable + tuple(map(_broken, found.broken)), cursor=position, more=more
        )

    def whole(self) -> Batch:
        """All entries as one table. Raises `Trouble`."""
        entries: list[Entry] = []
        broken: list[int] = []
        taken: set[str] = set()
        position: Position = {}
        for _page in range(MOST_PAGES):
            found, position, more = self._next(position, None)
            for one in found.entries:
                name = self._name(one)
                if name not in taken:
                    taken.add(name)
                    entries.append(replace(one, number=len(entries) + 1))
            broken += found.broken
            if not more:
                batch = self._shape.batch(entries)
                return replace(batch, unusable=tuple(map(_broken, broken)))
        raise Trouble("too_many_pages", limit=str(MOST_PAGES))

    def _next(self, cursor: Mapping[str, Any], since: datetime | None) -> tuple[Page, Position, bool]:
        """A page, the position after it, and whether to ask again at once."""
        if self._settings.paging == "cursor":
            return self._by_cursor(str(cursor.get("next", "")))
        if self._settings.paging == "since":
            known = cursor.get("since")
            return self._by_moment(datetime.fromisoformat(known) if known else since)
        return page(self._access, {}), {}, False

    def _by_cursor(self, at: str) -> tuple[Page, Position, bool]:
        """At the end the last page stays the position: what is added to it is found there."""
        self._asked.add(at)
        if at.startswith(("https://", "http://", "/")):
            found = page(self._access, {}, at)
        else:
            found = page(self._access, {self._settings.cursor_param: at} if at else {})
        more = bool(found.following and found.entries) and found.following not in self._asked
        return found, {"next": found.following or at}, more

    def _by_moment(self, since: datetime | None) -> tuple[Page, Position, bool]:
        """Entries from a moment on, oldest first. A look begins at the overlap and goes on from page to page; what it
        hands out as position never goes back.
        """
        asked_from = self._at
        if asked_from is None and since is not None:
            asked_from = since - timedelta(minutes=self._settings.overlap_minutes)
        asked = {self._settings.since_param: self._written(asked_from)} if asked_from else {}
        found = page(self._access, asked)
        moments = self._moments(found.entries)
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise Trouble("not_in_order", field=self._settings.time_field)
        names = set(map(self._name, found.entries))
        fresh = bool(names - self._seen)
        self._seen |= names
        # An entry from the future must not make us pass over all that come until then.
        self._at = min(max(moments, default=asked_from or clock.now()), clock.now())
        position = max(self._at, since) if since else self._at
        return found, {"since": position.isoformat()}, fresh

    def _moments(self, entries: Sequence[Entry]) -> list[datetime]:
        name = self._settings.time_field
        texts = [entry.values.get(name, "") for entry in entries]
        reader = MomentReader.over(texts)
        found = []
        for text in texts:
            moment = reader.read(text) if text else None
            if moment is None:
                raise Trouble("time_unreadable", field=name, value=text[:40] or "–")
            found.append(moment)
        return found

    def _written(self, moment: datetime) -> str:
        """As the interface wants it, never later than it is."""
        seconds = int(moment.timestamp())
        if self._settings.since_format == "seconds":
            return str(seconds)
        if self._settings.since_format == "milliseconds":
            return str(seconds * 1000)
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _name(self, entry: Entry) -> str:
        """By what an entry is known within one look."""
        return entry.values.get(self._settings.id_field) or repr(sorted(entry.values.items()))


def _broken(row: int) -> Unusable:
    return Unusable(row, "", _("This entry is not an object with named values."))
