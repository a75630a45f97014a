"""A report whose figures come over an interface or out of a database: from the connection to the mail, week by week."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock, jobs
from pilotwerk.pilots import intake
from pilotwerk.pilots.models import Case, Connection, Pilot, PilotTable
from pilotwerk.pilots.tests.databases import Place, database
from pilotwerk.pilots.tests.mailservers import Postbox
from pilotwerk.pilots.tests.own_recipes import Own, sales
from pilotwerk.pilots.tests.reportstage import HOW, MONDAY, READERS, WEEK, form, kept, post, postbox, ready
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, web
from pilotwerk.portfolio.models import UseCase
from tests.cast import Cast

__all__ = ["kept", "postbox", "ready"]
FIRST, SECOND = date(2026, 11, 21), date(2026, 11, 28)


def orders(until: date) -> list[tuple[str, str, float, bool]]:
    """The shop's orders as its programs know them: ISO dates, points in numbers, true and false."""
    found = csv.reader(io.StringIO(sales(until).decode()), delimiter=";")
    next(found)
    return [
        ("-".join(reversed(day.split("."))), region, float(amount.replace(",", ".")), late == "ja")
        for day, region, amount, late in found
    ]


@dataclass
class Office:
    """Lena at the set-up, and the worker."""

    cast: Cast
    travel: ExitStack

    def url(self, name: str, **values: Any) -> str:
        return self.cast.organisation.url(f"pilots:{name}", **values)

    def connect(self, kind: str, **fields: Any) -> Connection:
        """Fill in the form of a connection, and press "test"."""
        lead = self.cast.client("lead")
        answer = lead.post(
            self.url("connection_new", kind=kind), {"name": "Aufträge", "use": "rows", **fields}
        )
        assert answer.status_code == 302, answer.content.decode()
        row = Connection.objects.get(name="Aufträge")
        shown = lead.post(self.url("connection_test", pk=row.pk)).content.decode()
        assert "Nord" in shown or "Süd" in shown
        row.refresh_from_db()
        assert row.state == "ok"
        return row

    def set_up(self, connection: Connection, share: str) -> Own:
        """The wizard, without a single file: the table is read from the connection."""
        UseCase.objects.create(
            organisation=self.cast.organisation, name="Wochenbericht", recipe="reports", state="chosen"
        )
        lead = self.cast.client("lead")
        assert "oder eine Verbindung" in lead.get(self.url("setup")).content.decode()
        first = {
            "language": "de", "wait_days": "0", "rows_name": "Aufträge", "readers": READERS[0],
            "connection_figures": str(connection.pk),
        }  # fmt: skip
        assert lead.post(self.url("train"), first).status_code == 302
        jobs.run_due(kinds=["pilots.train"])
        chosen = {
            **first, "connection_figures": "", "title": "Verkaufsbericht", "frequency": "W", "time": "Datum",
            "readers": " ; ".join(READERS), "measure_1": json.dumps(["sum", "Umsatz EUR", ""]),
            "measure_2": json.dumps(["share", "Reklamation", share]), "dimension_1": "Region",
        }  # fmt: skip
        answer = lead.post(self.url("train"), chosen)
        assert answer.status_code == 302, answer.content.decode()
        jobs.run_due(kinds=["pilots.train"])
        how = {
            **HOW, "source_kind": connection.kind, "source_connection": str(connection.pk), "target_kind": "smtp",
        }  # fmt: skip
        assert lead.post(self.url("setup"), how).status_code == 302
        assert lead.post(self.url("start")).status_code == 302
        own = Own(self.cast, Pilot.objects.get(), Path())
        assert own.pilot.is_running
        own.work()
        return own

    def look(self, **passed: float) -> None:
        """Some time later the worker has looked."""
        self.travel.enter_context(clock.travel(clock.now() + timedelta(**passed)))
        intake.sources_job(None)  # type: ignore[arg-type]
        jobs.run_due(kinds=["pilots.source", "pilots.watch_one", "pilots.propose"])

    def send(self, own: Own, case: Case) -> None:
        assert post(own, case, "approve", form(own, case)).status_code == 302
        own.send()
        case.refresh_from_db()
        assert case.state == "done"


@pytest.fixture
def office(cast: Cast, ready: None) -> Iterator[Office]:
    with ExitStack() as stack:
        stack.enter_context(clock.travel(MONDAY))
        yield Office(cast, stack)


def turnover(until: date) -> float:
    """Of the week that ends with this Saturday, added up here."""
    return sum(row[2] for row in orders(until) if row[0] > (until - timedelta(days=6)).isoformat())


def euro(amount: float) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def told(office: Office, own: Own, mails: Postbox) -> None:
    """Two weeks: the first from what the set-up read, the second from what the worker read by itself."""
    [first] = own.open_cases()
    assert first.key == "W:2026-W47"
    assert euro(turnover(FIRST)) in own.proposal(first).body
    office.send(own, first)
    [mail], [to] = mails.mails, mails.recipients
    assert to == READERS
    assert str(mail["Subject"]) == "Verkaufsbericht, KW 47/2026"
    assert euro(turnover(FIRST)) in mail.get_body(("plain",)).get_content()
    office.look(minutes=61)
    assert Case.objects.count() == 1  # the same table once more changes nothing


