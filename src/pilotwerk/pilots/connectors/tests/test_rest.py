"""A ticket system is read by REST: page by page, from a moment on, and whatever it does wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import rest
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.entries import Entry, flat, plain
from pilotwerk.pilots.connectors.rest import RestReader, reading
from pilotwerk.pilots.connectors.rest.fetching import Page
from pilotwerk.pilots.connectors.tests.ticketing import START, access, look, one, ticket
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, free_port, web


@pytest.fixture
def server(settings: Any) -> Iterator[Web]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web() as made:
        yield made


def test_a_ticket_becomes_a_request_with_all_that_is_known(server: Web) -> None:
    server.behave = lambda _asked: Says({"data": {"items": [ticket(7, 3)]}, "total": 1})
    [found] = one(access(server.url + "/tickets?state=open", list_path="data.items")).requests
    assert (found.key, found.subject, found.text) == ("c1:7", "Anfrage 7", "Bitte prüfen Sie Rechnung 7.")
    assert (found.sender_name, found.sender_address) == ("Petra Wulff", "petra@wulff.example")
    assert found.received_at == START + timedelta(minutes=3)
    assert found.payload == {"source_id": "7"}
    [asked] = server.asked
    assert asked.headers["authorization"] == "Bearer geheim-4711"
    assert asked.query == {"state": "open"}


def test_a_secret_can_go_in_another_header(server: Web) -> None:
    one(access(server.url, auth="header", header_name="X-Api-Key"))
    assert server.asked[0].headers["x-api-key"] == "geheim-4711"
    assert "authorization" not in server.asked[0].headers


class Pages:
    """Tickets in pages of two; the answer names the next page while there is one."""

    def __init__(self, count: int) -> None:
        self.tickets = [ticket(number) for number in range(count)]

    def __call__(self, asked: Asked) -> Says:
        at = int(asked.query.get("cursor", 0))
        after = at + 2
        following = str(after) if after < len(self.tickets) else None
        return Says({"items": self.tickets[at:after], "next": following})


CURSOR = {"paging": "cursor", "cursor_param": "cursor", "cursor_field": "next"}


def test_pages_are_read_to_the_end_and_on_from_there(server: Web) -> None:
    server.behave = pages = Pages(5)
    found = access(server.url, **CURSOR)
    keys, position = look(found)
    assert keys == ["c1:0", "c1:1", "c1:2", "c1:3", "c1:4"]
    pages.tickets += [ticket(5), ticket(6)]
    keys, _position = look(found, position)
    assert keys == ["c1:4", "c1:5", "c1:6"]  # the last page again, whose other half has come


def test_a_cursor_that_leads_in_a_circle_ends(server: Web) -> None:
    server.behave = lambda asked: Says(
        {"items": [ticket(1)], "next": "b" if asked.query.get("cursor") == "a" else "a"}
    )
    keys, _position = look(access(server.url, **CURSOR), most=50)
    assert len(keys) == 3
    assert len(server.asked) == 3


def test_the_next_page_may_be_an_address_but_not_at_another_server(server: Web) -> None:
    def behave(asked: Asked) -> Says:
        if asked.path == "/two":
            return Says({"items": [ticket(2)], "next": None})
        return Says({"items": [ticket(1)], "next": "/two?x=1"})

    server.behave = behave
    keys, _position = look(access(server.url + "/one", **CURSOR))
    assert keys == ["c1:1", "c1:2"]
    server.behave = lambda _asked: Says({"items": [ticket(1)], "next": "http://127.0.0.1:1/tickets"})
    with pytest.raises(Trouble) as caught:
        look(access(server.url + "/one", **CURSOR))
    assert caught.value.code == "elsewhere"


class Clocked:
    """Answers tickets from `since` on, oldest first, at most `most` at once, as many interfaces do."""

    def __init__(self, tickets: list[dict[str, Any]], most: int = 3) -> None:
        self.tickets, self.most = tickets, most

    def __call__(self, asked: Asked) -> Says:
        since = asked.query.get("since", "")
        found = sorted((t for t in self.tickets if t["created"] >= since), key=lambda t: str(t["created"]))
        return Says(found[: self.most])


SINCE = {"paging": "since", "since_param": "since"}


def test_from_a_moment_on_nothing_is_lost_even_where_it_appears_late(server: Web) -> None:
    server.behave = rest_of = Clocked([ticket(number, number) for number in range(8)])
    found = access(server.url, **SINCE)
    with clock.travel(START + timedelta(hours=1)):
        keys, position = look(found)
        assert list(dict.fromkeys(keys)) == [f"c1:{number}" for number in range(8)]
        assert server.asked[0].query["since"] == "2026-11-17T07:55:00Z"
        # Created before the newest one that we have seen, and visible only now.
        rest_of.tickets += [ticket(90, 5), ticket(91, 9)]
        keys, _position = look(found, position)
    assert {"c1:90", "c1:91"} <= set(keys)


def test_an_entry_from_the_future_does_not_hide_those_that_come_before_it(server: Web) -> None:
    server.behave = late = Clocked([ticket(1, 1), ticket(2, 60 * 24 * 365)], most=50)
    found = access(server.url, **SINCE)
    with clock.travel(START + timedelta(minutes=10)):
        _keys, position = look(found)
        late.tickets.append(ticket(3, 9))
        keys, _position = look(found, position)
    assert "c1:3" in keys


def test_entries_in_another_order_are_refused_since_some_could_be_lost(server: Web) -> None:
    server.behave = lambda _asked: Says([ticket(2, 5), ticket(1, 1)])
    with pytest.raises(Trouble) as caught:
        look(access(server.url, **SINCE))
    assert caught.value.code == "not_in_order"


@pytest.mark.parametrize(("form", "factor"), [("seconds", 1), ("milliseconds", 1000)])
def test_a_moment_is_written_as_the_interface_wants_it(server: Web, form: str, factor: int) -> None:
    look(access(server.url, **SINCE, since_format=form, overlap_minutes=5))
    moment = int((START - timedelta(minutes=5)).timestamp())
    assert server.asked[0].query["since"] == str(moment * factor)


def test_what_came_before_the_pilot_is_left_out(server: Web) -> None:
    server.behave = lambda _asked: Says([ticket(1, -60), ticket(2, 1)])
    assert [found.key for found in one(access(server.url)).requests] == ["c1:2"]


def test_what_cannot_be_taken_is_named_with_its_place(server: Web) -> None:
    server.behave = lambda _asked: Says(
        [ticket(1, 1), "nichts", ticket(3, 1, body=None), ticket(4, 1, created="bald")]
    )
    batch = one(access(server.url))
    assert [found.key for found in batch.requests] == ["c1:1"]
    told = {(one.file or one.row, one.column, one.message) for one in batch.unusable}
    assert told == {
        (2, "", "Dieser Eintrag ist kein Objekt mit benannten Werten."),
        ("3", "body", "Der Wert fehlt."),
        ("4", "created", "„bald“ ist kein lesbares Datum und keine lesbare Uhrzeit."),
    }


@pytest.mark.parametrize(
    ("says", "code"),
    [
        (Says(status=401), "token_refused"),
        (Says(status=404), "http_refused"),
        (Says(status=429, headers={"Retry-After": "120"}), "busy"),
        (Says(status=500), "http_failed"),
        (Says(status=503), "busy"),
        (Says(raw=b"<html>Wartung</html>"), "not_json"),
        (Says(raw=b"\xff\xfe{"), "not_json"),
        (Says(raw=b"[" * 100_000), "not_json"),
        (Says(raw=b'{"a": [1], "b": [2]}'), "list_missing"),
        (Says({"items": 3}), "list_missing"),
        (Says([ticket(1)], cut=40), "broken_off"),
        (Says(hang_up=True), "broken_off"),
        (Says(raw=b"x" * 11_000_000), "too_large"),
        (Says([{}] * 20_001), "too_many"),
    ],
)
def test_whatever_goes_wrong_is_told(server: Web, says: Says, code: str) -> None:
    server.behave = lambda _asked: says
    with pytest.raises(Trouble) as caught:
        one(access(server.url))
    assert caught.value.code == code
    assert str(caught.value)
    assert "geheim" not in str(caught.value)
    if says.status == 429:
        assert caught.value.values["seconds"] == "120"


def test_nobody_there_is_told_and_a_wrong_address_too(server: Web) -> None:
    for url, code in ((f"http://127.0.0.1:{free_port()}/", "unreachable"), ("ftp://127.0.0.1/", "address")):
        with pytest.raises(Trouble) as caught:
            one(access(url))
        assert caught.value.code == code


def test_a_test_shows_what_would_be_read(server: Web) -> None:
    server.behave = lambda _asked: Says([ticket(number, 1) for number in range(9)] + [ticket(99, body="")])
    found = rest.try_out(access(server.url))
    assert found.total == 10
    assert found.columns == ("id", "received", "sender", "subject", "text")
    assert found.rows[0] == (
        "0",
        "2026-11-17 08:01+00:00",
        "Petra Wulff",
        "Anfrage 0",
        "Bitte prüfen Sie Rechnung 0.",
    )
    assert len(found.rows) == 5


ITEMS = {"use": "rows", "columns": [["Artikelnummer", "sku"], ["Bestand", "stock.quantity"]]}


def test_a_whole_table_comes_over_all_pages_with_the_recipes_columns(server: Web) -> None:
    items = [{"sku": f"F-{number}", "stock": {"quantity": Decimal("1.500")}} for number in range(5)]

    def behave(asked: Asked) -> Says:
        at = int(asked.query.get("cursor", 0))
        text = json.dumps({"items": items[at : at + 2], "next": at + 2 if at + 2 < 5 else None}, default=str)
        return Says(raw=text.replace('"1.500"', "1.500").encode())

    server.behave = behave
    batch = RestReader(access(server.url, **CURSOR, **{**ITEMS, "id_field": "sku", "time_field": ""})).whole()
    assert batch.columns == ("Artikelnummer", "Bestand")
    assert [row for _number, row in batch.rows] == [(f"F-{number}", "1.5000") for number in range(5)]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=20,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_json_becomes_texts(value: Any) -> None:
    found = flat({"x": value})
    assert all(isinstance(text, str) for text in found.values())
    if not isinstance(value, (dict, list)):
        assert found == {"x": plain(value)}


@given(
    created=st.lists(st.integers(0, 60), min_size=1, max_size=25, unique=True),
    late=st.lists(st.integers(0, 5), min_size=25, max_size=25),
    most=st.integers(2, 6),
    pause=st.integers(1, 15),
)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_late_within_the_overlap_is_read_and_the_position_never_goes_back(
    created: list[int], late: list[int], most: int, pause: int
) -> None:
    """Entries become visible up to five minutes after their time; pages hold a few; looks come now and then."""
    entries = [(minute, minute + delay) for minute, delay in zip(created, late, strict=False)]

    def page(_access: Access, asked: dict[str, str], url: str = "") -> Page:
        since = datetime.fromisoformat(asked["since"])
        now = (clock.now() - START) / timedelta(minutes=1)
        there = sorted(c for c, seen in entries if seen <= now and START + timedelta(minutes=c) >= since)
        found = [flat(ticket(minute, minute)) for minute in there[:most]]
        return Page(tuple(Entry(number, values) for number, values in enumerate(found, start=1)), (), "")

    read: set[str] = set()
    positions = []
    cursor: dict[str, Any] = {}
    with mock.patch.object(reading, "page", page):
        for minute in range(0, 66 + pause, pause):
            with clock.travel(START + timedelta(minutes=minute)):
                keys, cursor = look(access("https://tickets.example", **SINCE), cursor, most=60)
            read |= set(keys)
            positions.append(cursor["since"])
    assert read == {f"c1:{minute}" for minute in created}
    assert positions == sorted(positions)
