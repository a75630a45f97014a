"""Mails come in: requests become cases, what machines send does not, and all find their thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.mails import IncomingMail, MailKind, mail_key, thread_key
from pilotwerk.pilots.models import Case, Connection, Delivery, DeliveryState, Mail, Pilot
from pilotwerk.pilots.selectors.connections import mails_by_id
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.deliveries import delivery_returned, delivery_sent
from pilotwerk.pilots.services.moves import case_recorded, pilot_lock, pilot_recorded
from pilotwerk.pilots.wording import not_running


@dataclass(frozen=True, slots=True)
class Taken:
    """Counts of one step: new cases, mails set aside as automatic, returned answers, mails known before."""

    cases: int = 0
    automatic: int = 0
    returned: int = 0
    known: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.cases + other.cases,
            self.automatic + other.automatic,
            self.returned + other.returned,
            self.known + other.known,
        )


@transaction.atomic
def mails_take(
    *,
    actor: Actor,
    pilot: Pilot,
    connection: Connection,
    mails: Sequence[IncomingMail],
    before: Mapping[str, Any],
    cursor: Mapping[str, Any],
) -> Taken:
    """Take in one step of a mailbox and move its cursor, together or not at all.

    A mail whose key is known is the same mail. Where another worker has moved the cursor meanwhile, nothing
    happens: it has taken these mails.
    """
    pilot = pilot_lock(pilot.pk)
    if not pilot.is_running:
        raise Refused(not_running())
    row = Connection.objects.select_for_update().filter(pk=connection.pk).first()
    if row is None or row.cursor != before:
        return Taken()
    Connection.objects.filter(pk=row.pk).update(cursor={**cursor, "pilot": str(pilot.pk)})
    known = mails_by_id(pilot, [mail.key for mail in mails])
    fresh = list({mail.key: mail for mail in mails if mail.key not in known}.values())
    if not fresh:
        return Taken(known=len(mails))
    requests = [mail for mail in fresh if mail.kind is MailKind.REQUEST]
    if requests:
        _ingested(actor, pilot, row, requests)
    related = mails_by_id(pilot, _referred(fresh))
    cases = {case.key: case for case in Case.objects.filter(pilot=pilot, key__in=[m.key for m in requests])}
    rows = [_row(pilot, row, mail, related, cases.get(mail.key)) for mail in fresh]
    Mail.objects.bulk_create(rows)
    _arrived(rows, related)
    returned = sum(_returned(pilot, mail, related) for mail in fresh if mail.kind is MailKind.BOUNCE)
    aside = len(fresh) - len(requests)
    if aside:
        pilot_recorded(
            actor=actor,
            action="pilots.mails_set_aside",
            pilot=pilot,
            data={"source": row.name, "count": aside, "returned": returned},
        )
    return Taken(len(requests), aside - returned, returned, len(mails) - len(fresh))


def _ingested(actor: Actor, pilot: Pilot, row: Connection, requests: Sequence[IncomingMail]) -> None:
    case_ingest(
        organisation=pilot.organisation,
        actor=actor,
        pilot=pilot,
        cases=[
            NewCase(
                key=mail.key,
                text=_case_text(mail),
                subject=mail.subject,
                sender_name=mail.sender_name,
                sender_address=mail.sender_address,
                received_at=mail.received_at,
            )
            for mail in requests
        ],
        source=row.name,
    )


def _case_text(mail: IncomingMail) -> str:
    """The words of the request; where there are none, a sentence, so that no customer's mail is dropped."""
    if mail.text.strip():
        return mail.text
    if mail.too_large:
        return _("(This mail is too large to be read here. Please open it in the mailbox.)")
    if mail.attachments:
        return _("(This mail has no text, only attachments. Please open it in the mailbox.)")
    return _unreadable()


def _unreadable() -> str:
    return _("(This mail has no text that can be read. Please open it in the mailbox.)")


def _referred(mails: Sequence[IncomingMail]) -> list[str]:
    ids = {one for mail in mails for one in (*mail.references, *mail.returned)}
    return [mail_key(one) for one in ids] + [mail.key for mail in mails]


