"""A working day of mail through real servers: in, proposed, decided, answered in its thread, exactly once."""

from __future__ import annotations

from collections import Counter
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots.models import Case, Delivery, Mail
from pilotwerk.pilots.tests.mailservers import USER, letter
from pilotwerk.pilots.tests.mailstage import MailStage
from pilotwerk.pilots.tests.stage import request_text

pytestmark = pytest.mark.django_db

KINDS = ("Termin", "Rechnung", "Störung")


def requests(count: int) -> list[bytes]:
    """Mails as they come: other character sets, HTML only, attachments, umlauts in subject and name."""
    found = []
    for number in range(count):
        text = f"Guten Tag,\n\n{request_text(KINDS[number % 3], number)}\n\nSchöne Grüße\nJörg Müßig"
        mail = letter(
            number, text, subject=f"Rückfrage Nr. {number}: Öffnung", sender="Jörg Müßig <j@muessig.example>"
        )
        if number % 7 == 1:
            mail.set_content(text, charset="iso-8859-1", cte="quoted-printable")
        elif number % 7 == 2:
            mail.set_content(text.replace("\n", "<br>"), subtype="html")
        elif number % 7 == 3:
            mail.add_attachment(b"%PDF-1.4 ...", "application", "pdf", filename=f"Rechnung März {number}.pdf")
            mail.add_attachment("Zähler: 4711", filename="zählerstand.txt")
        elif number % 7 == 4:
            mail.set_content(text, charset="windows-1252", cte="8bit")
        found.append(mail.as_bytes(policy=SMTP))
    return found


def reply_to(mail: Any, number: int) -> EmailMessage:
    """A customer writes back, with our answer quoted below."""
    quoted = "\n".join(f"> {line}" for line in mail.get_content().splitlines())
    text = (
        f"Vielen Dank! {request_text('Termin', number)}\n\nAm 17.11.2026 um 09:00 schrieb {USER}:\n{quoted}"
    )
    return letter(
        10_000 + number,
        text,
        subject=f"AW: {mail['Subject']}",
        In_Reply_To=str(mail["Message-ID"]),
        References=f"{mail['References']} {mail['Message-ID']}",
    )


def away(mail: Any) -> EmailMessage:
    return letter(
        20_000,
        "Ich bin bis zum 30. November nicht im Haus.",
        subject=f"Automatische Antwort: {mail['Subject']}",
        Auto_Submitted="auto-replied",
        In_Reply_To=str(mail["Message-ID"]),
    )


def returned(mail: Any) -> bytes:
    """A delivery report as a mail server writes it (RFC 3464)."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
        f"To: {USER}\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn-1@mx.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mail['To']}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.once])])
def test_a_day_of_mail_is_answered_in_its_threads_exactly_once(mails: MailStage, count: int) -> None:
    first, second = requests(count)[: count - 10], 10
    mails.imap.put(*first, first[0], at=clock.now())  # the first one came twice
    while Case.objects.filter(pilot=mails.pilot).count() < len(first):
        mails.look()
    assert Case.objects.filter(pilot=mails.pilot).count() == len(first)
    assert mails.decide_all() == len(first)
    mails.send_all()
    answered = list(mails.postbox.mails)
    assert len(answered) == len(first)

    mails.imap.put(
        *[reply_to(mail, number) for number, mail in enumerate(answered[:second])],
        away(answered[20]),
        returned(answered[21]),
        at=clock.now(),
    )
    mails.look()
    assert mails.decide_all() == second
    mails.send_all()

    # Every request has its answer, each answer went out once and carries its thread.
    cases = Case.objects.filter(pilot=mails.pilot)
    assert Counter(cases.values_list("state", flat=True)) == {"done": count - 1, "failed": 1}
    assert Counter(Delivery.objects.values_list("attempt", flat=True)) == {1: count}
    sent = mails.postbox.mails
    assert len({mail["Message-ID"] for mail in sent}) == len(sent) == count
    asked = {mail.message_id: mail for mail in Mail.objects.filter(kind="request")}
    assert {mail["In-Reply-To"] for mail in sent} == set(asked)
    for mail in sent:
        request = asked[mail["In-Reply-To"]]
        assert request.case is not None
        assert mail["References"].split() == [*request.references, request.message_id]
        assert request.case.label in mail.get_content()
        assert request.case.sender_address in mail["To"]
    # What had been said comes out as it was meant.
    texts = {case.subject: case.text for case in cases}
    for number in range(min(50, len(first))):
        text = texts[f"Rückfrage Nr. {number}: Öffnung"]
        assert request_text(KINDS[number % 3], number) in text
        assert "Schöne Grüße" in text
    [with_files] = Mail.objects.filter(case__subject="Rückfrage Nr. 3: Öffnung", kind="request")
    assert [(one["name"], one["text"]) for one in with_files.attachments] == [
        ("Rechnung März 3.pdf", ""),
        ("zählerstand.txt", "Zähler: 4711"),
    ]
    # A reply is a case of its own that goes on with the earlier one, without what was quoted.
    replies = Mail.objects.filter(kind="request", earlier__isnull=False).select_related("case", "earlier")
    assert len(replies) == second
    for one in replies:
        assert one.case is not None
        assert one.earlier is not None
        assert one.case.subject.endswith(one.earlier.subject)
        assert "> " not in one.case.text
        assert "> " in one.history
    # What machines sent became no case; the returned answer is where a person sees it.
    assert Counter(Mail.objects.values_list("kind", flat=True)) == {
        "request": count,
        "answer": count,
        "auto_reply": 1,
        "bounce": 1,
    }
    [back] = cases.filter(state="failed")
    assert Delivery.objects.get(case=back).problem == "Die E-Mail kam zurück: 550 no such user"
    # And another look changes nothing.
    mails.look()
    assert (cases.count(), len(mails.postbox.mails)) == (count, count)
    # Nothing was deleted, marked or moved in the mailbox.
    assert len(mails.imap.holds()) == len(first) + 1 + second + 2
    assert {flag for _mail, flags in mails.imap.holds() for flag in flags} == set()
    assert len(mails.imap.holds("Sent")) == count
