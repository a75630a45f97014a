"""Many rows of a table written in one go: changed, each with values of its own, on a condition that all share,
or new.

For the first Django has no statement: `bulk_update` knows no condition and says nothing of what it changed. For the
second it has `bulk_create`, which translates the statement anew each time; that takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

_NEW: Final = "INSERT INTO {table} ({columns}) VALUES "
# So many rows are new in one statement: databases bound the number of its values (PostgreSQL 65,535).
AT_ONCE: Final = 200
_STATEMENT: Final = (
    "UPDATE {table} SET {new} FROM (VALUES {rows}) AS given "
    "WHERE {table}.{key} = {named} AND {table}.{column} IN ({among}){same} RETURNING {table}.{key}"
)


def update_where(
    model: type[Model],
    rows: Mapping[UUID, Mapping[str, Any]],
    *,
    column: str,
    among: Collection[str],
    same: str | None = None,
) -> set[UUID]:
    """Write new values into the rows with these keys whose `column` is one of `among`; answers the keys of those.

    `same` is one of the fields: a row is left alone unless its value is the given one. Inside a transaction what
    is answered stays locked until its end. ValueError when the rows name different fields.
    """
    if not rows:
        return set()
    names = list(next(iter(rows.values())))
    if any(list(values) != names for values in rows.values()):
        raise ValueError("the rows of one statement change the same fields")
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    key, table = model._meta.pk, connection.ops.quote_name(model._meta.db_table)
    assert key is not None
    params = [
        value
        for pk, values in rows.items()
        for value in (
            key.get_db_prep_save(pk, connection),
            *(
                field.get_db_prep_save(one, connection)
                for field, one in zip(fields, values.values(), strict=True)
            ),
        )
    ]
    row = f"({', '.join(['%s'] * (1 + len(fields)))})"
    new = {
        name: _cast(field, place) for place, (name, field) in enumerate(zip(names, fields, strict=True), 2)
    }
    statement = _STATEMENT.format(
        table=table,
        new=", ".join(f"{field.column} = {new[field.name]}" for field in fields),
        rows=", ".join([row] * len(rows)),
        key=key.column,
        named=_cast(key, 1),
        column=column,
        among=", ".join(["%s"] * len(among)),
        same=f" AND {table}.{same} = {new[same]}" if same else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *among])
        return {UUID(str(found)) for (found,) in cursor.fetchall()}


def insert_all(rows: Sequence[Model], *, skip_known: bool = False) -> None:
    """Store new rows of one table, whose keys are set already. With `skip_known` one that a unique constraint forbids
    is left out; without it nothing is stored then (IntegrityError).
    """
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    begin, row = _insertion(model, connection.vendor)
    end = " ON CONFLICT DO NOTHING" if skip_known else ""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            params = [
                field.get_db_prep_save(field.pre_save(one, add=True), connection)
                for one in some
                for field in fields
            ]
            cursor.execute(f"{begin}{', '.join([row] * len(some))}{end}", params)
    for one in rows:
        one._state.adding, one._state.db = False, connection.alias


@cache
def _insertion(model: type[Model], vendor: str) -> tuple[str, str]:
    """The beginning of the statement, and the places of one row's values."""
    fields, quoted = model._meta.concrete_fields, connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    begin = _NEW.format(table=quoted(model._meta.db_table), columns=columns)
    return begin, f"({', '.join(['%s'] * len(fields))})"


def _cast(field: Any, place: int) -> str:
    """A value of the list; PostgreSQL has to be told its type, SQLite takes it as it is."""
    value = f"given.column{place}"
    return f"CAST({value} AS {field.db_type(connection)})" if connection.vendor == "postgresql" else value
