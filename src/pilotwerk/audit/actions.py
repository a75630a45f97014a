from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register(
    "audit.log_checked",
    _("%(actor)s checked the audit trail: %(entries)s entries, result: %(result)s"),
    labels={
        "result": {"intact": _("intact"), "broken": _("not in order")},
    },
)
register("audit.log_exported", _("%(actor)s exported the audit trail: %(entries)s entries"))
register("audit.personal_erased", _("%(actor)s erased %(count)s personal details, because: %(reason)s"))
register(
    "audit.log_purged", _("%(actor)s removed the audit trail of a deleted organisation: %(entries)s entries")
)
