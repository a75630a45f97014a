"""Baselines, frozen as they were measured, and the goals set against them."""

from datetime import date

from django.db import models

from pilotwerk.accounts.models import Membership
from pilotwerk.core import clock
from pilotwerk.core.catalogue import Text
from pilotwerk.core.models import TenantModel
from pilotwerk.kpis.catalogue import Kpi, catalogue
from pilotwerk.kpis.domain.smart import change
from pilotwerk.processes.models import ProcessImport


class Baseline(TenantModel):
    """A KPI as it was measured on an import. Never changed: the definition's words are kept with the value.

    `value` in `unit` (shares 0..1); `n` cases, or weeks for weekly figures; `fingerprint` is the import's,
    `data_fingerprint` the SHA-256 of the stored cases it was computed from (empty on older baselines).
    """

    kpi = models.CharField(max_length=40)
    process_import = models.ForeignKey(ProcessImport, on_delete=models.CASCADE, related_name="baselines")
    value = models.FloatField()
    unit = models.CharField(max_length=10)
    n = models.PositiveIntegerField()
    definition = models.JSONField()
    first_day = models.DateField()
    last_day = models.DateField()
    fingerprint = models.CharField(max_length=100)
    data_fingerprint = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "process_import"], name="one_baseline_each"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.value}"

    @property
    def period(self) -> tuple[date, date]:
        """First and last day of the measured cases."""
        return (self.first_day, self.last_day)

    @property
    def definition_text(self) -> str:
        """The frozen definition in the active language."""
        return Text(de=self.definition["de"], en=self.definition["en"]).text()

    @property
    def kpi_entry(self) -> Kpi | None:
        """The KPI in today's catalogue; None where it is no longer defined."""
        return catalogue().find(self.kpi)

    @property
    def name(self) -> str:
        """The KPI's name in the active language."""
        return str(self.kpi_entry.name) if self.kpi_entry else self.kpi


class Goal(TenantModel):
    """Where a KPI shall be until `due`. `target` in the baseline's unit."""

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="goals")
    target = models.FloatField()
    due = models.DateField()
    owner = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["due", "created_at"]

    def __str__(self) -> str:
        return f"{self.baseline.kpi} {self.target}"

    @property
    def relative_change(self) -> float | None:
        """-0.3 is 30 % less than the baseline; None from a baseline of 0."""
        return change(self.baseline.value, self.target)
