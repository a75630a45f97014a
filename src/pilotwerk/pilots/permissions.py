from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission(
    "pilots.view", _("See the pilot and its figures"), {Role.OWNER, Role.LEAD, Role.CLERK, Role.AUDITOR}
)
DECIDE = permission("pilots.decide", _("Decide on proposals"), {Role.OWNER, Role.LEAD, Role.CLERK})
MANAGE = permission("pilots.manage", _("Set up, start and end the pilot"), {Role.OWNER, Role.LEAD})
STOP = permission("pilots.stop", _("Stop the pilot at once"), {Role.OWNER, Role.LEAD, Role.CLERK})
STOP_ALL = permission(
    "pilots.stop_all", _("Stop all pilots and language models at once"), {Role.OWNER, Role.LEAD}
)
RESUME_ALL = permission(
    "pilots.resume_all", _("Let a pilot go on after everything was stopped"), {Role.OWNER}
)
MODELS_VIEW = permission(
    "pilots.models_view",
    _("See language models, their contracts, calls and costs"),
    {Role.OWNER, Role.LEAD, Role.AUDITOR},
)
MODELS = permission("pilots.models", _("Set up language models and switch them on"), {Role.OWNER, Role.LEAD})
