"""Mistakes put in on purpose, so that the team stays awake: few, announced, never sent, never about a person.

A planted mistake is a revision of a real case that holds the proposal of another kind of request. Whatever
the person does with it, the true proposal comes back at once and the person is told. No decision is written
for it, so it changes no figure of the pilot, and who was asked is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.assignment import draw
from pilotwerk.pilots.domain.content import content_hash as hash_of
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, PlantedCheck, Proposal, Source
from pilotwerk.pilots.selectors.autonomy import control_of, limits_reached
from pilotwerk.pilots.services.moves import case_recorded, pilot_lock

QUALITY: Final = System("quality")
# From the announcement on everybody has a day to read it.
NOTICE: Final = timedelta(days=1)


class PlantedMistake(Refused):
    """Not an error of the person: what they decided about was a planted mistake. Nothing went out."""


def plant(case: Case, proposal: Proposal) -> PlantedCheck | None:
    """Put a mistake into a case that a person will see, if that is announced and the draw says so.

    Inside the transaction that keeps the proposal. Only where one person decides: never above the limits, never
    where it could go out by itself.
    """
    control = control_of(case.pilot)
    if not control.planted_share or control.planted_announced_at is None or case.level != "suggest":
        return None
    if clock.now() < control.planted_announced_at + NOTICE:
        return None
    if draw(control.seed, f"planted:{case.key}") >= control.planted_share or limits_reached(case, proposal):
        return None
    other = (
        Proposal.objects.filter(case__pilot=case.pilot_id, source=Source.MODEL)
        .exclude(category=proposal.category)
        .exclude(category="")
        .exclude(body="")
        .exclude(case=case)
        .order_by("-created_at")
        .first()
    )
    if other is None or not proposal.category:
        return None
    return _planted(case, proposal, other)


def _planted(case: Case, proposal: Proposal, other: Proposal) -> PlantedCheck:
    wrong = Proposal(
        organisation_id=case.organisation_id,
        case=case,
        revision=proposal.revision + 1,
        source=Source.PLANTED,
        model_version=proposal.model_version,
        category=other.category,
        recipient=proposal.recipient,
        subject=proposal.subject,
        body=other.body,
        evidence=proposal.evidence,
    )
    wrong.content_hash = hash_of(wrong.content())
    wrong.save(force_insert=True)
    Case.objects.filter(pk=case.pk).update(revision=wrong.revision, category=wrong.category)
    case.revision, case.category = wrong.revision, wrong.category
    return PlantedCheck.objects.create(organisation_id=case.organisation_id, case=case, proposal=wrong)


def planted_answer(*, case: Case, revision: int, content_hash: str, noticed: bool) -> None:
    """When the named revision is a planted mistake: keep whether it was noticed, bring the true proposal back, and
    raise ``PlantedMistake``. Otherwise nothing happens.

    A transaction of its own, so that the refusal undoes nothing.
    """
    found = PlantedCheck.objects.filter(
        case=case, answered_at=None, proposal__revision=revision, proposal__content_hash=content_hash
    ).first()
    if found is None:
        return
    _answered(case, found, noticed=noticed)
    if noticed:
        raise PlantedMistake(
            _("Well seen: this was a planted mistake, as announced. The true proposal is here now.")
        )
    raise PlantedMistake(
        _("This was a planted mistake, as announced. Nothing went out. The true proposal is here now.")
    )


def planted_answers(*, items: Sequence[tuple[Case, int, str]]) -> None:
    """The same for several that are approved together: each planted mistake among them is answered as not noticed."""
    planted = PlantedCheck.objects.filter(case__in=[case for case, _, _ in items], answered_at=None)
    if not planted.exists():
        return
    for case, revision, content_hash in items:
        planted_answer(case=case, revision=revision, content_hash=content_hash, noticed=False)


@transaction.atomic
def _answered(case: Case, found: PlantedCheck, *, noticed: bool) -> None:
    pilot_lock(case.pilot_id)
    open_ones = PlantedCheck.objects.filter(pk=found.pk, answered_at=None)
    if open_ones.update(answered_at=clock.now(), noticed=noticed) != 1:
        return
    true = Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()
    assert true is not None  # a mistake is only planted beside a proposal of the model
    Case.objects.filter(pk=case.pk, state=CaseState.WAITING).update(
        revision=true.revision, category=true.category
    )
    case.refresh_from_db()
    # Neither who decided nor whether it was noticed: the trail would tell both of one person.
    case_recorded(organisation=case.organisation, actor=QUALITY, action="pilots.planted_replaced", case=case)
