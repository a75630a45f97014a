"""Columns of a table that are known by their names, German or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilotwerk.processes.domain.values import is_missing
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pilotwerk.pilots.recipes.base import Row


def known_columns(columns: Sequence[str], words: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Meaning -> place of the column that is called so. An earlier word wins over a later one, for each meaning."""
    names = [normal_name(column) for column in columns]
    found: dict[str, int] = {}
    for meaning, known in words.items():
        for word in known:
            if word in names and names.index(word) not in found.values():
                found[meaning] = names.index(word)
                break
    return found


def cell(row: Row, place: int | None) -> str:
    """The value of a row without blanks around it; empty where it is missing or there is no such column."""
    if place is None:
        return ""
    text = row[1][place].strip()
    return "" if is_missing(text) else text
