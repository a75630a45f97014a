"""A mailbox is read on by UID, and nothing in it is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pilotwerk.pilots.connectors import mailbox
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.mailbox.reading import read_mail
from pilotwerk.pilots.connectors.tests.mailboxes import LONG_AGO, Box, box, trouble
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.mailservers import letter

__all__ = ["box"]


def subjects(
    access: Access, cursor: Mapping[str, Any], since: datetime = LONG_AGO
) -> tuple[list[str], dict[str, Any]]:
    """All that is new, step by step."""
    found: list[str] = []
    with mailbox.reading(access) as reader:
        while True:
            step = reader.step(cursor, since=since)
            found += [mail.subject for mail in step.mails]
            cursor = step.cursor
            if not step.more:
                return found, dict(cursor)


def test_only_what_is_new_is_read(box: Box) -> None:
    box.imap.put(*[letter(n, "Text") for n in range(60)])
    found, cursor = subjects(box.access(), {})
    assert found == [f"Anfrage {n}" for n in range(60)]
    assert subjects(box.access(), cursor) == ([], cursor)
    box.imap.put(letter(60, "Text"))
    assert subjects(box.access(), cursor)[0] == ["Anfrage 60"]


def test_mails_from_before_the_start_stay_alone(box: Box) -> None:
    start = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    box.imap.put(letter(1, "alt"), at=start - timedelta(minutes=1))
    box.imap.put(letter(2, "neu"), at=start)
    assert subjects(box.access(), {}, since=start)[0] == ["Anfrage 2"]


def test_a_mail_of_the_second_in_which_the_pilot_started_is_read(box: Box) -> None:
    """A server keeps whole seconds (RFC 3501, date-time), a start is kept more exactly."""
    start = datetime(2026, 11, 17, 8, 0, 0, 400_000, tzinfo=UTC)
    box.imap.put(letter(1, "neu"), at=start + timedelta(milliseconds=300))
    assert subjects(box.access(), {}, since=start)[0] == ["Anfrage 1"]


def test_another_uidvalidity_begins_anew(box: Box) -> None:
    box.imap.put(letter(1, "Text"))
    _found, cursor = subjects(box.access(), {})
    box.imap.renumber()
    found, again = subjects(box.access(), cursor)
    assert found == ["Anfrage 1"]
    assert again["uidvalidity"] != cursor["uidvalidity"]


def test_of_a_large_mail_only_the_head_is_read(box: Box) -> None:
    box.imap.put(letter(1, "x" * 2_000_000, subject="Große Mail"), letter(2, "klein"))
    with mailbox.reading(box.access(max_megabytes=1)) as reader:
        large, small = reader.step({}, since=LONG_AGO).mails
    assert (large.subject, large.text, large.too_large) == ("Große Mail", "", True)
    assert (small.text, small.too_large) == ("klein", False)


def test_a_mail_is_the_same_with_its_head_alone() -> None:
    raw = letter(1, "Text").as_bytes()
    head = raw.partition(b"\n\n")[0] + b"\n\n"
    whole = read_mail(raw, uid=1, received_at=LONG_AGO)
    assert read_mail(head, uid=1, received_at=LONG_AGO, too_large=True).key == whole.key


def test_what_is_marked_as_deleted_is_never_removed(box: Box) -> None:
    """Flags are set, but no command that removes mails is ever sent."""
    box.imap.put(letter(1, "schon gelöscht"), flags=r"\Deleted")
    box.imap.put(letter(2, "neu"))
    access = box.access(mark="flagged")
    with mailbox.reading(access) as reader:
        reader.taken(reader.step({}, since=LONG_AGO))
    assert [flags for _mail, flags in box.imap.holds()] == [{"\\Deleted", "\\Flagged"}, {"\\Flagged"}]
    assert not {b"EXPUNGE", b"UID EXPUNGE", b"CLOSE"} & set(box.imap.commands)


def test_reading_alone_changes_no_flag(box: Box) -> None:
    box.imap.put(letter(1, "neu"))
    subjects(box.access(), {})
    mailbox.try_out(box.access())
    assert [flags for _mail, flags in box.imap.holds()] == [set()]


@pytest.mark.parametrize("commands", range(1, 7))
def test_a_connection_that_breaks_off_loses_and_doubles_nothing(box: Box, commands: int) -> None:
    box.imap.put(*[letter(n, "Text") for n in range(3)])
    box.imap.broken_after = commands
    cursor: dict[str, Any] = {}
    found: list[str] = []
    with suppress(Trouble), mailbox.reading(box.access()) as reader:
        step = reader.step(cursor, since=LONG_AGO)
        found, cursor = [mail.subject for mail in step.mails], step.cursor
    box.imap.broken_after = None
    found += subjects(box.access(), cursor)[0]
    assert found == ["Anfrage 0", "Anfrage 1", "Anfrage 2"]


def test_what_is_wrong_is_said(box: Box) -> None:
    assert trouble(box.access("falsch")).code == "sign_in"
    assert trouble(box.access(host="gibt-es-nicht.invalid")).code == "host_unknown"
    assert trouble(box.access(port=1)).code == "unreachable"
    assert trouble(box.access(security="tls")).code == "encryption"
    assert trouble(box.access(security="starttls")).code == "encryption"
    missing = trouble(box.access(folder="Anfragen"))
    assert "Entwürfe, INBOX, Sent" in str(missing)
    assert trouble(box.access(sent_folder="Gesendet")).code == "folder"
    box.postbox.password = "ein anderes"
    assert trouble(box.access()).code == "smtp_sign_in"


def test_a_test_shows_the_newest_mails(box: Box) -> None:
    box.imap.put(*[letter(n, "Text", subject=f"Öffnung {n}") for n in range(7)])
    look = mailbox.try_out(box.access())
    assert look.total == 7
    assert sorted(one.what for one in look.seen) == [f"Öffnung {n}" for n in range(2, 7)]
    assert look.seen[0].who == "Petra Wulff <petra@wulff.example>"
