"""Queries of the busiest paths: written in Django's language, translated into SQL once, then only filled in.

Translating takes several times longer than running a query that reads one row by its key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A query whose parameters are named.

    `build` makes it of the parameters; it is called once for each database with the `stand_ins`, one for each
    name: values of the right type that differ from each other and from everything else in the query. None is no
    value: the text of a query depends on it.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]], **stand_ins: Any) -> None:
        self.build = build
        self.stand_ins = stand_ins
        self.known: dict[str, tuple[type[M], str, list[Any]]] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them: on SQLite a truth value is 0 or 1."""
        _model, sql, params = self._filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def objects(self, **values: Any) -> list[M]:
        """The rows as objects; only for a query of whole rows of one table."""
        model, sql, params = self._filled(values)
        return list(model._default_manager.raw(sql, params))

    def _filled(self, values: dict[str, Any]) -> tuple[type[M], str, list[Any]]:
        found = self.known.get(connection.vendor)
        if found is None:
            found = self.known[connection.vendor] = self._translated()
        model, sql, params = found
        given = {name: _plain(values[name]) for name in self.stand_ins}
        return model, sql, [given[one] if isinstance(one, _Name) else one for one in params]

    def _translated(self) -> tuple[type[M], str, list[Any]]:
        query = self.build(**self.stand_ins)
        sql, params = query.query.sql_with_params()
        names = {_plain(value): _Name(name) for name, value in self.stand_ins.items()}
        filled = [names.get(one, one) for one in map(_plain, params)]
        if missing := set(names.values()) - set(filled):
            raise ValueError(f"the query does not ask for {sorted(missing)}")
        return query.model, sql, filled


class _Name(str):
    """The place of a parameter."""


def _plain(value: Any) -> Any:
    """A value as the driver wants it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
