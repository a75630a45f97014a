from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import ALL, Role, permission

VIEW = permission(
    "company.view",
    _("See the company profile and the list of AI tools"),
    {Role.OWNER, Role.LEAD, Role.AUDITOR},
)
EDIT = permission(
    "company.edit", _("Change the company profile and the list of AI tools"), {Role.OWNER, Role.LEAD}
)
ANSWER = permission("readiness.answer", _("Answer the readiness check and see its result"), ALL)