def told_second(office: Office, own: Own, mails: Postbox) -> None:
    office.travel.enter_context(clock.travel(MONDAY + WEEK))
    office.look(minutes=61)
    intake.watch_job(None)  # type: ignore[arg-type]
    own.work()
    [second] = own.open_cases()
    assert second.key == "W:2026-W48"
    assert euro(turnover(SECOND)) in own.proposal(second).body
    office.send(own, second)
    assert str(mails.mails[1]["Subject"]) == "Verkaufsbericht, KW 48/2026"
    taken = audit.entries(office.cast.organisation.pk, action="pilots.table_taken")
    assert {line.actor for line in audit.lines(taken)} == {"Lena Leitung", "Pilotwerk (worker)"}
    assert not audit.check(office.cast.organisation.pk).findings


class Shop:
    """The shop's interface: orders page by page, nested and in its own words."""

    def __init__(self) -> None:
        self.until = FIRST

    def __call__(self, asked: Asked) -> Says:
        if asked.headers.get("authorization") != "Bearer zugang-zum-shop":
            return Says(status=401)
        at = int(asked.query.get("after", 0))
        found = [
            {
                "id": number, "placed": f"{day}T08:{number % 60:02d}:00Z", "total": {"eur": amount},
                "customer": {"region": region}, "complaint": late,
            }
            for number, (day, region, amount, late) in enumerate(orders(self.until))
        ][at : at + 50]  # fmt: skip
        return Says({"orders": found, "next": at + 50 if len(found) == 50 else None})


@pytest.fixture
def shop(settings: Any) -> Iterator[tuple[Shop, Web]]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    shop = Shop()
    with web(shop) as server:
        yield shop, server


REST: dict[str, Any] = {
    "auth": "bearer", "token": "zugang-zum-shop", "paging": "cursor", "cursor_param": "after",
    "cursor_field": "next", "minutes": "60", "backlog_days": "0", "since_format": "iso", "overlap_minutes": "5",
    "columns": "Datum = placed\nRegion = customer.region\nUmsatz EUR = total.eur\nReklamation = complaint",
}  # fmt: skip


@pytest.mark.django_db
def test_from_an_interface_to_the_mail_of_two_weeks(
    office: Office, shop: tuple[Shop, Web], postbox: Postbox
) -> None:
    program, server = shop
    connection = office.connect("rest", url=f"{server.url}/orders", **REST)
    own = office.set_up(connection, "true")
    told(office, own, postbox)
    program.until = SECOND
    told_second(office, own, postbox)


@pytest.mark.django_db
def test_an_interface_that_does_not_answer_is_said_at_the_set_up(
    office: Office, shop: tuple[Shop, Web]
) -> None:
    _program, server = shop
    connection = office.connect("rest", url=f"{server.url}/orders", **REST)
    UseCase.objects.create(
        organisation=office.cast.organisation, name="Wochenbericht", recipe="reports", state="chosen"
    )
    lead = office.cast.client("lead")
    posted = {"language": "de", "wait_days": "0", "connection_figures": str(connection.pk)}
    for behave, said in (
        (lambda _asked: Says(status=500), "127.0.0.1 hat einen Fehler (500)"),
        (lambda _asked: Says({"orders": [], "next": None}), "Aufträge.csv"),
    ):
        server.behave = behave
        answer = lead.post(office.url("train"), posted)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not PilotTable.objects.exists()
    nothing = lead.post(office.url("train"), {**posted, "connection_figures": ""})
    assert "Wählen Sie eine Datei, einen Import oder eine Verbindung." in nothing.content.decode()


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Iterator[Place]:
    with database(tmp_path, settings, "Warenwirtschaft", "orders") as found:
        found.run(
            "CREATE TABLE orders (placed DATE, region VARCHAR(20), total NUMERIC(12, 2), complaint VARCHAR(4))"
        )
        yield found


def place_orders(place: Place, first: date, until: date) -> None:
    rows = [row for row in orders(until) if row[0] >= first.isoformat()]
    place.run(
        "INSERT INTO orders VALUES (?, ?, ?, ?)",
        *[(day, region, amount, "ja" if late else "nein") for day, region, amount, late in rows],
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.engines
def test_from_a_database_to_the_mail_of_two_weeks(office: Office, place: Place, postbox: Postbox) -> None:
    place_orders(place, date(2026, 1, 1), FIRST)
    base = place.database
    base.organisation = office.cast.organisation
    base.save()
    connection = office.connect(
        "sql",
        database=str(base.pk),
        query='SELECT placed AS "Datum", region AS "Region", total AS "Umsatz EUR", complaint AS "Reklamation" '
        "FROM orders",
        minutes="60", backlog_days="0", growing_kind="time", overlap="10",
    )  # fmt: skip
    own = office.set_up(connection, "ja")
    told(office, own, postbox)
    place_orders(place, FIRST + timedelta(days=1), SECOND)
    told_second(office, own, postbox)
