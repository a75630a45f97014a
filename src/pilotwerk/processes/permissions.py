from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission(
    "processes.view",
    _("See processes and their facts"),
    {Role.OWNER, Role.LEAD, Role.CLERK, Role.AUDITOR},
)
IMPORT = permission("processes.import", _("Import process data"), {Role.OWNER, Role.LEAD})
CASES = permission(
    "processes.cases",
    _("See the imported cases with their texts"),
    {Role.OWNER, Role.LEAD, Role.CLERK, Role.AUDITOR},
)
CONNECT = permission("processes.connect", _("Set up connections to databases"), {Role.OWNER, Role.LEAD})
