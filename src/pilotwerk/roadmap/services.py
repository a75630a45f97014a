"""Writes of the roadmap. Each is one transaction with one audit entry."""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core.errors import Refused
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.roadmap.domain import Quarter
from pilotwerk.roadmap.models import RoadmapItem, RoadmapLimits


@transaction.atomic
def item_add(
    *,
    organisation: Organisation,
    actor: Actor,
    use_case: UseCase,
    quarter: str,
    kpi: str,
    budget: Decimal,
    days: Decimal,
    owner: Membership | None,
) -> RoadmapItem:
    """Lay a use case on a quarter. Each stands on the roadmap once; a refused one does not."""
    _own(organisation, use_case, owner)
    if use_case.state == State.REFUSED:
        raise Refused(_("This use case is refused. Assess it again before it goes onto the roadmap."))
    try:
        with transaction.atomic():
            item = RoadmapItem.objects.create(
                organisation=organisation,
                use_case=use_case,
                quarter=str(Quarter.parse(quarter)),
                kpi=kpi,
                budget=budget,
                days=days,
                owner=owner,
            )
    except IntegrityError as error:
        raise Refused(_("This use case is on the roadmap already.")) from error
    _record(item, actor, "roadmap.item_added")
    return item


@transaction.atomic
def item_change(
    *,
    organisation: Organisation,
    actor: Actor,
    item: RoadmapItem,
    quarter: str,
    kpi: str,
    budget: Decimal,
    days: Decimal,
    owner: Membership | None,
) -> RoadmapItem:
    """Change what a use case on the roadmap asks for, by when, and who answers for it."""
    _own(organisation, item, owner)
    item.quarter, item.kpi, item.budget, item.days, item.owner = (
        str(Quarter.parse(quarter)),
        kpi,
        budget,
        days,
        owner,
    )
    item.save(update_fields=["quarter", "kpi", "budget", "days", "owner"])
    _record(item, actor, "roadmap.item_changed")
    return item


@transaction.atomic
def item_move(*, organisation: Organisation, actor: Actor, item: RoadmapItem, quarter: str) -> RoadmapItem:
    """Move a use case to another quarter."""
    _own(organisation, item)
    before, after = item.quarter, str(Quarter.parse(quarter))
    moved = RoadmapItem.objects.filter(pk=item.pk, quarter=before).update(quarter=after)
    if moved != 1:
        raise Refused(_("Somebody else moved this use case in the meantime. Please look again."))
    item.quarter = after
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="roadmap.item_moved",
        subject=("roadmap.RoadmapItem", str(item.id)),
        data={"use_case": item.use_case.name, "before": before, "after": after},
    )
    return item


@transaction.atomic
def item_remove(*, organisation: Organisation, actor: Actor, item: RoadmapItem) -> None:
    """Take a use case off the roadmap; it stays in the portfolio."""
    _own(organisation, item)
    removed, name = str(item.id), item.use_case.name
    item.delete()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="roadmap.item_removed",
        subject=("roadmap.RoadmapItem", removed),
        data={"use_case": name},
    )


@transaction.atomic
def limits_save(
    *, organisation: Organisation, actor: Actor, budget: Decimal | None, days: Decimal | None
) -> RoadmapLimits:
    """Set what there is for each quarter; None means that nothing is checked."""
    saved: RoadmapLimits
    saved, _created = RoadmapLimits.objects.of(organisation).update_or_create(
        organisation=organisation, defaults={"budget": budget, "days": days}
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="roadmap.limits_saved",
        subject=("roadmap.RoadmapLimits", str(saved.id)),
        data={
            "budget": None if budget is None else str(budget),
            "days": None if days is None else str(days),
        },
    )
    return saved


def _record(item: RoadmapItem, actor: Actor, action: str) -> None:
    record(
        organisation_id=item.organisation_id,
        actor=actor,
        action=action,
        subject=("roadmap.RoadmapItem", str(item.id)),
        data={
            "use_case": item.use_case.name,
            "quarter": item.quarter,
            "kpi": item.kpi,
            "budget": str(item.budget),
            "days": str(item.days),
        },
        personal={"owner": item.owner.user.name if item.owner else ""},
    )


def _own(organisation: Organisation, *rows: RoadmapItem | UseCase | Membership | None) -> None:
    for row in rows:
        if row is not None and row.organisation_id != organisation.id:
            raise ValueError(f"{row!r} belongs to another organisation")
