from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission("portfolio.view", _("See use cases"), {Role.OWNER, Role.LEAD, Role.AUDITOR})
EDIT = permission("portfolio.edit", _("Add, assess and refuse use cases"), {Role.OWNER, Role.LEAD})
CHOOSE = permission("portfolio.choose", _("Choose the use case for the pilot"), {Role.OWNER, Role.LEAD})
