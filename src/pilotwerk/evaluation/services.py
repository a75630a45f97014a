"""Writes of the evaluation. Each is one transaction with one audit entry."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.evaluation import selectors
from pilotwerk.evaluation.domain.decision import Choice
from pilotwerk.evaluation.models import Decision, Learning, RoiAssumptions
from pilotwerk.evaluation.wording import OBSTACLES
from pilotwerk.pilots.models import Pilot


@transaction.atomic
def assumptions_save(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, values: dict[str, Any]
) -> RoiAssumptions:
    """Set what the return is worked out with. `values` holds the fields of RoiAssumptions by name."""
    _own(organisation, pilot)
    saved, _created = RoiAssumptions.objects.of(organisation).update_or_create(
        pilot=pilot, defaults={**values, "organisation": organisation, "changed_at": clock.now()}
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="evaluation.assumptions_saved",
        subject=("evaluation.RoiAssumptions", str(saved.id)),
        data={"pilot": pilot.name, "values": {key: str(value) for key, value in values.items()}},
    )
    return saved


@transaction.atomic
def learning_add(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, topic: str, observation: str, consequence: str
) -> Learning:
    """Write down what was noticed and what follows from it."""
    _own(organisation, pilot)
    added = Learning.objects.create(
        organisation=organisation, pilot=pilot, topic=topic, observation=observation, consequence=consequence
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="evaluation.learning_added",
        subject=("evaluation.Learning", str(added.id)),
        data={"pilot": pilot.name, "topic": topic},
        personal={"observation": observation, "consequence": consequence},
    )
    return added


@transaction.atomic
def learning_remove(*, organisation: Organisation, actor: Actor, learning: Learning) -> None:
    """Take a learning back; the audit trail keeps that it was there."""
    _own(organisation, learning)
    removed = str(learning.id)
    learning.delete()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="evaluation.learning_removed",
        subject=("evaluation.Learning", removed),
        data={"pilot": learning.pilot.name},
    )


@transaction.atomic
def decision_draft(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, choice: str, reason: str
) -> Decision:
    """Prepare the decision or change its draft. A signed one stays as it is."""
    _own(organisation, pilot)
    choice = Choice(choice).value
    if not reason.strip():
        raise Refused(_("A decision needs a reason."))
    draft, created = Decision.objects.of(organisation).get_or_create(
        pilot=pilot, defaults={"organisation": organisation, "choice": choice, "reason": reason}
    )
    if not created:
        changed = Decision.objects.filter(pk=draft.pk, signed_at=None).update(choice=choice, reason=reason)
        if changed != 1:
            raise Refused(_("The decision is signed and can no longer be changed."))
        draft.choice, draft.reason = choice, reason
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="evaluation.decision_drafted",
        subject=("evaluation.Decision", str(draft.id)),
        data={"pilot": pilot.name, "choice": choice},
        personal={"reason": reason},
    )
    return draft


@transaction.atomic
def decision_sign(*, organisation: Organisation, actor: Actor, pilot: Pilot) -> Decision:
    """Sign the draft as it stands, together with the evidence of this moment."""
    _own(organisation, pilot)
    draft = selectors.decision(pilot)
    if draft is None:
        raise Refused(_("There is no draft to sign. Prepare the decision first."))
    found = selectors.effect_report(pilot)
    standing = selectors.obstacle(organisation, Choice(draft.choice), found)
    if standing is not None:
        raise Refused(str(OBSTACLES[standing]))
    evidence = selectors.evidence_snapshot(found)
    signed = Decision.objects.filter(
        pk=draft.pk, signed_at=None, choice=draft.choice, reason=draft.reason
    ).update(signed_at=clock.now(), signed_by=actor.name, evidence=evidence)
    if signed != 1:
        raise Refused(_("The decision was signed or changed in the meantime. Please read it again."))
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="evaluation.decision_signed",
        subject=("evaluation.Decision", str(draft.id)),
        data={
            "pilot": pilot.name,
            "choice": draft.choice,
            "grade": evidence["grade"],
            "evidence": evidence,
        },
        personal={"reason": draft.reason},
    )
    draft.refresh_from_db()
    return draft


def _own(organisation: Organisation, row: Any) -> None:
    """A row of another organisation never gets this far through a page; this keeps it so for every caller."""
    if row.organisation_id != organisation.id:
        raise ValueError(f"{row!r} belongs to another organisation")
