from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission("kpis.view", _("See goals and figures"), {Role.OWNER, Role.LEAD, Role.AUDITOR})
EDIT = permission("kpis.edit", _("Set goals, freeze baselines"), {Role.OWNER, Role.LEAD})
