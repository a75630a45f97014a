"""A member subscribes to the plan in a calendar program."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from pilotwerk.journey.domain.feed import Entry, feed

MOMENT = datetime(2026, 11, 1, 8, tzinfo=UTC)
GATE = Entry(
    "gate-1@pilotwerk", date(2026, 11, 4), "Tor 1", "Der Fokus steht", "https://x.example/plan", MOMENT
)
TASK = Entry(
    "task-1@pilotwerk", date(2026, 10, 15), "Profil; ausfüllen", "Weil", "https://x.example/p", MOMENT
)


def test_the_calendar_program_reads_back_what_was_written() -> None:
    calendar = Calendar.from_ical(feed([GATE, TASK], name="Fahrplan Nordlicht", language="de"))
    first, second = calendar.events
    assert calendar["X-WR-CALNAME"] == "Fahrplan Nordlicht"
    assert (first["SUMMARY"], first.start) == ("Profil; ausfüllen", date(2026, 10, 15))
    assert (second["UID"], second.end) == ("gate-1@pilotwerk", date(2026, 11, 5))
    assert second["SUMMARY"].params["LANGUAGE"] == "de"


def test_the_same_plan_gives_the_same_bytes_whatever_the_order() -> None:
    assert feed([GATE, TASK], name="x", language="en") == feed([TASK, GATE], name="x", language="en")


def test_a_moved_date_keeps_the_event() -> None:
    moved = Entry(GATE.uid, date(2026, 11, 6), GATE.title, GATE.description, GATE.url, MOMENT)
    before, after = (
        Calendar.from_ical(feed([one], name="x", language="de")).events[0] for one in (GATE, moved)
    )
    assert before["UID"] == after["UID"]
    assert before.start != after.start
