"""A REST interface: entries in JSON, fetched by GET, page by page."""

from __future__ import annotations

from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.entries import Shape
from pilotwerk.pilots.connectors.rest.fetching import Page, first_page
from pilotwerk.pilots.connectors.rest.reading import RestReader

__all__ = ["Page", "RestReader", "try_out"]


def try_out(access: Access) -> Look:
    """The first entries, as they would be taken. Raises `Trouble`."""
    page = first_page(access)
    return Shape.of(access.settings, access.id).look(page.entries, len(page.entries))
