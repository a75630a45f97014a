from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import ALL, Role, permission

VIEW = permission("journey.view", _("See the overview and the 90-day plan"), ALL)
EDIT = permission("journey.edit", _("Start and move the plan, assign tasks"), {Role.OWNER, Role.LEAD})
SIGN = permission("journey.sign", _("Decide at the gates"), {Role.OWNER})
