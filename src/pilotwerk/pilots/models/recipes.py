"""What a recipe works with beside cases: tables that were handed in, and addresses that must not be written to."""

from django.db import models

from pilotwerk.core.models import TenantModel


class PilotTable(TenantModel):
    """The present table in a role ("items", "demand", "leads"): a file of ours, or an import. A new one replaces it."""

    pilot = models.ForeignKey("pilots.Pilot", on_delete=models.CASCADE, related_name="tables")
    role = models.CharField(max_length=20)
    filename = models.CharField(max_length=200)
    # Its name in the pilot's folder of tables; empty where the rows are those of an import.
    file = models.CharField(max_length=80, blank=True, default="")
    process_import = models.ForeignKey(
        "processes.ProcessImport", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["role"]
        constraints = [models.UniqueConstraint(fields=["pilot", "role"], name="one_table_per_role")]

    def __str__(self) -> str:
        return f"{self.role}: {self.filename}"


class OptOut(TenantModel):
    """An address that asked not to be written to, in lower case. It holds for every pilot of the organisation."""

    address = models.CharField(max_length=320)

    class Meta:
        ordering = ["address"]
        constraints = [models.UniqueConstraint(fields=["organisation", "address"], name="one_optout_each")]

    def __str__(self) -> str:
        return self.address
