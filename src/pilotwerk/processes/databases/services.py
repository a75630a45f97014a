"""Writes of connections, and imports that begin with a query. A password is sealed at once and never shown."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import seal
from pilotwerk.processes import analysis, selectors, services
from pilotwerk.processes.databases.address import PURPOSE, check_address
from pilotwerk.processes.domain.select import checked_select
from pilotwerk.processes.models import DatabaseConnection, Process, ProcessImport

FIELDS = ("name", "dialect", "host", "port", "database", "username")


def connection_save(
    *,
    organisation: Organisation,
    actor: Actor,
    name: str,
    dialect: str,
    database: str,
    host: str = "",
    port: int | None = None,
    username: str = "",
    password: str = "",
    connection: DatabaseConnection | None = None,
) -> DatabaseConnection:
    """A new connection, or a changed one. An empty password leaves the stored one, unless the server changed:
    a password goes to no other server than the one for which it was entered.
    """
    check_address(dialect=dialect, host=host, port=port, database=database)
    row = connection or DatabaseConnection(organisation=organisation)
    if row.organisation_id != organisation.id:
        raise Refused(_("There is no such connection."))
    moved = (row.dialect, row.host, row.port) != (dialect, host, port)
    row.name, row.dialect, row.host = " ".join(name.split()), dialect, host
    row.port, row.database, row.username = port, database, username
    if password or moved:
        row.password = seal(password, purpose=PURPOSE) if password else ""
    action = "processes.connection_changed" if connection else "processes.connection_created"
    try:
        with transaction.atomic():
            if connection:
                row.save(update_fields=[*FIELDS, "password"])
            else:
                row.save(force_insert=True)
            _record(row, actor, action)
    except IntegrityError:
        raise Refused(_("There is a connection “%(name)s” already.") % {"name": row.name}) from None
    return row


@transaction.atomic
def connection_delete(*, organisation: Organisation, actor: Actor, connection: DatabaseConnection) -> None:
    """The connection goes with its password; what was imported over it stays."""
    waiting = connection.imports.filter(state__in=selectors.WAITING)
    if waiting.exists():
        raise Refused(_("An import over this connection is not finished yet."))
    deleted, _rows = DatabaseConnection.objects.of(organisation).filter(pk=connection.pk).delete()
    if not deleted:
        raise Refused(_("There is no such connection."))
    _record(connection, actor, "processes.connection_deleted")


def import_start_query(
    *,
    organisation: Organisation,
    actor: Actor,
    process: Process,
    connection: DatabaseConnection,
    query: str,
) -> ProcessImport:
    """Look at the first rows of a query or table and guess its columns; nothing is imported before a person
    confirms them. Raises `BadInput` or `Refused`.
    """
    if connection.organisation_id != organisation.id:
        raise Refused(_("There is no such connection."))
    statement = checked_select(query, connection.dialect)
    services.make_way(organisation=organisation, actor=actor, process=process)
    started = ProcessImport(
        organisation=organisation,
        process=process,
        filename=connection.name,
        connection=connection,
        query=query.strip(),
        fingerprint=hashlib.sha256(statement.encode()).hexdigest(),
    )
    with selectors.import_source(started, sample=analysis.PEEK_ROWS) as source:
        seen = analysis.look(source)
    services.register_import(started=started, seen=seen, actor=actor)
    return started


def _record(row: DatabaseConnection, actor: Actor, action: str) -> None:
    """What is recorded says where the connection leads, and never the password."""
    record(
        organisation_id=row.organisation_id,
        actor=actor,
        action=action,
        subject=("processes.DatabaseConnection", str(row.id)),
        data={"name": row.name, "dialect": row.dialect, "host": row.host, "database": row.database},
    )
