"""What goes out over a mailbox: sent in its thread or saved as a draft, once, whatever breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pilotwerk.pilots.connectors.base import Delivered, NotDelivered, OutcomeUnknown
from pilotwerk.pilots.connectors.mailbox import Mailbox
from pilotwerk.pilots.connectors.tests.mailboxes import REPLY, Box, box

__all__ = ["box"]


# Answers.


def test_an_answer_is_sent_in_its_thread_and_kept_among_what_was_sent(box: Box) -> None:
    way = Mailbox(box.access(sender_name="Kundendienst, Müller"))
    outcome = way.deliver(replace(REPLY, references=("<1@b.example>", "<a@b.example>")), "k")
    assert outcome == Delivered(way.message_id("k"))
    [mail] = box.postbox.mails
    assert mail["From"] == '"Kundendienst, Müller" <service@nordlicht.example>'
    assert mail["In-Reply-To"] == "<a@b.example>"
    assert mail["References"] == "<1@b.example> <a@b.example>"
    assert mail.get_content().strip() == "Grüße aus Kiel"
    [(kept, flags)] = box.imap.holds("Sent")
    assert (kept["Message-ID"], flags) == (way.message_id("k"), {"\\Seen"})
    assert way.found("k")
    assert not way.found("another")


def test_a_copy_that_cannot_be_kept_does_not_undo_the_sending(box: Box) -> None:
    assert isinstance(Mailbox(box.access(sent_folder="Gibt es nicht")).deliver(REPLY, "k"), Delivered)
    assert len(box.postbox.mails) == 1


@pytest.mark.parametrize(("answer", "retry"), [("451 later", True), ("550 no", False)])
def test_a_refused_answer_surely_did_not_go_out(box: Box, answer: str, retry: bool) -> None:
    box.postbox.answers["DATA"] = answer
    outcome = Mailbox(box.access()).deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry is retry
    assert box.imap.holds("Sent") == []


def test_a_wrong_password_goes_to_a_person_and_a_lost_server_is_tried_again(box: Box) -> None:
    refused = Mailbox(box.access("falsch")).deliver(REPLY, "k")
    assert isinstance(refused, NotDelivered)
    assert not refused.retry
    away = Mailbox(box.access(smtp_port=1)).deliver(REPLY, "k")
    assert isinstance(away, NotDelivered)
    assert away.retry


def test_a_connection_lost_after_the_text_leaves_it_open(box: Box) -> None:
    box.postbox.break_after_data = True
    assert isinstance(Mailbox(box.access()).deliver(REPLY, "k"), OutcomeUnknown)


def test_a_draft_is_saved_once(box: Box) -> None:
    way = Mailbox(box.access(answers="drafts"))
    assert way.recognises_repeats
    first = way.deliver(REPLY, "k")
    assert isinstance(first, Delivered)
    assert way.deliver(REPLY, "k") == first
    [(draft, flags)] = box.imap.holds("Entwürfe")
    assert flags == {"\\Draft", "\\Seen"}
    assert draft["In-Reply-To"] == "<a@b.example>"
    assert box.postbox.mails == []


@pytest.mark.parametrize("commands", range(1, 8))
def test_a_draft_interrupted_anywhere_is_saved_once_in_the_end(box: Box, commands: int) -> None:
    way = Mailbox(box.access(answers="drafts"))
    box.imap.broken_after = commands
    outcome = way.deliver(REPLY, "k")
    box.imap.broken_after = None
    if isinstance(outcome, NotDelivered):
        assert outcome.retry
        assert box.imap.holds("Entwürfe") == []
    assert isinstance(way.deliver(REPLY, "k"), Delivered)
    assert len(box.imap.holds("Entwürfe")) == 1


def test_a_missing_drafts_folder_names_those_that_are_there(box: Box) -> None:
    outcome = Mailbox(box.access(answers="drafts", drafts_folder="Drafts")).deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert "Entwürfe, INBOX, Sent" in outcome.reason
