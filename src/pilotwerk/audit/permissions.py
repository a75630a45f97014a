from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission(
    "audit.view", _("See, check and export the audit trail"), {Role.OWNER, Role.LEAD, Role.AUDITOR}
)
