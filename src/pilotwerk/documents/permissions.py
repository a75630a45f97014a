from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission("documents.view", _("Create and download documents"), {Role.OWNER, Role.LEAD, Role.AUDITOR})
