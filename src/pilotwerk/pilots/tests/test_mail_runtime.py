"""What happens to mail when something breaks: nothing twice, nothing lost, and honest where it is unclear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.pilots import execution, intake, selectors, services
from pilotwerk.pilots.connectors.mailbox import Mailbox
from pilotwerk.pilots.connectors.trouble import SENTENCES
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Connection, Delivery, Mail
from pilotwerk.pilots.tests.mailservers import USER, letter
from pilotwerk.pilots.tests.mailstage import MailStage, mail_stage
from pilotwerk.pilots.tests.stage import delivery_claim
from pilotwerk.pilots.tests.test_mail_story import away, reply_to, returned
from pilotwerk.pilots.wording import CONNECTION_RESULTS
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def one_case(mails: MailStage) -> Case:
    """One request has come in and waits."""
    mails.imap.put(letter(1, "Wann kommt der Techniker?"), at=clock.now())
    mails.look()
    return Case.objects.select_related("pilot", "organisation").get(pilot=mails.pilot)


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_a_mailbox_that_is_restored_doubles_no_case(mails: MailStage) -> None:
    case = one_case(mails)
    mails.imap.renumber()
    mails.imap.put(letter(2, "Und noch etwas"), at=clock.now())
    mails.look()
    assert Case.objects.filter(pilot=mails.pilot).count() == 2
    assert Mail.objects.filter(case=case).count() == 1


def test_a_stopped_pilot_takes_nothing_in_and_catches_up(mails: MailStage) -> None:
    services.pilot_stop(**mails.by("clerk"), pilot=mails.pilot, reason="")
    mails.imap.put(letter(1, "Hallo"), at=clock.now())
    intake.mailbox_ingest(pilot=mails.pilot)
    mails.look()
    assert not Case.objects.exists()
    assert Connection.objects.get().cursor.get("uid", 0) == 0
    services.pilot_resume(**mails.by("lead"), pilot=mails.pilot, reason="weiter")
    mails.look()
    assert Case.objects.count() == 1


def test_a_case_without_text_is_still_a_case(mails: MailStage) -> None:
    mail = letter(1, "")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="Schaden.pdf")
    mails.imap.put(mail, letter(2, ""), at=clock.now())
    mails.look()
    texts = list(Case.objects.order_by("number").values_list("text", flat=True))
    assert texts[0].startswith("(Diese Mail hat keinen Text, nur Anhänge.")
    assert texts[1].startswith("(Diese Mail hat keinen lesbaren Text.")


def test_a_mailbox_that_breaks_is_said_once_and_asked_seldom(mails: MailStage) -> None:
    """A wrong password every minute would lock the account."""
    usual = services.connections.secrets_of(mails.connection)
    services.connections.secrets_keep(connection=mails.connection, secrets={"password": "falsch"})
    for _minute in range(10):
        mails.look()
    signed_in = mails.imap.commands.count(b"AUTHENTICATE")
    assert mails.connection.state == "broken"
    assert mails.connection.problem["code"] == "sign_in"
    assert mails.connection.state_since < clock.now() - timedelta(minutes=8)
    mails.later(minutes=16)
    services.connections.secrets_keep(connection=mails.connection, secrets=usual)
    mails.look()
    assert mails.connection.state == "ok"
    assert mails.imap.commands.count(b"AUTHENTICATE") == signed_in + 1
    actions = audit_actions(mails)
    assert actions.count("pilots.connection_broken") == actions.count("pilots.connection_repaired") == 1


def audit_actions(mails: MailStage) -> list[str]:
    from pilotwerk.audit import selectors

    entries = selectors.entries(mails.cast.organisation.pk)
    return [entry.action for entry in entries]


def test_a_worker_that_died_while_sending_finds_the_answer_in_the_sent_folder(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.later(minutes=2)
    decision = case.decisions.get()
    delivery = delivery_claim(case_id=case.pk, decision_id=decision.pk)
    assert delivery is not None
    way = execution.connector_for(mails.pilot)
    assert isinstance(way, Mailbox)
    # It was sent, and then the program ended without a word.
    execution._tried(delivery, selectors.mail_of(case))
    jobs.run_due(kinds=["pilots.execute"])
    assert state(case) == CaseState.DONE
    assert len(mails.postbox.mails) == 1
    assert Delivery.objects.get().reference == way.message_id(delivery.key)


def test_a_worker_that_died_before_sending_leaves_it_to_a_person(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.later(minutes=2)
    delivery_claim(case_id=case.pk, decision_id=case.decisions.get().pk)
    jobs.run_due(kinds=["pilots.execute"])
    assert state(case) == CaseState.OUTCOME_UNKNOWN
    assert mails.postbox.mails == []


def test_an_unclear_outcome_becomes_known_when_the_answer_turns_up(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.postbox.break_after_data = True
    mails.send_all()
    assert state(case) == CaseState.OUTCOME_UNKNOWN
    mails.look()
    assert state(case) == CaseState.OUTCOME_UNKNOWN
    # Servers that keep a copy by themselves, as Google and Microsoft do, tell what became of it.
    mails.imap.put(mails.postbox.mails[0], folder="Sent", at=clock.now())
    mails.look()
    assert state(case) == CaseState.DONE
    assert len(mails.postbox.mails) == 1


def test_a_reply_proves_that_the_answer_arrived(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.postbox.break_after_data = True
    mails.send_all()
    mails.imap.put(reply_to(mails.postbox.mails[0], 2), at=clock.now())
    mails.look()
    assert state(case) == CaseState.DONE


def test_a_returned_answer_can_be_sent_again_and_is_returned_once(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.send_all()
    mails.imap.put(returned(mails.postbox.mails[0]), at=clock.now())
    mails.look()
    assert state(case) == CaseState.FAILED
    page = mails.cast.client("clerk").get(mails.cast.organisation.url("pilots:case", pk=case.pk))
    assert "Die E-Mail kam zurück: 550 no such user" in page.content.decode()
    services.delivery_again(**mails.by("clerk"), case=case)
    mails.send_all()
    assert state(case) == CaseState.DONE
    # The same report once more, as after a restore of the mailbox, says nothing new.
    mails.imap.renumber()
    mails.look()
    assert state(case) == CaseState.DONE


def test_a_returned_mail_of_somebody_else_moves_no_case(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.send_all()
    foreign = letter(9, "x", Message_ID="<fremd@fremd.example>")
    mails.imap.put(returned(foreign), at=clock.now())
    mails.look()
    assert state(case) == CaseState.DONE
    assert Mail.objects.get(kind="bounce").case is None


def test_a_request_that_looked_automatic_can_be_taken_after_all(mails: MailStage) -> None:
    form = letter(5, "Bitte um Rückruf", subject="Kontaktformular", Auto_Submitted="auto-generated")
    mails.imap.put(form, at=clock.now())
    mails.look()
    assert not Case.objects.exists()
    [aside] = Mail.objects.all()
    client, organisation = mails.cast.client("lead"), mails.cast.organisation
    page = client.get(organisation.url("pilots:connection", pk=mails.connection.pk)).content.decode()
    address = organisation.url("pilots:mail_take", pk=aside.pk)
    assert address in page
    assert client.post(address).status_code == 302
    case = Case.objects.get()
    assert (case.text, case.sender_address) == ("Bitte um Rückruf", "petra@wulff.example")
    assert client.post(address).status_code == 422
    jobs.run_due(kinds=["pilots.propose"])
    mails.decide_all()
    mails.send_all()
    assert mails.postbox.mails[0]["In-Reply-To"] == "<anfrage-5@wulff.example>"


def test_every_trouble_has_its_short_word_for_the_audit_trail() -> None:
    assert set(SENTENCES) <= set(CONNECTION_RESULTS)


def test_our_own_answer_in_the_mailbox_is_no_request(mails: MailStage) -> None:
    one_case(mails)
    mails.decide_all()
    mails.send_all()
    mails.imap.put(mails.postbox.mails[0], at=clock.now())
    mails.look()
    assert Case.objects.count() == 1


def test_a_case_shows_its_thread_and_what_was_attached(mails: MailStage) -> None:
    case = one_case(mails)
    mails.decide_all()
    mails.send_all()
    reply = reply_to(mails.postbox.mails[0], 2)
    reply.add_attachment("Zähler: 5", filename="werte.txt")
    mails.imap.put(reply, away(mails.postbox.mails[0]), at=clock.now())
    mails.look()
    following = Case.objects.exclude(pk=case.pk).get()
    organisation = mails.cast.organisation
    for name in ("pilots:case", "pilots:record"):
        page = mails.cast.client("lead").get(organisation.url(name, pk=following.pk)).content.decode()
        assert organisation.url("pilots:record", pk=case.pk) in page
        assert "werte.txt" in page
        assert "4 Mails in diesem Verlauf" in page
        assert "Automatische Antwort" in page
    first = mails.cast.client("lead").get(organisation.url("pilots:record", pk=case.pk)).content.decode()
    assert organisation.url("pilots:record", pk=following.pk) in first


def test_drafts_wait_for_a_person_to_send_them(cast: Cast, registered: None, settings: Any) -> None:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with mail_stage(cast, answers="drafts") as mails:
        case = one_case(mails)
        mails.decide_all()
        mails.later(minutes=2)
        decision = case.decisions.get()
        # The worker dies twice, once before and once after the draft was saved.
        delivery = delivery_claim(case_id=case.pk, decision_id=decision.pk)
        assert delivery is not None
        execution._tried(delivery, selectors.mail_of(case))
        jobs.run_due(kinds=["pilots.execute"])
        assert state(case) == CaseState.DONE
        [(draft, _flags)] = mails.imap.holds("Entwürfe")
        assert (draft["From"], draft["In-Reply-To"]) == (USER, "<anfrage-1@wulff.example>")
        assert mails.postbox.mails == []


def test_two_workers_on_one_mailbox_take_a_step_once(mails: MailStage) -> None:
    from pilotwerk.pilots.connectors import mailbox
    from pilotwerk.pilots.services.mails import Taken, mails_take

    mails.imap.put(letter(1, "Hallo"), at=clock.now())
    with mailbox.reading(execution.access_of(mails.connection)) as reader:
        step = reader.step({}, since=mails.pilot.started_at)  # type: ignore[arg-type]
    before = mails.connection.cursor
    work: dict[str, Any] = {
        "actor": execution.WORKER,
        "pilot": mails.pilot,
        "connection": mails.connection,
        "mails": step.mails,
        "before": before,
        "cursor": step.cursor,
    }
    assert mails_take(**work) == Taken(cases=1)
    assert mails_take(**work) == Taken()
    assert Case.objects.count() == 1
