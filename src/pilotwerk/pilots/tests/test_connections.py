"""Connections: set up by a form, tested by a button, secrets never shown again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from pilotwerk.audit import selectors as audit
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import services
from pilotwerk.pilots.models import Connection, Pilot
from pilotwerk.pilots.services.connections import secrets_of
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.mailservers import PASSWORD, Imap, Postbox, imap, letter, smtp
from pilotwerk.pilots.tests.mailstage import plain_settings
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def servers(settings: Any) -> Iterator[tuple[Imap, int]]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with imap() as server, smtp(Postbox()) as port:
        server.create("Sent", "Entwürfe")
        server.put(letter(1, "Geheimer Text", subject="Öffnung der Anlage"))
        yield server, port


def filled(servers: tuple[Imap, int], **changes: Any) -> dict[str, Any]:
    plain = plain_settings(*servers)
    return {
        **plain,
        "name": "Kundendienst",
        "password": PASSWORD,
        "client_id": "",
        "token_url": "",
        **changes,
    }


def add(cast: Cast, servers: tuple[Imap, int], **changes: Any) -> Connection:
    """The lead fills in the form."""
    url = cast.organisation.url("pilots:connection_new", kind="mailbox")
    answer = cast.client("lead").post(url, filled(servers, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return Connection.objects.get()


def test_a_lead_connects_a_mailbox_and_sees_what_would_be_read(cast: Cast, servers: tuple[Imap, int]) -> None:
    client = cast.client("lead")
    empty = client.get(cast.organisation.url("pilots:connections")).content.decode()
    assert "Noch ist nichts verbunden" in empty
    row = add(cast, servers)
    assert row.state == "untested"
    tested = client.post(cast.organisation.url("pilots:connection_test", pk=row.pk)).content.decode()
    assert "Öffnung der Anlage" in tested
    assert "Petra Wulff" in tested
    assert "Der Ordner enthält eine Mail" in tested
    row.refresh_from_db()
    assert row.state == "ok"
    assert "Öffnung" not in str(row.__dict__)
    listed = client.get(cast.organisation.url("pilots:connections")).content.decode()
    assert "funktioniert" in listed
    assert PASSWORD not in listed + tested


def test_a_wrong_password_is_said_with_what_to_do(cast: Cast, servers: tuple[Imap, int]) -> None:
    row = add(cast, servers, password="ganz-falsch-4711")
    answer = cast.client("lead").post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    assert answer.status_code == 422
    assert "Der Server hat die Anmeldung abgelehnt." in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.problem["code"]) == ("broken", "sign_in")


def test_a_server_in_a_private_network_is_refused(
    cast: Cast, servers: tuple[Imap, int], settings: Any
) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = set()
    row = add(cast, servers)
    answer = cast.client("owner").post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    assert "PILOTWERK_ALLOW_PRIVATE_HOSTS" in answer.content.decode()
    assert servers[0].commands == []


def test_secrets_stand_nowhere_but_sealed(
    cast: Cast, servers: tuple[Imap, int], caplog: pytest.LogCaptureFixture
) -> None:
    secret = "streng-geheim-0815"
    with caplog.at_level(logging.DEBUG):
        row = add(cast, servers, password=secret)
        client = cast.client("lead")
        pages = [
            client.get(cast.organisation.url("pilots:connection_change", pk=row.pk)),
            client.post(cast.organisation.url("pilots:connection_test", pk=row.pk)),
            client.get(cast.organisation.url("pilots:connection", pk=row.pk)),
            cast.client("auditor").get(cast.organisation.url("audit:log")),
        ]
    # The mail server of the test is a program of its own; it may log what it is told.
    logged = [
        one.getMessage() for one in caplog.records if not one.name.startswith(("pymap", "mail.", "asyncio"))
    ]
    shown = "".join(page.content.decode() for page in pages) + "".join(logged)
    stored = str(Connection.objects.values()) + str([e.__dict__ for e in audit.entries(cast.organisation.pk)])
    assert secret not in shown + stored
    assert secrets_of(row) == {"password": secret}


def test_an_empty_password_keeps_the_stored_one_but_goes_to_no_other_server(
    cast: Cast, servers: tuple[Imap, int]
) -> None:
    row = add(cast, servers)
    client, url = cast.client("lead"), cast.organisation.url("pilots:connection_change", pk=row.pk)
    assert client.post(url, filled(servers, name="Service", password="")).status_code == 302
    row.refresh_from_db()
    assert (row.name, secrets_of(row)) == ("Service", {"password": PASSWORD})
    for place in ({"host": "imap.fremd.example"}, {"smtp_host": "smtp.fremd.example"}, {"user": "anders"}):
        answer = client.post(url, filled(servers, name="Service", password="", **place))
        assert answer.status_code == 422
        assert "Bitte geben Sie das Passwort neu ein" in answer.content.decode()
    row.refresh_from_db()
    assert row.settings["host"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": ""}, "Passwort: Bitte füllen Sie dieses Feld aus."),
        ({"auth": "oauth2"}, "Das wird für diese Art der Anmeldung gebraucht."),
        ({"auth": "oauth2"}, "Geben Sie die Adresse an, an der Zugangstoken erneuert werden"),
        (
            {"answers": "drafts", "drafts_folder": ""},
            "Nennen Sie den Ordner, in dem Entwürfe gespeichert werden",
        ),
        ({"user": "a\tb"}, "Bitte geben Sie dies in einer Zeile ein."),
        ({"address": "keine"}, "E-Mail-Adresse"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    cast: Cast, servers: tuple[Imap, int], changes: dict[str, str], said: str
) -> None:
    url = cast.organisation.url("pilots:connection_new", kind="mailbox")
    answer = cast.client("lead").post(url, filled(servers, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Connection.objects.exists()


def test_two_connections_do_not_carry_one_name(cast: Cast, servers: tuple[Imap, int]) -> None:
    add(cast, servers)
    answer = cast.client("lead").post(
        cast.organisation.url("pilots:connection_new", kind="mailbox"), filled(servers)
    )
    assert answer.status_code == 422
    assert "Es gibt schon eine Verbindung" in answer.content.decode()


@pytest.mark.parametrize("role", ["clerk", "auditor", "employee"])
def test_others_do_not_manage_connections(cast: Cast, role: str) -> None:
    assert cast.client(role).get(cast.organisation.url("pilots:connections")).status_code == 403


def setup_values(client: Client, cast: Cast, **changes: Any) -> dict[str, Any]:
    """The set-up form as it stands, with what is changed in it."""
    form = client.get(cast.organisation.url("pilots:setup")).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**shown, **changes}.items()}


def test_a_mailbox_that_works_can_be_chosen_at_set_up(
    cast: Cast, registered: None, servers: tuple[Imap, int]
) -> None:
    stages.trained(cast)
    client, url = cast.client("lead"), cast.organisation.url("pilots:setup")
    assert "mailbox" not in dict(client.get(url).context["form"].fields["target_kind"].choices)
    row = add(cast, servers)
    client.post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    none = {
        "source_kind": "mailbox",
        "source_connection": "",
        "target_kind": "mailbox",
        "target_connection": "",
    }
    missing = client.post(url, setup_values(client, cast, **none))
    assert missing.status_code == 422
    assert "Wählen Sie ein Postfach." in missing.content.decode()
    chosen = {
        "source_kind": "mailbox",
        "source_connection": row.pk,
        "target_kind": "mailbox",
        "target_connection": row.pk,
    }
    saved = client.post(url, setup_values(client, cast, **chosen))
    assert saved.status_code == 302, saved.context["form"].errors
    pilot = Pilot.objects.get()
    assert (pilot.source_connection, pilot.target_connection) == (row, row)
    # It can be removed only when no pilot needs it any more.
    remove = cast.organisation.url("pilots:connection_remove", pk=row.pk)
    assert "nutzt diese Verbindung" in client.get(remove).content.decode()
    assert client.post(remove).status_code == 422
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    services.pilot_setup(**by, use_case=pilot.use_case)
    assert client.post(remove).status_code == 302
    assert not Connection.objects.exists()


def test_a_pilot_does_not_start_with_a_mailbox_that_does_not_work(
    cast: Cast, registered: None, servers: tuple[Imap, int]
) -> None:
    row = add(cast, servers)
    cast.client("lead").post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    pilot, _version = stages.trained(cast, source_kind="mailbox", source_connection=row)
    Connection.objects.update(state="broken", problem={"code": "sign_in", "values": {}})
    with pytest.raises(Refused, match="Postfach"):
        services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)


def test_a_foreign_connection_is_refused(cast: Cast, registered: None, servers: tuple[Imap, int]) -> None:
    row = add(cast, servers)
    cast.client("lead").post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    Connection.objects.update(organisation=cast.other)
    with pytest.raises(Refused):
        stages.trained(cast, source_kind="mailbox", source_connection=row)
