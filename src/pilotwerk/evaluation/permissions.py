from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission(
    "evaluation.view",
    _("See the effect, the return and the decision"),
    {Role.OWNER, Role.LEAD, Role.AUDITOR, Role.CLERK},
)
EDIT = permission(
    "evaluation.edit",
    _("Set assumptions, write learnings, prepare the decision"),
    {Role.OWNER, Role.LEAD},
)
DECIDE = permission("evaluation.decide", _("Sign the decision about the pilot"), {Role.OWNER})