def _row(
    pilot: Pilot, connection: Connection, mail: IncomingMail, related: Mapping[str, Mail], case: Case | None
) -> Mail:
    """The mail in its thread: that of the newest mail that it refers to, else of the first that it names."""
    parents = [related[key] for key in map(mail_key, reversed(mail.references)) if key in related]
    with_case = next((parent.case for parent in parents if parent.case_id is not None), None)
    machine = mail.kind is not MailKind.REQUEST
    return Mail(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        connection=connection,
        case=with_case if machine else case,
        kind=mail.kind.value,
        key=mail.key,
        thread=parents[0].thread if parents else thread_key(mail.key, mail.references),
        message_id=mail.message_id,
        references=list(mail.references),
        earlier=None if machine else with_case,
        subject=mail.subject,
        sender=mail.sender_address,
        text=mail.text or mail.diagnosis,
        history=mail.history,
        attachments=[one.plain() for one in mail.attachments],
        received_at=mail.received_at,
    )


def _arrived(rows: Sequence[Mail], related: Mapping[str, Mail]) -> None:
    """A reply to an answer proves that the answer arrived, where that was unclear."""
    for row in rows:
        if row.kind == MailKind.BOUNCE.value:
            continue
        for key in map(mail_key, row.references):
            ours = related.get(key)
            if ours is not None and ours.kind == MailKind.ANSWER.value:
                lost = Delivery.objects.filter(case=ours.case, state=DeliveryState.UNKNOWN).first()
                if lost is not None:
                    delivery_sent(delivery=lost, reference=ours.message_id)


def _returned(pilot: Pilot, mail: IncomingMail, related: Mapping[str, Mail]) -> bool:
    """Whether an answer of ours came back; its case is then where a person sees it."""
    found = False
    for key in map(mail_key, mail.returned):
        ours = related.get(key)
        if ours is None or ours.kind != MailKind.ANSWER.value:
            continue
        delivery = Delivery.objects.filter(case=ours.case).first()
        if delivery is not None and delivery_returned(delivery=delivery, problem=mail.diagnosis):
            Mail.objects.filter(pilot=pilot, key=mail.key).update(case=ours.case, thread=ours.thread)
            found = True
    return found


@transaction.atomic
def mail_as_request(*, organisation: Organisation, actor: Actor, mail: Mail) -> Case:
    """A person sees a request in what was taken for an automatic mail: it becomes a case after all."""
    row = Mail.objects.of(organisation).select_for_update().filter(pk=mail.pk).first()
    if row is None or row.kind != MailKind.AUTO_REPLY.value:
        raise Refused(_("This mail is no automatic one, or it was taken already."))
    case_ingest(
        organisation=organisation,
        actor=actor,
        pilot=row.pilot,
        cases=[
            NewCase(
                key=row.key,
                text=row.text or row.subject or _unreadable(),
                subject=row.subject,
                sender_address=row.sender,
                received_at=row.received_at,
            )
        ],
        source=row.connection.name if row.connection else "",
    )
    case = Case.objects.get(pilot_id=row.pilot_id, key=row.key)
    Mail.objects.filter(pk=row.pk).update(kind=MailKind.REQUEST.value, case=case, earlier=row.case)
    case_recorded(organisation=organisation, actor=actor, action="pilots.mail_taken_as_request", case=case)
    return case


@transaction.atomic
def answer_noted(*, delivery: Delivery, connection: Connection, message_id: str, sender: str) -> None:
    """Write down, before an answer is tried, which Message-ID it will carry: by it replies and returns are known.

    Not recorded by itself: `pilots.delivery_tried` was, with the same key.
    """
    case = delivery.case
    proposal = delivery.decision.proposal
    request = Mail.objects.filter(case=case, kind=MailKind.REQUEST.value).first()
    key = mail_key(message_id)
    Mail.objects.update_or_create(
        pilot_id=case.pilot_id,
        key=key,
        defaults={
            "organisation_id": case.organisation_id,
            "connection": connection,
            "case": case,
            "kind": MailKind.ANSWER.value,
            "thread": request.thread if request else key,
            "message_id": message_id,
            "subject": (proposal.subject if proposal else "")[:300],
            "sender": sender[:320],
            "text": proposal.body if proposal else "",
            "received_at": delivery.attempted_at,
        },
    )
