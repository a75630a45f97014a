"""Was the answer good: a blind check by a reviewer, and what customers said afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.domain.stop_rules import RuleKind
from pilotwerk.pilots.models import Case, CaseOutcome, Closed, Pilot, QualityCheck, SecondCheck
from pilotwerk.pilots.services.autonomy import level_watch
from pilotwerk.pilots.services.moves import case_recorded, pilot_recorded
from pilotwerk.pilots.services.stopping import stop_rules_apply


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a customer said about one case: ``case`` is its external key or its short number (V-0001)."""

    case: str
    satisfaction: int | None = None
    recontacted: bool | None = None
    row: int | None = None


@transaction.atomic
def quality_check(
    *, organisation: Organisation, actor: Actor, case: Case, ok: bool, note: str = ""
) -> QualityCheck:
    """One verdict a case, by a person who saw request and answer only."""
    if case.state != CaseState.DONE or case.closed != Closed.SENT:
        raise Refused(_("Only a case that was sent can be checked."))
    try:
        with transaction.atomic():
            check = QualityCheck.objects.create(
                organisation=organisation,
                case=case,
                ok=ok,
                note=note.strip()[:500],
                rater_id=actor.id,
            )
    except IntegrityError:
        raise Refused(_("This case was checked already.")) from None
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.quality_checked",
        case=case,
        data={"ok": ok},
        personal={"note": note.strip()[:500]},
    )
    stop_rules_apply(case.pilot_id, frozenset({RuleKind.NOT_OK}))
    level_watch(case)
    return check


@transaction.atomic
def quality_check_again(*, organisation: Organisation, actor: Actor, case: Case, ok: bool) -> SecondCheck:
    """A second verdict on a checked answer by another person, who has not seen the first. Then both are nameless.

    It tells how reliable the check is; the first verdict stays the one that counts.
    """
    check = QualityCheck.objects.of(organisation).select_for_update().filter(case=case).first()
    if check is None:
        raise Refused(_("This case was not checked yet."))
    if check.rater_id == actor.id:
        raise Refused(_("You have checked this case yourself. A second person must do it."))
    if SecondCheck.objects.filter(case=case).exists():
        raise Refused(_("This case was checked twice already."))
    second = SecondCheck.objects.create(organisation=organisation, case=case, ok=ok)
    QualityCheck.objects.filter(pk=check.pk).update(rater_id="")
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.quality_checked_again",
        case=case,
        data={"ok": ok},
    )
    return second


@transaction.atomic
def outcomes_load(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, outcomes: Iterable[Outcome], source: str
) -> int:
    """Keep what customers said; all rows or none. A later file replaces what an earlier one said."""
    cases: dict[str, Case] = {}
    for case in Case.objects.filter(pilot=pilot).only("pk", "key", "number", "organisation_id"):
        cases[case.label] = case
        cases[case.key] = case
    count = 0
    for item in outcomes:
        found = cases.get(item.case.strip())
        if found is None:
            raise BadInput(_("This case is not in the pilot: %(case)s") % {"case": item.case}, row=item.row)
        if item.satisfaction is not None and not 1 <= item.satisfaction <= 5:
            raise BadInput(_("Satisfaction is a whole number from 1 to 5."), row=item.row)
        given = {
            name: value
            for name, value in (("satisfaction", item.satisfaction), ("recontacted", item.recontacted))
            if value is not None
        }
        CaseOutcome.objects.update_or_create(
            case=found, defaults=given, create_defaults={"organisation": organisation, **given}
        )
        count += 1
    pilot_recorded(
        actor=actor, action="pilots.outcomes_loaded", pilot=pilot, data={"count": count, "source": source}
    )
    return count
