"""Reads of connections and of the mails that went over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.pilots.domain.mails import MailKind
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Case, Connection, ConnectionKind, ConnectionState, Mail, Pilot
from pilotwerk.pilots.recipes.base import Recipe

SHOWN = 20


def connections_of(organisation: Organisation) -> QuerySet[Connection]:
    """All connections by name."""
    found: QuerySet[Connection] = Connection.objects.of(organisation)
    return found


def connection_get(organisation: Organisation, pk: UUID) -> Connection | None:
    return connections_of(organisation).filter(pk=pk).first()


def connections_working(organisation: Organisation, kind: str) -> QuerySet[Connection]:
    """Those of a kind that were tested and work: what a pilot may be set up with."""
    return connections_of(organisation).filter(kind=kind, state=ConnectionState.OK)


def connections_offered(organisation: Organisation, about: Recipe, kind: str) -> QuerySet[Connection]:
    """Those of a kind that work and whose entries are what this recipe takes: requests, or rows of a table."""
    found = connections_working(organisation, kind)
    if kind in (ConnectionKind.REST, ConnectionKind.SQL):
        return found.filter(settings__use="rows" if about.tables else "requests")
    return found


def connections_in_ways(
    organisation: Organisation, about: Recipe, ways: Sequence[str]
) -> QuerySet[Connection]:
    """All that a pilot of this recipe may choose from, for these ways in or out."""
    found = connections_of(organisation).none()
    for kind in ways:
        if kind in ConnectionKind.values:
            found = found | connections_offered(organisation, about, kind)
    return found


def connections_with_tables(organisation: Organisation, about: Recipe) -> list[Connection]:
    """Those out of which a whole table can be read now, for a recipe that works with tables."""
    if not about.tables:
        return []
    kinds = [kind for kind in (ConnectionKind.REST, ConnectionKind.SQL) if kind in about.sources]
    return list(connections_in_ways(organisation, about, kinds).order_by("name"))


def connection_pilots(connection: Connection) -> QuerySet[Pilot]:
    """The pilots that have not ended and use this connection."""
    found: QuerySet[Pilot] = (
        Pilot.objects.of(connection.organisation_id)
        .filter(Q(source_connection=connection) | Q(target_connection=connection))
        .exclude(state=PilotState.ENDED.value)
    )
    return found


def connections_broken(organisation: Organisation) -> QuerySet[Connection]:
    """Connections that do not work although a running pilot needs them."""
    return (
        connections_of(organisation)
        .filter(state=ConnectionState.BROKEN)
        .filter(Q(pilots_in__state=PilotState.RUNNING.value) | Q(pilots_out__state=PilotState.RUNNING.value))
        .distinct()
    )


def mails_aside(connection: Connection) -> list[Mail]:
    """What came and was no request: automatic replies and returned mail, newest first."""
    found = Mail.objects.of(connection.organisation_id).filter(
        connection=connection, kind__in=[MailKind.AUTO_REPLY.value, MailKind.BOUNCE.value]
    )
    return list(found.select_related("case").order_by("-received_at")[:SHOWN])


def mail_get(organisation: Organisation, pk: UUID) -> Mail | None:
    found: Mail | None = Mail.objects.of(organisation).filter(pk=pk).select_related("case").first()
    return found


def mail_of(case: Case) -> Mail | None:
    """The mail that this case was made of; None where it came in another way."""
    return mails_of([case.pk]).get(case.pk)


def mails_of(cases: Collection[UUID]) -> dict[UUID, Mail]:
    """The mails that these cases were made of, by case."""
    found = Mail.objects.filter(case__in=cases, kind=MailKind.REQUEST.value).select_related("earlier")
    return {mail.case_id: mail for mail in reversed(found) if mail.case_id}


def thread_of(case: Case, mail: Mail | None) -> list[Mail]:
    """All mails of the case's thread in order, other cases' included; empty where it stands alone."""
    if mail is None:
        return []
    found = list(Mail.objects.filter(pilot_id=case.pilot_id, thread=mail.thread).select_related("case")[:100])
    return found if len(found) > 1 else []


def mails_by_id(pilot: Pilot, keys: list[str]) -> dict[str, Mail]:
    """The pilot's mails with these keys, by key."""
    return {mail.key: mail for mail in Mail.objects.filter(pilot=pilot, key__in=keys).select_related("case")}
