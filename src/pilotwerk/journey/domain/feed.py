"""The calendar feed: tasks and gates as whole-day events (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `uid` never changes for the same task or gate, so that a moved date moves the event."""

    uid: str
    day: date
    title: str
    description: str
    url: str
    changed_at: datetime  # aware


def feed(entries: Iterable[Entry], *, name: str, language: str) -> bytes:
    """The feed as bytes of type text/calendar. The same entries give the same bytes.

    `language` ("de" or "en") only marks the texts; they come translated.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Pilotwerk//90-day plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name, parameters={"LANGUAGE": language})
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry in sorted(entries, key=lambda one: (one.day, one.uid)):
        calendar.add_component(_event(entry, language))
    return bytes(calendar.to_ical())


def _event(entry: Entry, language: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title, parameters={"LANGUAGE": language})
    event.add("description", entry.description, parameters={"LANGUAGE": language})
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")  # a due date does not block the day
    return event
