"""Writes about baselines and goals. Each is one transaction with one audit entry."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core.errors import Refused
from pilotwerk.kpis import selectors, words
from pilotwerk.kpis.catalogue import Kpi, catalogue
from pilotwerk.kpis.domain.measures import TooLittle
from pilotwerk.kpis.models import Baseline, Goal
from pilotwerk.kpis.registry import plan_window
from pilotwerk.processes.models import ProcessImport


def _computable(name: str) -> Kpi:
    kpi = catalogue().find(name)
    if kpi is None or not kpi.computable:
        raise Refused(_("This figure cannot be computed from imported data."))
    return kpi


@transaction.atomic
def baseline_freeze(
    *, organisation: Organisation, actor: Actor, kpi: str, process_import: ProcessImport
) -> Baseline:
    """Measure a KPI on an import and keep it for good; the same KPI on the same import is frozen once."""
    entry = _computable(kpi)
    frozen: Baseline | None = (
        Baseline.objects.of(organisation).filter(kpi=kpi, process_import=process_import).first()
    )
    if frozen is not None:
        return frozen
    measured = selectors.measure(kpi, process_import)
    if isinstance(measured, TooLittle):
        raise Refused(words.too_little_text(measured))
    made = Baseline.objects.create(
        organisation=organisation,
        kpi=kpi,
        process_import=process_import,
        value=measured.value,
        unit=entry.unit,
        n=measured.n,
        definition={"version": catalogue().version, "de": entry.formula.de, "en": entry.formula.en},
        first_day=measured.first,
        last_day=measured.last,
        fingerprint=process_import.fingerprint,
        data_fingerprint=selectors.data_fingerprint(process_import),
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="kpis.baseline_frozen",
        subject=("kpis.Baseline", str(made.id)),
        data={
            "kpi": kpi,
            "value": made.value,
            "unit": made.unit,
            "n": made.n,
            "definition": made.definition,
            "period": [made.first_day.isoformat(), made.last_day.isoformat()],
            "fingerprint": made.fingerprint,
            "data_fingerprint": made.data_fingerprint,
            "process_import": str(process_import.id),
        },
    )
    return made


@transaction.atomic
def goal_set(
    *,
    organisation: Organisation,
    actor: Actor,
    baseline: Baseline,
    target: float,
    due: date,
    owner: Membership | None,
) -> Goal:
    """Set a goal against a frozen baseline. Refused, with what to change, where it is not SMART."""
    kpi = _computable(baseline.kpi)
    if baseline.organisation_id != organisation.id or (owner and owner.organisation_id != organisation.id):
        raise Refused(_("Baseline and owner must belong to this organisation."))
    points = selectors.smart(
        organisation=organisation,
        kpi=kpi,
        baseline=baseline.value,
        cases=baseline.n,
        target=target,
        due=due,
        owner=owner,
    )
    window = plan_window(organisation)
    missed = [
        words.smart_text(point, kpi=kpi, met=False, window=window) for point, met in points.items() if not met
    ]
    if missed:
        raise Refused(". ".join(missed) + ".")
    made = Goal.objects.create(
        organisation=organisation, baseline=baseline, target=target, due=due, owner=owner
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="kpis.goal_set",
        subject=("kpis.Goal", str(made.id)),
        data={
            "kpi": baseline.kpi,
            "baseline": baseline.value,
            "target": target,
            "unit": baseline.unit,
            "due": due.isoformat(),
            "owner": str(owner.id) if owner else None,
        },
    )
    return made


@transaction.atomic
def goal_remove(*, organisation: Organisation, actor: Actor, goal: Goal) -> None:
    """The goal no longer holds; its baseline stays, and the audit trail keeps both."""
    subject = ("kpis.Goal", str(goal.id))
    data = {"kpi": goal.baseline.kpi, "target": goal.target, "due": goal.due.isoformat()}
    goal.delete()
    record(
        organisation_id=organisation.id, actor=actor, action="kpis.goal_removed", subject=subject, data=data
    )
