"""Reads of connections, and the first rows of a table to see that one works."""

from django.db.models import QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.processes import analysis
from pilotwerk.processes.databases.address import url_for
from pilotwerk.processes.models import DatabaseConnection, Process, ProcessImport
from pilotwerk.processes.reading.sql import PREVIEW_SECONDS, open_query
from pilotwerk.processes.selectors import upload_limits

TEST_ROWS = 10


def connection_list(organisation: Organisation) -> QuerySet[DatabaseConnection]:
    """All connections by name."""
    found: QuerySet[DatabaseConnection] = DatabaseConnection.objects.of(organisation)
    return found


def first_rows(connection: DatabaseConnection, table: str) -> analysis.Peek:
    """The first rows of a table or SELECT. Raises `Unreadable` or `Refused` with what is wrong."""
    with open_query(
        url_for(connection), table, limits=upload_limits(), sample=TEST_ROWS, seconds=PREVIEW_SECONDS
    ) as source:
        return analysis.look(source, preview=TEST_ROWS)


def last_query(process: Process) -> dict[str, object]:
    """Connection and query of the last import of the process out of a database, to begin with again."""
    last = (
        ProcessImport.objects.of(process.organisation_id)
        .filter(process=process, connection__isnull=False)
        .order_by("-created_at")
        .first()
    )
    return {"connection": last.connection_id, "query": last.query} if last else {}
