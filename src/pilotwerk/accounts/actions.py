"""What of accounts goes into the audit trail, as sentences."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.models import ROLE_LABELS
from pilotwerk.audit.registry import register

ROLES = {role.value: label for role, label in ROLE_LABELS.items()}

register("accounts.organisation_created", _("%(actor)s created the organisation %(name)s"))
register("accounts.organisation_changed", _("%(actor)s changed the name or place of the organisation"))
register("accounts.organisation_deleted", _("%(actor)s deleted the organisation %(name)s"))
register(
    "accounts.member_invited",
    _("%(actor)s invited %(email)s as %(role)s"),
    personal=("email",),
    labels={"role": ROLES},
)
register(
    "accounts.invitation_withdrawn", _("%(actor)s withdrew the invitation of %(email)s"), personal=("email",)
)
register(
    "accounts.member_joined", _("%(member)s joined as %(role)s"), personal=("member",), labels={"role": ROLES}
)
register(
    "accounts.member_changed",
    _("%(actor)s changed the role of %(member)s from %(before)s to %(after)s"),
    personal=("member",),
    labels={"before": ROLES, "after": ROLES},
)
register("accounts.member_removed", _("%(actor)s removed %(member)s"), personal=("member",))
register("accounts.signed_in", _("%(actor)s signed in"))
