from django.utils.translation import gettext_lazy as _

from pilotwerk.core.permissions import Role, permission

VIEW = permission("people.view", _("See who is a member"), {Role.OWNER, Role.LEAD, Role.AUDITOR})
EDIT = permission("people.edit", _("Invite people, change roles"), {Role.OWNER})
ORGANISATION = permission("organisation.edit", _("Change or delete the organisation"), {Role.OWNER})
