from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register("accounts.organisation_created", _("%(actor)s created the organisation %(name)s"))
register("accounts.organisation_changed", _("%(actor)s changed the name or place of the organisation"))
register("accounts.organisation_deleted", _("%(actor)s deleted the organisation %(name)s"))
register(
    "accounts.member_invited", _("%(actor)s invited %(email)s as %(role)s"), personal=("email",)
)
register("accounts.invitation_withdrawn", _("%(actor)s withdrew the invitation of %(email)s"), personal=("email",))
register("accounts.member_joined", _("%(member)s joined as %(role)s"), personal=("member",))
register(
    "accounts.member_changed",
    _("%(actor)s changed the role of %(member)s from %(before)s to %(after)s"),
    personal=("member",),
)
register("accounts.member_removed", _("%(actor)s removed %(member)s"), personal=("member",))
register("accounts.signed_in", _("%(actor)s signed in"))
