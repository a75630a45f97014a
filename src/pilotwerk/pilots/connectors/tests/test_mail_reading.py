"""Mails as they come in the wild, read from their bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.pilots.connectors.mailbox.decoding import address, decoded, header_text
from pilotwerk.pilots.connectors.mailbox.reading import read_mail
from pilotwerk.pilots.connectors.mailbox.text import html_text, split_history
from pilotwerk.pilots.domain.mails import IncomingMail, MailKind, chain, mail_key, message_ids, thread_key

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


def read(raw: bytes | str | EmailMessage) -> IncomingMail:
    if isinstance(raw, EmailMessage):
        raw = raw.as_bytes(policy=SMTP)
    return read_mail(raw.encode() if isinstance(raw, str) else raw, uid=1, received_at=NOON)


def mail(text: str = "Guten Tag", **headers: str) -> EmailMessage:
    found = EmailMessage()
    for name, value in {
        "From": "Petra <petra@wulff.example>",
        "Message_ID": "<a@b.example>",
        **headers,
    }.items():
        found[name.replace("_", "-")] = value
    found.set_content(text)
    return found


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("=?utf-8?q?R=C3=BCckfrage?=", "Rückfrage"),
        ("=?iso-8859-1?Q?=DCber_=80?=", "Über €"),
        ("=?utf-8?B?R3LDvMOf?= =?utf-8?B?ZSBhdXM=?= Kiel", "Grüße aus Kiel"),
        ("=?gibt-es-nicht?q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?B?kaputt!!?=", "=?utf-8?B?kaputt!!?="),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),
        ("Gr\udcfc\udcdfe", "Grüße"),
        ("zwei\r\n Zeilen", "zwei Zeilen"),
    ],
)
def test_a_subject_is_read_whatever_its_character_set(raw: str, meant: str) -> None:
    assert header_text(raw) == meant


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "cp850"])
@given(text=st.text(st.characters(codec="iso-8859-1", exclude_categories=["Cc", "Cf"]), min_size=1))
def test_encoding_and_decoding_a_header_gives_the_text_back(charset: str, text: str) -> None:
    words = " ".join(text.split())
    try:
        encoded = Header(words, charset).encode()
    except UnicodeError:
        return
    assert header_text(encoded) == words


@given(
    raw=st.binary(max_size=400),
    charset=st.one_of(
        st.none(),
        st.text(max_size=12),
        st.sampled_from(
            [
                "utf-8",
                "utf-7",
                "idna",
                "punycode",
                "rot13",
                "zip",
                "undefined",
                "unicode_escape",
                "hz",
                "utf-16",
            ]
        ),
    ),
)
def test_no_bytes_and_no_character_set_make_decoding_fail(raw: bytes, charset: str | None) -> None:
    text = decoded(raw, charset)
    text.encode("utf-8")
    assert "\x00" not in text


@given(raw=st.text(max_size=200))
def test_no_header_makes_reading_fail(raw: str) -> None:
    header_text(raw).encode("utf-8")
    name, sender = address(raw)
    assert "\n" not in name + sender
    assert sender.count("@") in (0, 1)


@given(
    head=st.lists(
        st.tuples(
            st.sampled_from(
                ["Subject", "From", "Content-Type", "Message-ID", "References", "Content-Disposition", "Reply-To",
                 "Content-Transfer-Encoding", "MIME-Version", "Auto-Submitted"]
            ),
            st.one_of(
                st.binary(max_size=60),
                st.sampled_from(
                    [b"multipart/mixed; boundary=b", b"text/html; charset=nope", b"multipart/report", b"base64",
                     b"message/rfc822", b"message/delivery-status", b"attachment; filename*=x''%ff", b"text/plain"]
                ),
            ),
        ),
        max_size=8,
    ),
    body=st.lists(
        st.one_of(st.binary(max_size=80), st.sampled_from([b"--b", b"--b--", b"", b"Content-Type: text/html"]))
    ),
)  # fmt: skip
@settings(max_examples=300)
def test_no_mail_gets_stuck(head: list[tuple[str, bytes]], body: list[bytes]) -> None:
    lines = [name.encode() + b": " + value for name, value in head]
    found = read_mail(b"\r\n".join([*lines, b"", *body]), uid=7, received_at=NOON)
    assert len(found.key) == 64
    for text in (found.subject, found.text, found.history, found.sender_name, found.sender_address):
        text.encode("utf-8")
        assert "\x00" not in text


def test_a_broken_body_is_still_a_request() -> None:
    found = read("Subject: Hilfe\r\nContent-Type: multipart/mixed\r\n\r\nohne Trennzeichen")
    assert (found.kind, found.subject) == (MailKind.REQUEST, "Hilfe")


def test_html_is_read_without_its_scripts() -> None:
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>Guten&nbsp;Tag,</p><p>Zeile"
        "<br>zwei &amp; drei</p><script>alert(1)</script><ul><li>eins<li>zwei</ul><!-- weg --></body></html>"
    )
    assert html_text(html) == "Guten Tag,\n\nZeile\nzwei & drei\n\n- eins\n- zwei"


@given(st.text(max_size=300))
def test_no_markup_makes_reading_fail(markup: str) -> None:
    html_text(f"<p>{markup}<blockquote>{markup}")


def test_what_is_quoted_is_kept_beside_the_text() -> None:
    wrote = "Am Di., 17. Nov. 2026 um 09:00 Uhr schrieb Service\n<service@nordlicht.example>:"
    text = f"Danke, passt.\n\n{wrote}\n\n> Guten Tag\n> Grüße"
    visible, history = split_history(text)
    assert visible == "Danke, passt."
    assert history.startswith("Am Di.")


OUTLOOK = (
    "Danke!\n\nVon: Service <s@n.example>\nGesendet: Dienstag, 17. November 2026 09:00\n"
    "An: Petra\nBetreff: AW: x\n\nGuten Tag"
)


@pytest.mark.parametrize(
    ("text", "subject", "visible"),
    [
        (OUTLOOK, "AW: x", "Danke!"),
        (OUTLOOK, "WG: x", OUTLOOK),
        ("Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: S\nText", "", "Ja."),
        ("Ok\n\nOn Tue, Nov 17, 2026 at 9:00 AM S <s@n.example> wrote:\n> Hi\n\n-- \nPetra", "", "Ok"),
        # Answered between the lines, or below the quotation: nothing is cut off.
        ("> Wann?\nDienstag.\n> Wo?\nKiel.", "", "> Wann?\nDienstag.\n> Wo?\nKiel."),
        ("> nur zitiert", "", "> nur zitiert"),
        ("Am Montag schrieb ich Ihnen schon einmal.", "", "Am Montag schrieb ich Ihnen schon einmal."),
    ],
)
def test_history_is_cut_off_only_where_nothing_new_stands_in_it(
    text: str, subject: str, visible: str
) -> None:
    assert split_history(text, subject)[0] == visible


@given(st.lists(st.sampled_from(["> a", "b", "", "Am 1.1.2026 schrieb X:", "-- ", "Von: x", "Gesendet: y"])))
def test_no_word_is_lost_in_cutting(lines: list[str]) -> None:
    text = "\n".join(lines)
    visible, history = split_history(text)
    assert f"{visible}\n{history}".split() == text.split()
    assert visible or not text.strip()


def test_attachments_are_listed_and_only_text_is_kept() -> None:
    message = mail("Siehe Anhang")
    message.add_attachment(b"\x89PNG" * 100, "image", "png", filename="../../Öl.png")
    message.add_attachment("Zähler: 5\n", filename="werte.txt")
    message.add_attachment(mail("drin", Subject="Weitergeleitet"))
    found = read(message)
    assert found.text == "Siehe Anhang"
    assert [(one.name, one.type, one.text) for one in found.attachments] == [
        ("Öl.png", "image/png", ""),
        ("werte.txt", "text/plain", "Zähler: 5"),
        ("Weitergeleitet", "message/rfc822", ""),
    ]
    assert found.attachments[0].size == 400


def test_a_logo_in_the_signature_is_no_attachment() -> None:
    message = mail("Text")
    message.add_alternative("<p>Text</p>", subtype="html")
    message.get_payload()[1].add_related(b"gif", "image", "gif", cid="<logo>")  # type: ignore[union-attr,index]
    assert read(message).attachments == ()


def test_the_answer_goes_where_the_sender_wants_it() -> None:
    found = read(mail(Reply_To="Kundin <kundin@firma.example>", Subject="Kontaktformular"))
    assert (found.sender_address, found.sender_name) == ("kundin@firma.example", "Petra")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; x=y"},
        {"X-Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
        {"Subject": "Automatische Antwort: Ihre Wartung"},
        {"Subject": "Abwesenheitsnotiz: Urlaub"},
        {"Subject": "Out of Office: back on Monday"},
        {"Subject": "Automatic reply: Maintenance"},
    ],
)
def test_what_machines_send_is_no_request(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "no"},
        {"Subject": "AW: Automatische Antwort: Ihre Wartung"},
        {"Subject": "Abwesende Mieter im dritten Stock"},
        {"Precedence": "first-class"},
    ],
)
def test_what_people_send_is_a_request(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).kind is MailKind.REQUEST


def report(action: str) -> str:
    return (
        "From: MAILER-DAEMON@mx.example\nMessage-ID: <r@mx.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 unknown user\n\n--b\nContent-Type: message/rfc822\n\n"
        "Message-ID: <unsere-1@nordlicht.example>\nSubject: x\n\nText\n--b--\n"
    )


def test_a_returned_mail_names_what_came_back_and_why() -> None:
    found = read(report("failed"))
    assert found.kind is MailKind.BOUNCE
    assert found.returned == ("<unsere-1@nordlicht.example>",)
    assert found.diagnosis == "550 unknown user"


def test_a_delay_is_no_return() -> None:
    assert read(report("delayed")).kind is MailKind.AUTO_REPLY


def test_a_returned_mail_without_a_report_is_known_by_what_it_quotes() -> None:
    text = "Undeliverable.\n\nMessage-ID: <unsere-2@nordlicht.example>"
    found = read(mail(text, From="postmaster@mx.example", Subject="Unzustellbar"))
    assert (found.kind, found.returned) == (MailKind.BOUNCE, ("<unsere-2@nordlicht.example>",))


def test_a_mail_is_known_by_its_message_id_and_else_by_its_bytes() -> None:
    one, two = read(mail("eins")), read(mail("zwei"))
    assert one.key == two.key == mail_key("<a@b.example>")
    bare = "From: a@b.example\n\nText"
    assert read(bare).key == read(bare).key != read(bare + "!").key
    assert read(bare).message_id == ""


def test_threads_are_named_by_their_first_mail() -> None:
    found = read(mail(References="<1@x.example> <2@x.example>", In_Reply_To="<3@x.example>"))
    assert found.references == ("<1@x.example>", "<2@x.example>", "<3@x.example>")
    assert thread_key(found.key, found.references) == mail_key("<1@x.example>")
    assert chain(found.references, found.message_id)[-1] == "<a@b.example>"
    long = message_ids(" ".join(f"<{n}@x.example>" for n in range(100)))
    assert len(long) == 30
    assert chain(long, "<new@x.example>")[0] == long[0]
    assert len(chain(long, "<new@x.example>")) == 30
