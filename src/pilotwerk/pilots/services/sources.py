"""What a connection hands out becomes cases or the present table; what cannot be taken is noted with the connection."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.incoming import Batch, Unusable
from pilotwerk.pilots.models import Case, Connection, Pilot, PilotTable
from pilotwerk.pilots.recipes.base import Sheet
from pilotwerk.pilots.selectors.recipes import case_views, place_of
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.learning import pilot_train
from pilotwerk.pilots.services.recipes import cases_noticed, table_take, watch_later
from pilotwerk.pilots.uploads import scratch
from pilotwerk.pilots.wording import not_running

# So many entries that could not be taken are kept with the connection.
KEPT: Final = 20


def batch_take(
    *, actor: Actor, pilot: Pilot, connection: Connection, batch: Batch, before: Mapping[str, Any]
) -> int:
    """Take in a batch, then move the connection's position; answers how many cases are new.

    In this order, so that nothing is lost where the program ends in between: what comes again is known by its keys.
    """
    by: dict[str, Any] = {"organisation": pilot.organisation, "actor": actor, "pilot": pilot}
    new = 0
    if batch.requests:
        keys = [one.key for one in batch.requests]
        known = set(Case.objects.filter(pilot=pilot, key__in=keys).values_list("key", flat=True))
        fresh = [one for one in batch.requests if one.key not in known]
        if fresh:
            new += len(case_ingest(**by, cases=fresh, source=connection.name).new)
    unusable = list(batch.unusable)
    if batch.rows:
        pilot.refresh_from_db(fields=["state"])
        if not pilot.is_running:
            raise Refused(not_running())
        sheet = Sheet(connection.name, batch.columns, batch.rows)
        noticed = recipe.of(pilot.recipe).incoming(
            sheet, place_of(pilot, pilot.organisation), case_views(pilot)
        )
        if noticed is not None:
            new += len(cases_noticed(**by, noticed=noticed, source=connection.name).new)
            # Its place changes from look to look; what stands first in it names it.
            names = {number: next(filter(None, cells), "")[:100] for number, cells in batch.rows}
            unusable += [
                Unusable(0, column, said, names.get(row, "")) for row, column, said in noticed.rejected
            ]
    rejected_note(connection=connection, unusable=unusable)
    _moved(pilot, connection, before, batch.cursor)
    return new


@transaction.atomic
def _moved(pilot: Pilot, connection: Connection, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Not where another worker has moved it meanwhile: its position counts."""
    row = Connection.objects.select_for_update().filter(pk=connection.pk).first()
    cursor = {**after, "pilot": str(pilot.pk)}
    if row is not None and row.cursor == before and row.cursor != cursor:
        Connection.objects.filter(pk=row.pk).update(cursor=cursor)


def table_from(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    role: str,
    connection: Connection,
    batch: Batch,
) -> PilotTable:
    """Take a whole table that a connection handed out in this role. Raises `BadInput` for one that cannot serve."""
    with scratch(pilot, ".csv") as path:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
            writer.writerow(batch.columns)
            writer.writerows(cells for _number, cells in batch.rows)
        return table_take(
            organisation=organisation,
            actor=actor,
            pilot=pilot,
            role=role,
            path=path,
            filename=f"{connection.name}.csv",
        )


def table_renew(*, actor: Actor, pilot: Pilot, connection: Connection, batch: Batch) -> bool:
    """Take a whole table in place of the present one, where it differs from the last; answers whether it did.

    Raises `BadInput` for a table that cannot serve; the present one stays.
    """
    rejected_note(connection=connection, unusable=batch.unusable)
    digest = hashlib.sha256(repr((batch.columns, batch.rows)).encode()).hexdigest()
    connection.refresh_from_db(fields=["cursor"])
    before = connection.cursor
    if before == {"table": digest, "pilot": str(pilot.pk)}:
        return False
    pilot.refresh_from_db(fields=["state"])
    if not pilot.is_running:
        raise Refused(not_running())
    kind = recipe.of(pilot.recipe)
    role = kind.role_of(Sheet(f"{connection.name}.csv", batch.columns, batch.rows))
    by: dict[str, Any] = {"organisation": pilot.organisation, "actor": actor, "pilot": pilot}
    table_from(**by, role=role, connection=connection, batch=batch)
    if role == kind.about.renewed:
        watch_later(pilot)
    else:
        pilot_train(**by)
    _moved(pilot, connection, before, {"table": digest})
    return True


@transaction.atomic
def rejected_note(*, connection: Connection, unusable: Sequence[Unusable]) -> None:
    """Keep what could not be taken, newest first, each once. Not recorded: it says what the other side holds."""
    if not unusable:
        return
    row = Connection.objects.select_for_update().filter(pk=connection.pk).first()
    if row is None:
        return
    moment = clock.now().isoformat()
    known = {(one["file"], one["row"], one["column"], one["message"]) for one in row.rejected}
    fresh = [
        {"file": one.file, "row": one.row, "column": one.column, "message": one.message[:300], "at": moment}
        for one in unusable
        if (one.file, one.row, one.column, one.message[:300]) not in known
    ]
    if fresh:
        Connection.objects.filter(pk=row.pk).update(rejected=[*fresh, *row.rejected][:KEPT])
