"""One page of a REST interface: asked for, bounded, and taken apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.entries import Entry, flat, plain
from pilotwerk.pilots.connectors.http import Answer, fetched, origin, split
from pilotwerk.pilots.connectors.rest.settings import RestSettings
from pilotwerk.pilots.connectors.trouble import Trouble

LARGEST: Final = 10_000_000
MOST_ENTRIES: Final = 20_000
_BUSY: Final = frozenset({429, 503})
# Longer than this nobody is kept waiting, whatever a server asks for.
LONGEST_PAUSE: Final = 3600


@dataclass(frozen=True, slots=True)
class Page:
    """The entries of one answer, how many could not be read, and what the answer names as the next page."""

    entries: tuple[Entry, ...]
    broken: tuple[int, ...]
    following: str


def first_page(access: Access) -> Page:
    """The page without any position. Raises `Trouble`."""
    return page(access, {})


def page(access: Access, asked: Mapping[str, str], url: str = "") -> Page:
    """The page for these parameters, or at an address that the page before has named. Raises `Trouble`."""
    settings = RestSettings.of(access.settings)
    address = _address(settings, url)
    answer = fetched(_with(address, asked), {"Accept": "application/json"}, _secret(access), limit=LARGEST)
    _check(answer)
    document = _document(answer)
    items = _list(document, settings.list_path, answer.url)
    if len(items) > MOST_ENTRIES:
        raise Trouble("too_many", host=_host(answer.url), limit=str(MOST_ENTRIES))
    entries, broken = [], []
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            entries.append(Entry(number, flat(item)))
        else:
            broken.append(number)
    following = _at(document, settings.cursor_field) if settings.cursor_field else None
    named = plain(following) if isinstance(following, (str, int, Decimal)) else ""
    return Page(tuple(entries), tuple(broken), named)


def _address(settings: RestSettings, url: str) -> str:
    """The next page's own address must lie where the first one does: the secret goes there."""
    if not url:
        return settings.url
    full = urljoin(settings.url, url)
    if origin(split(full)) != origin(split(settings.url)):
        raise Trouble("elsewhere", host=_host(full))
    return full


def _with(url: str, asked: Mapping[str, str]) -> str:
    """The address with these parameters in place of those of the same name."""
    parts = urlsplit(url)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in asked
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *asked.items()]), fragment=""))


def _secret(access: Access) -> dict[str, str]:
    settings, token = RestSettings.of(access.settings), access.secrets.get("token", "")
    if settings.auth == "bearer":
        return {"Authorization": f"Bearer {token}"}
    return {settings.header_name: token} if settings.auth == "header" else {}


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _check(answer: Answer) -> None:
    host, status = _host(answer.url), answer.status
    if status in _BUSY:
        asked = answer.headers.get("retry-after", "")
        seconds = min(int(asked), LONGEST_PAUSE) if asked.isdecimal() else 0
        raise Trouble("busy", host=host, status=str(status), seconds=str(seconds))
    if status in (401, 403):
        raise Trouble("token_refused", host=host, status=str(status))
    if status >= 500:
        raise Trouble("http_failed", host=host, status=str(status))
    if status >= 300:
        raise Trouble("http_refused", host=host, status=str(status))


def _document(answer: Answer) -> Any:
    try:
        return json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        raise Trouble("not_json", host=_host(answer.url)) from None


def _at(document: Any, path: str) -> Any:
    for part in path.split(".") if path else ():
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _list(document: Any, path: str, url: str) -> list[Any]:
    """The list at the path; without a path the answer itself, or the only list in it."""
    found = _at(document, path)
    if not path and isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list):
        raise Trouble("list_missing", host=_host(url), path=path or "–")
    return found
