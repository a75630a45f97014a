"""Documents that were created, with the hash of what was handed out."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel


class Format(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"


class CreatedDocument(TenantModel):
    """One file as it was made.

    The row and the audit trail carry its SHA-256; the file lies with the organisation.
    """

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("AI strategy")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    language = models.CharField(max_length=2, choices=[("de", _("German")), ("en", _("English"))])
    format = models.CharField(max_length=4, choices=Format.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    legal_state = models.DateField()
    created_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="document_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def filename(self) -> str:
        """The name that a person sees when downloading: kind, organisation, day, language."""
        day = self.created_at.date().isoformat()
        return f"{self.kind}-{self.organisation.slug}-{day}-{self.language}.{self.format}"

    @property
    def path(self) -> Path:
        """Where the file lies; inside the organisation's folder, so that it goes with it."""
        data: Path = settings.PILOTWERK_DATA_DIR
        return data / "organisations" / str(self.organisation_id) / "documents" / f"{self.id}.{self.format}"
