from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission("roadmap.view", _("See the roadmap"), {Role.OWNER, Role.LEAD, Role.AUDITOR, Role.CLERK})
EDIT = permission("roadmap.edit", _("Lay use cases on quarters"), {Role.OWNER, Role.LEAD})
