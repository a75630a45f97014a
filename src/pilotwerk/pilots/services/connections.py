"""Writes of connections. Secrets are sealed at once, go to no other server, and stand in no log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import seal, unseal
from pilotwerk.pilots.models import Connection, ConnectionState
from pilotwerk.pilots.selectors.connections import connection_pilots

PURPOSE: Final = "pilots.connection"
# Settings that say to whom a secret is handed.
_PLACES: Final = (
    "host",
    "port",
    "security",
    "user",
    "auth",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "token_url",
    "client_id",
    "database",
    "place",
)
# Settings that say what is read: where one changes, reading begins anew.
_READ: Final = ("host", "user", "folder", "url", "database", "query", "paging", "growing", "use", "list_path")


@transaction.atomic
def connection_create(
    *,
    organisation: Organisation,
    actor: Actor,
    kind: str,
    name: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
) -> Connection:
    """A new connection, not tested yet."""
    row = Connection(
        organisation=organisation,
        kind=kind,
        name=_name(name),
        settings=dict(settings),
        sealed=_sealed({key: value for key, value in secrets.items() if value}),
        state_since=clock.now(),
    )
    _saved(row, new=True)
    _recorded(row, actor, "pilots.connection_created")
    return row


@transaction.atomic
def connection_change(
    *,
    organisation: Organisation,
    actor: Actor,
    connection: Connection,
    name: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
) -> Connection:
    """Change a connection. An empty secret leaves the stored one, unless the server or the user changed."""
    row = Connection.objects.of(organisation).select_for_update().filter(pk=connection.pk).first()
    if row is None:
        raise Refused(_("There is no such connection."))
    if row.settings.get("use") != settings.get("use") and connection_pilots(row).exists():
        raise Refused(
            _("A pilot uses this connection. What its entries are can be changed when it does not any more.")
        )
    given = {key: value for key, value in secrets.items() if value}
    if any(row.settings.get(place) != settings.get(place) for place in _PLACES):
        if row.sealed and not given:
            raise Refused(
                _(
                    "Server or user changed: please enter the password again. It goes to no other server by itself."
                )
            )
        row.sealed = _sealed(given)
    elif given:
        # What the provider renewed belongs to the secrets before; new ones begin without it.
        row.sealed = _sealed({**_without_tokens(_opened_or_none(row)), **given})
    if any(row.settings.get(part) != settings.get(part) for part in _READ):
        row.cursor, row.rejected = {}, []
    row.name, row.settings = _name(name), dict(settings)
    row.state, row.problem, row.state_since = ConnectionState.UNTESTED, {}, clock.now()
    _saved(row, new=False)
    _recorded(row, actor, "pilots.connection_changed")
    return row


@transaction.atomic
def connection_remove(*, organisation: Organisation, actor: Actor, connection: Connection) -> None:
    """The connection goes with its secrets; not while a pilot that has not ended uses it."""
    row = Connection.objects.of(organisation).select_for_update().filter(pk=connection.pk).first()
    if row is None:
        raise Refused(_("There is no such connection."))
    used = connection_pilots(row).first()
    if used is not None:
        raise Refused(
            _("The pilot “%(pilot)s” uses this connection. End the pilot or choose another way for it first.")
            % {"pilot": used.name}
        )
    Connection.objects.of(organisation).filter(pk=row.pk).delete()
    _recorded(row, actor, "pilots.connection_removed")


@transaction.atomic
def connection_tested(
    *, organisation: Organisation, actor: Actor, connection: Connection, problem: Mapping[str, Any]
) -> None:
    """Keep what a person's test showed: an empty `problem` means that the connection works."""
    _noted(connection, problem)
    result = str(problem.get("code") or "ok")
    _recorded(connection, actor, "pilots.connection_tested", result=result)


@transaction.atomic
def connection_looked(*, actor: Actor, connection: Connection, problem: Mapping[str, Any]) -> None:
    """Keep how the worker's look went; recorded where it changed something."""
    row = Connection.objects.select_for_update().filter(pk=connection.pk).first()
    if row is None:
        return
    before, after = row.problem.get("code"), problem.get("code")
    _noted(row, problem)
    if before != after:
        action = "pilots.connection_broken" if after else "pilots.connection_repaired"
        _recorded(row, actor, action, result=str(after or "ok"))


def secrets_keep(*, connection: Connection, secrets: Mapping[str, str]) -> None:
    """Seal what the other side has renewed by itself. Not recorded: it happens every hour and nobody did it."""
    Connection.objects.filter(pk=connection.pk).update(sealed=_sealed(secrets))


def secrets_of(connection: Connection) -> dict[str, str]:
    """The opened secrets, for the connector only. Refused where they cannot be read any more."""
    if not connection.sealed:
        return {}
    found: dict[str, str] = json.loads(unseal(connection.sealed, purpose=PURPOSE))
    return found


def _opened_or_none(row: Connection) -> dict[str, str]:
    try:
        return secrets_of(row)
    except Refused:
        return {}  # sealed with a secret key that is gone: what is entered now takes their place


def _without_tokens(secrets: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in secrets.items() if not key.startswith("access_")}


def _sealed(secrets: Mapping[str, str]) -> str:
    return seal(json.dumps(dict(secrets)), purpose=PURPOSE) if secrets else ""


def _name(name: str) -> str:
    return " ".join(name.split())[:80]


def _noted(row: Connection, problem: Mapping[str, Any]) -> None:
    """State, reason, since when; the moment stays while the same thing is wrong."""
    moment = clock.now()
    state = ConnectionState.BROKEN if problem else ConnectionState.OK
    if (row.state, row.problem.get("code")) != (state, problem.get("code")):
        row.state_since = moment
    row.state, row.problem, row.looked_at = state, dict(problem), moment
    row.save(update_fields=["state", "problem", "state_since", "looked_at"])


def _saved(row: Connection, *, new: bool) -> None:
    try:
        with transaction.atomic():
            if new:
                row.save(force_insert=True)
            else:
                row.save(
                    update_fields=[
                        "name",
                        "settings",
                        "sealed",
                        "state",
                        "problem",
                        "state_since",
                        "cursor",
                        "rejected",
                    ]
                )
    except IntegrityError:
        raise Refused(_("There is a connection “%(name)s” already.") % {"name": row.name}) from None


def _recorded(row: Connection, actor: Actor, action: str, **data: str) -> None:
    """What is recorded says where the connection leads, and never a secret or who signs in."""
    record(
        organisation_id=row.organisation_id,
        actor=actor,
        action=action,
        subject=("pilots.Connection", str(row.pk)),
        data={"name": row.name, "kind": row.kind, "host": str(row.settings.get("host", "")), **data},
    )
