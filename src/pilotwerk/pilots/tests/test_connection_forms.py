"""Each kind of connection is set up by its form; what is missing or dangerous is said at its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.pilots.connection_forms import FORMS
from pilotwerk.pilots.connectors.kinds import TESTS
from pilotwerk.pilots.models import Connection, ConnectionKind
from pilotwerk.pilots.presenting_connections import OFFERED
from pilotwerk.pilots.services.connections import secrets_of
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, web
from pilotwerk.processes.databases.services import connection_save
from pilotwerk.processes.models import DatabaseConnection
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "ein-langes-geheimnis-4711-0815"


@pytest.fixture
def server(settings: Any) -> Iterator[Web]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web(lambda _asked: Says([{"nr": "T-1", "text": "Wo ist meine Rechnung?", "name": "Petra"}])) as made:
        yield made


@pytest.fixture
def base(cast: Cast, settings: Any, tmp_path: Path) -> DatabaseConnection:
    import sqlite3

    settings.PILOTWERK_SQL_FOLDER = tmp_path
    with sqlite3.connect(tmp_path / "helpdesk.db") as con:
        con.execute("CREATE TABLE tickets (id INTEGER, text TEXT)")
        con.execute("INSERT INTO tickets VALUES (1, 'Wo bleibt der Monteur?')")
    lead: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    return connection_save(**lead, name="Helpdesk", dialect="sqlite", database="helpdesk.db")


def rest(server: Web, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Tickets", "url": f"{server.url}/tickets", "auth": "bearer", "token": SECRET, "use": "requests",
        "id_field": "nr", "text_field": "text", "sender_name_field": "name", "paging": "none", "since_format": "iso",
        "overlap_minutes": 5, "minutes": 5, "backlog_days": 0, **changes,
    }  # fmt: skip


def sql(base: DatabaseConnection, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Helpdesk", "database": str(base.pk), "query": "tickets", "use": "requests", "id_field": "id",
        "text_field": "text", "growing": "id", "growing_kind": "number", "overlap": 10, "minutes": 5,
        "backlog_days": 0, **changes,
    }  # fmt: skip


def post(cast: Cast, kind: str, data: dict[str, Any]) -> Any:
    return cast.client("lead").post(cast.organisation.url("pilots:connection_new", kind=kind), data)


def try_it(cast: Cast, row: Connection) -> str:
    answer = cast.client("lead").post(cast.organisation.url("pilots:connection_test", pk=row.pk))
    return str(answer.content.decode())


def test_every_kind_is_offered_has_a_form_and_a_test(cast: Cast) -> None:
    kinds = set(ConnectionKind.values)
    assert kinds == set(FORMS) == set(TESTS) == {kind for kind, _what, _way in OFFERED}
    client, url = cast.client("lead"), cast.organisation.url
    shown = client.get(url("pilots:connection_choose")).content.decode()
    for kind in kinds:
        assert url("pilots:connection_new", kind=kind) in shown
        assert client.get(url("pilots:connection_new", kind=kind)).status_code == 200
    assert client.get(url("pilots:connection_new", kind="fax")).status_code == 404


def test_an_interface_is_set_up_and_shows_what_would_be_read(cast: Cast, server: Web) -> None:
    assert post(cast, "rest", rest(server)).status_code == 302
    row = Connection.objects.get()
    assert secrets_of(row) == {"token": SECRET}
    shown = try_it(cast, row)
    for word in ("Wo ist meine Rechnung?", "T-1", "Petra", "Ein Eintrag wurde gelesen", "funktioniert"):
        assert word in shown
    assert SECRET not in shown + str(Connection.objects.values())
    client, url = cast.client("lead"), cast.organisation.url
    listed = client.get(url("pilots:connections")).content.decode()
    assert "REST-Schnittstelle" in listed
    changed = client.get(url("pilots:connection_change", pk=row.pk)).content.decode()
    assert SECRET not in changed
    assert 'value="nr"' in changed


def test_the_secret_stays_for_the_same_server_and_goes_to_no_other_one(cast: Cast, server: Web) -> None:
    post(cast, "rest", rest(server))
    row = Connection.objects.get()
    client, url = cast.client("lead"), cast.organisation.url("pilots:connection_change", pk=row.pk)
    same = rest(server, token="", url=f"{server.url}/other?size=5")
    assert client.post(url, same).status_code == 302
    assert secrets_of(Connection.objects.get()) == {"token": SECRET}
    moved = client.post(url, rest(server, token="", url="https://fremd.example/tickets"))
    assert moved.status_code == 422
    assert "Passwort neu" in moved.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "ftp://127.0.0.1/x"}, "Geben Sie eine Adresse ein, die mit https:// beginnt."),
        (
            {"url": "https://user:pass@api.example/"},
            "Lassen Sie Benutzer, Passwort und # in der Adresse weg.",
        ),
        ({"url": "http://api.example/"}, "Ohne https sind nur Server erreichbar"),
        ({"url": "https://api.example:99999/"}, "Geben Sie eine Adresse ein, die mit https:// beginnt."),
        ({"token": ""}, "Token oder Geheimnis: Bitte füllen Sie dieses Feld aus."),
        ({"token": "gehe\u00efm"}, "Ein Geheimnis für eine Kopfzeile"),
        ({"auth": "header"}, "Das wird für Ihre Auswahl gebraucht."),
        ({"auth": "header", "header_name": "Host"}, "Diese Kopfzeile kann kein Geheimnis tragen."),
        ({"auth": "header", "header_name": "X: y"}, "Diese Kopfzeile kann kein Geheimnis tragen."),
        ({"id_field": ""}, "Das wird für Ihre Auswahl gebraucht."),
        ({"paging": "cursor"}, "Das wird für Ihre Auswahl gebraucht."),
        ({"paging": "since", "since_param": "since"}, "Das wird für Ihre Auswahl gebraucht."),
        ({"use": "rows", "columns": "Bestand"}, "Zeile 1: Geben Sie eine Spalte, ein Gleichheitszeichen"),
        ({"use": "rows", "columns": "A = a\nA = b"}, "Zeile 2: Die Spalte „A“ wurde schon genannt."),
    ],
)
def test_what_is_wrong_with_an_interface_is_said(
    cast: Cast, server: Web, changes: dict[str, str], said: str
) -> None:
    answer = post(cast, "rest", rest(server, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Connection.objects.exists()


def test_columns_are_kept_as_they_were_written(cast: Cast, server: Web) -> None:
    data = rest(
        server, use="rows", columns="Bestand = stock.quantity\n\nArtikel = sku", id_field="", text_field=""
    )
    post(cast, "rest", data)
    row = Connection.objects.get()
    assert row.settings["columns"] == [["Bestand", "stock.quantity"], ["Artikel", "sku"]]
    url = cast.organisation.url("pilots:connection_change", pk=row.pk)
    assert "Bestand = stock.quantity\nArtikel = sku" in cast.client("lead").get(url).content.decode()


def test_a_table_is_set_up_and_shows_its_rows(cast: Cast, base: DatabaseConnection) -> None:
    assert post(cast, "sql", sql(base)).status_code == 302
    shown = try_it(cast, Connection.objects.get())
    assert "Wo bleibt der Monteur?" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"query": "DELETE FROM tickets"}, "Geben Sie ein einzelnes SELECT oder den Namen einer Tabelle an"),
        ({"growing": ""}, "Das wird für Ihre Auswahl gebraucht."),
        ({"database": ""}, "Datenbank"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(
    cast: Cast, base: DatabaseConnection, changes: dict[str, str], said: str
) -> None:
    answer = post(cast, "sql", sql(base, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_database_of_another_company_cannot_be_chosen(cast: Cast, base: DatabaseConnection) -> None:
    DatabaseConnection.objects.update(organisation=cast.other)
    assert post(cast, "sql", sql(base)).status_code == 422
    # Nor does one that was slipped in lead there.
    row = Connection.objects.create(
        organisation=cast.organisation, kind="sql", name="x", settings={**sql(base), "database": str(base.pk)}
    )
    assert "gelöscht" in try_it(cast, row)


def test_a_table_of_our_own_is_made_by_its_test(cast: Cast, base: DatabaseConnection) -> None:
    data = {"name": "Antworten", "database": str(base.pk), "table": "answers", "user": "", "password": ""}
    assert post(cast, "sql_table", {**data, "table": "x; DROP TABLE y"}).status_code == 422
    assert post(cast, "sql_table", data).status_code == 302
    shown = try_it(cast, Connection.objects.get())
    assert "pilotwerk_answers" in shown
    assert "Die Tabelle ist da und gehört zu dieser Verbindung." in shown


def test_a_writers_password_is_asked_for_again_when_the_database_moved(
    cast: Cast, base: DatabaseConnection, settings: Any
) -> None:
    data = {
        "name": "A",
        "database": str(base.pk),
        "table": "answers",
        "user": "schreiber",
        "password": "geheim",
    }
    post(cast, "sql_table", data)
    row = Connection.objects.get()
    DatabaseConnection.objects.update(host="anders.example")
    url = cast.organisation.url("pilots:connection_change", pk=row.pk)
    assert cast.client("lead").post(url, {**data, "password": ""}).status_code == 422
    assert cast.client("lead").post(url, data).status_code == 302


def test_a_folder_is_made_by_its_test_and_belongs_to_one_connection(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.PILOTWERK_FILES_FOLDER = tmp_path / "austausch"
    data = {"name": "Ordner", "folder": "bestellungen", "format": "xlsx", "lists": "day"}
    for wrong in ("../x", "/etc", ".versteckt", "a b", ""):
        assert post(cast, "files", {**data, "folder": wrong}).status_code == 422
    assert post(cast, "files", data).status_code == 302
    row = Connection.objects.get()
    shown = try_it(cast, row)
    place = tmp_path / "austausch" / str(cast.organisation.pk) / "bestellungen"
    assert (place / "in").is_dir()
    assert str(place) in shown
    again = post(cast, "files", {**data, "name": "Zweiter"})
    assert "Eine andere Verbindung nutzt diesen Ordner schon." in again.content.decode()


def test_a_webhook_needs_a_secret_that_nobody_guesses(cast: Cast, server: Web) -> None:
    asked: list[Asked] = []

    def behave(one: Asked) -> Says:
        asked.append(one)
        return Says({})

    server.behave = behave
    data = {"name": "Ziel", "url": server.url, "secret": "", "token": ""}
    assert "Geben Sie ein Geheimnis ein" in post(cast, "webhook", data).content.decode()
    assert "mindestens 24 Zeichen" in post(cast, "webhook", {**data, "secret": "kurz"}).content.decode()
    assert post(cast, "webhook", {**data, "secret": SECRET}).status_code == 302
    assert "Der Empfänger hat die Testnachricht angenommen." in try_it(cast, Connection.objects.get())
    assert asked[0].json["type"] == "test"
