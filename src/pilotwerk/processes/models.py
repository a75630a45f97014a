"""Processes, the files imported for them, and the rows that were not taken."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.processes.domain.roles import ColumnMapping, Kind, mapping_from


class Process(TenantModel):
    """A recurring way of working, measured from data."""

    name = models.CharField(_("Name of the process"), max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_process_of_a_name")]

    def __str__(self) -> str:
        return self.name


class DatabaseConnection(TenantModel):
    """A database of the company from which tables are read, never written.

    `password` is sealed with a key that lies outside the database (core/secrets.py); nothing shows it again.
    For SQLite `database` is the name of a file in the folder that the installation sets aside for it.
    """

    class Dialect(models.TextChoices):
        POSTGRESQL = "postgresql", "PostgreSQL"
        MYSQL = "mysql", "MySQL, MariaDB"
        MSSQL = "mssql", "SQL Server"
        SQLITE = "sqlite", "SQLite"

    name = models.CharField(_("Name of the connection"), max_length=80)
    dialect = models.CharField(_("Kind of database"), max_length=12, choices=Dialect.choices)
    host = models.CharField(_("Server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("Port"), null=True, blank=True)
    database = models.CharField(_("Database"), max_length=200)
    username = models.CharField(_("User name"), max_length=100, blank=True)
    password = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_connection_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class ProcessImport(TenantModel):
    """One file, from upload to measured facts.

    `rows` are the rows of the file below its header, `rejected` those that were not taken. `progress` counts
    the rows read so far while it runs, of about `expected`. `facts` is what `pilotwerk analyse` prints, with the
    profile of the data as `quality`. `fingerprint` is the SHA-256 of the uploaded file, or of the query.

    What is kept of a finished import is the whole process as it was known then: `base` is the import with
    which it was united (docs/adr/0015), and `facts["union"]` counts how its cases met those known before. So
    undoing the latest import gives the state before it, and what rests on an older import keeps its figures.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting for your confirmation")
        QUEUED = "queued", _("waiting for the worker")
        RUNNING = "running", _("being read")
        DONE = "done", _("imported")
        FAILED = "failed", _("not imported")
        DISCARDED = "discarded", _("discarded")
        CANCELLED = "cancelled", _("cancelled")
        UNDONE = "undone", _("undone")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="imports")
    connection = models.ForeignKey(
        "DatabaseConnection", on_delete=models.SET_NULL, null=True, related_name="imports"
    )
    query = models.TextField(blank=True, default="")
    filename = models.CharField(max_length=200)
    # The sheet of the workbook, or the table in the ZIP file; empty where the file holds one table.
    part = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    mapping = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    reasons = models.JSONField(default=dict)
    expected = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    progress = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    fault = models.JSONField(default=dict)
    unite = models.BooleanField(default=True)
    base = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["organisation", "state"], name="import_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rejected__lte=models.F("rows")), name="rejected_rows_are_rows"
            ),
            # Two at a time would both build on the same state, and one of them would be lost.
            models.UniqueConstraint(
                fields=["process"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_import_of_a_process_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process}: {self.filename}"

    @property
    def folder(self) -> Path:
        """Where this import's files lie; inside the organisation's folder, so that they go with it."""
        data: Path = settings.PILOTWERK_DATA_DIR
        return data / "organisations" / str(self.organisation_id) / "imports" / str(self.id)

    @property
    def upload(self) -> Path:
        """The uploaded file. It exists until the import is finished or discarded; a query has none."""
        return self.folder / "upload"

    @property
    def cases_file(self) -> Path:
        """The cases of the process after this import as Parquet, without people."""
        return self.folder / "cases.parquet"

    @property
    def column_mapping(self) -> ColumnMapping:
        stored: dict[str, Any] = self.mapping
        return mapping_from(self.kind, stored)


class RejectedRow(TenantModel):
    """A row that was not imported; `row` counts from 1 with the header. The reason is a code with its
    values.
    """

    process_import = models.ForeignKey(ProcessImport, on_delete=models.CASCADE, related_name="rejected_rows")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["row"]
        indexes = [models.Index(fields=["process_import", "row"], name="rejected_in_order")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
