from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission(
    "governance.view", _("See the AI register"), {Role.OWNER, Role.LEAD, Role.AUDITOR, Role.CLERK}
)
EDIT = permission(
    "governance.edit", _("Change the AI register and classify systems"), {Role.OWNER, Role.LEAD, Role.AUDITOR}
)
