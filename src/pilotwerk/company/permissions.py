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
READINESS = permission(
    "readiness.view", _("See the readiness check of the leads"), {Role.OWNER, Role.LEAD, Role.AUDITOR}
)
ANSWER = permission(
    "readiness.answer", _("Answer the readiness check under one's own name"), {Role.OWNER, Role.LEAD}
)
SURVEY = permission("survey.answer", _("Answer the anonymous team survey and see its result"), ALL)
RUN_SURVEY = permission("survey.run", _("Open and close the team survey"), {Role.OWNER, Role.LEAD})
