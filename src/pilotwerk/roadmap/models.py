"""The roadmap after the pilot: which use case in which quarter, with KPI, budget and owner."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.kpis.catalogue import catalogue
from pilotwerk.roadmap.domain import Quarter

NOT_NEGATIVE = [MinValueValidator(0)]


class RoadmapItem(TenantModel):
    """One use case in one quarter. `quarter` is kept as "2027-Q1", which also sorts by time."""

    use_case = models.OneToOneField(
        "portfolio.UseCase", on_delete=models.CASCADE, related_name="+", verbose_name=_("Use case")
    )
    quarter = models.CharField(_("Quarter"), max_length=7)
    kpi = models.CharField(_("KPI that shows the success"), max_length=40)
    budget = models.DecimalField(
        _("Budget, in euro"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    days = models.DecimalField(
        _("Own working days"), max_digits=6, decimal_places=1, validators=NOT_NEGATIVE, default=0
    )
    owner = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("Responsible person"),
    )

    class Meta:
        ordering = ["quarter", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_quarter_form", condition=Q(quarter__regex=r"^[0-9]{4}-Q[1-4]$")
            ),
            models.CheckConstraint(
                name="roadmap_amounts_positive", condition=Q(budget__gte=0) & Q(days__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.use_case_id}"

    @property
    def when(self) -> Quarter:
        """The quarter as a value that can be counted with."""
        return Quarter.parse(self.quarter)

    @property
    def kpi_name(self) -> str:
        """The KPI's name in the active language."""
        entry = catalogue().find(self.kpi)
        return str(entry.name) if entry else self.kpi


class RoadmapLimits(TenantModel):
    """What there is for each quarter. Empty means: no limit was set, so none is checked."""

    budget = models.DecimalField(
        _("Budget for each quarter, in euro"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    days = models.DecimalField(
        _("Own working days for each quarter"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="one_roadmap_limit_each"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
