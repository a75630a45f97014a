from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register(
    "documents.document_created",
    _("%(actor)s created the document %(filename)s (SHA-256 %(sha256)s)"),
)
