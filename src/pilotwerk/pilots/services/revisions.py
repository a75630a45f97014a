"""What a person had in front of them when they decided: exactly this revision, and whether it may leave at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import Refused
from pilotwerk.core.prepared import Prepared
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.content import content_hash as hash_of
from pilotwerk.pilots.models import AUTONOMY, Case, Proposal, Source
from pilotwerk.pilots.recipes.base import Details
from pilotwerk.pilots.selectors.recipes import place_of, request_of
from pilotwerk.pilots.services.guards import guards_ask

Seen = tuple[Case, int, str]
"""A case with the revision and the content hash that the person saw."""


def _present() -> QuerySet[Proposal]:
    return Proposal.objects.filter(revision=F("case__revision")).order_by()


_PRESENT = Prepared(lambda case: _present().filter(case=case), case=UUID(int=1))


def named(case: Case, revision: int, content_hash: str) -> Proposal:
    """The proposal that the person saw; refused when it is not the present one, word for word."""
    return named_all([(case, revision, content_hash)])[0]


def named_all(seen: Sequence[Seen]) -> list[Proposal]:
    """The same for several, all or none."""
    if len(seen) == 1:
        present = _PRESENT.objects(case=seen[0][0].pk)
    else:
        present = list(_present().filter(case__in=[case.pk for case, _revision, _hash in seen]))
    by_case = {proposal.case_id: proposal for proposal in present}
    found = []
    for case, revision, content_hash in seen:
        proposal = by_case.get(case.pk)
        if (
            proposal is None
            or (proposal.revision, proposal.content_hash) != (revision, content_hash)
            or hash_of(proposal.content()) != content_hash
        ):
            raise Refused(
                _("The proposal for %(case)s has changed since you opened it. Please read it again.")
                % {"case": case.label}
            )
        proposal.case = case
        found.append(proposal)
    return found


def _sendable(case: Case, proposal: Proposal) -> None:
    """An empty answer, one with an unfilled placeholder, or one that its recipe refuses never goes out."""
    if not proposal.body:
        raise Refused(_("The text is empty. Write it, or reject the proposal."))
    kind = recipe.of(case.pilot.recipe)
    missing = kind.unfilled(proposal.body)
    if missing:
        places = ", ".join(dict.fromkeys(missing))
        raise Refused(_("Fill these places first: %(places)s.") % {"places": places})
    refusal = kind.refusal(proposal.content(), place_of(case.pilot, case.organisation))
    if refusal:
        raise Refused(refusal)


def next_revision(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    body: str,
    category: str,
    *,
    seen: Proposal | None = None,
    details: Details | None = None,
) -> Proposal:
    """What a person wrote, as the revision after the last one; address and subject stay as they were seen."""
    last = Proposal.objects.filter(case=case).aggregate(top=Max("revision"))["top"] or 0
    by_hand = recipe.of(case.pilot.recipe).subject_by_hand(request_of(case))
    proposal = Proposal(
        organisation=organisation,
        case=case,
        revision=last + 1,
        source=Source.PERSON,
        author_id=actor.id,
        category=category,
        recipient=seen.recipient if seen else case.sender_address,
        subject=seen.subject if seen else by_hand[:310],
        body=body,
        details=details or {},
    )
    proposal.content_hash = hash_of(proposal.content())
    proposal.save(force_insert=True)
    return proposal


def ready(case: Case, proposal: Proposal) -> None:
    """What holds for every answer on every path before it may leave."""
    if proposal.source == Source.PLANTED:
        raise Refused(_("This text holds a planted mistake. It cannot go out."))
    _sendable(case, proposal)
    guards_ask(case, proposal)


def only_person(actor: Actor) -> None:
    """Refuse what the program itself, or another program, is about to decide in a person's place."""
    if not actor.is_person or actor.id == AUTONOMY.id:
        raise Refused(_("Only a person can do this."))
