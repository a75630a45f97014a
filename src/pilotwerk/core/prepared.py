"""Queries of the busiest paths: written in Django's language, translated into SQL once, then only filled in.

Translating takes several times longer than running a query that reads one row by its key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Expression, Model, QuerySet

M = TypeVar("M", bound=Model)


Converter = Callable[[Any, Expression, Any], Any]


@dataclass(frozen=True, slots=True)
class _Translated(Generic[M]):
    """A query in a database's language: its text, the values and names of its parameters, and how a row is read."""

    model: type[M]
    sql: str
    params: list[Any]
    fields: list[str]
    converters: list[tuple[int, list[Converter], Expression]]


class Prepared(Generic[M]):
    """A query whose parameters are named.

    `build` makes it of the parameters; it is called once for each database with the `stand_ins`, one for each
    name: values of the right type that differ from each other and from everything else in the query. None is no
    value: the text of a query depends on it.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]], **stand_ins: Any) -> None:
        self.build = build
        self.stand_ins = stand_ins
        self.known: dict[str, _Translated[M]] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them: on SQLite a truth value is 0 or 1."""
        return self._read(self._translated(), values)

    def objects(self, **values: Any) -> list[M]:
        """The rows as objects; only for a query of whole rows of one table."""
        query = self._translated()
        found = []
        for row in self._read(query, values):
            fields = list(row)
            for place, converters, expression in query.converters:
                for convert in converters:
                    fields[place] = convert(fields[place], expression, connection)
            found.append(query.model.from_db(connection.alias, query.fields, fields))
        return found

    def _read(self, query: _Translated[M], values: dict[str, Any]) -> list[tuple[Any, ...]]:
        given = {name: plain(values[name]) for name in self.stand_ins}
        with connection.cursor() as cursor:
            cursor.execute(query.sql, [given[one] if isinstance(one, _Name) else one for one in query.params])
            return list(cursor.fetchall())

    def _translated(self) -> _Translated[M]:
        if found := self.known.get(connection.vendor):
            return found
        built = self.build(**self.stand_ins)
        compiler = built.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = {plain(value): _Name(name) for name, value in self.stand_ins.items()}
        filled = [names.get(one, one) for one in map(plain, params)]
        if missing := set(names.values()) - set(filled):
            raise ValueError(f"the query does not ask for {sorted(missing)}")
        columns = [column for column, _sql, _alias in compiler.select]
        converters = [(place, *found) for place, found in compiler.get_converters(columns).items()]
        fields = [field.attname for field in built.model._meta.concrete_fields]
        self.known[connection.vendor] = _Translated(built.model, sql, filled, fields, converters)
        return self.known[connection.vendor]


class _Name(str):
    """The place of a parameter."""


def plain(value: Any) -> Any:
    """A value as the driver wants it, and gives it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
